//! The files that are measured, written as streams.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The table that they fill.
const TABLE: &str = "CREATE TABLE measurements (id bigint PRIMARY KEY, place varchar(80), reading double precision, note varchar(200));\n";

/// INSERT statements of about 150 bytes, each with a semicolon and a quote in a string; how many.
pub(super) fn inserts(path: &Path, bytes: u64) -> io::Result<u64> {
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

/// The same rows as one COPY block; how many.
pub(super) fn copy(path: &Path, bytes: u64) -> io::Result<u64> {
    let begin = "COPY measurements (id, place, reading, note) FROM stdin;\n";
    let written = rows(path, bytes, begin, |out, id| {
        let (place, reading) = (id % 977, id % 100);
        writeln!(
            out,
            "{id}\tstation {place}\t{reading}.25\tit's a note; somebody wrote it with a pen"
        )
    })?;
    let mut file = File::options().append(true).open(path)?;
    file.write_all(b"\\.\n")?;
    Ok(written)
}

/// One statement of that many bytes.
pub(super) fn huge(path: &Path, bytes: u64) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    write!(
        out,
        "-- limosa: up\n{TABLE}INSERT INTO measurements VALUES (1, '"
    )?;
    let line = [b'x'; 1000];
    for _ in 0..bytes / 1000 {
        out.write_all(&line)?;
    }
    writeln!(out, "', 1, '');")?;
    out.flush()
}

fn rows(
    path: &Path,
    bytes: u64,
    begin: &str,
    row: impl Fn(&mut Vec<u8>, u64) -> io::Result<()>,
) -> io::Result<u64> {
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
    out.flush()?;
    Ok(id)
}
