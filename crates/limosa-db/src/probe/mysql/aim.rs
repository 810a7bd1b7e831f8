//! What a statement is after, read from its tokens.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::account::{account, accounts};
use super::alter::{self, Parts};
use super::object::{Kind, Object};
use super::reader::Reader;
use super::scene::Context;

/// The objects of a statement, and what becomes of them.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Aim {
    pub(super) does: Does,
    pub(super) objects: Vec<Object>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Does {
    /// What can be done twice as well as once.
    Repeatable,
    /// They are there afterwards.
    Create(Others),
    /// They are there afterwards, also those that were there before.
    Replace,
    /// They are gone.
    Drop(Others),
    /// They are different.
    Change(Parts),
    /// They are different; the first has another name: the second.
    ChangeAndRename,
    /// Each first has the name of its second, one pair after the other.
    Rename(Vec<(Object, Object)>),
    /// The rows are gone: of these partitions, if there are any.
    Truncate(Vec<String>),
    /// The rows of a partition and those of a table change places.
    Exchange,
    /// The file with the rows is given up, or taken in.
    Discard,
    Import,
}

/// What the statement says to objects that are there already, or that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Others {
    /// They are passed over: `IF [NOT] EXISTS`.
    Passed,
    /// They are an error, but the others may be done by then.
    Refused,
}

/// What is harmless when it is done again.
const REPEATABLE: &[&str] = &[
    "analyze_table",
    "cache_index",
    "check_table",
    "flush",
    "grant",
    "load_index",
    "optimize_table",
    "purge_logs",
    "repair_table",
    "set_default_role",
    "set_password",
];

impl Does {
    /// Whether the rows of the objects tell what the definitions do not.
    pub(super) fn is_about_rows(&self) -> bool {
        matches!(
            self,
            Self::Replace | Self::Rename(_) | Self::Truncate(_) | Self::Exchange
        )
    }
}

impl Aim {
    /// `None` when what the statement does cannot be seen afterwards.
    pub(super) fn of(kind: &str, sql: &str, context: &Context) -> Option<Self> {
        if REPEATABLE.contains(&kind) {
            return Some(Self::new(Does::Repeatable, []));
        }
        let mut reader = Reader::new(sql, context.modes());
        if reader.eat("set statement") && !reader.behind("for") {
            return None;
        }
        let statement = Statement { reader, context };
        match kind {
            "rename_table" => statement.rename_tables(),
            "rename_user" => statement.rename_users(),
            "truncate" => statement.truncate(),
            "create_index" | "drop_index" => statement.index(),
            "alter_table" => statement.alter_table(),
            "revoke" => statement.revoke(),
            "install" | "uninstall" => statement.plugin(),
            _ => match kind.split_once('_')? {
                ("create", object) => statement.create(kind_of(object)?),
                ("alter", object) => statement.alter(kind_of(object)?),
                ("drop", object) => statement.drop(kind_of(object)?),
                _ => None,
            },
        }
    }

    fn new(does: Does, objects: impl IntoIterator<Item = Object>) -> Self {
        Self {
            does,
            objects: objects.into_iter().collect(),
        }
    }
}

fn kind_of(object: &str) -> Option<Kind> {
    const KINDS: &[Kind] = &[
        Kind::Table,
        Kind::View,
        Kind::Sequence,
        Kind::Procedure,
        Kind::Function,
        Kind::Package,
        Kind::PackageBody,
        Kind::Trigger,
        Kind::Event,
        Kind::Database,
        Kind::User,
        Kind::Role,
        Kind::Server,
    ];
    let word = object.replace('_', " ");
    let same = |kind: &&Kind| kind.word().eq_ignore_ascii_case(&word);
    KINDS.iter().find(same).copied()
}

/// A statement that is being read.
struct Statement<'a> {
    reader: Reader<'a>,
    context: &'a Context,
}

impl Statement<'_> {
    /// Goes behind the words that name the kind of object, and `IF [NOT] EXISTS`.
    fn open(&mut self, kind: Kind) -> Option<Others> {
        let word = kind.word().to_lowercase();
        while !self.reader.eat(&word) {
            if kind == Kind::Database && self.reader.eat("schema") {
                break;
            }
            self.reader.next()?;
        }
        Some(self.others())
    }

    fn others(&mut self) -> Others {
        if self.reader.eat_any(&["if exists", "if not exists"]) {
            Others::Passed
        } else {
            Others::Refused
        }
    }

    fn name(&mut self, kind: Kind) -> Option<Object> {
        match kind {
            Kind::User | Kind::Role => account(&mut self.reader, kind),
            _ if kind.is_in_database() => {
                let (database, name) = self.reader.name()?;
                let database = database.or_else(|| self.context.database.clone())?;
                Some(Object::new(kind, [database, name]))
            }
            _ => Some(Object::new(kind, [self.reader.part()?])),
        }
    }

    fn names(&mut self, kind: Kind) -> Option<Vec<Object>> {
        if matches!(kind, Kind::User | Kind::Role) {
            return accounts(&mut self.reader, kind);
        }
        let mut names = vec![self.name(kind)?];
        while self.reader.eat_symbol(b',') {
            names.push(self.name(kind)?);
        }
        Some(names)
    }

    fn create(mut self, kind: Kind) -> Option<Aim> {
        self.reader.eat("create");
        let replace = self.reader.eat("or replace");
        if self.reader.eat("temporary") {
            // It goes with the session.
            return Some(Aim::new(Does::Repeatable, []));
        }
        let others = self.open(kind)?;
        let objects = match kind {
            Kind::User | Kind::Role => self.names(kind)?,
            _ => vec![self.name(kind)?],
        };
        // A function in a library is not shown as others are.
        if kind == Kind::Function && self.reader.has("soname") {
            return None;
        }
        Some(Aim::new(
            if replace {
                Does::Replace
            } else {
                Does::Create(others)
            },
            objects,
        ))
    }

    fn drop(mut self, kind: Kind) -> Option<Aim> {
        // `DROP TABLES` is the same.
        let others = if kind == Kind::Table && self.reader.eat("drop tables") {
            self.others()
        } else {
            self.open(kind)?
        };
        let objects = self.names(kind)?;
        Some(Aim::new(Does::Drop(others), objects))
    }

    fn alter(mut self, kind: Kind) -> Option<Aim> {
        // Where a sequence goes on cannot be told from what was drawn since; a password that is kept beside the new
        // one is lost the second time.
        if self.reader.has("restart") && kind == Kind::Sequence || self.reader.has("retain") {
            return None;
        }
        self.open(kind)?;
        let objects = match kind {
            Kind::User | Kind::Role => self.names(kind)?,
            // `ALTER DATABASE CHARACTER SET …` is about the current one.
            Kind::Database if self.is_option() => {
                vec![Object::new(kind, [self.context.database.clone()?])]
            }
            _ => vec![self.name(kind)?],
        };
        let mut aim = Aim::new(Does::Change(Parts::default()), objects);
        if kind == Kind::Event && self.reader.behind("rename") && self.reader.eat("to") {
            aim.objects.push(self.name(kind)?);
            aim.does = Does::ChangeAndRename;
        }
        Some(aim)
    }

    fn is_option(&self) -> bool {
        ["character", "charset", "collate", "default", "comment"]
            .iter()
            .any(|word| self.reader.peek_is(word))
    }

    fn alter_table(mut self) -> Option<Aim> {
        self.open(Kind::Table)?;
        let table = self.name(Kind::Table)?;
        let database = table.place().0.to_owned();
        let (does, second) = alter::actions(&mut self.reader, self.context, &database)?;
        let mut objects = vec![table];
        objects.extend(second);
        Some(Aim::new(does, objects))
    }

    fn index(mut self) -> Option<Aim> {
        let drops = self.reader.eat("drop");
        self.reader.behind("index");
        self.reader.eat_any(&["if exists", "if not exists"]);
        let index = self.reader.part()?;
        self.reader.behind("on");
        let table = self.name(Kind::Table)?;
        let mut parts = Parts::default();
        parts.index(index, drops);
        Some(Aim::new(Does::Change(parts), [table]))
    }

    fn truncate(mut self) -> Option<Aim> {
        self.reader.eat("truncate");
        self.reader.eat("table");
        let table = self.name(Kind::Table)?;
        Some(Aim::new(Does::Truncate(vec![]), [table]))
    }

    fn rename_tables(mut self) -> Option<Aim> {
        self.reader.eat_any(&["rename table", "rename tables"]);
        self.reader.eat("if exists");
        self.renames(Kind::Table)
    }

    fn rename_users(mut self) -> Option<Aim> {
        self.reader.eat("rename user");
        self.renames(Kind::User)
    }

    fn renames(mut self, kind: Kind) -> Option<Aim> {
        let mut pairs = Vec::new();
        let mut objects = Vec::new();
        loop {
            let from = self.name(kind)?;
            self.reader.behind("to");
            let to = self.name(kind)?;
            for object in [&from, &to] {
                if !objects.contains(object) {
                    objects.push(object.clone());
                }
            }
            pairs.push((from, to));
            if !self.reader.eat_symbol(b',') {
                return Some(Aim::new(Does::Rename(pairs), objects));
            }
        }
    }

    fn revoke(mut self) -> Option<Aim> {
        // The last one: privileges may be on something with that name.
        let mut list = None;
        while self.reader.behind("from") {
            list = accounts(&mut self.reader, Kind::Grants);
        }
        Some(Aim::new(Does::Change(Parts::default()), list?))
    }

    fn plugin(mut self) -> Option<Aim> {
        let does = if self.reader.eat("install plugin") {
            Does::Create
        } else if self.reader.eat("uninstall plugin") {
            Does::Drop
        } else {
            return None;
        };
        let others = self.others();
        let plugin = self.name(Kind::Plugin)?;
        Some(Aim::new(does(others), [plugin]))
    }
}
