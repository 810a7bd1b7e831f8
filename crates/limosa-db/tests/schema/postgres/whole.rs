//! What holds for every schema: who reads it, and how, makes no difference.

use limosa_schema::{Key, Kind, diff};
use limosa_testkit::require;

use super::case::read;
use crate::support::{line, session_at};

/// Something of everything whose text depends on settings.
const MUCH: &str = include_str!("much.sql");

#[test]
fn a_fresh_database_has_a_schema_and_an_extension() {
    let database = require!(Postgres).database();
    let schema = read(&mut *session_at(&database.url()));
    let keys: Vec<String> = schema.objects().map(|one| one.key.to_string()).collect();
    assert_eq!(keys, ["schema public", "extension plpgsql"]);
    let public = schema.get(&Key::new(Kind::Schema, ["public"])).unwrap();
    assert!(public.properties.is_empty(), "{public:?}");
}

#[test]
fn another_sessions_settings_make_no_difference() {
    let database = require!(Postgres).database();
    database.execute(MUCH);
    let before = read(&mut *session_at(&database.url()));
    assert!(before.len() > 10);
    let mut other = session_at(&database.url());
    let settings = [
        ("search_path", "app, public"),
        ("DateStyle", "German, DMY"),
        ("IntervalStyle", "sql_standard"),
        ("bytea_output", "escape"),
        ("extra_float_digits", "-3"),
        ("quote_all_identifiers", "on"),
        ("standard_conforming_strings", "off"),
        ("TimeZone", "Asia/Kolkata"),
    ];
    for (name, value) in settings {
        let set = format!("SELECT set_config('{name}', '{value}', false)");
        other.query(&set, &[]).unwrap();
    }
    let after = read(&mut *other);
    let differences: Vec<String> = diff(&before, &after).iter().map(line).collect();
    assert!(differences.is_empty(), "{differences:?}");
    assert_eq!(before.to_snapshot(), after.to_snapshot());
    for (name, value) in settings {
        let rows = other.query(&format!("SHOW {name}"), &[]).unwrap();
        assert_eq!(rows[0].text(0).as_deref(), Some(value), "{name}");
    }
}
