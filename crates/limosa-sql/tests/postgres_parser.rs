//! The splitter of `PostgreSQL` against a real parser.

use std::fs;
use std::path::{Path, PathBuf};

use limosa_sql::{Dialect, PieceKind, Splitter};
use squawk_syntax::SourceFile;
use squawk_syntax::ast::AstNode;

/// The statements that the splitter sees.
fn split(text: &str) -> Vec<String> {
    let mut splitter = Splitter::new(Dialect::Postgres, text.as_bytes());
    let mut statements = Vec::new();
    while let Some(piece) = splitter.next() {
        let piece = piece.expect("the text can be split");
        if matches!(piece.kind, PieceKind::Statement { .. }) {
            statements.push(String::from_utf8_lossy(piece.sql()).into_owned());
        }
    }
    statements
}

/// The statements that the parser sees, and whether it finds no error.
fn parse(text: &str) -> (Vec<String>, bool) {
    let parsed = SourceFile::parse(text);
    let statements = parsed
        .tree()
        .stmts()
        .map(|statement| {
            let text = statement.syntax().text().to_string();
            text.trim_end().trim_end_matches(';').trim_end().to_owned()
        })
        .collect();
    (statements, parsed.errors().is_empty())
}

#[test]
fn tricky_statements_are_cut_as_the_parser_cuts_them() {
    let text = r#"
        SELECT 'a;b', 'it''s', E'a\';b', U&'\0061;', B'1', X'F';
        SELECT $$a;b$$, $tag$ $$ ; $tag$, "a;""b";
        SELECT /* ; /* ; */ ; */ 1 -- ;
            , 2;
        CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql
        BEGIN ATOMIC
            SELECT CASE WHEN x > 1 THEN 1 ELSE 2 END;
            SELECT 2;
        END;
        CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END;
        CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b);
        CREATE FUNCTION g() RETURNS trigger AS $body$ BEGIN NEW.x := ';'; END $body$ LANGUAGE plpgsql;
        BEGIN; SELECT a$b$ FROM t; END;
        CREATE TABLE s (a int); -- the last one has no semicolon
        SELECT 1
    "#;
    let (parsed, clean) = parse(text);
    assert!(clean, "the parser takes all of it");
    assert_eq!(split(text), parsed);
}

/// All `.sql` files below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the corpora can be read") {
        let path = entry.expect("the corpora can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn real_migrations_are_cut_as_the_parser_cuts_them() {
    let Some(corpora) = std::env::var_os("LIMOSA_CORPORA") else {
        println!("skipped: LIMOSA_CORPORA is not set");
        return;
    };
    let mut compared = 0;
    let mut refused = 0;
    for path in files(Path::new(&corpora)) {
        let text = fs::read_to_string(&path).expect("migrations are text");
        let (parsed, clean) = parse(&text);
        if clean {
            assert_eq!(split(&text), parsed, "{}", path.display());
            compared += 1;
        } else {
            // Where the parser finds an error it has to guess where to go on.
            println!("not compared, the parser refuses it: {}", path.display());
            refused += 1;
        }
    }
    assert!(compared > 200, "{compared} files were compared");
    assert!(refused < 10, "{refused} files were refused by the parser");
}
