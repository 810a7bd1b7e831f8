//! The files that are measured, written as streams.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The table that they fill. The head is a comment for the databases' own clients.
const TABLE: &str = "-- limosa: up\n\
    CREATE TABLE measurements (id bigint PRIMARY KEY, place varchar(80), reading double precision, note varchar(200));\n";

/// INSERT statements of about 150 bytes, each with a semicolon and a quote in a string.
pub(super) fn inserts(path: &Path, bytes: u64) -> io::Result<()> {
    rows(path, bytes, "", |out, id| {
        writeln!(
            out,
            "INSERT INTO measurements (id, place, reading, note) VALUES ({id}, 'station {}', {}.25, \
             'it''s a note; somebody wrote it with a pen');",
            id % 977,
            id % 100
        )
    })
}

/// The same rows as one COPY block.
pub(super) fn copy(path: &Path, bytes: u64) -> io::Result<()> {
    let begin = "COPY measurements (id, place, reading, note) FROM stdin;\n";
    rows(path, bytes, begin, |out, id| {
        let (place, reading) = (id % 977, id % 100);
        writeln!(
            out,
            "{id}\tstation {place}\t{reading}.25\tit's a note; somebody wrote it with a pen"
        )
    })?;
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    file.write_all(b"\\.\n")
}

/// One statement of that many bytes.
pub(super) fn huge(path: &Path, bytes: u64) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    write!(out, "{TABLE}INSERT INTO measurements VALUES (1, '")?;
    let line = [b'x'; 1000];
    for _ in 0..bytes / 1000 {
        out.write_all(&line)?;
    }
    writeln!(out, "', 1, '');")?;
    out.flush()
}

/// Migrations of one table each, that can go back.
pub(super) fn small(folder: &Path, number: usize) -> io::Result<()> {
    for at in 1..=number {
        let name = format!("{at:04}_table_{at}.sql");
        let text = format!(
            "-- limosa: up\nCREATE TABLE table_{at} (id bigint PRIMARY KEY, note varchar(80));\n\n\
             -- limosa: down\nDROP TABLE table_{at};\n"
        );
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

fn rows(
    path: &Path,
    bytes: u64,
    begin: &str,
    row: impl Fn(&mut Vec<u8>, u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    write!(out, "{TABLE}{begin}")?;
    let (mut written, mut id) = (0, 0);
    let mut line = Vec::new();
    while written < bytes {
        id += 1;
        line.clear();
        row(&mut line, id)?;
        out.write_all(&line)?;
        written += line.len() as u64;
    }
    out.flush()
}
