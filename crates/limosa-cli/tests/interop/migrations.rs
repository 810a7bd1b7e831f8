//! The migrations of the tests: each is remembered in a table by itself, so that one that ran twice or never is seen.

use limosa_testkit::Kind;

/// How many there are.
pub const COUNT: usize = 6;

/// One migration, before a tool's layout writes it.
#[derive(Debug, Clone)]
pub struct Migration {
    /// From 1.
    pub number: usize,
    pub name: String,
    pub up: String,
    pub down: String,
}

/// All of them.
pub fn all(kind: Kind) -> Vec<Migration> {
    (1..=COUNT).map(|number| one(kind, number)).collect()
}

fn one(kind: Kind, number: usize) -> Migration {
    let drop_index = match kind {
        Kind::MariaDb => "drop index orders_total on orders;",
        Kind::Postgres | Kind::Sqlite => "drop index orders_total;",
    };
    let (name, up, down) = match number {
        1 => (
            "seen",
            "create table seen (number int not null, word varchar(20) not null);",
            "drop table seen;",
        ),
        2 => (
            "orders",
            "create table orders (id int primary key, total int not null);",
            "drop table orders;",
        ),
        3 => (
            "orders_total",
            "create index orders_total on orders (total);",
            drop_index,
        ),
        4 => (
            "orders_note",
            "alter table orders add column note varchar(40);",
            "alter table orders drop column note;",
        ),
        5 => (
            "first_order",
            "insert into orders (id, total, note) values (1, 10, 'first; of all');",
            "delete from orders where id = 1;",
        ),
        _ => (
            "customers",
            "create table customers (id int primary key, name varchar(40));",
            "drop table customers;",
        ),
    };
    let remember = format!("insert into seen (number, word) values ({number}, 'up');");
    let forget = format!("delete from seen where number = {number};");
    Migration {
        number,
        name: name.to_owned(),
        up: format!("{up}\n{remember}\n"),
        // The first one drops the memory itself.
        down: match number {
            1 => format!("{down}\n"),
            _ => format!("{down}\n{forget}\n"),
        },
    }
}
