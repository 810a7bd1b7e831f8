//! One table becomes another.

use std::collections::BTreeSet;

use limosa_sql::Dialect;
use limosa_sql::lexer::significant_tokens;
use serde_json::Value;

use super::super::by_hand;
use super::{literal, name, quoted};
use crate::{Key, Kind, Object, Schema};

/// What counts of a column, an index or a constraint: whether it has to be made again.
fn differs(before: &Object, after: &Object) -> bool {
    let counts = |object: &Object| {
        let mut properties = object.properties.clone();
        properties.remove("grants");
        properties.remove("invisible");
        properties
    };
    let hidden = |object: &Object| object.key.kind == Kind::Column && object.is("invisible");
    counts(before) != counts(after) || hidden(before) != hidden(after)
}

/// A table that is in both schemas.
pub(super) struct Pair<'a> {
    pub(super) from: &'a Schema,
    pub(super) to: &'a Schema,
    pub(super) table: &'a Key,
}

impl<'a> Pair<'a> {
    /// Foreign keys that have to go before anything else is done.
    pub(super) fn old_foreign_keys(&self) -> Vec<String> {
        let all = self.of(self.from, Kind::Constraint).into_iter();
        all.filter(|one| is_foreign(one) && (!self.stays(one) || self.is_in_the_way(one)))
            .map(|one| self.statement(&format!("DROP FOREIGN KEY {}", name(&one.key))))
            .collect()
    }

    /// Foreign keys that come after everything else is done.
    pub(super) fn new_foreign_keys(&self) -> Vec<String> {
        let all = self.of(self.to, Kind::Constraint).into_iter();
        all.filter(|one| is_foreign(one) && (self.is_new(one) || self.is_in_the_way(one)))
            .map(|one| {
                let index = self.index_of(one).map(|index| {
                    let drop = format!("DROP INDEX {}", name(&index.key));
                    add(index).map(|add| format!("{drop},\n  {add},\n  "))
                });
                let index = index.unwrap_or_else(|| Ok(String::new()));
                match index.and_then(|index| Ok(index + &add(one)?)) {
                    Ok(clauses) => self.statement(&clauses),
                    Err(remark) => remark,
                }
            })
            .collect()
    }

    /// The index that the server may have made by itself for a foreign key before: it makes another one in its place
    /// for a new one, and gives that its own name, unless the index is made with it.
    fn index_of(&self, key: &Object) -> Option<&'a Object> {
        let columns = key.list_of("columns");
        let indexes = self.of(self.to, Kind::Index).into_iter();
        let mut indexes = indexes.filter(|one| one.list_of("keys") == columns);
        indexes.find(|one| {
            let by_itself = [key.key.name(), columns.first().copied().unwrap_or_default()];
            by_itself.contains(&one.key.name()) && !self.is_new(one)
        })
    }

    /// Whether a column at either end of a foreign key becomes another, which it does not allow.
    fn is_in_the_way(&self, key: &Object) -> bool {
        let ends = [
            (self.table.path.clone(), "columns"),
            (
                key.list_of("references")
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                "referenced_columns",
            ),
        ];
        ends.into_iter().any(|(table, columns)| {
            let differs = |key: &Key, property: &str| {
                let (before, after) = (self.from.get(key), self.to.get(key));
                before.zip(after).is_some_and(|(before, after)| {
                    before.text_of(property) != after.text_of(property)
                })
            };
            let columns = key.list_of(columns).into_iter();
            let mut columns = columns.map(|column| {
                let path = table.iter().cloned().chain([column.to_owned()]);
                Key::new(Kind::Column, path)
            });
            differs(&Key::new(Kind::Table, table.clone()), "collation")
                || columns.any(|column| differs(&column, "type") || differs(&column, "collation"))
        })
    }

    /// Everything else.
    pub(super) fn alter(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let mut clauses = self.drops();
        let added = self.adds(&mut remarks);
        clauses.extend(self.columns(&mut remarks));
        clauses.extend(added);
        clauses.extend(self.options());
        let is_cut = self.cut(self.to).is_some_and(|[by, ..]| by.is_some());
        let together = self.together();
        let mut all = Vec::new();
        all.extend(together.filter(|_| !clauses.is_empty() || !is_cut));
        if !clauses.is_empty() {
            let statement = self.statement(&clauses.join(",\n  "));
            let table = self.from.get(self.table);
            if table.is_some_and(|table| table.is("system_versioned")) {
                all.push("SET system_versioning_alter_history = KEEP".to_owned());
                all.push(statement);
                all.push("SET system_versioning_alter_history = DEFAULT".to_owned());
            } else {
                all.push(statement);
            }
        }
        all.extend(self.hidden_indexes());
        all.extend(self.partitions());
        all.extend(remarks);
        all
    }

    fn statement(&self, clauses: &str) -> String {
        let gap = if clauses.contains('\n') { "\n  " } else { " " };
        format!("ALTER TABLE {}{gap}{clauses}", name(self.table))
    }

    fn of(&self, schema: &'a Schema, kind: Kind) -> Vec<&'a Object> {
        schema.children(self.table, kind)
    }

    /// Whether an object of the first schema is the same in the second.
    fn stays(&self, before: &Object) -> bool {
        let after = self.to.get(&before.key);
        after.is_some_and(|after| !differs(before, after))
    }

    /// Whether an object of the second schema is not the same in the first.
    fn is_new(&self, after: &Object) -> bool {
        let before = self.from.get(&after.key);
        before.is_none_or(|before| differs(before, after))
    }

    /// Indexes that are hidden from queries, or no longer. MariaDB forgets it where the index is made again at once.
    fn hidden_indexes(&self) -> Vec<String> {
        let mariadb = self.to.server.starts_with("MariaDB");
        let all = self.of(self.to, Kind::Index).into_iter();
        all.filter(|after| {
            let before = self.from.get(&after.key);
            before.is_some_and(|before| before.is("invisible") != after.is("invisible"))
        })
        .map(|one| {
            let state = match (mariadb, one.is("invisible")) {
                (true, true) => "IGNORED",
                (true, false) => "NOT IGNORED",
                (false, true) => "INVISIBLE",
                (false, false) => "VISIBLE",
            };
            self.statement(&format!("ALTER INDEX {} {state}", name(&one.key)))
        })
        .collect()
    }

    fn drops(&self) -> Vec<String> {
        let mut clauses = Vec::new();
        for one in self.of(self.from, Kind::Constraint) {
            if is_foreign(one) || one.is("of_column") || self.stays(one) {
                continue;
            }
            clauses.push(match one.text_of("form") {
                Some("primary key") => "DROP PRIMARY KEY".to_owned(),
                _ => format!("DROP CONSTRAINT {}", name(&one.key)),
            });
        }
        let indexes = self.of(self.from, Kind::Index).into_iter();
        let indexes = indexes.filter(|one| !self.stays(one));
        clauses.extend(indexes.map(|one| format!("DROP INDEX {}", name(&one.key))));
        let columns = self.of(self.from, Kind::Column).into_iter();
        let columns = columns.filter(|one| !self.is_kept(one));
        clauses.extend(columns.map(|one| format!("DROP COLUMN {}", name(&one.key))));
        clauses
    }

    /// Whether a column can become what it shall be. One that is computed in another way is made again.
    fn is_kept(&self, before: &Object) -> bool {
        let kind = |one: &Object| one.text_of("generated_kind").map(str::to_owned);
        let after = self.to.get(&before.key);
        after.is_some_and(|after| kind(after) == kind(before))
    }

    fn adds(&self, remarks: &mut Vec<String>) -> Vec<String> {
        let constraints = self.of(self.to, Kind::Constraint).into_iter();
        let constraints = constraints.filter(|one| !is_foreign(one) && !one.is("of_column"));
        let indexes = self.of(self.to, Kind::Index).into_iter();
        let mut clauses = Vec::new();
        for one in indexes.chain(constraints).filter(|one| self.is_new(one)) {
            match add(one) {
                Ok(clause) => clauses.push(clause),
                Err(remark) => remarks.push(remark),
            }
        }
        clauses
    }

    /// Columns that are new, other or elsewhere.
    fn columns(&self, remarks: &mut Vec<String>) -> Vec<String> {
        let mut there: Vec<&str> = self
            .of(self.from, Kind::Column)
            .into_iter()
            .filter(|one| self.is_kept(one))
            .map(|one| one.key.name())
            .collect();
        let changed = self.checks_of_columns();
        let other_collation =
            self.property(self.from, "collation") != self.property(self.to, "collation");
        let mut clauses = Vec::new();
        let mut before: Option<&str> = None;
        for (at, column) in self.of(self.to, Kind::Column).into_iter().enumerate() {
            let text = match text(column) {
                Ok(text) => text,
                Err(remark) => {
                    remarks.push(remark);
                    continue;
                }
            };
            let column_name = column.key.name();
            let place = match before {
                None => " FIRST".to_owned(),
                Some(before) => format!(" AFTER {}", quoted(before)),
            };
            let found = there.iter().position(|one| *one == column_name);
            match found {
                None => {
                    let is_last = at == there.len();
                    let place = if is_last { "" } else { &place };
                    clauses.push(format!("ADD COLUMN {text}{place}"));
                    there.insert(at.min(there.len()), column_name);
                }
                Some(found) if found != at => {
                    clauses.push(format!("MODIFY COLUMN {text}{place}"));
                    there.remove(found);
                    there.insert(at.min(there.len()), column_name);
                }
                Some(_) => {
                    let is_text = column.text.as_deref().is_some_and(is_of_characters);
                    if self.is_new(column)
                        || changed.contains(column_name)
                        || other_collation && is_text
                    {
                        clauses.push(format!("MODIFY COLUMN {text}"));
                    }
                }
            }
            before = Some(column_name);
        }
        clauses
    }

    /// Columns whose own checks are not the same.
    fn checks_of_columns(&self) -> BTreeSet<&'a str> {
        let before = self.of(self.from, Kind::Constraint).into_iter();
        let before = before.filter(|one| !self.stays(one));
        let after = self.of(self.to, Kind::Constraint).into_iter();
        let after = after.filter(|one| self.is_new(one));
        before
            .chain(after)
            .filter(|one| one.is("of_column"))
            .map(|one| one.key.name())
            .collect()
    }

    fn property(&self, schema: &'a Schema, property: &str) -> Option<&'a str> {
        schema.get(self.table)?.text_of(property)
    }

    fn options(&self) -> Vec<String> {
        let mut clauses = Vec::new();
        let mut differ = |property: &str, write: &dyn Fn(Option<&str>) -> String| {
            let after = self.property(self.to, property);
            if self.property(self.from, property) != after {
                clauses.push(write(after));
            }
        };
        differ("engine", &|value| {
            format!("ENGINE={}", value.unwrap_or("DEFAULT"))
        });
        differ("collation", &|value| {
            format!("DEFAULT COLLATE={}", value.unwrap_or("DEFAULT"))
        });
        differ("row_format", &|value| {
            format!("ROW_FORMAT={}", value.unwrap_or("DEFAULT"))
        });
        differ("comment", &|value| {
            format!("COMMENT={}", literal(value.unwrap_or_default()))
        });
        let list = |schema: &'a Schema| {
            schema
                .get(self.table)
                .map(|one| one.list_of("options"))
                .unwrap_or_default()
        };
        let (before, after) = (list(self.from), list(self.to));
        let name = |option: &str| option.split('=').next().unwrap_or_default().to_lowercase();
        for option in before
            .iter()
            .filter(|one| !after.iter().any(|other| name(other) == name(one)))
        {
            let name = name(option);
            let none = if name == "key_block_size" {
                "0"
            } else {
                "DEFAULT"
            };
            clauses.push(format!("{name}={none}"));
        }
        let new = after.iter().filter(|option| !before.contains(option));
        clauses.extend(new.map(|option| (*option).to_owned()));
        let versioned = |schema: &Schema| {
            schema
                .get(self.table)
                .is_some_and(|one| one.is("system_versioned"))
        };
        match (versioned(self.from), versioned(self.to)) {
            (false, true) => clauses.push("ADD SYSTEM VERSIONING".to_owned()),
            (true, false) => clauses.push("DROP SYSTEM VERSIONING".to_owned()),
            _ => {}
        }
        clauses
    }

    /// How the table is cut in a schema, where that is not the same in both.
    fn cut(&self, schema: &'a Schema) -> Option<[Option<&'a Value>; 3]> {
        let of = |schema: &'a Schema| {
            let table = schema.get(self.table)?;
            let names = ["partition_by", "subpartition_by", "partitions"];
            Some(names.map(|name| table.properties.get(name)))
        };
        of(schema).filter(|_| of(self.from) != of(self.to))
    }

    /// A table that is cut in another way is put together before its columns change.
    fn together(&self) -> Option<String> {
        let [by, ..] = self.cut(self.from)?;
        by.map(|_| self.statement("REMOVE PARTITIONING"))
    }

    fn partitions(&self) -> Option<String> {
        let [by, ..] = self.cut(self.to)?;
        by?;
        let table = self.to.get(self.table)?;
        let clause = table.text.as_deref().and_then(partition_clause);
        Some(match clause {
            Some(clause) => self.statement(clause),
            None => by_hand(&format!(
                "the partitions of {}: their text is not known",
                self.table
            )),
        })
    }
}

/// The clause that adds an index or a constraint.
fn add(object: &Object) -> Result<String, String> {
    let text = text(object)?;
    Ok(match object.text_of("form") {
        None | Some("primary key") => format!("ADD {text}"),
        Some(_) => format!("ADD CONSTRAINT {} {text}", name(&object.key)),
    })
}

fn is_foreign(object: &Object) -> bool {
    object.text_of("form") == Some("foreign key")
}

fn text(object: &Object) -> Result<&str, String> {
    let remark = || {
        by_hand(&format!(
            "{} is not written: its text is not known",
            object.key
        ))
    };
    object.text.as_deref().ok_or_else(remark)
}

/// Whether a column has a character set.
fn is_of_characters(definition: &str) -> bool {
    let mut tokens = significant_tokens(Dialect::Mysql, definition.as_bytes()).skip(1);
    let kind = tokens.next();
    kind.is_some_and(|kind| {
        [
            "char",
            "varchar",
            "text",
            "tinytext",
            "mediumtext",
            "longtext",
            "enum",
            "set",
        ]
        .iter()
        .any(|word| kind.is_word(word))
    })
}

/// What stands behind the options of `CREATE TABLE`.
fn partition_clause(text: &str) -> Option<&str> {
    let mut depth = 0_i32;
    let mut closed = false;
    for token in significant_tokens(Dialect::Mysql, text.as_bytes()) {
        depth += i32::from(token.is_symbol(b'(')) - i32::from(token.is_symbol(b')'));
        closed |= depth == 0 && token.is_symbol(b')');
        if closed && depth == 0 && token.is_word("PARTITION") {
            let clause = text[token.offset..].trim_end();
            return Some(clause.strip_suffix("*/").unwrap_or(clause));
        }
    }
    None
}
