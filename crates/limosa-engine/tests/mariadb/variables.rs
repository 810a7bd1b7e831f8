//! User variables keep their values between units, and are not guessed when they are gone.

const FILE: &str = "CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, name text);\n\
     INSERT INTO parent (name) VALUES ('x');\n\
     SET @id = LAST_INSERT_ID(), @constant = 7;\n\
     CREATE TABLE child (parent int, n int);\n\
     INSERT INTO child VALUES (@id, @constant);\n\
     SET @n = (SELECT count(*) FROM parent);\n\
     INSERT INTO parent (name) VALUES ('y');\n\
     ALTER TABLE child ADD COLUMN x int;\n\
     UPDATE child SET x = @n;\n";

#[test]
fn a_variable_is_set_once_whatever_comes_after_it() {
    let lab = lab!();
    lab.file("1_a.sql", FILE);
    lab.up();
    assert_eq!(
        lab.db.query("SELECT parent, n, x FROM child"),
        [["1", "7", "1"]]
    );
}

#[test]
fn the_last_number_that_was_given_is_that_of_the_migration() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, name text);\n\
         INSERT INTO parent VALUES (40, 'x');\n\
         INSERT INTO parent (name) VALUES ('y');\n\
         CREATE TABLE child (parent int);\n\
         INSERT INTO child VALUES (LAST_INSERT_ID());\n",
    );
    lab.up();
    assert_eq!(lab.db.value("SELECT parent FROM child"), "41");
}

#[test]
fn what_the_statement_before_has_said_is_there() {
    let lab = lab!();
    lab.file(
        "1_a.sql",
        "CREATE TABLE a (id int);\nCREATE TABLE log (n int);\n\
         INSERT INTO a VALUES (1), (2), (3);\nINSERT INTO log VALUES (ROW_COUNT());\n",
    );
    lab.up();
    assert_eq!(lab.db.value("SELECT n FROM log"), "3");
}

#[test]
fn a_variable_that_is_lost_with_its_session_is_not_set_to_something_else() {
    let lab = lab!();
    // The first run stops behind the definition of `child`.
    let failing = |rest: &str| {
        let (done, _) = FILE.split_once("INSERT INTO child").unwrap();
        format!("{done}{rest}")
    };
    lab.file("1_a.sql", &failing("ALTER TABLE child ADD COLUMN n int;\n"));
    lab.up_fails();
    lab.file(
        "1_a.sql",
        &failing("INSERT INTO child VALUES (@id, @constant);\n"),
    );
    let report = lab.up_fails().problem.diagnostic();
    assert_eq!((report.name, report.labels[0].line), ("variable-lost", 5));
    assert!(report.message.contains("@id"), "{}", report.message);
    assert_eq!(lab.db.value("SELECT count(*) FROM child"), "0");
    lab.file(
        "1_a.sql",
        &failing("INSERT INTO child SELECT id, @constant FROM parent;\n"),
    );
    lab.up_fails();
    lab.file(
        "1_a.sql",
        &failing("SET @id = (SELECT min(id) FROM parent);\nINSERT INTO child VALUES (@id, 8);\n"),
    );
    lab.up();
    assert_eq!(lab.db.query("SELECT parent, n FROM child"), [["1", "8"]]);
}
