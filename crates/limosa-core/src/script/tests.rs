//! Tests of the reader.

use std::io::Read;

use limosa_sql::Dialect;
use proptest::prelude::*;

use super::{Script, ScriptError, ScriptOptions, ScriptReader, Segment, Source};
use crate::Layout;

fn script(layout: Layout, text: &str) -> Script {
    Script::from_text(layout, "x.sql", text, ScriptOptions::default())
}

fn environment(name: &str) -> Option<String> {
    (name == "REGION").then(|| "eu".to_owned())
}

type Read1 = Result<Vec<(u64, u64, u64, String, String)>, ScriptError>;

fn read_in(dialect: Dialect, script: &Script) -> Read1 {
    let mut reader = ScriptReader::hashing(script, dialect, &environment)?;
    let mut found = Vec::new();
    while let Some(statement) = reader.next() {
        let one = statement?;
        let mut one = (
            one.index,
            one.line,
            one.column,
            one.sql.to_owned(),
            String::new(),
        );
        if one.3.starts_with("COPY") {
            reader
                .copy_data()
                .read_to_string(&mut one.4)
                .map_err(|cause| ScriptError::Read {
                    file: String::new(),
                    cause,
                })?;
        }
        found.push(one);
    }
    reader.finish()?;
    Ok(found)
}

fn read(script: &Script) -> Read1 {
    read_in(Dialect::Postgres, script)
}

fn texts(script: &Script) -> Vec<String> {
    read(script).unwrap().into_iter().map(|one| one.3).collect()
}

fn tokens(layout: Layout, text: &str) -> String {
    script(layout, text)
        .checksums(Dialect::Postgres)
        .unwrap()
        .tokens
}

#[test]
fn statements_come_with_their_places_in_the_file() {
    let text = "\u{feff}SELECT 1;\r\n\r\n  SELECT\r\n 'ä;' ; SELECT 3\n";
    let found = read(&script(Layout::Native, text)).unwrap();
    let places: Vec<_> = found.iter().map(|one| (one.0, one.1, one.2)).collect();
    assert_eq!(places, [(0, 1, 1), (1, 3, 3), (2, 4, 9)]);
    assert_eq!(found[1].3, "SELECT\r\n 'ä;'");
    assert_eq!(found[2].3, "SELECT 3");
}

#[test]
fn segments_are_read_one_after_the_other_with_the_places_of_the_file() {
    let parts = ["\u{feff}SELECT 1;\n", "-- skipped;\n", "SELECT 2;\n"];
    let segments = vec![
        Segment {
            start: 0,
            end: 13,
            line: 1,
        },
        Segment {
            start: 25,
            end: 35,
            line: 3,
        },
    ];
    let of = |text: String| {
        let (source, segments) = (Source::Memory(text.into()), segments.clone());
        let options = ScriptOptions::default();
        Script::new(Layout::Native, "x.sql", source, segments, options).unwrap()
    };
    let script = of(parts.concat());
    let found = read(&script).unwrap();
    assert_eq!((found[0].1, found[0].3.as_str()), (1, "SELECT 1"));
    assert_eq!((found[1].1, found[1].3.as_str()), (3, "SELECT 2"));
    let text = script.text(23).unwrap().unwrap();
    assert_eq!(text, [parts[0], parts[2]].concat());
    assert_eq!(script.text(22).unwrap(), None);
    assert_eq!(
        script.checksums(Dialect::Postgres).unwrap().raw,
        script.sha256
    );
    let ScriptError::Split { cause, .. } =
        read(&of(parts.concat().replace("SELECT 2;", "SELECT '2"))).unwrap_err()
    else {
        panic!()
    };
    assert_eq!((cause.line, cause.column, cause.offset), (3, 8, 32));
}

#[test]
fn the_data_of_copy_is_handed_out_or_skipped() {
    let text = "COPY t FROM stdin;\n1\ta;\n2\tb\n\\.\nSELECT 1;\n";
    let script = script(Layout::Native, text);
    let found = read(&script).unwrap();
    assert_eq!(found[0].3, "COPY t FROM stdin");
    assert_eq!(found[0].4, "1\ta;\n2\tb\n");
    assert_eq!((found[1].1, found[1].3.as_str()), (5, "SELECT 1"));

    let mut reader = ScriptReader::open(&script, Dialect::Postgres, &|_| None).unwrap();
    assert!(reader.next().unwrap().is_ok());
    assert_eq!(reader.next().unwrap().unwrap().sql, "SELECT 1");
    assert!(reader.next().is_none());
}

#[test]
fn line_ends_comments_and_blanks_do_not_change_the_checksum_of_the_tokens() {
    let plain = tokens(
        Layout::Native,
        "-- limosa: min-release=2\nSELECT 'a', b;\nSELECT 2;\n",
    );
    for same in [
        "\u{feff}-- limosa: min-release=2\r\nSELECT 'a', b;\r\nSELECT 2;\r\n",
        "/* why */ \n-- limosa:   min-release=2\n-- more\nSELECT 'a' , -- x\n\n b;SELECT 2",
    ] {
        assert_eq!(plain, tokens(Layout::Native, same), "{same}");
    }
    for other in [
        "SELECT 'a', b;\nSELECT 2;\n",
        "-- limosa: min-release=2\nselect 'a', b;\nSELECT 2;\n",
        "-- limosa: min-release=2\nSELECT 'a ', b;\nSELECT 2;\n",
        "-- limosa: min-release=2\nSELECT 'a', b SELECT 2;\n",
        "-- limosa: min-release=2\nSELECT 'a', b;\nSELECT 2; SELECT",
    ] {
        assert_ne!(plain, tokens(Layout::Native, other), "{other}");
    }
    assert!(plain.starts_with("1:") && plain.len() == 66);
}

#[test]
fn how_a_layout_writes_down_what_is_asked_for_does_not_change_the_checksum() {
    let of = |layout, text: &str, no_transaction| {
        let options = ScriptOptions {
            no_transaction,
            ..ScriptOptions::default()
        };
        let script = Script::from_text(layout, "x.sql", text, options);
        script.checksums(Dialect::Postgres).unwrap().tokens
    };
    let native = "-- limosa: no-transaction\n-- limosa: up\nSELECT 1;\nSELECT 2;\n";
    let goose = "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose StatementBegin\nSELECT \
                 2\n-- +goose StatementEnd\n";
    let alone = of(Layout::Native, native, true);
    assert_eq!(alone, of(Layout::Goose, goose, true));
    assert_eq!(
        alone,
        of(Layout::GoPg, "SELECT 1;\n--gopg:split\nSELECT 2\n", true)
    );
    assert_eq!(
        alone,
        of(Layout::Sqlx, "-- no-transaction\nSELECT 1; SELECT 2;", true)
    );
    assert_ne!(
        alone,
        of(Layout::GolangMigrate, "SELECT 1; SELECT 2;", false)
    );
    let timeout = |seconds, line: &str| {
        let options = ScriptOptions {
            lock_timeout: Some(std::time::Duration::from_secs(seconds)),
            ..ScriptOptions::default()
        };
        let text = format!("-- limosa: lock-timeout={line}\nSELECT 1;");
        let script = Script::from_text(Layout::Native, "x.sql", text, options);
        script.checksums(Dialect::Postgres).unwrap().tokens
    };
    assert_eq!(timeout(60, "60s"), timeout(60, "1min"));
    assert_ne!(timeout(60, "60s"), timeout(61, "61s"));
}

#[test]
fn executable_comments_count() {
    let of = |text| {
        script(Layout::Native, text)
            .checksums(Dialect::Mysql)
            .unwrap()
            .tokens
    };
    assert_ne!(
        of("CREATE TABLE t (a int) /*!40100 ENGINE=InnoDB */;"),
        of("CREATE TABLE t (a int);")
    );
    assert_eq!(
        of("CREATE TABLE t (a int) /* x */;"),
        of("CREATE TABLE t (a int);")
    );
}

#[test]
fn copy_data_counts_byte_for_byte() {
    let plain = tokens(Layout::Native, "COPY t FROM stdin;\n1 a\n\\.\n");
    assert_eq!(
        plain,
        tokens(Layout::Native, "COPY t  FROM stdin;\r\n1 a\r\n\\.\r\n")
    );
    assert_ne!(
        plain,
        tokens(Layout::Native, "COPY t FROM stdin;\n1  a\n\\.\n")
    );
}

#[test]
fn bytes_that_no_server_takes_are_named_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.sql");
    let read_bytes = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let whole = Segment {
            start: 0,
            end: bytes.len() as u64,
            line: 1,
        };
        let options = ScriptOptions::default();
        let source = Source::File(path.clone());
        let script = Script::new(Layout::Native, "x.sql", source, vec![whole], options).unwrap();
        read(&script).unwrap_err()
    };
    assert!(matches!(
        read_bytes(b"SELECT 1;\nSELECT '\xc3\xa4\xe4';\n"),
        ScriptError::NotUtf8 {
            line: 2,
            column: 10,
            byte: 0xe4,
            ..
        }
    ));
    assert!(matches!(
        read_bytes(b"SELECT 1; SELECT '\0';\n"),
        ScriptError::NulByte {
            line: 1,
            column: 19,
            ..
        }
    ));
}

#[test]
fn a_text_that_cannot_be_split_is_reported_with_its_line_in_the_file() {
    let text = "SELECT 1;\n\\connect other\n";
    let whole = script(Layout::Native, text);
    let error = read(&whole).unwrap_err();
    let diagnostic = error.diagnostic(&whole);
    assert_eq!(diagnostic.name, "psql-command");
    assert_eq!(diagnostic.labels[0].line, 2);
    let excerpt = diagnostic.labels[0].excerpt.clone().unwrap();
    assert_eq!(
        (excerpt.first_line, excerpt.text.as_str()),
        (2, "\\connect other")
    );
}

#[test]
fn a_reader_that_failed_has_no_checksums() {
    let script = script(Layout::Native, "SELECT 'x");
    let mut reader = ScriptReader::hashing(&script, Dialect::Postgres, &|_| None).unwrap();
    assert!(reader.next().unwrap().is_err());
    assert!(reader.next().is_none());
    assert!(reader.finish().is_err());
}

#[test]
fn goose_statements_between_begin_and_end_need_no_semicolon() {
    let text = "-- +goose Up\n-- comment\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int \
                AS $$ SELECT 1; $$ LANGUAGE sql\n-- +goose StatementEnd\nSELECT 2;\n";
    for layout in [Layout::Goose, Layout::LiamstaskGoose] {
        let found = read(&script(layout, text)).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[0].3.ends_with("LANGUAGE sql"));
        assert_eq!(
            (found[0].1, found[1].1, found[1].3.as_str()),
            (4, 6, "SELECT 2")
        );
    }
}

#[test]
fn a_goose_tail_without_a_semicolon_is_refused_or_left_out_as_the_tool_does() {
    let text = "-- +goose Up\nSELECT 1;\nSELECT 2\n";
    assert!(matches!(
        read(&script(Layout::Goose, text)).unwrap_err(),
        ScriptError::NoSemicolon { line: 3, .. }
    ));
    assert_eq!(texts(&script(Layout::LiamstaskGoose, text)), ["SELECT 1"]);
    assert!(texts(&script(Layout::Goose, "-- +goose Up\n-- only a comment\n")).is_empty());
    // Before another section it would run together with what stands there.
    let twice = "-- +goose Up\nSELECT 1\n-- +goose Up\nSELECT 2;\n";
    assert!(read(&script(Layout::LiamstaskGoose, twice)).is_err());
}

#[test]
fn goose_expands_variables_only_where_it_is_switched_on() {
    let text = "-- +goose ENVSUB ON\n-- +goose Up\nSELECT '$REGION';\n-- +goose ENVSUB OFF\nSELECT \
                '$REGION';\n-- +goose StatementBegin\nDO $$\n-- +goose ENVSUB ON\n-- in \
                ${REGION}\n-- +goose ENVSUB OFF\n$REGION$$;\n-- +goose StatementEnd\n";
    let on = script(Layout::Goose, text);
    assert_eq!(
        texts(&on),
        [
            "SELECT 'eu'",
            "SELECT '$REGION'",
            "DO $$\n-- in eu\n$REGION$$"
        ]
    );
    // The checksum is that of the text as it is written.
    assert_eq!(on.checksums(Dialect::Postgres).unwrap().raw, on.sha256);
    let off = script(Layout::Goose, &text.replace("-- +goose ENVSUB ON\n", ""));
    assert_ne!(
        tokens(Layout::Goose, text),
        off.checksums(Dialect::Postgres).unwrap().tokens
    );
    // The other goose knows nothing of it.
    let old = text.replace("-- +goose ENVSUB ON\n-- +goose Up", "-- +goose Up");
    assert_eq!(
        texts(&script(Layout::LiamstaskGoose, &old))[0],
        "SELECT '$REGION'"
    );
}

proptest! {
    #[test]
    fn a_goose_text_reads_the_same_in_memory_and_from_a_file(
        lines in prop::collection::vec(prop::sample::select(vec![
            "SELECT 1;", "SELECT", "-", "--", "-- +goose StatementBegin", "-- +goose StatementEnd",
            "-- +goose ENVSUB ON", "-- x", "", ";", "'a", "$REGION;", "\u{feff}", "- 1;",
        ]), 0..30),
        windows in any::<bool>(),
    ) {
        let end = if windows { "\r\n" } else { "\n" };
        let text = lines.join(end);
        let memory = script(Layout::Goose, &text);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        let on_disk = Script::new(
            Layout::Goose, "x.sql", Source::File(file.path().into()), memory.segments.to_vec(),
            ScriptOptions::default(),
        ).unwrap();
        prop_assert_eq!(&memory.sha256, &on_disk.sha256);
        let shown = |script| read(script).map_err(|error| error.to_string());
        prop_assert_eq!(shown(&memory), shown(&on_disk));
        if let Ok(sums) = memory.checksums(Dialect::Postgres) {
            prop_assert_eq!(&sums.raw, &memory.sha256);
        }
    }
}
