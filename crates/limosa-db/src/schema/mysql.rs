//! The catalog of MariaDB and MySQL.

mod catalog;
mod code;
mod constraints;
mod grants;
mod names;
mod tables;
mod texts;

use limosa_schema::{Kind, Object, Schema};

use self::catalog::Catalog;
use super::LeftOut;
use super::build::{Build as _, object};
use crate::{DbError, Session};

/// The schema of the session's database.
pub(super) fn read(session: &mut dyn Session, left_out: &[LeftOut]) -> Result<Schema, DbError> {
    let catalog = Catalog::read(session)?;
    let mut objects = vec![database(&catalog)];
    objects.extend(tables::tables(&catalog));
    objects.extend(tables::columns(&catalog));
    objects.extend(tables::sequences(&catalog, session)?);
    objects.extend(constraints::indexes(&catalog));
    objects.extend(constraints::foreign_keys(&catalog));
    objects.extend(constraints::checks(&catalog));
    objects.extend(code::views(&catalog));
    objects.extend(code::triggers(&catalog));
    objects.extend(code::routines(&catalog));
    objects.extend(code::events(&catalog));
    grants::grant(&catalog, session, &mut objects)?;
    objects.retain(|object| !is_left_out(object, left_out, &catalog.database));
    let server = session.server();
    let product = format!("{} {}", server.product, server.version);
    Ok(Schema::new(server.target.dialect, product, objects))
}

/// The same with the texts of its objects, which takes a query for each of them.
pub(super) fn read_with_texts(
    session: &mut dyn Session,
    left_out: &[LeftOut],
) -> Result<Schema, DbError> {
    let schema = read(session, left_out)?;
    texts::read(session, &schema)
}

/// The database itself. Its text is there where it is not as the server makes databases.
fn database(catalog: &Catalog) -> Object {
    let mut database = object(Kind::Database, Vec::<String>::new())
        .with("collation", Some(catalog.collation.clone()));
    if catalog.collation != catalog.server_collation {
        database.text = Some(format!("ALTER DATABASE COLLATE {}", catalog.collation));
    }
    database
}

fn is_left_out(object: &Object, left_out: &[LeftOut], database: &str) -> bool {
    let table = object.parent.as_ref().unwrap_or(&object.key);
    let is_here = |one: &LeftOut| one.schema.as_deref().is_none_or(|name| name == database);
    table.kind == Kind::Table
        && left_out
            .iter()
            .any(|one| is_here(one) && table.name() == one.table)
}
