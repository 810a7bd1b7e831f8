//! Rows as SQL.

use limosa_sql::{Dialect, quote_identifier};

use super::literal::{names, path};
use super::make::{Cell, Row};
use super::table::Table;

impl Table {
    /// The statements that insert rows, in this order.
    pub fn insert(&self, rows: &[Row]) -> Vec<String> {
        let (own, first): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.refers_to_own);
        let mut statements = self.insert_together(&first);
        statements.extend(self.insert_together(&own));
        statements
    }

    /// In one statement where the dialect can leave a column out in one of several rows.
    fn insert_together(&self, rows: &[&Row]) -> Vec<String> {
        let omits = rows.iter().any(|row| row.cells.contains(&Cell::Omitted));
        if rows.is_empty() {
            return Vec::new();
        }
        if self.dialect == Dialect::Sqlite && omits {
            return rows.iter().map(|row| self.insert_some(&[row])).collect();
        }
        vec![self.insert_some(rows)]
    }

    fn insert_some(&self, rows: &[&Row]) -> String {
        let is_named = |at: &usize| rows.iter().any(|row| row.cells[*at] != Cell::Omitted);
        let named: Vec<usize> = (0..self.columns.len()).filter(is_named).collect();
        let table = path(self.dialect, &self.key.path);
        if named.is_empty() {
            let empty = match self.dialect {
                Dialect::Mysql => "() VALUES ()",
                Dialect::Postgres | Dialect::Sqlite => "DEFAULT VALUES",
            };
            let one = format!("INSERT INTO {table} {empty}");
            return vec![one; rows.len()].join(";\n");
        }
        let values = rows.iter().map(|row| {
            let cells = named.iter().map(|at| match &row.cells[*at] {
                Cell::Omitted => "DEFAULT",
                Cell::Null => "NULL",
                Cell::Value(sql) => sql,
            });
            format!("({})", cells.collect::<Vec<_>>().join(", "))
        });
        let columns = named.iter().map(|at| self.columns[*at].name.as_str());
        format!(
            "INSERT INTO {table} ({}) VALUES\n{}",
            names(self.dialect, columns),
            values.collect::<Vec<_>>().join(",\n")
        )
    }

    /// The statements that fill keys that were left NULL, since the tables that they refer to were filled later: in one
    /// row, so that a key may be unique.
    pub fn refer_later(&self) -> Vec<String> {
        let statement = |index: &usize| {
            let key = &self.foreign_keys[*index];
            let parent = path(self.dialect, &key.parent.path);
            let quoted = |text: &str| quote_identifier(self.dialect, text);
            let order: Vec<String> = key.referenced.iter().map(|one| quoted(one)).collect();
            let order = order.join(", ");
            let sets = key.columns.iter().zip(&key.referenced).filter(|(at, _)| {
                // What another key has filled stays as it is.
                self.columns[**at].nullable
            });
            let sets: Vec<String> = sets
                .map(|(at, referenced)| {
                    let column = quoted(&self.columns[*at].name);
                    let referenced = quoted(referenced);
                    format!(
                        "{column} = (SELECT {referenced} FROM {parent} ORDER BY {order} LIMIT 1)"
                    )
                })
                .collect();
            let table = path(self.dialect, &self.key.path);
            let row = self.one_row(&table)?;
            Some(format!(
                "UPDATE {table} SET {} WHERE {row}",
                sets.join(", ")
            ))
        };
        self.later.iter().filter_map(statement).collect()
    }

    /// A condition that one row fulfils: the first by a unique key that is never NULL.
    fn one_row(&self, table: &str) -> Option<String> {
        let unique = self.uniques.iter().find(|unique| {
            unique.predicate.is_none()
                && unique.columns.iter().all(|at| !self.columns[*at].nullable)
        })?;
        let columns = unique.columns.iter();
        let columns = columns.map(|at| self.columns[*at].name.as_str());
        let columns = names(self.dialect, columns);
        let first = format!("SELECT {columns} FROM {table} ORDER BY {columns} LIMIT 1");
        Some(match self.dialect {
            Dialect::Mysql => format!("({columns}) = (SELECT * FROM ({first}) q)"),
            _ => format!("({columns}) = ({first})"),
        })
    }
}
