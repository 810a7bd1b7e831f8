//! The splitter against the server's own client: the same file makes the same database.

use std::fmt::Write as _;

use limosa_sql::{Dialect, PieceKind, Splitter};
use limosa_testkit::Database;

use crate::client::{client, contents};

/// Statements with bodies of every kind, each of them one statement.
const PROGRAMS: &[&str] = &[
    "CREATE TABLE a (id int PRIMARY KEY, x varchar(100) DEFAULT ';', `end` int, `begin` int) COMMENT 'it''s; \\' \"'",
    "CREATE TABLE b (id int) # it's; \"\n",
    "CREATE PROCEDURE p1() INSERT INTO a (id) VALUES (1)",
    "CREATE PROCEDURE p2(IN x int, OUT y varchar(10))\nBEGIN\n  -- it's;\n  IF x > 1 THEN SET y = 'a;'; ELSEIF x = 1 THEN SET y = 'b'; ELSE SET y = IF(x, ';', \"c;\"); END IF;\nEND",
    "CREATE PROCEDURE p3() l: BEGIN DECLARE i, n int DEFAULT 0; DECLARE c CURSOR FOR SELECT id FROM a; \
     DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLEXCEPTION BEGIN SET n = 1; END; OPEN c; \
     m: LOOP FETCH c INTO i; IF n THEN LEAVE m; END IF; ITERATE m; END LOOP m; CLOSE c; END l",
    "CREATE PROCEDURE p4() BEGIN DECLARE i int DEFAULT 3; REPEAT SET i = i - 1; UNTIL i = 0 END REPEAT; \
     WHILE i < 3 DO SET i = i + 1; END WHILE; FOR r IN (SELECT id FROM a) DO SET i = r.id; END FOR; FOR j IN 1..3 DO SET i = j; END FOR; END",
    "CREATE PROCEDURE p5(x int) CASE x WHEN 1 THEN SELECT 1; WHEN 2 THEN BEGIN END; ELSE SELECT CASE WHEN x THEN 'end' END; END CASE",
    "CREATE PROCEDURE p6() COMMENT 'begin; it''s' MODIFIES SQL DATA IF 1 THEN DELETE FROM a WHERE `end` = `begin`; END IF",
    "CREATE FUNCTION f1(s varchar(10)) RETURNS varchar(10) CHARSET utf8mb4 DETERMINISTIC RETURN CONCAT(s, ';')",
    "CREATE OR REPLACE FUNCTION f2() RETURNS int NO SQL BEGIN RETURN CASE WHEN 1 THEN 2 ELSE 3 END; END",
    "CREATE FUNCTION f3(x SET('a;', 'b')) RETURNS SET('begin', 'end') DETERMINISTIC RETURN 'end'",
    "CREATE AGGREGATE FUNCTION f4(x int) RETURNS int BEGIN DECLARE s int DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN s; \
     LOOP FETCH GROUP NEXT ROW; SET s = s + x; END LOOP; END",
    "CREATE DEFINER = CURRENT_USER TRIGGER t1 BEFORE INSERT ON a FOR EACH ROW SET NEW.x = CASE NEW.id WHEN 1 THEN ';' ELSE NEW.x END",
    "CREATE TRIGGER t2 BEFORE INSERT ON a FOR EACH ROW FOLLOWS t1 BEGIN IF NEW.x = ';' THEN SET NEW.x = 'begin;'; END IF; END",
    "/*!50003 CREATE TRIGGER t3 AFTER DELETE ON a FOR EACH ROW BEGIN /* ; */ INSERT INTO b VALUES (OLD.id); END */",
    "CREATE EVENT e1 ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE COMMENT ';' DO DELETE FROM b",
    "CREATE EVENT e2 ON SCHEDULE AT '2037-01-01' ON COMPLETION PRESERVE DISABLE DO BEGIN DELETE FROM b; DELETE FROM a; END",
    "ALTER EVENT e1 DO BEGIN SELECT 1; IF 1 THEN SELECT 2; END IF; END",
    "BEGIN NOT ATOMIC DECLARE i int DEFAULT 1; WHILE i < 4 DO INSERT INTO b VALUES (i); SET i = i + 1; END WHILE; END",
    "IF (SELECT count(*) FROM b) = 3 THEN INSERT INTO b VALUES (30); ELSE INSERT INTO b VALUES (31); END IF",
    "INSERT INTO a (id, x) VALUES (1, 'x'), (2, 'it''s; \\'; \\\\'), (3, \"q\"\";\\\"\"), (4, '-- no'), (5, '/* no */ # no')",
    "INSERT INTO a (id, x) VALUES (6, 5--1), (7, 1 /* ; ' */ + 1), (8, /*!50000 'yes;' */ /*!999999 , 'no;' */), (9, /*M!100000 'm;' */)",
    "CREATE VIEW v AS SELECT `end` AS `e;`, CASE WHEN id THEN x END AS \"d;\" FROM a WHERE x <> ';'",
];

/// The statements as the splitter sees them.
fn split(text: &str) -> Vec<String> {
    let mut splitter = Splitter::new(Dialect::Mysql, text.as_bytes());
    let mut statements = Vec::new();
    while let Some(piece) = splitter.next() {
        let piece = piece.unwrap_or_else(|error| panic!("{error}\n{text}"));
        if matches!(piece.kind, PieceKind::Statement { .. }) {
            statements.push(String::from_utf8(piece.sql().to_vec()).unwrap());
        }
    }
    statements
}

#[test]
fn bodies_are_cut_alike_with_and_without_delimiter() {
    let (theirs, ours, with_delimiter) = (lab!(), lab!(), lab!());
    let plain = PROGRAMS.join(";\n") + ";\n";
    let mut delimited = "DELIMITER @@@\n".to_owned();
    for program in PROGRAMS {
        let _ = write!(delimited, "{program}@@@\n-- it's\n");
    }
    delimited.push_str("DELIMITER ;\n");
    let trimmed: Vec<_> = PROGRAMS.iter().map(|one| one.trim()).collect();
    let cut = |text: &str| -> Vec<String> {
        split(text)
            .iter()
            .map(|one| one.trim().to_owned())
            .collect()
    };
    assert_eq!(cut(&delimited).len(), trimmed.len());
    assert_eq!(cut(&plain).len(), trimmed.len(), "{:#?}", cut(&plain));
    client("mariadb", &["--comments"], &theirs.db, &delimited);
    ours.file("1_a.sql", &plain);
    ours.up();
    with_delimiter.file("1_a.sql", &delimited);
    with_delimiter.up();
    let expected = contents(&theirs.db);
    assert!(expected.contains("CREATE DEFINER") && expected.contains("yes;"));
    assert_eq!(contents(&ours.db), expected);
    assert_eq!(contents(&with_delimiter.db), expected);
}

/// What stands between statements.
const GAPS: &[&str] = &[
    "\n",
    "\n\n",
    "-- it's; \"\n",
    "--\n",
    "# `;\n",
    "/* ' ; */\n",
    "  /* a\n; DELIMITER x */ \n",
    "\r\n",
    "-- DELIMITER //\n",
];

/// Statements; `¶` stands for the delimiter.
const STATEMENTS: &[&str] = &[
    "INSERT INTO seen (x) VALUES ('a;b'), ('//'), ('$$'), ('|')",
    "INSERT INTO seen (x) VALUES ('it''s'), ('\\''), ('\\\\'), (\"\\\"\"), (\"'\")",
    "insert into seen (x) values ('-- no\n'), ('/* no */'), ('# no'), ('DELIMITER ;\n')",
    "INSERT INTO seen (x) /* ' ; // $$ | */ VALUES (1)",
    "INSERT INTO seen (x) -- it's ; // $$ |\n VALUES (2)",
    "INSERT INTO seen (x) # it's ; // $$ |\n VALUES (3)",
    "INSERT INTO seen (x) SELECT 4 AS `a;``b`",
    "INSERT INTO seen (x) VALUES (5--1), (6/2), (7 - -1)",
    "/*!50000 INSERT INTO seen (x) VALUES ('in;side') */",
    "/*M!100000 INSERT INTO seen (x) VALUES ('m') */",
    "INSERT /*!50000 INTO seen */ (x) VALUES (/*!999999 'never;' , */ 'now')",
    "SET @delimiter = 'x'",
    "SELECT 1\nAS delimiter",
    "DO 1",
    "SET sql_mode = concat(@@sql_mode, ',NO_BACKSLASH_ESCAPES')¶INSERT INTO seen (x) VALUES ('\\')¶SET sql_mode = DEFAULT",
    "",
];

/// Statements with bodies, which the client needs a delimiter for.
const BODIES: &[&str] = &[
    "BEGIN NOT ATOMIC INSERT INTO seen (x) VALUES (';'); INSERT INTO seen (x) VALUES ('b'); END",
    "CREATE OR REPLACE PROCEDURE p() BEGIN IF 1 THEN INSERT INTO seen (x) VALUES ('p;'); END IF; END¶CALL p()",
    "IF 1 THEN INSERT INTO seen (x) VALUES (CASE WHEN 1 THEN 'c' END); END IF",
];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn of<'a>(&mut self, choice: &[&'a str]) -> &'a str {
        choice[self.below(choice.len())]
    }
}

/// A script for the client, which leaves the delimiter as it is at the start.
fn script(random: &mut Random) -> String {
    let mut text = String::new();
    let mut delimiter = ";";
    for _ in 0..5 + random.below(20) {
        text.push_str(random.of(GAPS));
        if random.below(4) == 0 {
            delimiter = random.of(&[";", "//", "$$", "|", ";;"]);
            let word = random.of(&["DELIMITER", "delimiter", "Delimiter"]);
            let _ = write!(text, "\n{word} {delimiter}\n");
        }
        let statement = if delimiter != ";" && random.below(3) == 0 {
            random.of(BODIES)
        } else {
            random.of(STATEMENTS)
        };
        text.push_str(&statement.replace('¶', delimiter));
        // A comment may end the line of a statement, and nothing has to part it from the next one.
        // But the client takes the last slash of `*///` for a part of the delimiter.
        let slashes = statement.ends_with('/') && delimiter == "//";
        text.push_str(random.of(if slashes { &["\n"] } else { &["", "\n", " "] }));
        text.push_str(delimiter);
        text.push_str(random.of(&["", "\n", " -- it's\n", " /* ; */ "]));
    }
    text
}

const COUNT: &str = "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'QUESTIONS'";

/// How many statements the client sends for a script.
fn sent_by_client(database: &Database, text: &str) -> i64 {
    let text = format!("{text}\nDELIMITER ;\n{COUNT};\n");
    let output = client(
        "mariadb",
        &["--batch", "--skip-column-names"],
        database,
        &text,
    );
    output.trim().lines().last().unwrap().parse().unwrap()
}

#[test]
fn random_scripts_are_cut_as_the_client_cuts_them() {
    const TABLE: &str =
        "CREATE OR REPLACE TABLE seen (id int AUTO_INCREMENT PRIMARY KEY, x varchar(100))";
    let lab = lab!();
    let rows = "SELECT id, x FROM seen ORDER BY id";
    let none = sent_by_client(&lab.db, "");
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..50 {
        let text = script(&mut random);
        lab.db.execute(TABLE);
        let theirs = sent_by_client(&lab.db, &text) - none;
        let by_client = lab.db.query(rows);
        lab.db.execute(TABLE);
        let ours = split(&text);
        let mut session = lab.db.open();
        for statement in &ours {
            session.execute(statement);
        }
        assert_eq!(lab.db.query(rows), by_client, "{text}\n{ours:#?}");
        assert_eq!(i64::try_from(ours.len()), Ok(theirs), "{text}\n{ours:#?}");
    }
}
