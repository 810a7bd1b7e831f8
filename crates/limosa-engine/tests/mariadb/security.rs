//! Passwords, privileges, and SQL that somebody may have planted.

use limosa_core::event::{Event, Observer};
use limosa_core::plan::Goal;
use limosa_engine::Answer;

use crate::support::Lab;

/// Every statement as it was told.
#[derive(Default)]
struct Told(String);

impl Observer for Told {
    fn observe(&mut self, event: &Event<'_>) {
        if let Event::StatementStarted { sql, .. } = event {
            self.0.push_str(sql);
        }
    }
}

#[test]
fn passwords_in_statements_are_not_told() {
    let lab = lab!();
    let role = lab.db.role("app");
    lab.file(
        "1_u.sql",
        &format!(
            "ALTER USER `{0}`@'%' IDENTIFIED BY 's3cret-1';\nSET PASSWORD FOR `{0}`@'%' = PASSWORD('s3cret-2');\n\
             /*!50000 ALTER USER `{0}`@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('s3cret-3') */;\n\
             CREATE USER `{0}`@'%' IDENTIFIED BY 's3cret-4';\n",
            role.name
        ),
    );
    let goal = Goal::Up {
        to: None,
        limit: None,
    };
    let mut told = Told::default();
    let ran = lab.run_observed(goal, &mut |_, _| Answer::Go, &|| false, &mut told);
    let failure = ran.unwrap_err();
    assert_eq!(failure.failed.as_ref().unwrap().statement, Some(4));
    assert!(told.0.contains("IDENTIFIED BY"));
    let journal: Vec<_> = lab
        .journal()
        .into_iter()
        .map(|entry| entry.detail)
        .collect();
    let all = format!(
        "{}{failure:?}{:?}{journal:?}",
        told.0,
        failure.problem.diagnostic()
    );
    assert!(!all.contains("s3cret"), "{all}");
}

#[test]
fn the_least_privileges_are_enough() {
    let mut lab = lab!();
    let (role, name) = (lab.db.role("migrator"), lab.db.name().to_owned());
    lab.db.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON `{name}`.* TO `{}`@'%'",
        role.name
    ));
    lab.url = Some(lab.db.url_as(&role));
    lab.file(
        "1_a.sql",
        "-- limosa: up\nCREATE TABLE a (id int PRIMARY KEY);\nCREATE INDEX a_id ON a (id);\nINSERT INTO a VALUES (1);\n\
         ALTER TABLE a ADD COLUMN x int;\n-- limosa: down\nDROP TABLE a;\n",
    );
    lab.up();
    assert_eq!(lab.applied(), ["1"]);
    lab.remove("1_a.sql");
    lab.down(1);
    assert!(!lab.has_table("a"));
    // Without the right to lock tables, the server's words and what is left are told.
    lab.file("2_b.sql", "CREATE TABLE b (id int);\nLOCK TABLES b WRITE;\nINSERT INTO b VALUES (1);\nUNLOCK TABLES;\n");
    let failure = lab.up_fails();
    assert_eq!(
        failure.failed.as_ref().unwrap().code.as_deref(),
        Some("1044")
    );
    lab.db.execute(&format!(
        "GRANT LOCK TABLES ON `{name}`.* TO `{}`@'%'",
        role.name
    ));
    lab.up();
    assert_eq!(lab.db.value("SELECT count(*) FROM b"), "1");
}

#[test]
fn a_wrong_password_is_blocked_before_anything_is_done() {
    let mut lab = lab!();
    let mut role = lab.db.role("app");
    role.password = "s3cret-wrong".into();
    lab.url = Some(lab.db.url_as(&role));
    let report = lab.try_open().err().unwrap().diagnostic();
    assert_eq!(report.class.exit_code(), 4);
    let all = format!("{report:?}");
    assert!(all.contains(&role.name) && !all.contains("s3cret"), "{all}");
}

#[test]
fn stored_sql_is_not_run_when_somebody_else_may_have_planted_it() {
    let lab = lab!();
    let role = lab.db.role("app");
    let text = "-- limosa: up\nCREATE TABLE a (id int);\n-- limosa: down\nDROP TABLE a;\n";
    lab.file("1_a.sql", text);
    lab.up();
    lab.remove("1_a.sql");
    let down = |lab: &Lab| {
        lab.run(Goal::Down {
            limit: Some(1),
            to: None,
        })
    };
    for (grant, on) in [
        ("UPDATE", format!("`{}`.limosa_history", lab.db.name())),
        ("INSERT", format!("`{}`.*", lab.db.name())),
        (
            "UPDATE (down_text)",
            format!("`{}`.limosa_history", lab.db.name()),
        ),
    ] {
        lab.db
            .execute(&format!("GRANT {grant} ON {on} TO `{}`@'%'", role.name));
        let report = down(&lab).unwrap_err().problem.diagnostic();
        assert_eq!(
            (report.name, report.class.exit_code()),
            ("stored-sql-not-trusted", 4),
            "{grant} ON {on}"
        );
        assert!(report.message.contains(&role.name), "{}", report.message);
        assert!(lab.has_table("a"));
        lab.db
            .execute(&format!("REVOKE {grant} ON {on} FROM `{}`@'%'", role.name));
    }
    Lab::done(down(&lab));
    assert!(!lab.has_table("a"));
}
