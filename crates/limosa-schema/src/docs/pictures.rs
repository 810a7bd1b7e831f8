//! The pictures of a page: of a group of tables, and of one table with its neighbours.

use std::collections::BTreeSet;

use super::groups::{Group, MOST, components, groups};
use super::markdown::{Anchors, code, plain};
use super::mermaid::{Attribute, Diagram};
use super::phrase;
use super::relations::{Relation, Relations};
use crate::{Kind, Object, Schema};

/// A schema with at most so many related tables is one picture, with the columns of the keys in it.
const SMALL: usize = 10;
/// The most neighbours that are drawn around one table.
const AROUND: usize = 12;

/// The most tables that are named below a picture.
const LISTED: usize = 12;

/// What a picture shows.
struct Drawn<'p> {
    /// The tables that have their place in it.
    inside: BTreeSet<usize>,
    /// All that are drawn.
    tables: BTreeSet<usize>,
    lines: Vec<&'p Relation>,
}

/// The pictures of a schema.
pub(super) struct Pictures<'p> {
    schema: &'p Schema,
    relations: &'p Relations<'p>,
    groups: Vec<Group>,
    alone: Vec<usize>,
}

impl<'p> Pictures<'p> {
    pub(super) fn of(schema: &'p Schema, relations: &'p Relations<'p>) -> Self {
        let (groups, alone) = groups(relations);
        Self {
            schema,
            relations,
            groups,
            alone,
        }
    }

    /// Whether one picture shows everything.
    fn is_small(&self) -> bool {
        matches!(self.groups.as_slice(), [one] if one.tables.len() <= SMALL)
    }

    /// The section about all relations, and what is in it; nothing where there are none.
    pub(super) fn overview(&self, anchors: &Anchors) -> (String, Vec<String>) {
        if self.groups.is_empty() {
            return (String::new(), Vec::new());
        }
        let mut drawn: Vec<(String, Drawn<'_>)> = (self.groups.iter())
            .map(|group| {
                let drawn = self.drawn(group);
                (self.title(&drawn), drawn)
            })
            .collect();
        drawn.sort_by(|a, b| a.0.cmp(&b.0));
        let mut text = String::from("## Relations\n\n");
        let mut titles = Vec::new();
        let mut last: Option<(String, usize)> = None;
        for (title, one) in drawn {
            if self.groups.len() > 1 {
                let times = last
                    .filter(|(last, _)| *last == title)
                    .map_or(1, |(_, times)| times + 1);
                let shown = match times {
                    1 => title.clone(),
                    times => format!("{title} ({times})"),
                };
                last = Some((title, times));
                let number = titles.len() + 1;
                text.push_str(&format!(
                    "<a id=\"relations-{number}\"></a>\n\n### {shown}\n\n"
                ));
                titles.push(format!("[{shown}](#relations-{number})"));
            } else {
                last = None;
            }
            text.push_str(&format!("{}\n", self.picture(&one)));
            if let Some(beyond) = self.beyond(&one, anchors) {
                text.push_str(&format!("{beyond}\n\n"));
            }
        }
        if !self.alone.is_empty() {
            let links = self.links(self.alone.iter().copied().collect(), anchors, usize::MAX);
            text.push_str(&format!("Without relations: {links}.\n\n"));
        }
        (text, titles)
    }

    /// What a picture of a group shows.
    fn drawn(&self, group: &Group) -> Drawn<'p> {
        let inside: BTreeSet<usize> = group.tables.iter().copied().collect();
        let mut lines: Vec<&Relation> = (self.relations.all.iter())
            .filter(|one| inside.contains(&one.from) && inside.contains(&one.to))
            .collect();
        // Whatever would hang in the air is shown with what it hangs on.
        for table in &group.tables {
            let mut others = lines.iter().filter(|one| one.from != one.to);
            if others.any(|one| one.from == *table || one.to == *table) {
                continue;
            }
            let out: Vec<&Relation> = self.relations.from(*table).collect();
            if out.iter().any(|one| one.to != *table) {
                lines.extend(out);
            } else {
                lines.extend(self.relations.to(*table).take(AROUND));
            }
        }
        lines.sort();
        lines.dedup();
        let mut tables = inside.clone();
        tables.extend(lines.iter().flat_map(|one| [one.from, one.to]));
        Drawn {
            inside,
            tables,
            lines,
        }
    }

    /// The table with the most lines, where all of a picture hangs together.
    fn title(&self, drawn: &Drawn<'_>) -> String {
        let weights = drawn
            .lines
            .iter()
            .map(|one| ((one.from.min(one.to), one.from.max(one.to)), 1));
        let parts = components(self.relations.tables.len(), &weights.collect());
        let parts = parts.iter().filter(|part| drawn.tables.contains(&part[0]));
        if parts.count() > 1 {
            return "Smaller groups".to_owned();
        }
        let neighbours = |table: usize, relation: &dyn Fn(&Relation) -> (usize, usize)| -> usize {
            let all = drawn.lines.iter().map(|one| relation(one));
            let of_it = all.filter(|(one, other)| *one == table && *other != table);
            of_it.collect::<BTreeSet<_>>().len()
        };
        let score = |table: &usize| {
            let into = neighbours(*table, &|one| (one.to, one.from));
            let out = neighbours(*table, &|one| (one.from, one.to));
            (into + out, into, std::cmp::Reverse(*table))
        };
        let center = drawn.tables.iter().copied().max_by_key(score);
        let center = center.map(|at| plain(&self.relations.tables[at].key.dotted()));
        format!("Around {}", center.unwrap_or_default())
    }

    fn picture(&self, drawn: &Drawn<'_>) -> String {
        let mut diagram = Diagram::default();
        let with_keys = self.is_small();
        for at in &drawn.tables {
            let table = self.relations.tables[*at];
            let keys = if with_keys {
                self.keys(table)
            } else {
                Vec::new()
            };
            diagram.entity(&table.key.dotted(), &keys);
        }
        let mut pairs = BTreeSet::new();
        for one in &drawn.lines {
            // One line between two tables is enough where the columns are not shown.
            if with_keys {
                diagram.relation(one, self.relations, &one.columns.join(", "));
            } else if pairs.insert((one.from, one.to)) {
                diagram.relation(one, self.relations, "");
            }
        }
        diagram.block()
    }

    /// What the tables of a picture have to do with those of other pictures.
    fn beyond(&self, drawn: &Drawn<'_>, anchors: &Anchors) -> Option<String> {
        let Drawn { inside, tables, .. } = drawn;
        let all = self.relations.all.iter();
        let to: BTreeSet<usize> = (all.clone())
            .filter(|one| inside.contains(&one.from) && !tables.contains(&one.to))
            .map(|one| one.to)
            .collect();
        let from: BTreeSet<usize> = all
            .filter(|one| inside.contains(&one.to) && !tables.contains(&one.from))
            .map(|one| one.from)
            .collect();
        let said: Vec<String> = [("Refers to", to), ("Referred to by", from)]
            .into_iter()
            .filter(|(_, found)| !found.is_empty())
            .map(|(words, found)| format!("{words} {}.", self.links(found, anchors, LISTED)))
            .collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    fn links(&self, tables: BTreeSet<usize>, anchors: &Anchors, most: usize) -> String {
        let more = tables.len().saturating_sub(most);
        let links: Vec<String> = (tables.into_iter().take(most))
            .map(|at| anchors.link(&self.relations.tables[at].key))
            .collect();
        match more {
            0 => links.join(", "),
            more => format!("{} and {more} more", links.join(", ")),
        }
    }

    /// A table with its neighbours; `None` where that would say nothing new, or too much.
    pub(super) fn around(&self, table: &Object) -> Option<String> {
        if self.is_small() {
            return None;
        }
        let at = (self.relations.tables.iter()).position(|one| one.key == table.key)?;
        let out: Vec<&Relation> = self.relations.from(at).collect();
        let into: Vec<&Relation> = self.relations.to(at).collect();
        let neighbours = |of: &[&Relation]| -> BTreeSet<usize> {
            let all = of.iter().flat_map(|one| [one.from, one.to]);
            all.filter(|one| *one != at).collect()
        };
        let mut shown = out.clone();
        if neighbours(&[out, into.clone()].concat()).len() <= AROUND {
            shown.extend(into);
        }
        let others = neighbours(&shown);
        if others.is_empty() || others.len() > MOST {
            return None;
        }
        shown.sort();
        let mut diagram = Diagram::default();
        diagram.entity(&table.key.dotted(), &self.keys(table));
        for other in others {
            diagram.entity(&self.relations.tables[other].key.dotted(), &[]);
        }
        for one in shown {
            diagram.relation(one, self.relations, &one.columns.join(", "));
        }
        Some(diagram.block())
    }

    /// The columns of a table's keys.
    fn keys(&self, table: &Object) -> Vec<Attribute> {
        let constraints = self.schema.children(&table.key, Kind::Constraint);
        let columns = self.schema.children(&table.key, Kind::Column).into_iter();
        columns
            .filter_map(|column| {
                let name = column.key.name();
                let is_in = |form: &str| {
                    (constraints.iter()).any(|one| {
                        one.text_of("form") == Some(form) && one.list_of("columns").contains(&name)
                    })
                };
                let keys: Vec<&str> = [("primary key", "PK"), ("foreign key", "FK")]
                    .into_iter()
                    .filter_map(|(form, mark)| is_in(form).then_some(mark))
                    .collect();
                (!keys.is_empty()).then(|| Attribute {
                    kind: short(&phrase::short(column.text_of("type").unwrap_or("any"))),
                    name: name.to_owned(),
                    keys,
                })
            })
            .collect()
    }
}

/// A type as short as people write it.
fn short(name: &str) -> String {
    let name = name.replace("timestamp with time zone", "timestamptz");
    let name = name.replace("timestamp without time zone", "timestamp");
    let name = name.replace("character varying", "varchar");
    // The labels of an enum that is written into the column say more than a picture can hold.
    match name.split_once('(') {
        Some((head @ ("enum" | "set"), _)) => head.to_owned(),
        _ => name,
    }
}

/// The columns of a relation, as code.
pub(super) fn columns(one: &Relation) -> String {
    code(&one.columns.join(", "))
}
