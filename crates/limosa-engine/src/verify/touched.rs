//! Which tables a change has to do with. The others keep their rows, so none are made for them: filling and reading
//! a hundred tables for the sake of one index would be most of the work.
//!
//! Judged by the names in its statements. Whatever may reach further than the names that stand in it (a block of
//! code, a function of the database, a trigger, a type that is dropped, a statement that is not known) has to do with
//! all tables.

use std::collections::BTreeSet;

use limosa_core::plan::{Planned, statements};
use limosa_core::script::Environment;
use limosa_schema::{Key, Kind, Object, Schema};
use limosa_sql::lexer::{identifier, significant_tokens};
use limosa_sql::{Dialect, Facts, Target};

use super::subject::Scripts;

/// Statements that change no more than what they name, and what hangs on it by foreign keys.
const BY_NAME: &[&str] = &[
    "alter_index",
    "alter_sequence",
    "alter_table",
    "analyze",
    "comment",
    "copy_from_stdin",
    "create_domain",
    "create_extension",
    "create_function",
    "create_index",
    "create_materialized_view",
    "create_or_replace_function",
    "create_procedure",
    "create_schema",
    "create_sequence",
    "create_table",
    "create_trigger",
    "create_type",
    "create_view",
    "delete",
    "drop_function",
    "drop_index",
    "drop_materialized_view",
    "drop_table",
    "drop_trigger",
    "drop_view",
    "grant",
    "insert",
    "lock_table",
    "reindex",
    "revoke",
    "select",
    "truncate",
    "update",
];

/// Statements of these that take rows away, or the keys that others refer to.
const TAKE_AWAY: &[&str] = &["alter_table", "delete", "drop_table", "truncate", "update"];

/// Statements of these that can call functions over rows.
const CALL: &[&str] = &[
    "alter_table",
    "copy_from_stdin",
    "create_index",
    "delete",
    "insert",
    "select",
    "update",
];

/// Statements after which a database is as before, once its tables that they name and everything in it that is no table
/// are made anew.
const MADE_ANEW: &[&str] = &[
    "alter_table",
    "create_function",
    "create_index",
    "create_or_replace_function",
    "create_procedure",
    "create_table",
    "create_trigger",
    "create_view",
    "delete",
    "drop_function",
    "drop_index",
    "drop_table",
    "drop_trigger",
    "drop_view",
    "insert",
    "select",
    "truncate",
    "update",
];

/// Whether a copy of a database in which a change was tried can be made a copy again by making anew what the change has
/// to do with.
pub(super) fn can_be_made_anew(
    scripts: &Scripts<'_>,
    target: &Target,
    environment: Environment<'_>,
) -> bool {
    let mut can = true;
    for ready in scripts.ups.iter().chain(&scripts.downs) {
        let mut each = |planned: Planned<'_>| {
            can &= planned.facts.session_setting || MADE_ANEW.contains(&planned.facts.kind);
        };
        can &= statements(ready.script, &ready.units, target, environment, &mut each).is_ok();
    }
    can
}

/// The tables that the statements of a change do nothing to.
#[derive(Default)]
pub(super) struct Untouched {
    /// Those that it has nothing to do with at all.
    pub others: BTreeSet<Key>,
    /// Those to which the tables refer that it does something to, so that they have to have rows before those.
    pub parents: BTreeSet<Key>,
}

/// The tables that the statements of a change do nothing to.
pub(super) fn untouched(
    scripts: &Scripts<'_>,
    schema: &Schema,
    target: &Target,
    environment: Environment<'_>,
) -> Untouched {
    let mut touched = Touched {
        schema,
        target,
        tables: BTreeSet::new(),
        parents: BTreeSet::new(),
        takes_away: false,
        all: false,
    };
    for ready in scripts.ups.iter().chain(&scripts.downs) {
        let mut each = |planned: Planned<'_>| touched.statement(planned.text.sql, &planned.facts);
        let read = statements(ready.script, &ready.units, target, environment, &mut each);
        touched.all |= read.is_err();
    }
    touched.follow();
    if touched.all {
        return Untouched::default();
    }
    let Touched {
        tables, parents, ..
    } = touched;
    let all = schema.of(Kind::Table).map(|table| table.key.clone());
    let others = all.filter(|table| !tables.contains(table) && !parents.contains(table));
    Untouched {
        others: others.collect(),
        parents,
    }
}

/// A schema without these tables and what belongs to them.
pub(super) fn without(schema: &Schema, tables: &BTreeSet<Key>) -> Schema {
    let is_kept = |object: &&Object| {
        let parent = object.parent.as_ref();
        !tables.contains(&object.key) && !parent.is_some_and(|parent| tables.contains(parent))
    };
    let objects = schema.objects().filter(is_kept).cloned();
    Schema::new(schema.dialect, schema.server.clone(), objects)
}

struct Touched<'s> {
    schema: &'s Schema,
    target: &'s Target,
    tables: BTreeSet<Key>,
    parents: BTreeSet<Key>,
    takes_away: bool,
    all: bool,
}

impl Touched<'_> {
    fn statement(&mut self, sql: &str, facts: &Facts) {
        if facts.session_setting || self.all {
            return;
        }
        if !BY_NAME.contains(&facts.kind) {
            self.all = true;
            return;
        }
        self.takes_away |= TAKE_AWAY.contains(&facts.kind);
        let tokens = significant_tokens(self.target.dialect, sql.as_bytes());
        let names: BTreeSet<String> = tokens
            .filter_map(|token| identifier(&token))
            .map(|name| name.to_lowercase())
            .collect();
        let is_named = |object: &&Object| {
            let name = object.key.name();
            let bare = name.split('(').next().unwrap_or(name);
            names.contains(&bare.to_lowercase())
        };
        let tables = self.schema.of(Kind::Table).filter(is_named);
        self.tables.extend(tables.map(|table| table.key.clone()));
        if self.target.dialect != Dialect::Mysql {
            // An index is named without its table.
            let indexes = self.schema.of(Kind::Index).filter(is_named);
            (self.tables).extend(indexes.filter_map(|index| index.parent.clone()));
        }
        if !CALL.contains(&facts.kind) {
            return;
        }
        let mut behind = [Kind::Routine, Kind::View, Kind::MaterializedView].into_iter();
        self.all |= behind.any(|kind| self.schema.of(kind).any(|one| is_named(&one)));
    }

    /// Adds what hangs on the tables that are named: those that they refer to, which have to have rows first; those
    /// that refer to them, where rows or keys are taken away; partitions and their tables.
    fn follow(&mut self) {
        let mut links: Vec<(Key, Key)> = Vec::new();
        for constraint in self.schema.of(Kind::Constraint) {
            let to = constraint.tables_of("references").into_iter();
            links.extend(constraint.parent.iter().cloned().zip(to));
        }
        let mut parts: Vec<(Key, Key)> = Vec::new();
        for table in self.schema.of(Kind::Table) {
            for property in ["partition_of", "inherits"] {
                let whole = table.tables_of(property).into_iter();
                parts.extend(whole.map(|whole| (table.key.clone(), whole)));
            }
        }
        let mut children = self.tables.clone();
        grow(&mut children, |known| {
            let of_links = links
                .iter()
                .filter(|(_, to)| self.takes_away && known.contains(to))
                .map(|(from, _)| from);
            let of_parts = parts.iter().flat_map(|(part, whole)| {
                let part_of = known.contains(part).then_some(whole);
                part_of
                    .into_iter()
                    .chain(known.contains(whole).then_some(part))
            });
            of_links.chain(of_parts).cloned().collect()
        });
        let touched = children.clone();
        grow(&mut children, |known| {
            let from = links.iter().filter(|(from, _)| known.contains(from));
            let parts = parts.iter().filter(|(part, _)| known.contains(part));
            from.chain(parts).map(|(_, to)| to.clone()).collect()
        });
        let has_code = |object: &Object| {
            (object.parent.as_ref()).is_some_and(|table| children.contains(table))
        };
        let mut code = [Kind::Trigger, Kind::Rule].into_iter();
        self.all |= code.any(|kind| self.schema.of(kind).any(has_code));
        self.parents = children.difference(&touched).cloned().collect();
        self.tables = touched;
    }
}

/// Adds what `next` finds until it finds nothing new.
fn grow(known: &mut BTreeSet<Key>, next: impl Fn(&BTreeSet<Key>) -> Vec<Key>) {
    loop {
        let count = known.len();
        known.extend(next(known));
        if known.len() == count {
            return;
        }
    }
}
