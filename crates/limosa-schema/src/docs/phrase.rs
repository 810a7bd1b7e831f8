//! Objects in a phrase, as somebody who knows SQL would write them: for reading, not for running.

use crate::Object;

/// Where the values of a column come from, when nobody gives one: its default, or how it is generated.
pub fn origin(column: &Object) -> Option<String> {
    if let Some(expression) = column.text_of("generated") {
        let kind = column.text_of("generated_kind").unwrap_or("stored");
        return Some(format!(
            "GENERATED ALWAYS AS {} {}",
            in_parentheses(&short(expression)),
            kind.to_uppercase()
        ));
    }
    if let Some(identity) = column.text_of("identity") {
        return Some(format!("GENERATED {} AS IDENTITY", identity.to_uppercase()));
    }
    if column.properties.contains_key("auto_increment") {
        return Some("AUTO_INCREMENT".to_owned());
    }
    let default = column.properties.get("default")?;
    Some(match default.as_str() {
        Some(text) => short(text),
        None => default.to_string(),
    })
}

/// `FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE CASCADE`.
pub fn constraint(constraint: &Object, references: Option<&str>) -> String {
    let form = constraint.text_of("form").unwrap_or("constraint");
    let mut text = form.to_uppercase();
    let columns = constraint.list_of("columns");
    if let Some(expression) = constraint.text_of("expression") {
        text.push_str(&format!(" {}", in_parentheses(&short(expression))));
    } else if !columns.is_empty() {
        text.push_str(&format!(" ({})", columns.join(", ")));
    }
    if let Some(table) = references {
        text.push_str(&format!(" REFERENCES {table}"));
        let columns = constraint.list_of("referenced_columns");
        if !columns.is_empty() {
            text.push_str(&format!(" ({})", columns.join(", ")));
        }
    }
    for (property, words) in [
        ("match", "MATCH"),
        ("on_delete", "ON DELETE"),
        ("on_update", "ON UPDATE"),
    ] {
        if let Some(action) = constraint.text_of(property) {
            text.push_str(&format!(" {words} {}", action.to_uppercase()));
        }
    }
    for (property, words) in [
        ("deferrable", "DEFERRABLE"),
        ("initially_deferred", "INITIALLY DEFERRED"),
        ("not_valid", "NOT VALID"),
        ("not_enforced", "NOT ENFORCED"),
    ] {
        if constraint.is(property) {
            text.push_str(&format!(" {words}"));
        }
    }
    text
}

/// The place of a constraint among those of a table: what identifies a row first, then what it refers to.
pub fn rank(constraint: &Object) -> usize {
    let forms = ["primary key", "unique", "foreign key", "check"];
    let form = constraint.text_of("form").unwrap_or_default();
    let place = forms.iter().position(|one| *one == form);
    place.unwrap_or(forms.len())
}

/// `UNIQUE (lower(email)) INCLUDE (name) WHERE deleted IS NULL`.
pub fn index(index: &Object) -> String {
    let mut text = String::new();
    if index.is("unique") {
        text.push_str("UNIQUE ");
    }
    if let Some(method) = index.text_of("method")
        && !method.eq_ignore_ascii_case("btree")
    {
        text.push_str(&format!("{} ", method.to_uppercase()));
    }
    text.push_str(&format!("({})", keys(index)));
    let include = index.list_of("include");
    if !include.is_empty() {
        text.push_str(&format!(" INCLUDE ({})", include.join(", ")));
    }
    if let Some(predicate) = index.text_of("predicate") {
        text.push_str(&format!(" WHERE {}", short(predicate)));
    }
    text
}

/// What is indexed: `lower(email) DESC, name(20)`.
fn keys(index: &Object) -> String {
    let beside = |property: &str, at: usize| -> Option<&str> {
        let list = index.properties.get(property)?.as_array()?;
        list.get(at)?.as_str().filter(|text| !text.is_empty())
    };
    let keys = index.list_of("keys").into_iter().enumerate();
    let keys = keys.map(|(at, key)| {
        let mut key = short(key);
        if let Some(prefix) = beside("prefixes", at) {
            key.push_str(&format!("({prefix})"));
        }
        if let Some(order) = beside("orders", at) {
            key.push_str(&format!(" {}", order.to_uppercase()));
        }
        key
    });
    keys.collect::<Vec<_>>().join(", ")
}

/// The name of a constraint or an index, where it says more than the phrase: one that was given none is named by what
/// it is.
pub fn name<'o>(object: &'o Object, phrase: &str) -> Option<&'o str> {
    let name = object.key.name();
    let is_phrase = phrase.to_lowercase().starts_with(&name.to_lowercase());
    (!is_phrase).then_some(name)
}

/// When a trigger or an event runs, where the server tells it in words: `after update`.
pub fn when(trigger: &Object) -> Option<String> {
    let words = ["timing", "event", "at", "every"];
    let words = words.iter().filter_map(|word| trigger.text_of(word));
    let words: Vec<&str> = words.collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The first line of what somebody said about an object.
pub fn comment(object: &Object) -> Option<&str> {
    let text = object.text_of("comment")?.trim();
    text.lines().next().map(str::trim)
}

/// An expression without the schema `public`, which goes without saying. What stands in quotes stays, but for the name
/// of a sequence.
pub fn short(expression: &str) -> String {
    const PUBLIC: &str = "public.";
    if let Some(name) = (expression.strip_prefix("nextval('public."))
        .and_then(|rest| rest.strip_suffix("'::regclass)"))
    {
        return format!("nextval('{name}')");
    }
    let mut short = String::with_capacity(expression.len());
    let mut quote = None;
    let mut before = ' ';
    let mut rest = expression;
    while let Some(letter) = rest.chars().next() {
        let is_name = before.is_alphanumeric() || matches!(before, '_' | '.' | '"' | '$');
        if quote.is_none()
            && !is_name
            && let Some(after) = rest.strip_prefix(PUBLIC)
        {
            rest = after;
            continue;
        }
        match quote {
            Some(open) if open == letter => quote = None,
            None if matches!(letter, '\'' | '"' | '`') => quote = Some(letter),
            _ => {}
        }
        short.push(letter);
        before = letter;
        rest = &rest[letter.len_utf8()..];
    }
    short
}

/// An expression in parentheses, but for those that it has already.
pub fn in_parentheses(expression: &str) -> String {
    if expression.starts_with('(') && closes_at_the_end(expression) {
        expression.to_owned()
    } else {
        format!("({expression})")
    }
}

/// Whether the parenthesis that begins a text is closed by its last character.
fn closes_at_the_end(text: &str) -> bool {
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1 == text.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_public_goes_without_saying_but_not_in_quotes() {
        for (expression, expected) in [
            (
                "nextval('public.users_id_seq'::regclass)",
                "nextval('users_id_seq')",
            ),
            ("public.citext", "citext"),
            (
                "a OPERATOR(public.~) 'public.b'::public.citext",
                "a OPERATOR(~) 'public.b'::citext",
            ),
            ("republic.a + x.public.b", "republic.a + x.public.b"),
            ("'it''s public.a' || public.f()", "'it''s public.a' || f()"),
        ] {
            assert_eq!(short(expression), expected);
        }
    }
}
