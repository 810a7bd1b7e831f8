//! How fast 10 MB of mixed statements are split, in each dialect.

use std::fmt::Write;

use divan::Bencher;
use divan::counter::BytesCount;
use limosa_sql::{Dialect, Splitter};

fn main() {
    divan::main();
}

const SIZE: usize = 10_000_000;

/// Statements of all sorts, until they are 10 MB.
fn mixed(dialect: Dialect) -> String {
    let body = match dialect {
        Dialect::Postgres => {
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n  \
             NEW.changed := now(); RETURN NEW;\nEND $body$;\n\
             COPY orders (id, note) FROM stdin;\n1\tit's\n2\t\\N\n\\.\n"
        }
        Dialect::Mysql => {
            "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW BEGIN\n  \
             IF NEW.total > 1 THEN SET NEW.note = CASE NEW.total WHEN 2 THEN 'a;' END; END IF;\n\
             END;\n/*!40101 SET NAMES utf8mb4 */;\n"
        }
        Dialect::Sqlite => {
            "CREATE TRIGGER t AFTER INSERT ON orders BEGIN\n  \
             UPDATE orders SET note = CASE new.total WHEN 2 THEN 'a;' END; END;\n"
        }
    };
    let mut text = String::with_capacity(SIZE + 4096);
    let mut id = 0;
    while text.len() < SIZE {
        id += 1;
        let _ = writeln!(
            text,
            "-- order {id}\nCREATE TABLE orders_{id} (id bigint NOT NULL PRIMARY KEY, \
             total numeric(12, 2) DEFAULT 0.00, note text /* free; text */);\n\
             CREATE INDEX orders_{id}_total ON orders_{id} (total, id);"
        );
        for row in 0..8 {
            let _ = writeln!(
                text,
                "INSERT INTO orders_{id} (id, total, note) VALUES ({row}, {id}.25, \
                 'a note; that somebody''s pen wrote'), (1{row}, 3, NULL);"
            );
        }
        text.push_str(body);
    }
    text
}

#[divan::bench(args = Dialect::ALL)]
fn split(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let text = mixed(dialect);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut splitter = Splitter::new(dialect, text.as_bytes());
        let mut pieces = 0_usize;
        while let Some(piece) = splitter.next() {
            divan::black_box(piece.expect("the text can be split"));
            pieces += 1;
        }
        pieces
    });
}
