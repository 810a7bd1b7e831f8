//! Two sets of migrations in one database, each with a table of its own, as two services have it.

use limosa_testkit::Kind;

use super::Case;
use crate::look::tables;
use crate::originals::{Original, Set, back, sets};
use crate::place::{Mode, Place};

pub fn cases(original: &'static dyn Original, kind: Kind) -> Vec<Case> {
    if sets(original).is_none() {
        return Vec::new();
    }
    let case = Case {
        original,
        kind,
        scenario: "sets",
        variant: "mirror",
        what: "two folders with a table each in one database: the tool applies half of both, one `limosa up` the rest",
        needs: None,
        always: kind == Kind::Postgres,
        run: |case, _| Ok(run(case, Mode::Mirror)),
    };
    let foreign = Case {
        variant: "foreign",
        run: |case, _| Ok(run(case, Mode::Foreign)),
        ..case.clone()
    };
    vec![case, foreign]
}

/// The two services.
const NAMES: [&str; 2] = ["shop", "queue"];

fn run(case: &Case, mode: Mode) -> String {
    let call = sets(case.original).expect("the case was made from it");
    let place = Place::bare(case.original, case.kind);
    for (name, last) in NAMES.into_iter().zip([2, 3]) {
        for number in 1..=last {
            place.write_in(&format!("{name}/first"), name, number);
        }
        let set = set(name, "first");
        let output = call(&place, &set, &["up"]).run();
        assert_eq!(output.code, 0, "{output}");
        for number in 1..=last + 2 {
            place.write_in(&format!("{name}/migrations"), name, number);
        }
    }
    place
        .project
        .write("limosa.toml", configuration(case, mode));
    let url = place.db.url();
    let limosa = |arguments: &[&str]| {
        let run = place.project.limosa(arguments).env("BOTH_URL", &url);
        let output = run.run();
        assert_eq!(output.code, 0, "limosa {arguments:?}: {output}");
        output
    };
    limosa(&["up"]);
    let check = limosa(&["status", "--check"]);
    for (name, last) in NAMES.into_iter().zip([4, 5]) {
        let set = set(name, "migrations");
        let output = call(&place, &set, &["up"]).run();
        assert!(
            case.original.says_nothing_to_do(&output),
            "{name}: {output}"
        );
        let made = tables(&place.db);
        let own = made
            .iter()
            .filter(|table| table.starts_with(&format!("{name}_t")));
        assert_eq!(own.count(), last, "{made:?} {check}");
    }
    // Each goes its own way back.
    let output = call(&place, &set("queue", "migrations"), back(case.original)).run();
    assert_eq!(output.code, 0, "{output}");
    let pending = place.project.limosa(&["status", "--check"]);
    let pending = pending.env("BOTH_URL", &url).run();
    assert_eq!(pending.code, 3, "{pending}");
    limosa(&["up"]);
    limosa(&["status", "--check"]);
    "each tool's table has its own set".to_owned()
}

fn set(name: &'static str, folder: &str) -> Set {
    Set {
        folder: format!("{name}/{folder}"),
        table: format!("{name}_migrations"),
    }
}

fn configuration(case: &Case, mode: Mode) -> String {
    let mut text = format!(
        "layout = \"{}\"\nhistory = \"{}\"\n",
        case.original.name(),
        mode.name()
    );
    for name in NAMES {
        text.push_str(&format!(
            "\n[databases.{name}]\nurl = {{ env = \"BOTH_URL\" }}\nmigrations = \"{name}/migrations\"\n\
             set = \"{name}\"\ntool-table = \"{name}_migrations\"\n"
        ));
    }
    text
}

impl Place {
    /// A migration of a service: a table.
    fn write_in(&self, folder: &str, name: &str, number: usize) {
        let migration = crate::migrations::Migration {
            number,
            name: format!("t{number}"),
            up: format!("create table {name}_t{number} (a int);\n"),
            down: format!("drop table {name}_t{number};\n"),
        };
        self.original
            .write(self, folder, std::slice::from_ref(&migration));
    }
}
