//! Variables in a text, as Go's `os.ExpandEnv` has them: `$NAME` and `${NAME}`.

/// A variable that is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unset {
    /// Its name, where it plainly is one: what follows a `$` inside of a password is a part of it.
    pub(super) name: Option<String>,
}

/// The text with its variables replaced.
///
/// The special ones of a shell (`$$`, `$1`) are nothing, as in Go. A variable that is not set is
/// nothing there, too; here it is an error, because the rest would name another database.
pub(super) fn expand(text: &str, get: impl Fn(&str) -> Option<String>) -> Result<String, Unset> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, found) = rest.split_at(at);
        expanded.push_str(before);
        let (name, length) = name(&found[1..]);
        let after = &found[1 + length..];
        match name {
            // A `$` that begins no name stays; a broken `${` is taken away.
            "" if length == 0 => expanded.push('$'),
            "" => {}
            special if special.len() == 1 && is_special(special) => {}
            name => match get(name) {
                Some(value) => expanded.push_str(&value),
                None => {
                    let alone = is_plain(name)
                        && stands_alone(expanded.chars().next_back(), after.chars().next());
                    return Err(Unset {
                        name: alone.then(|| name.to_owned()),
                    });
                }
            },
        }
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// The name behind a `$`, and how many bytes it takes.
fn name(text: &str) -> (&str, usize) {
    if let Some(braced) = text.strip_prefix('{') {
        return match braced.find('}') {
            Some(end) => (&braced[..end], end + 2),
            None => ("", 1),
        };
    }
    let special = text
        .chars()
        .next()
        .filter(char::is_ascii)
        .map_or("", |_| &text[..1]);
    if is_special(special) {
        return (special, 1);
    }
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    (&text[..end], end)
}

fn is_special(text: &str) -> bool {
    matches!(text.as_bytes(), [byte] if b"*#$@!?-0123456789".contains(byte))
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a variable is a whole value.
fn stands_alone(before: Option<char>, after: Option<char>) -> bool {
    before.is_none_or(|c| "=:/@(, '\"".contains(c))
        && after.is_none_or(|c| ":/@), ?&'\"".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(name: &str) -> Option<String> {
        match name {
            "HOST" => Some("db".into()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn variables_are_replaced_as_go_does() {
        for (text, expected) in [
            ("host=$HOST x=${HOST}y", "host=db x=dby"),
            ("${EMPTY}a", "a"),
            ("pa$$word", "paword"),
            ("a$1b$", "ab$"),
            ("a$ b", "a$ b"),
            ("a${b", "ab"),
            ("a${}b", "ab"),
            ("ä$HOST.ö", "ädb.ö"),
            ("$ä", "$ä"),
        ] {
            assert_eq!(expand(text, get).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_variable_that_is_not_set_is_named_only_where_it_is_a_whole_value() {
        for (text, name) in [
            ("$PORT", Some("PORT")),
            ("host=${DB_HOST} user=a", Some("DB_HOST")),
            ("postgres://a:$PW@db/x", Some("PW")),
            ("password=s3$cret", None),
            ("password=s3$CRET", None),
            ("password=$CRET!s3", None),
            ("password=$cret", None),
        ] {
            let unset = expand(text, get).unwrap_err();
            assert_eq!(unset.name.as_deref(), name, "{text}");
        }
    }
}
