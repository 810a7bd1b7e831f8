//! The history of another tool beside ours, or instead of it. golang-migrate stands for tools that keep the highest
//! version, sqlx for those that keep a row for each; what the tools themselves say of it is tested with the program.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
#![expect(clippy::needless_pass_by_value, reason = "each test owns its database")]

mod support;

use limosa_core::Layout;
use limosa_core::config::HistoryKind;
use limosa_core::event::{Event, Observer, Silent};
use limosa_engine::adopt::{adopt, undo};
use limosa_engine::{Keep, OtherTool, Resolution, Resolved, Texts};
use limosa_testkit::Kind;
use support::{Lab, version};

on_every_database! {
    what_the_other_tool_applied_is_taken_over_and_both_go_on,
    what_is_taken_over_can_be_undone_without_its_file,
    a_run_without_a_step_takes_over_too,
    what_the_other_tool_undid_is_undone_here,
    each_has_something_that_the_other_has_not,
    a_table_that_was_emptied_is_not_believed,
    what_was_applied_while_that_table_was_not_kept_is_not_taken_for_undone,
    what_was_undone_while_that_table_was_not_kept_is_not_taken_for_applied,
    a_table_that_is_not_there_is_made_with_what_is_applied,
    the_other_tool_has_begun_a_migration_and_a_person_answers,
    the_other_tool_was_undoing_and_a_person_answers,
    a_migration_of_sqlx_that_is_not_successful,
    nothing_of_ours_is_there_with_the_foreign_history,
    the_other_tool_is_at_work_in_the_middle_of_ours,
    a_failed_migration_is_not_at_work_any_more,
    a_table_that_may_not_be_written_rolls_the_work_back,
    our_history_is_given_up_only_when_the_other_says_the_same,
    a_file_that_is_not_the_one_that_was_applied,
}

/// A project of golang-migrate with three migrations.
fn project(mut lab: Lab, history: Option<HistoryKind>) -> Lab {
    for number in 1..=3 {
        lab.file(
            &format!("000{number}_t{number}.up.sql"),
            &format!("CREATE TABLE t{number} (id integer PRIMARY KEY);\n"),
        );
        lab.file(
            &format!("000{number}_t{number}.down.sql"),
            &format!("DROP TABLE t{number};\n"),
        );
    }
    lab.layout = Some(Layout::GolangMigrate);
    keep(&mut lab, history);
    lab
}

fn keep(lab: &mut Lab, history: Option<HistoryKind>) {
    lab.other = Some(OtherTool {
        history,
        tool: lab.layout,
        ..OtherTool::default()
    });
}

/// What golang-migrate leaves after it has applied everything up to a version.
fn applied_by_golang_migrate(lab: &Lab, up_to: i64) {
    let create = match lab.kind() {
        Kind::Sqlite => "CREATE TABLE schema_migrations (version uint64, dirty bool)",
        _ => {
            "CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)"
        }
    };
    lab.db.execute(create);
    for number in 1..=up_to {
        let sql = format!("CREATE TABLE t{number} (id integer PRIMARY KEY)");
        lab.db.execute(&sql);
    }
    if up_to > 0 {
        say(lab, up_to, false);
    }
}

/// Makes golang-migrate's table say something.
fn say(lab: &Lab, version: i64, dirty: bool) {
    lab.db.execute("DELETE FROM schema_migrations");
    let dirty = i64::from(dirty);
    lab.db.execute(&format!(
        "INSERT INTO schema_migrations (version, dirty) SELECT {version}, 1 = {dirty}"
    ));
}

/// What golang-migrate's table says: versions, with `!` where dirty.
fn said(lab: &Lab) -> String {
    let rows = lab
        .db
        .query("SELECT version, CASE WHEN dirty THEN '!' ELSE '' END FROM schema_migrations");
    rows.iter().map(|row| row.concat()).collect()
}

fn name_of(problem: &limosa_engine::Problem) -> &'static str {
    problem.diagnostic().name
}

fn what_the_other_tool_applied_is_taken_over_and_both_go_on(lab: Lab) {
    let lab = project(lab, None);
    applied_by_golang_migrate(&lab, 2);
    let current = lab
        .open()
        .current(&lab.migrations().unwrap(), Texts::Without)
        .unwrap();
    assert_eq!(current.moved.ahead.len(), 2);
    assert_eq!(current.history.applied.len(), 2);
    assert!(!lab.has_table("limosa_history"), "looking writes nothing");
    let report = lab.up();
    assert_eq!(report.done.len(), 1);
    assert_eq!(lab.applied(), ["0001", "0002", "0003"]);
    assert_eq!(said(&lab), "3");
    lab.down(2);
    assert_eq!(lab.applied(), ["0001"]);
    assert_eq!(said(&lab), "1");
    assert!(!lab.has_table("t2"));
    lab.down(1);
    assert_eq!(said(&lab), "");
    lab.up();
    assert_eq!(said(&lab), "3");
}

fn what_is_taken_over_can_be_undone_without_its_file(lab: Lab) {
    let lab = project(lab, None);
    applied_by_golang_migrate(&lab, 2);
    lab.up();
    lab.remove("0003_t3.down.sql");
    lab.remove("0003_t3.up.sql");
    lab.remove("0002_t2.down.sql");
    lab.remove("0002_t2.up.sql");
    lab.down(2);
    assert!(!lab.has_table("t2"));
    assert_eq!(said(&lab), "1");
}

fn a_run_without_a_step_takes_over_too(lab: Lab) {
    let lab = project(lab, None);
    applied_by_golang_migrate(&lab, 3);
    assert!(lab.up().done.is_empty());
    assert_eq!(lab.applied(), ["0001", "0002", "0003"]);
    assert_eq!(
        lab.events().iter().filter(|one| *one == "adopted").count(),
        3
    );
    assert_eq!(said(&lab), "3");
}

fn what_the_other_tool_undid_is_undone_here(lab: Lab) {
    let lab = project(lab, Some(HistoryKind::Mirror));
    lab.up();
    assert_eq!(said(&lab), "3");
    lab.db.execute("DROP TABLE t3");
    say(&lab, 2, false);
    let report = lab.up();
    assert_eq!(report.done.len(), 1);
    assert!(lab.has_table("t3"));
    assert_eq!((lab.applied().len(), said(&lab)), (3, "3".to_owned()));
}

fn each_has_something_that_the_other_has_not(mut lab: Lab) {
    for number in 1..=3 {
        lab.file(
            &format!("{number}_t.sql"),
            &format!("CREATE TABLE t{number} (id integer PRIMARY KEY);\n"),
        );
    }
    lab.layout = Some(Layout::Sqlx);
    keep(&mut lab, Some(HistoryKind::Mirror));
    lab.up();
    lab.db
        .execute("DELETE FROM _sqlx_migrations WHERE version = 2");
    lab.db.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 4, 'x', success, checksum, 1 FROM _sqlx_migrations WHERE version = 1",
    );
    lab.file("5_t.sql", "CREATE TABLE t5 (id integer PRIMARY KEY);\n");
    let failure = lab.up_fails();
    let report = failure.problem.diagnostic();
    assert_eq!(
        (report.name, report.class.exit_code()),
        ("histories-differ", 2)
    );
    assert!(
        report.notes.iter().any(|note| note.ends_with("has: 4")),
        "{report:?}"
    );
    assert!(
        report.notes.iter().any(|note| note.ends_with("has: 2")),
        "{report:?}"
    );
    assert!(!lab.has_table("t5"));
    let set = lab.migrations().unwrap();
    adopt(lab.open(), &set, Some(Keep::Ours), &|| false, &mut Silent).unwrap();
    let rows = "SELECT version FROM _sqlx_migrations ORDER BY version";
    assert_eq!(lab.db.query(rows).concat(), ["1", "2", "3"]);
    assert_eq!(lab.up().done.len(), 1);
}

fn a_table_that_was_emptied_is_not_believed(lab: Lab) {
    let lab = project(lab, Some(HistoryKind::Mirror));
    lab.up();
    lab.db.execute("DELETE FROM schema_migrations");
    let failure = lab.up_fails();
    assert_eq!(name_of(&failure.problem), "histories-differ");
    assert_eq!(lab.applied().len(), 3);
    let set = lab.migrations().unwrap();
    adopt(lab.open(), &set, Some(Keep::Theirs), &|| false, &mut Silent).unwrap();
    assert!(lab.applied().is_empty());
}

fn what_was_applied_while_that_table_was_not_kept_is_not_taken_for_undone(lab: Lab) {
    let mut lab = project(lab, None);
    applied_by_golang_migrate(&lab, 2);
    adopt(
        lab.open(),
        &lab.migrations().unwrap(),
        None,
        &|| false,
        &mut Silent,
    )
    .unwrap();
    keep(&mut lab, Some(HistoryKind::Native));
    lab.up();
    assert_eq!((lab.applied().len(), said(&lab)), (3, "2".to_owned()));
    keep(&mut lab, None);
    let failure = lab.up_fails();
    assert_eq!(name_of(&failure.problem), "histories-differ");
    assert!(lab.has_table("t3"));
    let set = lab.migrations().unwrap();
    let done = adopt(lab.open(), &set, Some(Keep::Ours), &|| false, &mut Silent).unwrap();
    assert_eq!(done.moved.back.len(), 1);
    assert_eq!((lab.applied().len(), said(&lab)), (3, "3".to_owned()));
    // From now on both know of it.
    lab.db.execute("DROP TABLE t3");
    say(&lab, 2, false);
    assert_eq!(lab.up().done.len(), 1);
}

fn what_was_undone_while_that_table_was_not_kept_is_not_taken_for_applied(lab: Lab) {
    let mut lab = project(lab, Some(HistoryKind::Mirror));
    lab.up();
    keep(&mut lab, Some(HistoryKind::Native));
    lab.down(1);
    assert_eq!((lab.applied().len(), said(&lab)), (2, "3".to_owned()));
    keep(&mut lab, None);
    let failure = lab.up_fails();
    assert_eq!(name_of(&failure.problem), "histories-differ");
    let set = lab.migrations().unwrap();
    adopt(lab.open(), &set, Some(Keep::Ours), &|| false, &mut Silent).unwrap();
    assert_eq!(said(&lab), "2");
    assert_eq!(lab.up().done.len(), 1);
}

fn a_table_that_is_not_there_is_made_with_what_is_applied(lab: Lab) {
    let mut lab = project(lab, Some(HistoryKind::Native));
    lab.up();
    assert!(!lab.has_table("schema_migrations"));
    keep(&mut lab, Some(HistoryKind::Mirror));
    let set = lab.migrations().unwrap();
    let missing = adopt(lab.open(), &set, None, &|| false, &mut Silent).unwrap_err();
    assert_eq!(name_of(&missing), "nothing-to-adopt");
    let made = adopt(lab.open(), &set, Some(Keep::Ours), &|| false, &mut Silent).unwrap();
    assert_eq!((made.moved.back.len(), said(&lab)), (3, "3".to_owned()));
    lab.db.execute("DROP TABLE schema_migrations");
    lab.file("0004_t4.up.sql", "CREATE TABLE t4 (id integer);\n");
    lab.up();
    assert_eq!(said(&lab), "4");
}

fn the_other_tool_has_begun_a_migration_and_a_person_answers(lab: Lab) {
    for (answer, left, states) in [
        (Resolution::Applied, "2", 2),
        (Resolution::NotApplied, "1", 1),
    ] {
        let Some(lab) = Lab::on(lab.kind()) else {
            return;
        };
        let lab = project(lab, None);
        applied_by_golang_migrate(&lab, 1);
        say(&lab, 2, true);
        let failure = lab.up_fails();
        let report = failure.problem.diagnostic();
        assert_eq!(
            (report.name, report.class.exit_code()),
            ("other-unfinished", 5)
        );
        assert!(!lab.has_table("t2"), "nothing was done");
        let wrong = lab.resolve(&version("1"), None, answer).unwrap_err();
        assert_eq!(name_of(&wrong), "nothing-in-doubt");
        let resolved = lab.resolve(&version("2"), None, answer).unwrap();
        assert!(
            matches!(resolved, Resolved::OtherTool { .. }),
            "{resolved:?}"
        );
        assert_eq!(said(&lab), left);
        let current = lab
            .open()
            .current(&lab.migrations().unwrap(), Texts::Without)
            .unwrap();
        assert_eq!(current.history.applied.len(), states);
    }
}

fn the_other_tool_was_undoing_and_a_person_answers(lab: Lab) {
    let lab = project(lab, None);
    applied_by_golang_migrate(&lab, 3);
    // The third on its way down: the mark names the second.
    say(&lab, 2, true);
    assert_eq!(name_of(&lab.up_fails().problem), "other-unfinished");
    lab.resolve(&version("3"), None, Resolution::Applied)
        .unwrap();
    assert_eq!(said(&lab), "3");
    // The first on its way down.
    say(&lab, -1, true);
    assert_eq!(name_of(&lab.up_fails().problem), "other-unfinished");
    lab.resolve(&version("1"), None, Resolution::NotApplied)
        .unwrap();
    assert_eq!(said(&lab), "");
}

fn a_migration_of_sqlx_that_is_not_successful(mut lab: Lab) {
    lab.file("1_a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
    lab.layout = Some(Layout::Sqlx);
    keep(&mut lab, Some(HistoryKind::Mirror));
    lab.up();
    lab.file("2_b.sql", "CREATE TABLE b (id integer PRIMARY KEY);\n");
    lab.db.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 2, 'b', NOT success, checksum, -1 FROM _sqlx_migrations WHERE version = 1",
    );
    assert_eq!(name_of(&lab.up_fails().problem), "other-unfinished");
    lab.resolve(&version("2"), None, Resolution::NotApplied)
        .unwrap();
    assert_eq!(lab.up().done.len(), 1);
    let rows = "SELECT count(*) FROM _sqlx_migrations WHERE success";
    assert_eq!(lab.db.value(rows), "2");
}

fn nothing_of_ours_is_there_with_the_foreign_history(lab: Lab) {
    let lab = project(lab, Some(HistoryKind::Foreign));
    let report = lab.up();
    assert_eq!((report.done.len(), said(&lab)), (3, "3".to_owned()));
    lab.down(1);
    assert_eq!(said(&lab), "2");
    assert!(!lab.has_table("t3"));
    assert_eq!(lab.up().done.len(), 1);
    assert!(lab.up().done.is_empty());
    lab.file(
        "0004_t4.up.sql",
        "CREATE TABLE t4 (id integer);\nCREATE TABLE t1 (id integer);\n",
    );
    let failure = lab.up_fails().problem.diagnostic();
    let begun = lab.kind() == Kind::MariaDb;
    // Nothing of ours could say how far it came, and nobody is told so.
    let (note, help) = if begun {
        (
            "statement 1 is committed",
            "nothing remembers how far it came",
        )
    } else {
        (
            "nothing of 0004_t4 was committed by this run",
            "correct the file",
        )
    };
    assert!(failure.notes.iter().any(|one| one == note), "{failure:?}");
    assert!(
        failure.help.iter().any(|one| one.starts_with(help)),
        "{failure:?}"
    );
    assert_eq!(said(&lab), if begun { "4!" } else { "3" });
    assert!(!lab.has_table("limosa_history") && !lab.has_table("limosa_journal"));
}

/// Does what another tool would, when the first step begins.
struct Meddler<'a>(&'a Lab, &'static str);

impl Observer for Meddler<'_> {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::StepStarted { .. } = event {
            self.0.db.execute(self.1);
        }
    }
}

fn the_other_tool_is_at_work_in_the_middle_of_ours(lab: Lab) {
    let lab = project(lab, None);
    applied_by_golang_migrate(&lab, 1);
    let mut meddler = Meddler(&lab, "UPDATE schema_migrations SET version = 2");
    let report = lab.up_observed(&mut meddler).unwrap();
    // Its table is not what the plan was made for: what it did is not done again.
    assert_eq!(report.done.len(), 1);
    assert!(!lab.has_table("t2") && lab.has_table("t3"));
    assert_eq!((lab.applied().len(), said(&lab)), (3, "3".to_owned()));
}

fn a_failed_migration_is_not_at_work_any_more(lab: Lab) {
    let lab = project(lab, Some(HistoryKind::Mirror));
    lab.up();
    lab.file("0004_t4.up.sql", "CREATE TABLE t1 (id integer);\n");
    lab.up_fails();
    assert_eq!(said(&lab), "3");
    lab.file("0004_t4.up.sql", "CREATE TABLE t4 (id integer);\n");
    lab.up();
    assert_eq!(said(&lab), "4");
}

fn a_table_that_may_not_be_written_rolls_the_work_back(lab: Lab) {
    let lab = project(lab, None);
    applied_by_golang_migrate(&lab, 1);
    let guard: &[&str] = match lab.kind() {
        Kind::Postgres => &[
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'hands off'; END$$",
            "CREATE TRIGGER no BEFORE INSERT OR UPDATE OR DELETE ON schema_migrations FOR EACH ROW EXECUTE FUNCTION no()",
        ],
        Kind::MariaDb => &[
            "CREATE TRIGGER no BEFORE DELETE ON schema_migrations FOR EACH ROW SIGNAL SQLSTATE '45000' SET message_text = 'hands off'",
        ],
        Kind::Sqlite => &[
            "CREATE TRIGGER no BEFORE DELETE ON schema_migrations BEGIN SELECT raise(ABORT, 'hands off'); END",
        ],
    };
    for sql in guard {
        lab.db.execute(sql);
    }
    let failure = lab.up_fails();
    let report = failure.problem.diagnostic();
    let words = format!("{report:?}");
    assert!(
        words.contains("hands off") && words.contains("schema_migrations"),
        "{words}"
    );
    assert!(!lab.has_table("t2"), "{words}");
    assert_eq!((lab.applied().len(), said(&lab)), (1, "1".to_owned()));
}

fn our_history_is_given_up_only_when_the_other_says_the_same(lab: Lab) {
    let lab = project(lab, None);
    applied_by_golang_migrate(&lab, 2);
    let set = lab.migrations().unwrap();
    let none = undo(lab.open(), &set, &|| false, &mut Silent).unwrap_err();
    assert_eq!(name_of(&none), "nothing-adopted");
    lab.up();
    say(&lab, 2, false);
    let apart = undo(lab.open(), &set, &|| false, &mut Silent).unwrap_err();
    assert_eq!(name_of(&apart), "not-adopted");
    say(&lab, 3, false);
    let undone = undo(lab.open(), &set, &|| false, &mut Silent).unwrap();
    assert!(undone.removed);
    assert_eq!(undone.applied, 3);
    assert!(!lab.has_table("limosa_history") && !lab.has_table("limosa_journal"));
    assert_eq!(said(&lab), "3");
    lab.up();
    assert_eq!(lab.applied().len(), 3);
}

fn a_file_that_is_not_the_one_that_was_applied(mut lab: Lab) {
    let text = "CREATE TABLE a (id integer PRIMARY KEY);\n";
    lab.file("1_a.sql", text);
    lab.layout = Some(Layout::Sqlx);
    keep(&mut lab, Some(HistoryKind::Foreign));
    lab.up();
    keep(&mut lab, None);
    lab.file("1_a.sql", &text.replace('\n', "\r\n"));
    let set = lab.migrations().unwrap();
    let current = lab.open().current(&set, Texts::Without).unwrap();
    let file = current.moved.ahead[0].file;
    assert_eq!(file, Some(limosa_core::foreign::FileMatch::LineEndings));
    lab.file("1_a.sql", "CREATE TABLE a (id bigint PRIMARY KEY);\n");
    let set = lab.migrations().unwrap();
    let current = lab.open().current(&set, Texts::Without).unwrap();
    let file = current.moved.ahead[0].file;
    assert_eq!(file, Some(limosa_core::foreign::FileMatch::Differs));
    let refused = adopt(lab.open(), &set, None, &|| false, &mut Silent).unwrap_err();
    assert_eq!(name_of(&refused), "changed");
    assert_eq!(name_of(&lab.up_fails().problem), "changed");
    assert!(lab.applied().is_empty());
    lab.file("1_a.sql", text);
    lab.up();
    assert_eq!(lab.applied(), ["1"]);
}
