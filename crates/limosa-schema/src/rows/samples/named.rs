//! Types with values of their own form.

use limosa_sql::Dialect;

use super::{Look, Sample};
use crate::rows::literal::Literal;

/// Types of `PostgreSQL` and of extensions that are everywhere, and values of each.
const VALUES: &[(&str, &[&str])] = &[
    (
        "inet",
        &[
            "192.0.2.1",
            "2001:db8::ffff:1",
            "0.0.0.0/0",
            "198.51.100.7/24",
            "::1",
        ],
    ),
    (
        "cidr",
        &[
            "192.0.2.0/24",
            "2001:db8::/32",
            "0.0.0.0/0",
            "198.51.100.0/25",
            "10.0.0.0/8",
        ],
    ),
    (
        "macaddr",
        &[
            "08:00:2b:01:02:03",
            "ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00",
            "08:00:2b:01:02:04",
            "08:00:2b:01:02:05",
        ],
    ),
    (
        "macaddr8",
        &[
            "08:00:2b:01:02:03:04:05",
            "ff:ff:ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00:00:00",
            "08:00:2b:01:02:03:04:06",
            "08:00:2b:01:02:03:04:07",
        ],
    ),
    (
        "money",
        &[
            "12.34",
            "92233720368547758.07",
            "-92233720368547758.08",
            "13.34",
            "0",
        ],
    ),
    (
        "xml",
        &[
            "<a>1</a>",
            "<a b=\"&quot;&lt;'\">\u{e9} \u{1f600}</a>",
            "<a/>",
            "<a>2</a>",
            "<a>3</a>",
        ],
    ),
    (
        "tsvector",
        &["'a':1 'word':2A", "", "'it''s':1 'z':3", "'b':1", "'c':1"],
    ),
    (
        "tsquery",
        &["'a' & 'b'", "", "!( 'a' | 'b' ) <-> 'c'", "'b'", "'c'"],
    ),
    (
        "point",
        &["(1,2)", "(1e+300,-1e+300)", "(0,0)", "(2,2)", "(3,3)"],
    ),
    (
        "line",
        &["{1,2,3}", "{1,-1,0}", "{0,1,0}", "{2,2,3}", "{3,2,3}"],
    ),
    (
        "lseg",
        &[
            "[(0,0),(1,1)]",
            "[(0,0),(1e+100,1)]",
            "[(0,0),(0,0)]",
            "[(0,0),(2,1)]",
            "[(0,0),(3,1)]",
        ],
    ),
    (
        "box",
        &[
            "(1,1),(0,0)",
            "(1e+100,1),(0,0)",
            "(0,0),(0,0)",
            "(2,2),(1,1)",
            "(3,3),(2,2)",
        ],
    ),
    (
        "path",
        &[
            "((0,0),(1,1),(2,0))",
            "[(0,0),(1e+100,1)]",
            "((0,0))",
            "((0,0),(2,2))",
            "((0,0),(3,3))",
        ],
    ),
    (
        "polygon",
        &[
            "((0,0),(1,1),(2,0))",
            "((0,0),(1e+100,1),(2,0))",
            "((0,0))",
            "((0,0),(2,2))",
            "((0,0),(3,3))",
        ],
    ),
    (
        "circle",
        &[
            "<(0,0),1>",
            "<(0,0),1e+100>",
            "<(0,0),0>",
            "<(0,0),2>",
            "<(0,0),3>",
        ],
    ),
    (
        "hstore",
        &[
            "\"a\"=>\"1\"",
            "\"a\"=>NULL, \"b\"=>\"it's\"",
            "",
            "\"c\"=>\"1\"",
            "\"d\"=>\"1\"",
        ],
    ),
    ("ltree", &["a.b.c", "a.b.c.d.e.f.g.h.i.j", "a", "a.b", "b"]),
    ("lquery", &["*.a.*", "a.*", "*", "b", "c"]),
    ("ltxtquery", &["a & b", "a | b", "a", "b", "c"]),
    (
        "cube",
        &["(1, 2, 3)", "(1e+100)", "(0)", "(1, 2),(3, 4)", "(2)"],
    ),
    ("seg", &["1 .. 2", "< 3", "~1", "4", "5"]),
    (
        "isbn",
        &["0-393-04002-X", "978-0-11-000533-4", "0-306-40615-2"],
    ),
    ("pg_lsn", &["0/1", "FFFFFFFF/FFFFFFFF", "0/0", "0/2", "0/3"]),
    (
        "pg_snapshot",
        &["1:1:", "10:20:10,14,15", "2:2:", "3:3:", "4:4:"],
    ),
    (
        "txid_snapshot",
        &["1:1:", "10:20:10,14,15", "2:2:", "3:3:", "4:4:"],
    ),
    ("xid8", &["1", "18446744073709551615", "0", "2", "3"]),
    ("cid", &["1", "4294967295", "0", "2", "3"]),
    (
        "tid",
        &["(0,1)", "(4294967295,65535)", "(0,0)", "(0,2)", "(0,3)"],
    ),
    (
        "regclass",
        &[
            "pg_catalog.pg_class",
            "pg_catalog.pg_type",
            "pg_catalog.pg_proc",
            "pg_catalog.pg_index",
        ],
    ),
    ("regtype", &["integer", "text", "boolean", "bigint", "uuid"]),
    (
        "regproc",
        &["now", "pg_catalog.pg_backend_pid", "pg_catalog.version"],
    ),
    (
        "regprocedure",
        &[
            "now()",
            "pg_catalog.pg_backend_pid()",
            "pg_catalog.version()",
        ],
    ),
    ("regnamespace", &["pg_catalog", "information_schema"]),
    ("regrole", &["pg_monitor", "pg_read_all_stats"]),
    ("regconfig", &["english", "simple", "german"]),
    ("regdictionary", &["simple", "english_stem"]),
    ("regcollation", &["\"C\"", "\"POSIX\""]),
    (
        "jsonpath",
        &["$.\"a\"", "$", "$.\"a\"[*]?(@ > 1)", "$.\"b\"", "$.\"c\""],
    ),
    ("aclitem", &["=r/postgres"]),
    ("refcursor", &["a", "b", "c", "d", "e"]),
    (
        "geometry",
        &[
            "POINT(1 2)",
            "POINT(180 90)",
            "POINT(0 0)",
            "POINT(2 2)",
            "POINT(3 2)",
        ],
    ),
    (
        "geography",
        &[
            "POINT(1 2)",
            "POINT(180 90)",
            "POINT(0 0)",
            "POINT(2 2)",
            "POINT(3 2)",
        ],
    ),
    (
        "inet4",
        &[
            "192.0.2.1",
            "255.255.255.255",
            "0.0.0.0",
            "192.0.2.2",
            "192.0.2.3",
        ],
    ),
    (
        "inet6",
        &[
            "2001:db8::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "::",
            "2001:db8::2",
            "2001:db8::3",
        ],
    ),
];

/// Whether values of a type of that name are known.
pub(crate) fn knows(name: &str) -> bool {
    name == "citext" || VALUES.iter().any(|(known, _)| *known == name)
}

pub(super) fn named(name: &str, look: Look, number: usize) -> Option<Sample> {
    let (_, values) = VALUES.iter().find(|(known, _)| *known == name)?;
    let first = match look {
        Look::Ordinary => 0,
        Look::Extreme => 1,
        Look::Strange => 2,
    };
    if number >= values.len() {
        return None;
    }
    let index = (first + number) % values.len();
    Some(Sample::opaque(values[index]))
}

/// A geometry of MySQL.
pub(super) fn spatial(name: &str, number: usize) -> Option<Sample> {
    let x = number + 1;
    let text = match name {
        "geometry" | "point" => format!("POINT({x} 2)"),
        "linestring" => format!("LINESTRING(0 0,{x} 1)"),
        "polygon" => format!("POLYGON((0 0,{x} 0,{x} 1,0 0))"),
        "multipoint" => format!("MULTIPOINT({x} 2)"),
        "multilinestring" => format!("MULTILINESTRING((0 0,{x} 1))"),
        "multipolygon" => format!("MULTIPOLYGON(((0 0,{x} 0,{x} 1,0 0)))"),
        "geometrycollection" | "geomcollection" => format!("GEOMETRYCOLLECTION(POINT({x} 2))"),
        _ => return None,
    };
    Some(Sample::new(Literal::Made("ST_GeomFromText", text)))
}

pub(super) fn vector(dialect: Dialect, length: usize, number: usize) -> Sample {
    let parts: Vec<String> = (0..length)
        .map(|index| (index + number + 1).to_string())
        .collect();
    let text = format!("[{}]", parts.join(","));
    match dialect {
        Dialect::Mysql => Sample::new(Literal::Made("VEC_FromText", text)),
        _ => Sample::opaque(text),
    }
}
