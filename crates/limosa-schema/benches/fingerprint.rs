//! How long the fingerprint of a schema takes.

use divan::Bencher;
use divan::counter::ItemsCount;
use limosa_schema::{Key, Kind, Object, Schema};
use limosa_sql::Dialect;

fn main() {
    divan::main();
}

const COLUMNS: usize = 10;

/// Tables with ten columns each.
fn schema(tables: usize) -> Schema {
    let mut objects = Vec::with_capacity(tables * (COLUMNS + 1));
    for at in 0..tables {
        let table = Object::new(Key::new(
            Kind::Table,
            ["public".to_owned(), format!("t{at}")],
        ));
        for number in 0..COLUMNS {
            let path = ["public".to_owned(), format!("t{at}"), format!("c{number}")];
            let mut column = Object::new(Key::new(Kind::Column, path));
            column.parent = Some(table.key.clone());
            column.properties.insert("type".to_owned(), "bigint".into());
            column.properties.insert("not_null".to_owned(), true.into());
            objects.push(column);
        }
        objects.push(table);
    }
    Schema::new(Dialect::Postgres, "PostgreSQL 15", objects)
}

#[divan::bench(args = [100, 1_000, 2_000])]
fn fingerprint(bencher: Bencher<'_, '_>, tables: usize) {
    let schema = schema(tables);
    bencher
        .counter(ItemsCount::new(tables * (COLUMNS + 1)))
        .bench(|| schema.fingerprint());
}
