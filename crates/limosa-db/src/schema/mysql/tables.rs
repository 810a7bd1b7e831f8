//! Tables, their columns and partitions, and sequences.

use std::collections::{BTreeMap, BTreeSet};

use limosa_schema::{Key, Kind, Object};
use serde_json::Value;

use super::catalog::{Catalog, Item};
use super::names::without_database;
use crate::schema::build::{Build as _, object};
use crate::store::quote_identifier;
use crate::{DbError, Session};
use limosa_sql::Dialect;

/// Tables.
pub(super) fn tables(catalog: &Catalog) -> Vec<Object> {
    let partitions = partitions(catalog);
    let tables = catalog
        .of("table")
        .filter(|item| !item.says("type", "SEQUENCE"));
    tables
        .map(|item| {
            let name = item.text("table");
            let mut table = object(Kind::Table, [&name])
                .with("engine", item.some("engine"))
                .with("collation", item.some("collation"))
                .with("comment", item.some("comment"))
                .when("system_versioned", item.says("type", "SYSTEM VERSIONED"));
            options(&mut table, &item.text("options"));
            if let Some(partitioned) = partitions.get(&name) {
                table.properties.extend(partitioned.clone());
            }
            table
        })
        .collect()
}

/// What stands behind a table in `CREATE TABLE`: its row format, and the rest as it is written.
fn options(table: &mut Object, text: &str) {
    let mut rest: Vec<Value> = Vec::new();
    for option in text.split_whitespace().filter(|one| *one != "partitioned") {
        match option.split_once('=') {
            Some((name, format)) if name.eq_ignore_ascii_case("row_format") => {
                let format = format.to_lowercase();
                table.properties.insert("row_format".into(), format.into());
            }
            _ => rest.push(option.into()),
        }
    }
    if !rest.is_empty() {
        table.properties.insert("options".into(), rest.into());
    }
}

/// The columns of tables. Those of a view follow from its definition.
pub(super) fn columns(catalog: &Catalog) -> Vec<Object> {
    let collations: BTreeMap<String, String> = catalog
        .of("table")
        .filter(|item| !item.says("type", "SEQUENCE"))
        .map(|item| (item.text("table"), item.text("collation")))
        .collect();
    let mut positions: BTreeMap<String, u32> = BTreeMap::new();
    let sorted = catalog.sorted("column", |item| {
        (item.text("table"), item.number("position"))
    });
    let mut found = Vec::new();
    for item in sorted {
        let table = item.text("table");
        let Some(default) = collations.get(&table) else {
            continue;
        };
        let position = positions.entry(table.clone()).or_default();
        *position += 1;
        let mut one = column(catalog, item, default);
        one.position = Some(*position);
        one.parent = Some(Key::new(Kind::Table, [table]));
        found.push(one);
    }
    found
}

fn column(catalog: &Catalog, item: &Item, collation_of_table: &str) -> Object {
    let extra = item.text("extra");
    let extra_has = |text: &str| extra.to_uppercase().contains(text);
    let generated = item.some("generated").filter(|text| !text.is_empty());
    let kind = generated.is_some().then(|| {
        if extra_has("VIRTUAL GENERATED") {
            "virtual"
        } else {
            "stored"
        }
    });
    let on_update = extra
        .to_lowercase()
        .find("on update ")
        .map(|at| extra[at + "on update ".len()..].to_owned())
        .map(|text| text.split([' ', ',']).next().unwrap_or_default().to_owned());
    object(Kind::Column, [item.text("table"), item.text("column")])
        .with("type", item.some("type"))
        .when("nullable", item.says("nullable", "YES"))
        .with("default", default(catalog, item, generated.is_some()))
        .with("on_update", on_update)
        .with(
            "collation",
            item.some("collation")
                .filter(|one| one != collation_of_table),
        )
        .when("auto_increment", extra_has("AUTO_INCREMENT"))
        .with(
            "generated",
            generated.map(|text| without_database(&text, &catalog.database)),
        )
        .with("generated_kind", kind)
        .when("invisible", extra_has("INVISIBLE"))
        .when(
            "without_system_versioning",
            extra_has("WITHOUT SYSTEM VERSIONING"),
        )
        .with("srs_id", item.some("srs_id"))
        .with("comment", item.some("comment"))
}

/// The default as an SQL expression. MariaDB writes it so, with `NULL` for none; MySQL gives the bare value of a
/// literal, and an expression is marked as such.
fn default(catalog: &Catalog, item: &Item, generated: bool) -> Option<String> {
    let written = item.some("default").filter(|_| !generated)?;
    if catalog.has("COLUMNS.IS_GENERATED") {
        let is_null = written == "NULL" && item.says("nullable", "YES");
        return (!is_null).then(|| without_database(&written, &catalog.database));
    }
    let kind = item.text("type").to_lowercase();
    let is = |names: &[&str]| names.iter().any(|name| kind.starts_with(name));
    Some(if item.text("extra").contains("DEFAULT_GENERATED") {
        let plain = written.to_uppercase().starts_with("CURRENT_TIMESTAMP");
        let written = without_database(&written, &catalog.database);
        if plain {
            written
        } else {
            format!("({written})")
        }
    } else if written.to_uppercase().starts_with("CURRENT_TIMESTAMP")
        && is(&["datetime", "timestamp"])
        || is(&[
            "tinyint",
            "smallint",
            "mediumint",
            "int",
            "bigint",
            "decimal",
            "float",
            "double",
            "bit",
            "year",
        ])
    {
        written
    } else {
        format!("'{}'", written.replace('\\', "\\\\").replace('\'', "''"))
    })
}

/// How each partitioned table is cut.
fn partitions(catalog: &Catalog) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut tables: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    let sorted = catalog.sorted("partition", |item| {
        (item.number("position"), item.number("subposition"))
    });
    for item in sorted {
        tables.entry(item.text("table")).or_default().push(item);
    }
    tables
        .into_iter()
        .map(|(table, items)| (table, partitioned(catalog, &items)))
        .collect()
}

fn partitioned(catalog: &Catalog, items: &[&Item]) -> BTreeMap<String, Value> {
    let mut properties = BTreeMap::new();
    let by = |item: &Item, method: &str, expression: &str| {
        item.some(method).map(|method| {
            let expression = without_database(&item.text(expression), &catalog.database);
            format!("{method} ({expression})")
        })
    };
    let Some(first) = items.first() else {
        return properties;
    };
    if let Some(text) = by(first, "method", "expression") {
        properties.insert("partition_by".into(), text.into());
    }
    if let Some(text) = by(first, "submethod", "subexpression") {
        properties.insert("subpartition_by".into(), text.into());
    }
    let mut seen = BTreeSet::new();
    let mut partitions: Vec<String> = Vec::new();
    for item in items {
        if seen.insert(item.number("position")) {
            partitions.push(partition(item));
        }
        if let (Some(last), Some(name)) = (partitions.last_mut(), item.some("subpartition")) {
            last.push_str(&format!(
                " SUBPARTITION {}",
                quote_identifier(Dialect::Mysql, &name)
            ));
        }
    }
    properties.insert("partitions".into(), partitions.into());
    properties
}

fn partition(item: &Item) -> String {
    let mut text = quote_identifier(Dialect::Mysql, &item.text("partition"));
    if let Some(values) = item.some("values") {
        let method = item.text("method");
        if method.starts_with("RANGE") {
            text.push_str(&format!(" VALUES LESS THAN ({values})"));
        } else if method.starts_with("LIST") {
            text.push_str(&format!(" VALUES IN ({values})"));
        } else {
            text.push_str(&format!(" {values}"));
        }
    }
    if let Some(comment) = item.some("comment").filter(|text| !text.is_empty()) {
        text.push_str(&format!(" COMMENT '{}'", comment.replace('\'', "''")));
    }
    text
}

/// Sequences (MariaDB). Their settings are in themselves.
pub(super) fn sequences(
    catalog: &Catalog,
    session: &mut dyn Session,
) -> Result<Vec<Object>, DbError> {
    let sequences = catalog
        .of("table")
        .filter(|item| item.says("type", "SEQUENCE"));
    let items: Vec<(String, &Item)> = sequences.map(|item| (item.text("table"), item)).collect();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let selects: Vec<String> = items
        .iter()
        .enumerate()
        .map(|(number, (name, _))| {
            let name = quote_identifier(Dialect::Mysql, name);
            include_str!("sql/sequence.sql")
                .replace("{number}", &number.to_string())
                .replace("{sequence}", &name)
        })
        .collect();
    let mut found = Vec::new();
    for row in session.query(&selects.join("\nUNION ALL\n"), &[])? {
        let number = row.int(0).and_then(|number| usize::try_from(number).ok());
        let Some((name, item)) = number.and_then(|number| items.get(number)) else {
            continue;
        };
        found.push(
            object(Kind::Sequence, [name])
                .with("start", row.text(1))
                .with("minimum", row.text(2))
                .with("maximum", row.text(3))
                .with("increment", row.text(4))
                .with("cache", row.text(5))
                .when("cycle", row.is_true(6))
                .with("engine", item.some("engine"))
                .with("comment", item.some("comment")),
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Two servers that say the same in their own ways: <https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html>,
    /// <https://mariadb.com/kb/en/information-schema-columns-table/>.
    #[test]
    fn a_default_is_an_expression_whichever_server_says_it() {
        let mariadb = Catalog::of_server(&["COLUMNS.IS_GENERATED"]);
        let mysql = Catalog::of_server(&[]);
        let default = |catalog: &Catalog, kind: &str, default: Value, extra: &str| {
            let item = json!({"table": "t", "column": "c", "type": kind, "nullable": "YES",
                "default": default, "extra": extra});
            let column = column(catalog, &Item::of(&item), "utf8mb4_0900_ai_ci");
            let on_update = column.text_of("on_update").map(str::to_owned);
            (column.text_of("default").map(str::to_owned), on_update)
        };
        for (kind, by_mariadb, by_mysql, extra, expected) in [
            (
                "varchar(9)",
                json!("'it''s'"),
                json!("it's"),
                "",
                Some("'it''s'"),
            ),
            (
                "varchar(9)",
                json!("'NULL'"),
                json!("NULL"),
                "",
                Some("'NULL'"),
            ),
            ("varchar(9)", json!("NULL"), json!(null), "", None),
            ("int", json!("3"), json!("3"), "", Some("3")),
            (
                "decimal(3,1)",
                json!("-1.5"),
                json!("-1.5"),
                "",
                Some("-1.5"),
            ),
            (
                "bit(3)",
                json!("b'101'"),
                json!("b'101'"),
                "",
                Some("b'101'"),
            ),
            (
                "date",
                json!("'2020-01-01'"),
                json!("2020-01-01"),
                "",
                Some("'2020-01-01'"),
            ),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(default(&mariadb, kind, by_mariadb, extra).0, expected);
            assert_eq!(default(&mysql, kind, by_mysql, extra).0, expected);
        }
        let generated = "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6) INVISIBLE";
        let now = json!("CURRENT_TIMESTAMP(6)");
        let now = default(&mysql, "datetime(6)", now, generated);
        let expected = Some("CURRENT_TIMESTAMP(6)".to_owned());
        assert_eq!(now, (expected.clone(), expected));
        let uuid = default(&mysql, "char(36)", json!("uuid()"), "DEFAULT_GENERATED").0;
        assert_eq!(uuid.as_deref(), Some("(uuid())"));
        let written = json!("current_timestamp(6)");
        let extra = "on update current_timestamp(6), INVISIBLE";
        let now = default(&mariadb, "datetime(6)", written, extra);
        let expected = Some("current_timestamp(6)".to_owned());
        assert_eq!(now, (expected.clone(), expected));
    }
}
