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
        let line = std::str::from_utf8(line).ok()?;
        match layout {
            Layout::LiamstaskGoose => parse_liamstask(line),
            Layout::Goose => parse_pressly(line),
            Layout::GoPg => parse_go_pg(line),
            _ => None,
        }
    }

    /// Whether there are such lines in a layout.
    pub(crate) fn divide(layout: Layout) -> bool {
        matches!(
            layout,
            Layout::Goose | Layout::LiamstaskGoose | Layout::GoPg
        )
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
fn parse_liamstask(line: &str) -> Option<Result<Annotation, Malformed>> {
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
fn parse_pressly(line: &str) -> Option<Result<Annotation, Malformed>> {
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

/// The line begins with exactly `--gopg:`, and nothing stands behind the word but its end.
fn parse_go_pg(line: &str) -> Option<Result<Annotation, Malformed>> {
    let said = line.strip_prefix("--gopg:")?;
    let said = said.strip_suffix('\n').unwrap_or(said);
    Some(match said.strip_suffix('\r').unwrap_or(said) {
        "split" => Ok(Annotation::Split),
        "" => Err(Malformed::Empty),
        said => Err(Malformed::Unknown(said.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_pg_knows_one_word_alone_in_its_line() {
        let parse = |line: &str| Annotation::parse(Layout::GoPg, line.as_bytes());
        for line in ["--gopg:split", "--gopg:split\n", "--gopg:split\r\n"] {
            assert_eq!(parse(line), Some(Ok(Annotation::Split)));
        }
        let unknown = |said: &str| Some(Err(Malformed::Unknown(said.to_owned())));
        assert_eq!(parse("--gopg:split \n"), unknown("split "));
        assert_eq!(parse("--gopg:Split"), unknown("Split"));
        assert_eq!(parse("--gopg:"), Some(Err(Malformed::Empty)));
        assert_eq!(parse(" --gopg:split"), None);
        assert_eq!(parse("-- gopg:split"), None);
    }

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
