//! What `CREATE TABLE` says and no pragma tells.

use std::collections::BTreeMap;

use limosa_schema::{Key, Kind, Object};

use super::part::{Part, parts};
use super::text::{Cursor, Names, collation, string};
use crate::schema::build::{Build as _, object};

/// What is known of a table from its text.
pub(super) struct Table {
    /// Properties of columns, by name in lower case.
    pub(super) columns: BTreeMap<String, Object>,
    /// Constraints, their names among their properties until all are known.
    pub(super) constraints: Vec<Constraint>,
}

/// A constraint that has no place yet.
pub(super) struct Constraint {
    /// The name that it was given.
    name: Option<String>,
    /// How it is called where it was given none.
    called: String,
    /// What it is like.
    pub(super) object: Object,
}

impl Constraint {
    fn new(name: &mut Option<String>, called: String, form: &str) -> Self {
        let object = object(Kind::Constraint, [""]).with("form", Some(form));
        Self {
            name: name.take(),
            called,
            object,
        }
    }

    fn set(&mut self, property: &str, value: Option<String>) {
        let object = std::mem::replace(&mut self.object, object(Kind::Constraint, [""]));
        self.object = object.with(property, value);
    }

    /// The constraint in its table. A name that another one has as well gets a number behind it.
    pub(super) fn place(self, table: &str, taken: &mut Names) -> Object {
        let wanted = self.name.unwrap_or(self.called);
        let mut name = wanted.clone();
        let mut number = 2;
        while taken.declared(&name).is_some() {
            name = format!("{wanted} {number}");
            number += 1;
        }
        taken.add(&name);
        let mut object = self.object;
        object.key = Key::new(Kind::Constraint, [table, &name]);
        object.parent = Some(Key::new(Kind::Table, [table]));
        object
    }
}

/// Reads `CREATE TABLE`. `names` are the columns.
pub(super) fn table(name: &str, sql: &str, columns: &Names) -> Table {
    let mut names = columns.clone();
    names.add(name);
    let mut reader = Reader {
        names,
        table: Table {
            columns: BTreeMap::new(),
            constraints: Vec::new(),
        },
    };
    let mut cursor = Cursor::new(sql);
    while !cursor.is_at_end() {
        if let Some(inside) = cursor.brackets() {
            for definition in inside.by_commas() {
                let text = sql[definition.span()].to_owned();
                reader.definition(definition, text);
            }
            break;
        }
        cursor.next();
    }
    reader.table
}

struct Reader {
    names: Names,
    table: Table,
}

impl Reader {
    fn definition(&mut self, mut cursor: Cursor<'_>, text: String) {
        let of_table = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        if of_table.iter().any(|word| cursor.is_word(word)) {
            self.of_table(&mut cursor);
        } else {
            self.column(&mut cursor, text);
        }
    }

    /// Constraints of the table; there need not be commas between them.
    fn of_table(&mut self, cursor: &mut Cursor<'_>) {
        let mut name = None;
        while !cursor.is_at_end() {
            if cursor.eat("CONSTRAINT") {
                name = cursor.name();
            } else if cursor.eat("PRIMARY KEY") {
                self.keys(&mut name, cursor, "primary key");
            } else if cursor.eat("UNIQUE") {
                self.keys(&mut name, cursor, "unique");
            } else if cursor.eat("CHECK") {
                self.check(&mut name, cursor);
            } else if cursor.eat("FOREIGN KEY") {
                let columns = self.columns_of(cursor);
                cursor.eat("REFERENCES");
                self.references(&mut name, columns, cursor);
            } else {
                cursor.next();
            }
        }
    }

    fn column(&mut self, cursor: &mut Cursor<'_>, text: String) {
        let Some(name) = cursor.name() else {
            return;
        };
        let declared = self.names.or_as_it_is(name);
        let mut column = object(Kind::Column, [""]).with("type", Some(self.column_type(cursor)));
        let mut constraint = None;
        while !cursor.is_at_end() {
            if cursor.eat("CONSTRAINT") {
                constraint = cursor.name();
            } else if cursor.eat("PRIMARY KEY") {
                let descends = cursor.eat("DESC");
                cursor.eat("ASC");
                let keys = vec![Part::of_column(&declared, descends)];
                let mut key = key(&mut constraint, "primary key", keys);
                key.set("on_conflict", on_conflict(cursor));
                self.table.constraints.push(key);
                column = column.when("auto_increment", cursor.eat("AUTOINCREMENT"));
            } else if cursor.eat("UNIQUE") {
                let mut key = key(
                    &mut constraint,
                    "unique",
                    vec![Part::of_column(&declared, false)],
                );
                key.set("on_conflict", on_conflict(cursor));
                self.table.constraints.push(key);
            } else if cursor.eat("NOT NULL") {
                column = column
                    .with("not_null_name", constraint.take())
                    .with("not_null_on_conflict", on_conflict(cursor));
            } else if cursor.eat("NULL") {
                on_conflict(cursor);
            } else if cursor.eat("CHECK") {
                self.check(&mut constraint, cursor);
            } else if cursor.eat("DEFAULT") {
                column = column.with("default", default(cursor));
            } else if cursor.eat("COLLATE") {
                let name = cursor.name().map(collation);
                column = column.with("collation", name.filter(|name| name != "BINARY"));
            } else if cursor.eat("REFERENCES") {
                self.references(&mut constraint, vec![declared.clone()], cursor);
            } else if cursor.eat("GENERATED ALWAYS AS") || cursor.eat("AS") {
                let expression = cursor
                    .brackets()
                    .map(|inside| inside.expression(&self.names));
                let stored = cursor.eat("STORED");
                cursor.eat("VIRTUAL");
                let kind = if stored { "stored" } else { "virtual" };
                column = column
                    .with("generated", expression)
                    .with("generated_kind", Some(kind));
            } else {
                cursor.next();
            }
        }
        column.text = Some(text);
        self.table.columns.insert(declared.to_lowercase(), column);
    }

    /// The words of a type, and the numbers behind them.
    fn column_type(&self, cursor: &mut Cursor<'_>) -> String {
        let ends = [
            "CONSTRAINT",
            "PRIMARY",
            "NOT",
            "NULL",
            "UNIQUE",
            "CHECK",
            "DEFAULT",
            "COLLATE",
            "REFERENCES",
            "AS",
            "DEFERRABLE",
        ];
        let mut words: Vec<String> = Vec::new();
        while !ends.iter().any(|word| cursor.is_word(word)) {
            let generated = cursor.is_word("GENERATED")
                && cursor
                    .peek_second()
                    .is_some_and(|token| token.is_word("ALWAYS"));
            match cursor.name().filter(|_| !generated) {
                Some(word) => words.push(word),
                None => break,
            }
        }
        let mut text = words.join(" ");
        if let Some(inside) = cursor.brackets() {
            text.push_str(&format!("({})", inside.expression(&self.names)));
        }
        text
    }

    fn check(&mut self, name: &mut Option<String>, cursor: &mut Cursor<'_>) {
        let Some(inside) = cursor.brackets() else {
            return;
        };
        let expression = inside.expression(&self.names);
        let mut check = Constraint::new(name, format!("check ({expression})"), "check");
        check.set("expression", Some(expression));
        check.set("on_conflict", on_conflict(cursor));
        self.table.constraints.push(check);
    }

    /// `PRIMARY KEY (…)` and `UNIQUE (…)` of a table.
    fn keys(&mut self, name: &mut Option<String>, cursor: &mut Cursor<'_>, form: &str) {
        let inside = cursor.brackets();
        let mut auto_increment = false;
        let mut keys: Vec<Part> = Vec::new();
        for mut part in inside.map(Cursor::by_commas).unwrap_or_default() {
            auto_increment |= part.eat_last("AUTOINCREMENT");
            keys.push(Part::new(part, &self.names));
        }
        if let (true, [only]) = (auto_increment, keys.as_slice())
            && let Some(column) = self.table.columns.get_mut(&only.key.to_lowercase())
        {
            column
                .properties
                .insert("auto_increment".into(), true.into());
        }
        let mut key = key(name, form, keys);
        key.set("on_conflict", on_conflict(cursor));
        self.table.constraints.push(key);
    }

    fn columns_of(&self, cursor: &mut Cursor<'_>) -> Vec<String> {
        let inside = cursor.brackets();
        let parts = inside.map(Cursor::by_commas).unwrap_or_default();
        let names = parts.into_iter().filter_map(|mut part| part.name());
        names.map(|name| self.names.or_as_it_is(name)).collect()
    }

    /// What stands behind `REFERENCES`.
    fn references(
        &mut self,
        name: &mut Option<String>,
        columns: Vec<String>,
        cursor: &mut Cursor<'_>,
    ) {
        let called = format!("foreign key ({})", columns.join(", "));
        let mut one = Constraint::new(name, called, "foreign key");
        let other = cursor.name().unwrap_or_default();
        let inside = cursor.brackets();
        let parts = inside.map(Cursor::by_commas).unwrap_or_default();
        let referenced: Vec<String> = parts
            .into_iter()
            .filter_map(|mut part| part.name())
            .collect();
        one.object = one
            .object
            .with("columns", Some(columns))
            .with("references", Some(vec![other]))
            .with("referenced_columns", Some(referenced));
        loop {
            if cursor.eat("ON DELETE") {
                one.set("on_delete", action(cursor));
            } else if cursor.eat("ON UPDATE") {
                one.set("on_update", action(cursor));
            } else if cursor.eat("ON INSERT") {
                action(cursor);
            } else if cursor.eat("MATCH") {
                let name = cursor.name().map(|name| name.to_lowercase());
                one.set("match", name.filter(|name| name != "simple"));
            } else if cursor.eat("NOT DEFERRABLE") {
                initially(cursor);
            } else if cursor.eat("DEFERRABLE") {
                let deferred = initially(cursor);
                one.object = one
                    .object
                    .when("deferrable", true)
                    .when("initially_deferred", deferred);
            } else {
                break;
            }
        }
        self.table.constraints.push(one);
    }
}

/// What stands behind `DEFAULT`.
fn default(cursor: &mut Cursor<'_>) -> Option<String> {
    if let Some(mut inside) = cursor.brackets() {
        // A literal is the same with brackets around it.
        return if inside.is_literal() {
            default(&mut inside)
        } else {
            Some(inside.expression(&Names::default()))
        };
    }
    let sign = if cursor.eat_symbol(b'-') {
        "-"
    } else {
        cursor.eat_symbol(b'+');
        ""
    };
    let token = cursor.next()?;
    let text = String::from_utf8_lossy(token.text).into_owned();
    let one = Cursor::new(&text);
    let constants = [
        "NULL",
        "TRUE",
        "FALSE",
        "CURRENT_TIME",
        "CURRENT_DATE",
        "CURRENT_TIMESTAMP",
    ];
    let is_constant = constants.iter().any(|word| one.is_word(word));
    Some(match one.clone().name() {
        // A bare word is a text.
        Some(word) if !is_constant => string(&word),
        _ => format!("{sign}{}", one.expression(&Names::default())),
    })
}

/// A primary key or unique constraint.
fn key(name: &mut Option<String>, form: &str, keys: Vec<Part>) -> Constraint {
    let columns: Vec<&str> = keys.iter().map(|part| part.key.as_str()).collect();
    let called = match form {
        "primary key" => form.to_owned(),
        _ => format!("{form} ({})", columns.join(", ")),
    };
    let mut one = Constraint::new(name, called, form);
    one.object = parts(one.object, "columns", keys);
    one
}

/// Whether it is `INITIALLY DEFERRED`.
fn initially(cursor: &mut Cursor<'_>) -> bool {
    let deferred = cursor.eat("INITIALLY DEFERRED");
    cursor.eat("INITIALLY IMMEDIATE");
    deferred
}

/// What stands behind `ON DELETE`; to do nothing is the default.
fn action(cursor: &mut Cursor<'_>) -> Option<String> {
    for (words, name) in [
        ("SET NULL", Some("set null")),
        ("SET DEFAULT", Some("set default")),
        ("CASCADE", Some("cascade")),
        ("RESTRICT", Some("restrict")),
        ("NO ACTION", None),
    ] {
        if cursor.eat(words) {
            return name.map(str::to_owned);
        }
    }
    None
}

/// `ON CONFLICT …`; to abort is the default.
fn on_conflict(cursor: &mut Cursor<'_>) -> Option<String> {
    if !cursor.eat("ON CONFLICT") {
        return None;
    }
    let what = cursor.name()?.to_lowercase();
    (what != "abort").then_some(what)
}
