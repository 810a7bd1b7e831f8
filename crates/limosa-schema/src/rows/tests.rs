//! Expressions are read as the servers mean them, and rows keep to them.

use limosa_sql::Dialect;
use serde_json::json;

use super::check::Expression;
use super::evaluate::{Scalar, holds};
use super::pattern::{is_like, of_like, of_regex};
use super::*;
use crate::{Key, Kind, Object, Schema};

/// The values of a row.
type Known<'k> = &'k [(&'k str, Scalar)];

fn says(text: &str, row: Known<'_>) -> Option<bool> {
    let read = Expression::read(Dialect::Postgres, text);
    holds(&read, &|name| {
        let found = row.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    })
}

fn text(text: &str) -> Scalar {
    Scalar::Text(text.to_owned())
}

#[test]
fn checks_are_read_as_the_server_writes_them() {
    use Scalar::{Null, Number};
    let cases: &[(&str, Known<'_>, Option<bool>)] = &[
        (
            "CHECK ((price > (0)::numeric))",
            &[("price", Number(1.0))],
            Some(true),
        ),
        (
            "(price > (0)::numeric)",
            &[("price", Number(0.0))],
            Some(false),
        ),
        ("(price > (0)::numeric)", &[("price", Null)], Some(true)),
        (
            "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            &[("state", text("b"))],
            Some(true),
        ),
        (
            "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            &[("state", text("c"))],
            Some(false),
        ),
        (
            "state <> ALL (ARRAY['a', 'b'])",
            &[("state", text("b"))],
            Some(false),
        ),
        (
            "((char_length(name) >= 3) AND (char_length(name) <= 5))",
            &[("name", text("äöü"))],
            Some(true),
        ),
        (
            "char_length(name) BETWEEN 3 AND 5",
            &[("name", text("äö"))],
            Some(false),
        ),
        ("name NOT LIKE 'x%'", &[("name", text("xy"))], Some(false)),
        (
            "(name ~~ 'x-%'::text)",
            &[("name", text("x-1"))],
            Some(true),
        ),
        (
            "((a IS NULL) <> (b IS NULL))",
            &[("a", Null), ("b", Number(1.0))],
            Some(true),
        ),
        (
            "((a IS NULL) <> (b IS NULL))",
            &[("a", Null), ("b", Null)],
            Some(false),
        ),
        (
            "(num_nonnulls(a, b) = 1)",
            &[("a", Null), ("b", Scalar::Opaque("x".into()))],
            Some(true),
        ),
        (
            "a < b AND NOT (a = 3)",
            &[("a", Number(3.0)), ("b", Number(4.0))],
            Some(false),
        ),
        (
            "ends IS NULL OR ends >= starts",
            &[("starts", text("2020-01-01")), ("ends", text("2019-01-01"))],
            Some(false),
        ),
        ("name = upper(name)", &[("name", text("aB"))], Some(false)),
        ("mail ~ '^.+@.+$'", &[("mail", text("x"))], None),
        (
            "CASE WHEN kind = 1 THEN a IS NOT NULL ELSE true END",
            &[("kind", Number(1.0)), ("a", Null)],
            Some(false),
        ),
        (
            "(total - tax) * 2 = 10",
            &[("total", Number(7.0)), ("tax", Number(2.0))],
            Some(true),
        ),
        (
            "a IS DISTINCT FROM b",
            &[("a", Null), ("b", Null)],
            Some(false),
        ),
        ("somebody_knows(a)", &[("a", Number(1.0))], None),
        (
            "a > 0 AND somebody_knows(a)",
            &[("a", Number(-1.0))],
            Some(false),
        ),
        ("at > now()", &[("at", text("2020-01-01"))], None),
        (
            "((data ->> 'a'::text) IS NOT NULL)",
            &[("data", text("{}"))],
            None,
        ),
        ("a % 2 = 0", &[("a", Number(3.0))], Some(false)),
        ("kind = E'it\\'s'", &[("kind", text("it's"))], Some(true)),
    ];
    for (check, row, expected) in cases {
        assert_eq!(says(check, row), *expected, "{check} {row:?}");
    }
    let mysql = Expression::read(
        Dialect::Mysql,
        "`state` in (_utf8mb4'a','b') and json_valid(`doc`)",
    );
    let row = |name: &str| match name {
        "state" => Some(text("a")),
        "doc" => Some(text("{]")),
        _ => None,
    };
    assert_eq!(holds(&mysql, &row), Some(false));
}

#[test]
fn texts_are_made_of_patterns() {
    assert!(is_like("x-12", "x-%", false, false));
    assert!(!is_like("X-12", "x-__", false, false));
    assert!(is_like("X-12", "x-__", true, false));
    assert!(is_like("a%", "a\\%", false, false));
    assert_eq!(of_like("x\\_%_z", "ab", false), "x_abxz");
    for (pattern, expected) in [
        ("^[a-z]+@[a-z]+\\.(com|org)$", "a@a.com"),
        ("^\\d{3}-[A-F0-9]{2}$", "000-AA"),
        ("^(a|b)?c*$", "ac"),
        ("^[^@\\s]+$", "a"),
    ] {
        assert_eq!(of_regex(pattern, 0).as_deref(), Some(expected), "{pattern}");
        let many: std::collections::BTreeSet<_> = (0..8).map(|n| of_regex(pattern, n)).collect();
        assert!(many.len() > 1, "{pattern} has more than one text");
    }
    assert_eq!(of_regex("^(?!x)a$", 0), None);
    assert_eq!(of_regex("a)", 0), None);
}

fn table(columns: &[(&str, &str)], constraints: &[serde_json::Value]) -> Schema {
    let key = Key::new(Kind::Table, ["public", "t"]);
    let mut objects = vec![Object::new(key.clone())];
    for (index, (name, of)) in columns.iter().enumerate() {
        let mut column = Object::new(Key::new(Kind::Column, ["public", "t", name]));
        column.parent = Some(key.clone());
        column.position = u32::try_from(index + 1).ok();
        let (of, nullable) = of.strip_suffix('?').map_or((*of, false), |of| (of, true));
        column.properties.insert("type".into(), json!(of));
        if nullable {
            column.properties.insert("nullable".into(), json!(true));
        }
        objects.push(column);
    }
    for (index, properties) in constraints.iter().enumerate() {
        let mut one = Object::new(Key::new(
            Kind::Constraint,
            ["public", "t", &format!("c{index}")],
        ));
        one.parent = Some(key.clone());
        one.properties = serde_json::from_value(properties.clone()).expect("it is an object");
        objects.push(one);
    }
    Schema::new(Dialect::Postgres, "PostgreSQL 15", objects)
}

fn rows(schema: &Schema) -> Vec<Row> {
    let filling = Filling::of(schema);
    filling.tables[0].rows(&Shape::ALL, Attempt::default(), &Standing::default())
}

#[test]
fn rows_have_every_shape_and_keep_to_checks_and_unique_keys() {
    let schema = table(
        &[
            ("id", "integer"),
            ("low", "integer"),
            ("high", "integer?"),
            ("code", "character varying(4)"),
        ],
        &[
            json!({"form": "primary key", "columns": ["id"]}),
            json!({"form": "unique", "columns": ["code"]}),
            json!({"form": "check", "expression": "(low < high)"}),
        ],
    );
    let rows = rows(&schema);
    let shapes: Vec<Shape> = rows.iter().map(|row| row.shape).collect();
    assert_eq!(shapes, Shape::ALL);
    assert_eq!(rows[1].cells[2], Cell::Null, "NULL where it is allowed");
    let of = |row: &Row, at: usize| match &row.cells[at] {
        Cell::Value(sql) => sql.trim_matches('\'').parse::<i64>().ok(),
        _ => None,
    };
    for row in &rows {
        if let (Some(low), Some(high)) = (of(row, 1), of(row, 2)) {
            assert!(low < high, "{row:?}");
        }
    }
    for at in [0, 3] {
        let all: std::collections::BTreeSet<String> = rows
            .iter()
            .map(|row| format!("{:?}", row.cells[at]))
            .collect();
        assert_eq!(all.len(), rows.len(), "{all:?}");
    }
    assert_eq!(
        rows[0].cells[1], rows[4].cells[1],
        "the last is a double of the first"
    );
}

#[test]
fn what_cannot_be_solved_is_said() {
    let impossible = table(
        &[("a", "integer")],
        &[json!({"form": "check", "expression": "(a > 5 AND a < 3)"})],
    );
    assert_eq!(rows(&impossible).len(), 0);
    let unknown = table(&[("a", "public.somebody_s_type")], &[]);
    assert_eq!(rows(&unknown).len(), 0);
    assert_eq!(
        Filling::of(&unknown).tables[0].without_values().as_deref(),
        Some("no value is known for its column a, which must have one")
    );
}

#[test]
fn names_and_values_are_quoted() {
    let mut schema = table(&[("a\"b", "text")], &[]);
    let key = Key::new(Kind::Table, ["we\"ird", "ta\"ble"]);
    let objects: Vec<Object> = schema
        .objects()
        .cloned()
        .map(|mut one| {
            match one.parent {
                Some(_) => one.parent = Some(key.clone()),
                None => one.key = key.clone(),
            }
            one
        })
        .collect();
    schema = Schema::new(Dialect::Postgres, "PostgreSQL 15", objects);
    let filling = Filling::of(&schema);
    let table = &filling.tables[0];
    let sql = table
        .insert(&table.rows(&Shape::ALL, Attempt::default(), &Standing::default()))
        .join("\n");
    assert!(
        sql.starts_with("INSERT INTO \"we\"\"ird\".\"ta\"\"ble\" (\"a\"\"b\") VALUES\n('"),
        "{sql}"
    );
}
