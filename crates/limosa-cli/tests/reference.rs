//! The reference pages say what the program says.

use std::path::{Path, PathBuf};

use limosa_testkit::Project;

const COMMANDS: [&str; 24] = [
    "init",
    "new",
    "status",
    "history",
    "plan",
    "up",
    "down",
    "goto",
    "redo",
    "baseline",
    "adopt",
    "lint",
    "verify",
    "drift",
    "schema show",
    "schema dump",
    "schema diff",
    "schema docs",
    "renumber",
    "squash",
    "resolve",
    "explain",
    "completions",
    "man",
];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference")
}

/// `LIMOSA_BLESS=1` writes the help of the program into its page.
#[test]
fn the_page_of_each_command_has_its_help() {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = project.limosa(&words).run();
        assert_eq!(help.code, 0, "{help}");
        let own: Vec<&str> = help.stdout.split("\nWhich database and files:\n").collect();
        let more = own
            .get(1)
            .and_then(|rest| rest.split_once("\nExamples:\n"))
            .map_or(String::new(), |(_, examples)| {
                format!("\nExamples:\n{examples}")
            });
        let shown = format!("{}{more}", own[0]);
        let page = docs()
            .join("commands")
            .join(format!("{}.md", command.replace(' ', "-")));
        let block = format!("```text\n{}\n```\n", shown.trim_end());
        let text = std::fs::read_to_string(&page)
            .unwrap_or_else(|_| format!("# limosa {command}\n\n```text\n```\n"));
        if std::env::var_os("LIMOSA_BLESS").is_some() {
            let (before, rest) = text.split_once("```text\n").expect("the page has a block");
            let after = rest.split_once("```\n").map_or("", |(_, after)| after);
            std::fs::write(&page, format!("{before}{block}{after}")).unwrap();
            continue;
        }
        assert!(
            text.contains(&block),
            "{} is not the help of today; LIMOSA_BLESS=1 writes it\n{block}",
            page.display()
        );
    }
}

#[test]
fn every_variable_of_an_option_is_listed() {
    let project = Project::new(env!("CARGO_BIN_EXE_limosa"));
    let page = std::fs::read_to_string(docs().join("environment.md")).unwrap();
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = project.limosa(&words).run().stdout;
        for part in help.split("LIMOSA_").skip(1) {
            let name: String = part
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || *c == '_')
                .collect();
            assert!(
                page.contains(&format!("`LIMOSA_{name}`")),
                "LIMOSA_{name} of `{command}` is missing"
            );
        }
    }
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let table = Project::new(env!("CARGO_BIN_EXE_limosa"))
        .limosa(&["help", "exit-codes"])
        .run()
        .stdout;
    let page = std::fs::read_to_string(docs().join("exit-codes.md")).unwrap();
    for line in table
        .lines()
        .filter(|line| line.len() > 4 && line[..4].trim().parse::<u8>().is_ok())
    {
        let code = line[..4].trim();
        assert!(page.contains(&format!("\n| {code} |")), "{code} is missing");
    }
}
