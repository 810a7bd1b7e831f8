//! A migration that drops the schema of the table and makes it anew.

use limosa_core::Layout;
use limosa_db::store::{Limosa, Stores, Tables};
use limosa_testkit::require;

use super::Table;

#[test]
fn the_table_of_every_tool_is_kept_through_the_end_of_its_schema() {
    let server = require!(Postgres);
    for tool in Layout::of_tools() {
        let database = server.database();
        let mut table = Table::create(&database, tool);
        table.up("20200101000001");
        table.up("20200101000002");
        let before = table.read();
        let own = Limosa::new(Tables::home(&mut *table.session, None).unwrap(), "main");
        let stores = Stores::foreign_only(own, table.foreign.clone());
        assert!(stores.is_in("public") && !stores.is_in("private"));
        table.run("BEGIN");
        stores.set_aside(&mut table.session).unwrap();
        table.run("DROP SCHEMA public CASCADE");
        // There is no schema to make it in.
        stores.put_back(&mut table.session).unwrap();
        table.run("CREATE SCHEMA public");
        stores.put_back(&mut table.session).unwrap();
        // It is there already.
        stores.put_back(&mut table.session).unwrap();
        table.run("COMMIT");
        assert_eq!(table.read(), before);
        let found = Table::find_beside(&database, tool, None);
        assert_eq!(found, table.foreign);
        // New rows come after the old ones.
        table.down("20200101000002");
        table.up("20200101000002");
        table.up("20200101000003");
        let about =
            "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE '%aside%'";
        assert_eq!(table.rows(about), ["0"]);
    }
}
