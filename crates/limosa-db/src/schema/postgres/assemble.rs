//! Objects of the rows.

use std::collections::{BTreeSet, HashMap};

use limosa_schema::{Key, Kind, Object};
use serde_json::Value;

use super::found::{Address, Found, RELATION};
use super::resolve::{of_keys, resolve, sort};
use crate::schema::LeftOut;
use crate::{DbError, Row};

/// What stands at an address.
enum Entry {
    /// An object, by its number in the list.
    Listed(usize),
    /// Something that is not listed, with its path: an extension's, or a table that is left out.
    Hidden(Vec<String>),
    /// Another name of something.
    Alias(Address),
    /// A part of an object, and what the properties that are said of the part begin with.
    Part(usize, &'static str),
}

/// What is known so far.
pub(super) struct Catalog<'r> {
    left_out: &'r [LeftOut],
    owner: Option<i64>,
    roles: HashMap<i64, &'r str>,
    entries: HashMap<Address, Entry>,
    columns: HashMap<(i64, i64), &'r str>,
    objects: Vec<Object>,
    /// The number of the table and that of the column, for each column in the list.
    placed: Vec<(i64, i64, usize)>,
    needs: HashMap<usize, BTreeSet<Key>>,
}

/// The objects that the rows tell of.
///
/// # Errors
/// When they are not what the statement gives.
pub(super) fn objects(rows: &[Row], left_out: &[LeftOut]) -> Result<Vec<Object>, DbError> {
    let mut catalog = Catalog {
        left_out,
        owner: None,
        roles: HashMap::new(),
        entries: HashMap::with_capacity(rows.len()),
        columns: HashMap::new(),
        objects: Vec::with_capacity(rows.len()),
        placed: Vec::new(),
        needs: HashMap::new(),
    };
    let kind = |row: Option<&Row>| row.map(|row| Found::new(row).kind().to_owned());
    if [kind(rows.first()), kind(rows.last())] != [Some("begin".into()), Some("end".into())] {
        // The settings would not have been those that the first part sets.
        let said =
            "the server has not run the parts of the statement about its catalog in their order";
        return Err(DbError::Client(said.to_owned()));
    }
    for row in rows {
        catalog.take(&Found::new(row))?;
    }
    Ok(catalog.finish())
}

impl<'r> Catalog<'r> {
    /// The name of a column of a relation.
    pub fn column(&self, relation: i64, number: i64) -> Option<&'r str> {
        self.columns.get(&(relation, number)).copied()
    }

    /// The path of an object, also of one that is not listed.
    pub fn path(&self, address: Address) -> Option<&[String]> {
        match self.entries.get(&address)? {
            Entry::Listed(number) => Some(&self.objects.get(*number)?.key.path),
            Entry::Hidden(path) => Some(path),
            Entry::Alias(_) | Entry::Part(..) => None,
        }
    }

    /// Whether an object is listed.
    pub fn is_listed(&self, address: Address) -> bool {
        matches!(self.entries.get(&address), Some(Entry::Listed(_)))
    }

    fn take(&mut self, found: &Found<'r>) -> Result<(), DbError> {
        match found.kind() {
            "begin" => self.owner = found.owner(),
            "end" => {}
            "role" => {
                self.roles.insert(found.address().object, found.name());
            }
            "hidden" => self.hide(found),
            "identity" => self.identity(found)?,
            "constraint index" => {
                if let Some(Entry::Listed(number)) =
                    found.parent().and_then(|of| self.entries.get(&of))
                {
                    let part = Entry::Part(*number, "index_");
                    self.entries.insert(found.address(), part);
                }
            }
            "alias" => {
                if let Some(target) = found.parent() {
                    // A column's default has the number of the column.
                    let (mut at, mut target) = (found.address(), target);
                    (target.sub, at.sub) = (at.sub, 0);
                    self.entries.entry(at).or_insert(Entry::Alias(target));
                }
            }
            "keys" => {
                if let Some((number, _)) = self.meant(found.address()) {
                    of_keys(&mut self.objects[number], found.properties()?);
                }
            }
            "comment" => self.say(found, "comment", found.text().into()),
            "grants" | "security_labels" => self.say(found, found.kind(), found.value()?),
            "needs" => self.need(found),
            kind => {
                let kind = Kind::from_name(kind).ok_or_else(|| {
                    DbError::Client(format!(
                        "the catalog has a `{kind}`, which is no kind of object"
                    ))
                })?;
                self.list(kind, found)?;
            }
        }
        Ok(())
    }

    fn place(&self, found: &Found<'r>) -> Option<Vec<String>> {
        let outer = match (found.schema(), found.parent()) {
            (Some(schema), _) => self.path(schema)?,
            (None, Some(parent)) => self.path(parent)?,
            (None, None) => &[],
        };
        let mut path = outer.to_vec();
        path.push(found.name().to_owned());
        Some(path)
    }

    fn hide(&mut self, found: &Found<'r>) {
        if let Some(path) = self.place(found) {
            self.entries.insert(found.address(), Entry::Hidden(path));
        }
    }

    fn is_left_out(&self, path: &[String]) -> bool {
        let [schema, table] = path else { return false };
        self.left_out
            .iter()
            .any(|one| one.table == *table && one.schema.as_ref().is_none_or(|name| name == schema))
    }

    fn list(&mut self, kind: Kind, found: &Found<'r>) -> Result<(), DbError> {
        let address = found.address();
        if kind == Kind::Column {
            self.columns
                .insert((address.object, address.sub), found.name());
        }
        let mut properties = found.properties()?;
        let path = match properties.remove("path") {
            Some(path) => {
                let parts = path.as_array().into_iter().flatten();
                let parts = parts.filter_map(Value::as_str).map(str::to_owned);
                Some(parts.collect())
            }
            None => self.place(found),
        };
        // What is in a schema of the server's own, or belongs to what is not listed, is not listed.
        let Some(path) = path else { return Ok(()) };
        let parent = match found.parent().map(|parent| self.entries.get(&parent)) {
            None => None,
            Some(Some(Entry::Listed(number))) => Some(self.objects[*number].key.clone()),
            Some(_) => return Ok(()),
        };
        if kind == Kind::Table && self.is_left_out(&path) {
            self.entries.insert(address, Entry::Hidden(path));
            return Ok(());
        }
        let mut object = Object {
            parent,
            properties,
            text: found.text().map(str::to_owned),
            ..Object::new(Key { kind, path })
        };
        let belongs_to = found.parent().map(|parent| parent.object);
        resolve(self, &mut object, belongs_to, address.sub);
        if let Some(owner) = found.owner().filter(|owner| Some(*owner) != self.owner)
            && let Some(name) = self.roles.get(&owner)
        {
            object.properties.insert("owner".to_owned(), (*name).into());
        }
        let number = self.objects.len();
        let mut at = address;
        if kind == Kind::Column {
            self.placed.push((address.object, address.sub, number));
        } else {
            at.sub = 0;
        }
        self.entries.insert(at, Entry::Listed(number));
        self.objects.push(object);
        Ok(())
    }

    /// The sequence of an identity column is told with the column.
    fn identity(&mut self, found: &Found<'r>) -> Result<(), DbError> {
        let (address, Some(mut column)) = (found.address(), found.parent()) else {
            return Ok(());
        };
        column.sub = address.sub;
        let Some(Entry::Listed(number)) = self.entries.get(&column) else {
            return Ok(());
        };
        let number = *number;
        let path = self.place(found);
        let object = &mut self.objects[number];
        for (name, value) in found.properties()? {
            object.properties.insert(format!("identity_{name}"), value);
        }
        if let Some(path) = path
            && let [schema, table, column] = object.key.path.as_slice()
            && path != [schema.clone(), format!("{table}_{column}_seq")]
        {
            let name = "identity_sequence".to_owned();
            object.properties.insert(name, path.into());
        }
        let at = Address::of(RELATION, address.object);
        self.entries.insert(at, Entry::Part(number, "identity_"));
        Ok(())
    }

    /// The object that an address means, and what its properties are called there.
    fn meant(&self, address: Address) -> Option<(usize, &'static str)> {
        match self.entries.get(&address)? {
            Entry::Listed(number) => Some((*number, "")),
            Entry::Part(number, prefix) => Some((*number, prefix)),
            Entry::Alias(target) => match self.entries.get(target)? {
                Entry::Listed(number) => Some((*number, "")),
                _ => None,
            },
            Entry::Hidden(_) => None,
        }
    }

    /// Adds a property.
    fn say(&mut self, found: &Found<'r>, name: &str, mut value: Value) {
        sort(name, &mut value);
        if let Some((number, prefix)) = self.meant(found.address()) {
            let properties = &mut self.objects[number].properties;
            properties.insert(format!("{prefix}{name}"), value);
        }
    }

    /// The address that something really has: what an alias stands for, and the whole of what has no such column.
    fn real(&self, address: Address) -> Address {
        match self.entries.get(&address) {
            Some(Entry::Alias(target)) => *target,
            None => match self.entries.get(&Address { sub: 0, ..address }) {
                Some(Entry::Alias(target)) => *target,
                _ => Address { sub: 0, ..address },
            },
            Some(_) => address,
        }
    }

    /// What a column needs its table needs, too.
    fn need(&mut self, found: &Found<'r>) {
        let needed = found.parent().map(|parent| self.real(parent));
        let Some((needed, _)) = needed.and_then(|needed| self.meant(needed)) else {
            return;
        };
        let address = self.real(found.address());
        let table = Address { sub: 0, ..address };
        let mut dependents: Vec<usize> = [address, table]
            .into_iter()
            .filter_map(|one| self.meant(one).map(|(number, _)| number))
            .collect();
        dependents.dedup();
        for dependent in dependents {
            let object = &self.objects[dependent];
            let needed = &self.objects[needed].key;
            if object.key != *needed && object.parent.as_ref() != Some(needed) {
                let needs = self.needs.entry(dependent).or_default();
                needs.insert(needed.clone());
            }
        }
    }

    fn finish(mut self) -> Vec<Object> {
        for (number, needs) in self.needs {
            self.objects[number].needs = needs.into_iter().collect();
        }
        self.placed.sort_unstable();
        let (mut table, mut position) = (0, 0);
        for (of, _, number) in self.placed {
            position = if of == table { position + 1 } else { 1 };
            table = of;
            let column = &mut self.objects[number];
            let parent = column.parent.as_ref().map(|parent| parent.kind);
            column.position = (parent == Some(Kind::Table)).then_some(position);
        }
        // The columns of a view are those of its definition; only what is said of them is to be told. A database is
        // there anyway.
        self.objects.retain(|one| match one.key.kind {
            Kind::Column => one.position.is_some() || !one.properties.is_empty(),
            Kind::Database | Kind::DefaultPrivileges => !one.properties.is_empty(),
            _ => true,
        });
        self.objects
    }
}
