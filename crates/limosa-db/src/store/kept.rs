//! The tables that migration tools keep in a database, which are no part of its schema.

use limosa_sql::Dialect;

use super::{Foreign, StoreError};
use crate::Session;
use crate::schema::LeftOut;

/// Our tables wherever they are, those of other tools under their usual names, and those of `kept`. Writes nothing.
///
/// # Errors
/// When the catalog cannot be read.
pub fn tables_of_tools(
    session: &mut dyn Session,
    kept: Option<&Foreign>,
) -> Result<Vec<LeftOut>, StoreError> {
    let dialect = session.dialect();
    let file = match dialect {
        Dialect::Postgres => include_str!("sql/own_postgres.sql"),
        Dialect::Mysql => include_str!("sql/own_mysql.sql"),
        Dialect::Sqlite => include_str!("sql/own_sqlite.sql"),
    };
    let rows = session.query(file, &[]).map_err(|cause| StoreError::Db {
        doing: "looking for the tables of Limosa",
        cause,
    })?;
    let mut places: Vec<(String, String)> = (rows.iter())
        .map(|row| {
            (
                row.text(0).unwrap_or_default(),
                row.text(1).unwrap_or_default(),
            )
        })
        .collect();
    places.extend(Foreign::find_places(session)?);
    places.extend(kept.map(Foreign::place));
    let left_out = |(schema, table)| LeftOut {
        schema: (dialect == Dialect::Postgres).then_some(schema),
        table,
    };
    let mut all: Vec<LeftOut> = places.into_iter().map(left_out).collect();
    all.sort_by(|a, b| (&a.schema, &a.table).cmp(&(&b.schema, &b.table)));
    all.dedup();
    Ok(all)
}
