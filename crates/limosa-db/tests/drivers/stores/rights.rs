//! The grants of `docs/reference/privileges.md` on the table of another tool are enough.

use limosa_core::Layout;
use limosa_core::history::Direction::{Down, Up};
use limosa_db::connect;
use limosa_db::store::{Foreign, Stage};
use limosa_testkit::{Database, Role, require};

use super::{BEGINS_IN_UNITS, Table};
use crate::support::{lock, options, url};

/// Applies and undoes as a role, in one transaction and in several units.
fn work(database: &Database, role: &Role, tool: Layout) {
    let session = connect(&url(&database.url_as(role)), &options()).unwrap();
    let mut table = Table::of(lock(session, database), tool);
    assert!(table.foreign.exists(), "{tool} does not see its table");
    for number in ["20200101000001", "20200101000002"] {
        table.up(number);
    }
    for (direction, number) in [(Up, "20200101000003"), (Down, "20200101000002")] {
        assert!(table.write(direction, number, BEGINS_IN_UNITS));
        assert!(table.write(direction, number, Stage::TakenBack));
    }
    table.down("20200101000002");
    table.read();
}

#[test]
fn the_least_grants_are_enough_on_postgres() {
    let database = require!(Postgres).database();
    let role = database.role("mirror");
    let name = &role.name;
    for tool in Layout::of_tools() {
        let mut table = Table::create(&database, tool);
        let [table_name] = &table.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")[..] else {
            panic!("there is one table");
        };
        table.run(&format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON public.{table_name} TO \"{name}\""
        ));
        table.run(&format!(
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO \"{name}\""
        ));
        table
            .session
            .run(&format!("GRANT USAGE ON SCHEMA public TO \"{name}\""))
            .unwrap();
        drop(table);
        work(&database, &role, tool);
        database.execute(&format!("DROP TABLE public.{table_name}"));
    }
}

#[test]
fn the_least_grants_are_enough_on_mariadb() {
    let database = require!(MariaDb).database();
    let role = database.role("mirror");
    let (name, schema) = (&role.name, database.name());
    for tool in [
        Layout::GolangMigrate,
        Layout::Goose,
        Layout::DbMigrate,
        Layout::Sqlx,
    ] {
        let mut table = Table::create(&database, tool);
        let [table_name] = &table.rows("SHOW TABLES")[..] else {
            panic!("there is one table");
        };
        table.run(&format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON `{schema}`.`{table_name}` TO `{name}`@'%'"
        ));
        drop(table);
        work(&database, &role, tool);
        database.execute(&format!("DROP TABLE `{table_name}`"));
    }
}

/// Two sets of one tool in one database.
#[test]
fn two_tables_of_one_tool_stand_side_by_side() {
    let database = limosa_testkit::Sqlite::database();
    for tool in Layout::of_tools().filter(|tool| *tool != Layout::GoPg) {
        let mut tables: Vec<String> = Vec::new();
        for name in ["one_set", "another_set"] {
            let name = format!("{name}_{}", tables.len());
            let mut table = Table::find(&database, tool, Some(&name));
            assert!(table.foreign.create(&mut table.session, &[]).unwrap());
            table.up("20200101000001");
            tables.push(name);
        }
        for name in tables {
            let mut session = crate::support::session(&database);
            let found = Foreign::find(&mut *session, tool, Some(&name), "")
                .unwrap()
                .unwrap();
            assert!(found.exists());
            database.execute(&format!("DROP TABLE {name}"));
        }
    }
}
