//! The lines by which other tools divide a file: `+goose` of the two goose layouts, `--gopg:` of
//! go-pg.

use crate::Layout;

/// What such a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Annotation {
    /// The statements that apply the migration follow.
    Up,
    /// The statements that undo it follow.
    Down,
    /// Semicolons do not end a statement of the other tool until the next line of this kind.
    StatementBegin,
    /// Ends such a part.
    StatementEnd,
    /// The whole file runs outside a transaction (pressly).
    NoTransaction,
    /// Variables of the environment are expanded from here (pressly).
    EnvsubOn,
    /// They are not any more (pressly).
    EnvsubOff,
    /// What is before it is sent before what is behind it (go-pg).
    Split,
}

/// A line that is meant to be an annotation and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// There are blanks before it.
    Indented,
    /// There is nothing behind `+goose` or `--gopg:`.
    Empty,
    /// There is something behind it that is not known.
    Unknown(String),
}

impl Annotation {
    /// All of goose, as they are written.
    const WRITTEN: [(&'static str, Self); 7] = [
        ("Up", Self::Up),
        ("Down", Self::Down),
        ("StatementBegin", Self::StatementBegin),
        ("StatementEnd", Self::StatementEnd),
        ("NO TRANSACTION", Self::NoTransaction),
        ("ENVSUB ON", Self::EnvsubOn),
        ("ENVSUB OFF", Self::EnvsubOff),
    ];

    /// How they are written in a layout of goose.
    pub(crate) fn written(layout: Layout) -> impl Iterator<Item = &'static str> {
        let count = if layout == Layout::LiamstaskGoose {
            4
        } else {
            7
        };
        Self::WRITTEN.iter().take(count).map(|(name, _)| *name)
    }

    /// What a line says in a layout; `None` when it is no such line.
    pub(crate) fn parse(layout: Layout, line: &[u8]) -> Option<Result<Self, Malformed>> {
        let read = layout.notation().lines?;
        read(std::str::from_utf8(line).ok()?)
    }

    /// Whether the statements before and after it never run together.
    pub(crate) fn is_boundary(self) -> bool {
        matches!(
            self,
            Self::Up | Self::Down | Self::StatementBegin | Self::StatementEnd | Self::Split
        )
    }
}

/// The line begins with exactly `-- +goose `; the word behind it is taken as it is.
pub(crate) fn liamstask(line: &str) -> Option<Result<Annotation, Malformed>> {
    let said = line.strip_prefix("-- +goose ")?.trim();
    let found = Annotation::written(Layout::LiamstaskGoose)
        .position(|name| name == said)
        .map(|at| Annotation::WRITTEN[at].1);
    Some(match found {
        Some(annotation) => Ok(annotation),
        None if said.is_empty() => Err(Malformed::Empty),
        None => Err(Malformed::Unknown(said.to_owned())),
    })
}

/// A comment line with `+goose` in it, in any case and with any dashes around.
pub(crate) fn pressly(line: &str) -> Option<Result<Annotation, Malformed>> {
    if !line.trim_start().starts_with("--") || !line.contains("+goose") {
        return None;
    }
    if line.starts_with([' ', '\t']) {
        return Some(Err(Malformed::Indented));
    }
    let without_dashes = line.replace("--", "");
    let said = without_dashes.replacen("+goose", "", 1);
    let said = said.trim();
    let found = Annotation::WRITTEN
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(said));
    Some(match found {
        Some((_, annotation)) => Ok(*annotation),
        None if said.is_empty() => Err(Malformed::Empty),
        None => Err(Malformed::Unknown(said.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressly_reads_its_lines_in_any_case_and_refuses_what_it_does_not_know() {
        let parse = |line: &str| Annotation::parse(Layout::Goose, line.as_bytes());
        assert_eq!(parse("-- +goose Up"), Some(Ok(Annotation::Up)));
        assert_eq!(parse("--+goose up\r\n"), Some(Ok(Annotation::Up)));
        assert_eq!(
            parse("-- +goose no transaction --"),
            Some(Ok(Annotation::NoTransaction))
        );
        assert_eq!(parse(" -- +goose Up"), Some(Err(Malformed::Indented)));
        assert_eq!(parse("-- +goose"), Some(Err(Malformed::Empty)));
        assert_eq!(
            parse("-- +goose Upp"),
            Some(Err(Malformed::Unknown("Upp".into())))
        );
        assert_eq!(parse("SELECT '-- +goose Up'"), None);
    }

    #[test]
    fn liamstask_takes_a_line_only_as_it_is_written() {
        let parse = |line: &str| Annotation::parse(Layout::LiamstaskGoose, line.as_bytes());
        assert_eq!(parse("-- +goose Down\r"), Some(Ok(Annotation::Down)));
        assert_eq!(parse("--+goose Up"), None);
        assert_eq!(parse(" -- +goose Up"), None);
        assert_eq!(
            parse("-- +goose up"),
            Some(Err(Malformed::Unknown("up".into())))
        );
        assert_eq!(
            parse("-- +goose NO TRANSACTION"),
            Some(Err(Malformed::Unknown("NO TRANSACTION".into())))
        );
    }
}
