//! The password file, as libpq reads it.

use std::fs;
use std::path::Path;

/// What a password file has for us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The password. Not printed by anybody: see `ConnectionSettings`.
    Password(String),
    /// No file, or no line of it fits.
    Nothing,
    /// The file is there but not used, with the reason.
    Ignored(String),
}

/// Whom a password is looked for.
pub(super) struct Login<'a> {
    /// The host's name, or the folder of the socket.
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// Looks a password up. As with libpq, a file that others may read is not used.
pub(super) fn look_up(file: &Path, login: &Login<'_>) -> Found {
    let Ok(metadata) = fs::metadata(file) else {
        return Found::Nothing;
    };
    if !metadata.is_file() {
        return Found::Ignored(format!(
            "the password file {} is not used: it is not a plain file",
            file.display()
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Found::Ignored(format!(
                "the password file {} is not used: group or others have access to it; `chmod 600` it",
                file.display()
            ));
        }
    }
    match fs::read_to_string(file) {
        Ok(text) => text
            .lines()
            .find_map(|line| password_in(line, login))
            .map_or(Found::Nothing, Found::Password),
        Err(error) => Found::Ignored(format!(
            "the password file {} cannot be read: {error}",
            file.display()
        )),
    }
}

/// The password of a line `host:port:database:user:password`, if the line is meant for this login.
fn password_in(line: &str, login: &Login<'_>) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line.trim_end_matches('\r');
    let port = login.port.to_string();
    for wanted in [login.host, &port, login.database, login.user] {
        let (field, after) = next_field(rest)?;
        let fits = rest.starts_with("*:")
            || field == wanted
            || (wanted.starts_with('/') && field == "localhost");
        if !fits {
            return None;
        }
        rest = after;
    }
    // A colon ends the password, too, unless it is escaped.
    Some(next_field(rest).map_or_else(|| unescape(rest), |(password, _)| password))
}

/// A field up to an unescaped colon, unescaped, and what follows the colon.
fn next_field(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => return Some((unescape(&text[..at]), &text[at + 1..])),
            _ => {}
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: Login<'_> = Login {
        host: "db",
        port: 5432,
        database: "shop",
        user: "ada",
    };

    #[test]
    fn the_first_line_that_fits_counts() {
        for (line, password) in [
            ("db:5432:shop:ada:pw", Some("pw")),
            ("*:*:*:*:any", Some("any")),
            ("db:5432:shop:eve:pw", None),
            ("db:5433:shop:ada:pw", None),
            (r"db:5432:shop:ada:a\:b\\c", Some(r"a:b\c")),
            ("# db:5432:shop:ada:pw", None),
            ("db:5432:shop", None),
            ("db:*:shop:ada:pw\r", Some("pw")),
        ] {
            assert_eq!(password_in(line, &LOGIN).as_deref(), password, "{line}");
        }
    }

    #[test]
    fn a_socket_is_localhost_too() {
        let login = Login {
            host: "/run/postgresql",
            ..LOGIN
        };
        assert!(password_in("localhost:5432:shop:ada:pw", &login).is_some());
        assert!(password_in("/run/postgresql:5432:shop:ada:pw", &login).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgpass");
        fs::write(&file, "db:*:*:*:pw\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(look_up(&file, &LOGIN), Found::Ignored(_)));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(look_up(&file, &LOGIN), Found::Password("pw".into()));
        assert_eq!(look_up(&folder.path().join("none"), &LOGIN), Found::Nothing);
    }
}
