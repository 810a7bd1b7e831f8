//! Differences in words, a line for each fact: the same words wherever a difference is shown.
//!
//! Plain text without colours. A line names its object, so that it can stand alone in a note. Values that are long are
//! cut around the first place in which they differ. Text that a server wrote is passed on as it is, except for its line
//! breaks: who prints it decides about control characters.

use serde_json::Value;

use crate::{Change, Difference, Kind, PropertyChange};

/// The most characters of a value that a line shows.
const WIDTH: usize = 60;
/// How many characters are kept before the first that differs.
const LEAD: usize = 20;

/// What the two sides of a difference are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides<'a> {
    /// The second should be as the first was: an object is *lost* or *left behind*.
    Restored,
    /// Two that stand beside each other, with their names: an object is *only in* one of them.
    Beside {
        /// The name of the first: `the files`.
        first: &'a str,
        /// The name of the second: `the database`.
        second: &'a str,
    },
}

impl Sides<'_> {
    fn lost(&self) -> String {
        match self {
            Self::Restored => "is lost".to_owned(),
            Self::Beside { first, .. } => format!("is only in {first}"),
        }
    }

    fn left_behind(&self) -> String {
        match self {
            Self::Restored => "is left behind".to_owned(),
            Self::Beside { second, .. } => format!("is only in {second}"),
        }
    }
}

/// A difference in words, for a second schema that should be as the first was. At least one line.
///
/// `index users_email_idx is lost`, `column users.email: type: integer → text`.
pub fn describe(difference: &Difference) -> Vec<String> {
    describe_as(difference, Sides::Restored)
}

/// A difference in words, for two sides of that relation. At least one line.
pub fn describe_as(difference: &Difference, sides: Sides<'_>) -> Vec<String> {
    let Difference { key, change } = difference;
    match change {
        Change::Lost => vec![format!("{key} {}", sides.lost())],
        Change::LeftBehind => vec![format!("{key} {}", sides.left_behind())],
        Change::OrderOnly { before, after } => {
            let (one, other) = (before.join(", "), after.join(", "));
            let how = if one.chars().count() <= WIDTH {
                format!("{one} → {other}")
            } else {
                moved(before, after)
            };
            vec![format!("columns of {key} stand in another order: {how}")]
        }
        Change::TextOnly(all) => (all.iter())
            .map(|one| {
                let name = words(&one.name);
                format!("{key}: {name}: only blanks and comments differ")
            })
            .collect(),
        Change::Changed(all) | Change::Privileges(all) => (all.iter())
            .flat_map(|one| property(one, sides))
            .map(|line| format!("{key}: {line}"))
            .collect(),
    }
}

/// What has moved, where the whole order is too long to show: the fewest names without which the order is the same.
fn moved(before: &[String], after: &[String]) -> String {
    let places: Vec<usize> = (after.iter())
        .filter_map(|name| before.iter().position(|one| one == name))
        .collect();
    // The longest run that goes up, by its length up to each place.
    let mut lengths = vec![1; places.len()];
    for here in 0..places.len() {
        let shorter = (0..here).filter(|one| places[*one] < places[here]);
        lengths[here] = 1 + shorter.map(|one| lengths[one]).max().unwrap_or(0);
    }
    let mut left = lengths.iter().copied().max().unwrap_or(0);
    let mut limit = usize::MAX;
    let mut stays = vec![false; places.len()];
    for here in (0..places.len()).rev() {
        if left > 0 && lengths[here] == left && places[here] < limit {
            stays[here] = true;
            limit = places[here];
            left -= 1;
        }
    }
    let names: Vec<&str> = (after.iter().zip(&stays))
        .filter(|(_, stays)| !**stays)
        .map(|(name, _)| name.as_str())
        .collect();
    let last = stays.iter().rev().take(names.len()).all(|stays| !stays);
    let has = if names.len() == 1 { "has" } else { "have" };
    let end = if last { " to the end" } else { "" };
    format!("{} {has} moved{end}", names.join(", "))
}

/// A property that differs, without the name of its object: `type: integer → text`. At least one line.
pub fn property(change: &PropertyChange, sides: Sides<'_>) -> Vec<String> {
    let name = words(&change.name);
    if change.name == "grants" {
        return grants(change, sides);
    }
    let (before, after) = (&change.before, &change.after);
    if let (Some(Value::String(before)), Some(Value::String(after))) = (before, after)
        && (before.contains('\n') || after.contains('\n'))
    {
        let (number, before, after) = first_line_that_differs(before, after);
        let (before, after) = shortened(before, after);
        return vec![format!("{name}: line {number}: {before} → {after}")];
    }
    let (before, after) = shortened(
        &shown(before.as_ref(), after.as_ref()),
        &shown(after.as_ref(), before.as_ref()),
    );
    vec![format!("{name}: {before} → {after}")]
}

/// What is in all of them: `1 object lost, 2 changed`; `no difference` where there are none.
pub fn summary(differences: &[Difference], sides: Sides<'_>) -> String {
    let count = |name: &str| {
        let of_that = differences.iter().filter(|one| one.change.name() == name);
        of_that.count()
    };
    let (lost, left_behind) = match sides {
        Sides::Restored => ("lost".to_owned(), "left behind".to_owned()),
        Sides::Beside { first, second } => {
            (format!("only in {first}"), format!("only in {second}"))
        }
    };
    let parts = [
        (count("lost"), lost),
        (count("left_behind"), left_behind),
        (count("changed"), "changed".to_owned()),
        (count("order_only"), "in another order only".to_owned()),
        (count("text_only"), "in blanks and comments only".to_owned()),
        (count("privileges"), "in privileges only".to_owned()),
    ];
    let mut parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let Some((count, what)) = parts.next() else {
        return "no difference".to_owned();
    };
    let objects = if count == 1 { "object" } else { "objects" };
    let mut text = format!("{count} {objects} {what}");
    for (count, what) in parts {
        text.push_str(&format!(", {count} {what}"));
    }
    text
}

/// The kind for people, with its plural: `tables`, `indexes`, `default privileges`.
pub fn plural(kind: Kind, count: usize) -> String {
    let name = kind.name();
    match name {
        _ if count == 1 => name.to_owned(),
        "text search" | "default privileges" | "extended statistics" | "statistics" => {
            name.to_owned()
        }
        _ if name.ends_with(['s', 'x']) => format!("{name}es"),
        _ => match name.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{name}s"),
        },
    }
}

/// The name of a property for people.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// Grants are a set: those that only one side has. `no EXECUTE to PUBLIC` is one that is there unless it is taken away.
fn grants(change: &PropertyChange, sides: Sides<'_>) -> Vec<String> {
    let list = |value: Option<&Value>| -> Vec<String> {
        let list = value.and_then(Value::as_array);
        list.into_iter().flatten().map(one).collect()
    };
    let (before, after) = (list(change.before.as_ref()), list(change.after.as_ref()));
    let (lost, left_behind) = (sides.lost(), sides.left_behind());
    let only = |these: &[String], those: &[String], how: &str, turned: &str| -> Vec<String> {
        let these = these.iter().filter(|one| !those.contains(one));
        let line = |one: &String| match one.strip_prefix("no ") {
            Some(taken_away) => format!("grant {taken_away} {turned}"),
            None => format!("grant {one} {how}"),
        };
        these.map(line).collect()
    };
    let mut lines = only(&before, &after, &lost, &left_behind);
    lines.extend(only(&after, &before, &left_behind, &lost));
    if lines.is_empty() {
        lines.push("grants: in another order".to_owned());
    }
    lines
}

/// A value for people. What is absent is *no* beside a yes, and *none* elsewhere.
fn shown(value: Option<&Value>, beside: Option<&Value>) -> String {
    match (value, beside) {
        (None, Some(Value::Bool(_))) => "no".to_owned(),
        (None, _) => "none".to_owned(),
        (Some(value), _) => one(value),
    }
}

fn one(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "''".to_owned(),
        Value::String(text) => text.lines().map(str::trim).collect::<Vec<_>>().join(" "),
        Value::Array(all) if all.is_empty() => "none".to_owned(),
        Value::Array(all) => all.iter().map(one).collect::<Vec<_>>().join(", "),
        Value::Object(all) => {
            let pairs = all
                .iter()
                .map(|(name, value)| format!("{name} {}", one(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The number of the first line in which two texts differ, and the two lines; an absent one is `(end)`.
fn first_line_that_differs<'a>(before: &'a str, after: &'a str) -> (usize, &'a str, &'a str) {
    let (mut these, mut those) = (before.lines(), after.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (these.next(), those.next()) {
            (None, None) => return (number, "(end)", "(end)"),
            (this, that) if this == that => {}
            (this, that) => {
                let shown = |line: Option<&'a str>| match line.map(str::trim) {
                    None => "(end)",
                    Some("") => "(an empty line)",
                    Some(line) => line,
                };
                return (number, shown(this), shown(that));
            }
        }
    }
}

/// Both texts, cut to [`WIDTH`] around the first place in which they differ.
fn shortened(before: &str, after: &str) -> (String, String) {
    let (before, after): (Vec<char>, Vec<char>) =
        (before.chars().collect(), after.chars().collect());
    let long = |text: &[char]| text.len() > WIDTH;
    if !long(&before) && !long(&after) {
        return (before.iter().collect(), after.iter().collect());
    }
    let same = before
        .iter()
        .zip(&after)
        .take_while(|(a, b)| a == b)
        .count();
    // Where the end of the longer one fits, there is no need to begin later than that.
    let longest = before.len().max(after.len());
    let from = same
        .saturating_sub(LEAD)
        .min(longest.saturating_sub(WIDTH - 1));
    let cut = |text: &[char]| {
        let from = from.min(text.len());
        let to = text.len().min(from + WIDTH);
        let (head, tail) = (
            if from > 0 { "…" } else { "" },
            if to < text.len() { "…" } else { "" },
        );
        format!("{head}{}{tail}", text[from..to].iter().collect::<String>())
    };
    (cut(&before), cut(&after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Key;

    fn changed(name: &str, before: Value, after: Value) -> Difference {
        let present = |value: Value| (!value.is_null()).then_some(value);
        Difference {
            key: Key::new(Kind::Column, ["public", "users", "email"]),
            change: Change::Changed(vec![PropertyChange {
                name: name.to_owned(),
                before: present(before),
                after: present(after),
            }]),
        }
    }

    fn one_line(difference: &Difference) -> String {
        let lines = describe(difference);
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.concat()
    }

    #[test]
    fn an_object_is_lost_or_left_behind_or_only_in_one_of_two() {
        let lost = Difference {
            key: Key::new(Kind::Index, ["users_email_idx"]),
            change: Change::Lost,
        };
        let left = Difference {
            change: Change::LeftBehind,
            ..lost.clone()
        };
        assert_eq!(one_line(&lost), "index users_email_idx is lost");
        assert_eq!(one_line(&left), "index users_email_idx is left behind");
        let beside = Sides::Beside {
            first: "the files",
            second: "the database",
        };
        assert_eq!(
            describe_as(&left, beside),
            ["index users_email_idx is only in the database"]
        );
        assert_eq!(
            summary(&[lost.clone(), lost, left], beside),
            "2 objects only in the files, 1 only in the database"
        );
        assert_eq!(summary(&[], beside), "no difference");
    }

    #[test]
    fn a_property_is_shown_as_it_was_and_as_it_is() {
        let line = |name, before, after| one_line(&changed(name, before, after));
        assert_eq!(
            line("type", json!("integer"), json!("text")),
            "column users.email: type: integer → text"
        );
        assert_eq!(
            line("nullable", Value::Null, json!(true)),
            "column users.email: nullable: no → yes"
        );
        assert_eq!(
            line("default", json!("now()"), Value::Null),
            "column users.email: default: now() → none"
        );
        assert_eq!(
            line("comment", json!(""), json!("x")),
            "column users.email: comment: '' → x"
        );
        assert_eq!(
            line("labels", json!(["a", "b"]), json!(["a", "b", "c"])),
            "column users.email: labels: a, b → a, b, c"
        );
    }

    #[test]
    fn a_long_value_is_cut_around_the_place_in_which_it_differs() {
        let head = "x".repeat(100);
        let tail = "y".repeat(100);
        let line = one_line(&changed(
            "expression",
            json!(format!("{head}(1){tail}")),
            json!(format!("{head}(2){tail}")),
        ));
        assert!(line.contains("…xxxxxxxxxxxxxxxxxxx(1)yyy"), "{line}");
        assert!(line.contains("(2)yyy"), "{line}");
        assert!(line.chars().count() < 200, "{line}");
        let line = one_line(&changed(
            "expression",
            json!(format!("{head}a")),
            json!(format!("{head}b")),
        ));
        assert!(line.contains("xa → …xxx") && line.ends_with("xb"), "{line}");
    }

    #[test]
    fn of_a_text_with_lines_the_first_that_differs_is_shown() {
        let line = one_line(&changed(
            "body",
            json!("begin\n  return 1;\nend"),
            json!("begin\n  return 2;\nend"),
        ));
        assert_eq!(
            line,
            "column users.email: body: line 2: return 1; → return 2;"
        );
        let line = one_line(&changed("body", json!("a\nb"), json!("a\nb\nc")));
        assert_eq!(line, "column users.email: body: line 3: (end) → c");
    }

    #[test]
    fn grants_are_told_one_by_one() {
        let difference = Difference {
            key: Key::new(Kind::Table, ["public", "users"]),
            change: Change::Privileges(vec![PropertyChange {
                name: "grants".to_owned(),
                before: Some(json!(["SELECT to app", "INSERT to app"])),
                after: Some(json!([
                    "SELECT to app",
                    "SELECT to web",
                    "no EXECUTE to PUBLIC"
                ])),
            }]),
        };
        assert_eq!(
            describe(&difference),
            [
                "table users: grant INSERT to app is lost",
                "table users: grant SELECT to web is left behind",
                "table users: grant EXECUTE to PUBLIC is lost"
            ]
        );
    }

    #[test]
    fn columns_that_stand_in_another_order_are_listed_twice() {
        let difference = Difference {
            key: Key::new(Kind::Table, ["users"]),
            change: Change::OrderOnly {
                before: ["a", "b", "c"].map(str::to_owned).to_vec(),
                after: ["a", "c", "b"].map(str::to_owned).to_vec(),
            },
        };
        assert_eq!(
            one_line(&difference),
            "columns of table users stand in another order: a, b, c → a, c, b"
        );
        let names = |order: &[usize]| -> Vec<String> {
            order
                .iter()
                .map(|one| format!("a_long_name_{one}"))
                .collect()
        };
        let long = |after: &[usize]| Difference {
            key: difference.key.clone(),
            change: Change::OrderOnly {
                before: names(&[1, 2, 3, 4, 5]),
                after: names(after),
            },
        };
        for (after, moved) in [
            (&[1, 3, 4, 5, 2][..], "a_long_name_2 has moved to the end"),
            (&[5, 1, 2, 3, 4], "a_long_name_5 has moved"),
            (
                &[2, 4, 5, 1, 3],
                "a_long_name_1, a_long_name_3 have moved to the end",
            ),
        ] {
            let line = one_line(&long(after));
            assert!(line.ends_with(&format!("order: {moved}")), "{line}");
        }
    }

    #[test]
    fn kinds_have_a_plural() {
        assert_eq!(plural(Kind::Index, 2), "indexes");
        assert_eq!(plural(Kind::OperatorFamily, 2), "operator families");
        assert_eq!(plural(Kind::Policy, 1), "policy");
        assert_eq!(plural(Kind::DefaultPrivileges, 2), "default privileges");
    }
}
