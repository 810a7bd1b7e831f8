//! What of a schema is made by migrations alone.
//!
//! Owners and grants are often given by administrators, and partitions are made and dropped by jobs. Who looks for
//! changes outside of migrations would hear of them every day.

use std::collections::BTreeSet;

use limosa_schema::{Key, Kind, Object, Schema};

/// The schema without partitions, owners and grants.
pub(super) fn counted(schema: &Schema) -> Schema {
    let partitions = within(schema, |object| {
        object.properties.contains_key(PARTITION_OF)
    });
    without(schema, &partitions)
}

/// The schema without these objects, and without owners and grants.
pub(super) fn without(schema: &Schema, left_out: &BTreeSet<Key>) -> Schema {
    let objects = schema
        .objects()
        .filter(|one| !is_privileges_only(one) && !left_out.contains(&one.key));
    let objects = objects.map(|one| {
        let mut object = one.clone();
        object
            .properties
            .retain(|name, _| !is_privilege(name) && name != PARTITIONS);
        object
    });
    Schema::new(schema.dialect, schema.server.clone(), objects)
}

/// Whether an object is listed for nothing but its privileges: the database and the columns of a view are there
/// anyway, and listed only where there is something to tell.
pub(super) fn is_privileges_only(object: &Object) -> bool {
    match object.key.kind {
        Kind::DefaultPrivileges => true,
        Kind::Database => object.properties.keys().all(|name| is_privilege(name)),
        Kind::Column => {
            object.position.is_none() && object.properties.keys().all(|name| is_privilege(name))
        }
        _ => false,
    }
}

/// What a partition says of itself (`PostgreSQL`).
pub(super) const PARTITION_OF: &str = "partition_of";
/// What a table says of its partitions (`MySQL`).
pub(super) const PARTITIONS: &str = "partitions";

/// Whether a property is about who may do what, or about a role.
pub(super) fn is_privilege(name: &str) -> bool {
    ["owner", "grants", "identity_grants", "role_settings"].contains(&name)
}

/// The objects for which that is true, and what belongs to them.
pub(super) fn within(schema: &Schema, is_one: impl Fn(&Object) -> bool) -> BTreeSet<Key> {
    let ones = schema.objects().filter(|object| is_one(object));
    let mut found: BTreeSet<Key> = ones.map(|one| one.key.clone()).collect();
    loop {
        let belonging = schema.objects().filter(|one| {
            !found.contains(&one.key) && one.parent.as_ref().is_some_and(|key| found.contains(key))
        });
        let more: Vec<Key> = belonging.map(|one| one.key.clone()).collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use limosa_sql::Dialect;
    use serde_json::json;

    use super::*;

    #[test]
    fn owners_grants_and_partitions_with_their_indexes_do_not_count() {
        let object = |kind, path: &[&str]| Object::new(Key::new(kind, path.iter().copied()));
        let table = |name: &str| object(Kind::Table, &["public", name]);
        let mut partition = table("y2026");
        partition
            .properties
            .insert(PARTITION_OF.into(), json!(["public", "sales"]));
        let mut index = object(Kind::Index, &["public", "y2026_at"]);
        index.parent = Some(partition.key.clone());
        let mut granted = table("sales");
        granted
            .properties
            .insert("grants".into(), json!(["app: SELECT"]));
        granted.properties.insert("owner".into(), json!("app"));
        let schema =
            |objects: Vec<Object>| Schema::new(Dialect::Postgres, "PostgreSQL 15", objects);
        let defaults = object(Kind::DefaultPrivileges, &["app"]);
        let mut database = object(Kind::Database, &[]);
        (database.properties).insert("grants".into(), json!(["app: CREATE"]));
        let all = schema(vec![granted, partition, index, defaults, database]);
        let plain = schema(vec![table("sales")]);
        assert_ne!(all.fingerprint(), plain.fingerprint());
        assert_eq!(counted(&all), plain);
    }
}
