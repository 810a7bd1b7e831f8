//! Words that do not belong into Rust code here.

use super::Finding;
use super::rust::Source;
use super::tree::Tree;

/// Where a word is not welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Everywhere,
    /// Also in the tests of a file and in `tests` folders.
    Tests,
    /// Not in tests, in tasks, and where output is drawn.
    Production,
}

/// The word, where it is not welcome, and what to do instead.
const WORDS: [(&str, Place, &str); 9] = [
    ("todo!(", Place::Everywhere, "finish it, or leave it out"),
    (
        "unimplemented!(",
        Place::Everywhere,
        "finish it, or leave it out",
    ),
    (
        "#[allow(",
        Place::Everywhere,
        "use `#[expect(…, reason = \"…\")]`",
    ),
    (
        "#![allow(",
        Place::Everywhere,
        "use `#[expect(…, reason = \"…\")]`",
    ),
    (
        "#[ignore",
        Place::Everywhere,
        "a test that never runs proves nothing",
    ),
    ("sleep(", Place::Tests, "wait for the thing, not for a time"),
    (
        "println!(",
        Place::Production,
        "print in limosa-cli/src/terminal or report only",
    ),
    (
        "print!(",
        Place::Production,
        "print in limosa-cli/src/terminal or report only",
    ),
    (
        "dbg!(",
        Place::Everywhere,
        "a debugging aid was left behind",
    ),
];

/// Words in comments that promise work for later.
const PROMISES: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Folders whose code talks to people on purpose.
const PRINTERS: [&str; 3] = [
    "crates/limosa-cli/src/terminal",
    "crates/limosa-cli/src/report",
    "xtask/",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.ending(".rs")
        .flat_map(|(path, text)| check_file(path, text))
        .collect()
}

fn check_file(path: &str, text: &str) -> Vec<Finding> {
    let source = Source::of(text);
    let all_tests = path.contains("/tests/") || path.ends_with("/tests.rs");
    let tests_from = if all_tests { 0 } else { source.tests_from() };
    let prints = ["/examples/", "/benches/"]
        .iter()
        .any(|folder| path.contains(folder))
        || PRINTERS.iter().any(|start| path.starts_with(start));
    let mut findings = Vec::new();
    for (line, code) in (1..).zip(source.code.lines()) {
        let in_tests = line >= tests_from;
        for (word, place, instead) in WORDS {
            let unwelcome = match place {
                Place::Everywhere => true,
                Place::Tests => in_tests,
                Place::Production => !in_tests && !prints,
            };
            if unwelcome && has_word(code, word) {
                findings.push(Finding::new(path, line, format!("`{word}`: {instead}")));
            }
        }
    }
    for (line, comment) in (1..).zip(source.comments.lines()) {
        if let Some(word) = PROMISES.iter().find(|word| has_word(comment, word)) {
            let message = format!("`{word}`: do it now, or say why it is as it is");
            findings.push(Finding::new(path, line, message));
        }
    }
    findings
}

/// Whether the line has the word, not as the end of a longer one (`eprintln!`).
fn has_word(line: &str, word: &str) -> bool {
    let longer = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(longer))
}

#[cfg(test)]
mod tests {
    use super::check_file;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check_file(path, text)
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn words_are_found_in_code_and_not_in_strings() {
        let path = "crates/a/src/a.rs";
        assert_eq!(lines(path, "fn f() { todo!() }\n"), [1]);
        assert_eq!(lines(path, "\n#[allow(dead_code)]\n"), [2]);
        assert_eq!(lines(path, "#[ignore]\n#[ignore = \"slow\"]\n"), [1, 2]);
        assert_eq!(
            lines(path, "f(\"todo!() println!()\"); // todo!(\n"),
            [0; 0]
        );
        assert_eq!(lines(path, "// TODO: later\nlet todo = 1;\n"), [1]);
    }

    #[test]
    fn tests_do_not_sleep() {
        let text = "fn a() { thread::sleep(x); }\n#[cfg(test)]\nmod tests { thread::sleep(x); }\n";
        assert_eq!(lines("crates/a/src/a.rs", text), [3]);
        assert_eq!(lines("crates/a/tests/a.rs", "tokio::time::sleep(x)\n"), [1]);
        assert_eq!(lines("crates/a/src/a/tests.rs", "sleep(x)\n"), [1]);
    }

    #[test]
    fn only_the_terminal_and_the_reports_print() {
        let text = "println!(\"x\");\neprintln!(\"x\");\n";
        assert_eq!(lines("crates/limosa-db/src/a.rs", text), [1]);
        for path in [
            "crates/limosa-cli/src/terminal/plan.rs",
            "crates/limosa-cli/src/report.rs",
            "crates/limosa-db/tests/a.rs",
            "crates/limosa-db/benches/a.rs",
            "xtask/src/main.rs",
        ] {
            assert_eq!(lines(path, text), [0; 0], "{path}");
        }
    }
}
