//! A page as a list of blocks with their places in the file.

use crate::Kind;

/// A page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The servers, as the page lists them; empty for none.
    pub(super) databases: Vec<Kind>,
    /// The variable that has the URL of the database.
    pub(super) variable: String,
    pub(super) blocks: Vec<Block>,
}

/// A fenced block that does something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The line number of the first line inside, counted from 1.
    pub(super) line: usize,
    /// The servers that it is for; empty for all.
    pub(super) only: Vec<Kind>,
    pub(super) action: Action,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    Write { path: String, text: String },
    Sql(String),
    Console(Vec<Step>),
}

/// A command and what it prints.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The line number of the `$`, counted from 1.
    pub(super) line: usize,
    /// The command, its lines joined by line ends.
    pub(super) command: String,
    /// The line number of the first printed line.
    pub(super) output_line: usize,
    pub(super) expected: Vec<String>,
}

/// Reads a page; an error has the line number and the reason.
pub(super) fn parse(text: &str) -> Result<Page, (usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut page = Page {
        databases: Vec::new(),
        variable: "DATABASE_URL".to_owned(),
        blocks: Vec::new(),
    };
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        if let Some(names) = comment(line, "databases:") {
            page.databases = kinds(names).map_err(|reason| (at, reason))?;
            continue;
        }
        if let Some(name) = comment(line, "variable:") {
            name.trim().clone_into(&mut page.variable);
            continue;
        }
        let marks = line.len() - line.trim_start_matches('`').len();
        if marks < 3 {
            continue;
        }
        let end = lines[at..].iter().position(|line| {
            line.trim_end().len() >= marks && line.trim_end().bytes().all(|byte| byte == b'`')
        });
        let Some(length) = end else {
            return Err((at, "this block has no end".to_owned()));
        };
        let inside = &lines[at..at + length];
        if let Some(block) = block(&line[marks..], inside, at + 1).map_err(|reason| (at, reason))? {
            page.blocks.push(block);
        }
        at += length + 1;
    }
    let commands = page
        .blocks
        .iter()
        .filter(|block| matches!(block.action, Action::Console(_)));
    if commands.count() == 0 {
        return Err((
            1,
            "the page runs no command, so it proves nothing".to_owned(),
        ));
    }
    Ok(page)
}

/// What a comment on a line of its own says behind its word.
pub(super) fn comment<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let inside = line.trim().strip_prefix("<!-- ")?.strip_prefix(word)?;
    inside.strip_suffix("-->")
}

fn block(info: &str, inside: &[&str], line: usize) -> Result<Option<Block>, String> {
    let Information { words, attributes } = information(info)?;
    let language = words.first().map(String::as_str).unwrap_or_default();
    let attribute = |name| {
        attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, v)| v.as_str())
    };
    if let Some((unknown, _)) = attributes
        .iter()
        .find(|(key, _)| key != "title" && key != "only")
    {
        return Err(format!(
            "unknown attribute {unknown}; known are title and only"
        ));
    }
    let text = || {
        inside
            .iter()
            .flat_map(|line| [line, "\n"])
            .collect::<String>()
    };
    let action = if let Some(path) = attribute("title") {
        Action::Write {
            path: path.to_owned(),
            text: text(),
        }
    } else if language == "console" {
        Action::Console(steps(inside, line)?)
    } else if language == "sql" && words.get(1).is_some_and(|word| word == "run") {
        Action::Sql(text())
    } else {
        return Ok(None);
    };
    let only = attribute("only")
        .map(kinds)
        .transpose()?
        .unwrap_or_default();
    Ok(Some(Block { line, only, action }))
}

/// What stands behind the backticks: words, and `name="value"` pairs.
#[derive(Default)]
struct Information {
    words: Vec<String>,
    attributes: Vec<(String, String)>,
}

fn information(info: &str) -> Result<Information, String> {
    let Information {
        mut words,
        mut attributes,
    } = Information::default();
    let mut rest = info.trim();
    while !rest.is_empty() {
        let word = rest.split([' ', '=']).next().unwrap_or_default();
        match rest[word.len()..].strip_prefix("=\"") {
            Some(value) => {
                let (value, after) = value
                    .split_once('"')
                    .ok_or_else(|| format!("{word} has no closing quote"))?;
                attributes.push((word.to_owned(), value.to_owned()));
                rest = after.trim_start();
            }
            None if word.is_empty() => return Err(format!("cannot read {rest:?}")),
            None => {
                words.push(word.to_owned());
                rest = rest[word.len()..].trim_start();
            }
        }
    }
    Ok(Information { words, attributes })
}

fn steps(inside: &[&str], first: usize) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, text) in (first..).zip(inside) {
        match (text.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step {
                line,
                command: command.to_owned(),
                output_line: line + 1,
                expected: Vec::new(),
            }),
            (None, None) => return Err("a console block begins with `$ command`".to_owned()),
            (None, Some(step)) => match text.strip_prefix("> ") {
                Some(more) if step.output_line == line => {
                    step.command.push('\n');
                    step.command.push_str(more);
                    step.output_line = line + 1;
                }
                _ => step.expected.push((*text).to_owned()),
            },
        }
    }
    Ok(steps)
}

fn kinds(names: &str) -> Result<Vec<Kind>, String> {
    let kind = |name: &str| match name.trim() {
        "postgres" => Ok(Kind::Postgres),
        "mariadb" => Ok(Kind::MariaDb),
        "sqlite" => Ok(Kind::Sqlite),
        other => Err(format!(
            "unknown database {other:?}; known are postgres, mariadb, sqlite"
        )),
    };
    names.split(',').map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::{Action, parse};
    use crate::Kind;

    const PAGE: &str = "# Title\n<!-- variable: SHOP_URL -->\n<!-- databases: sqlite, mariadb -->\n\n\
        ```sql title=\"migrations/1_a.sql\"\nselect 1;\n```\n\n\
        ```sql\nshown only\n```\n\n\
        ```console only=\"sqlite\"\n$ limosa up \\\n> --all\none\n\n> two\n$ echo $?\n0\n```\n";

    #[test]
    fn a_page_is_read_with_its_places() {
        let page = parse(PAGE).expect("is a page");
        assert_eq!(page.databases, [Kind::Sqlite, Kind::MariaDb]);
        assert_eq!(page.variable, "SHOP_URL");
        assert_eq!(page.blocks.len(), 2);
        let Action::Write { path, text } = &page.blocks[0].action else {
            panic!("a file")
        };
        assert_eq!(
            (path.as_str(), text.as_str()),
            ("migrations/1_a.sql", "select 1;\n")
        );
        assert_eq!(page.blocks[1].only, [Kind::Sqlite]);
        let Action::Console(steps) = &page.blocks[1].action else {
            panic!("commands")
        };
        assert_eq!(steps[0].command, "limosa up \\\n--all");
        assert_eq!((steps[0].line, steps[0].output_line), (14, 16));
        assert_eq!(steps[0].expected, ["one", "", "> two"]);
        assert_eq!((steps[1].command.as_str(), steps[1].line), ("echo $?", 19));
    }

    #[test]
    fn what_is_wrong_with_a_page_is_said_with_its_line() {
        for (text, line, reason) in [
            ("# Nothing\n", 1, "runs no command"),
            ("\n```console\n$ ls\n", 2, "no end"),
            ("```console\nls\n```\n", 1, "begins with"),
            (
                "<!-- databases: oracle -->\n",
                1,
                "unknown database \"oracle\"",
            ),
            ("```sql titel=\"a\"\n```\n", 1, "unknown attribute titel"),
        ] {
            let (found, message) = parse(text).expect_err(text);
            assert_eq!(found, line, "{text}");
            assert!(message.contains(reason), "{message}");
        }
    }
}
