//! What the type of a column is, read from its text.

use std::collections::BTreeMap;

use limosa_sql::Dialect;

use super::check::Expression;
use crate::{Kind, Object, Schema};

/// A type, as far as values for it are concerned.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Bool,
    Int {
        min: i128,
        max: i128,
    },
    /// `None`: without a limit.
    Decimal(Option<(u32, i32)>),
    Float {
        single: bool,
    },
    Text {
        /// In characters.
        limit: Option<usize>,
        letters: Letters,
    },
    Bytes {
        limit: Option<usize>,
        fixed: bool,
    },
    Bits {
        length: usize,
        fixed: bool,
    },
    Date,
    Time {
        digits: u32,
        zone: bool,
    },
    /// With the digits of a second.
    Timestamp {
        digits: u32,
        zone: bool,
    },
    /// `TIMESTAMP` of MySQL, which ends in 2038.
    UnixTime {
        digits: u32,
    },
    Year,
    Interval,
    Uuid,
    Json,
    Enum(Vec<String>),
    /// `SET` of MySQL.
    Set(Vec<String>),
    Array(Box<Self>),
    /// A range over a type; `multi` is a multirange.
    Range {
        of: Box<Self>,
        multi: bool,
    },
    Composite(Vec<Self>),
    Domain {
        base: Box<Self>,
        checks: Vec<Expression>,
        not_null: bool,
    },
    /// A type with a few values that are written down in `samples`.
    Named(String),
    /// A spatial type of MySQL.
    Spatial(String),
    Vector(usize),
}

/// Which characters a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    /// All.
    All,
    /// Those of up to three bytes in UTF-8.
    Basic,
    /// Those of ISO 8859-1.
    Latin,
    /// Those of ASCII.
    Ascii,
}

impl Type {
    /// Whether NULL is refused by the type itself.
    pub(crate) fn refuses_null(&self) -> bool {
        match self {
            Self::Domain { not_null, base, .. } => *not_null || base.refuses_null(),
            _ => false,
        }
    }

    /// Beneath all domains.
    pub(crate) fn base(&self) -> &Self {
        match self {
            Self::Domain { base, .. } => base.base(),
            other => other,
        }
    }
}

/// The types that a schema has of its own.
pub(crate) struct Types<'s> {
    dialect: Dialect,
    own: BTreeMap<String, Vec<&'s Object>>,
}

/// How deep types may be made of each other.
const DEPTH: usize = 8;

impl<'s> Types<'s> {
    pub(crate) fn of(schema: &'s Schema) -> Self {
        let mut own: BTreeMap<String, Vec<&Object>> = BTreeMap::new();
        let all = schema.of(Kind::Type).chain(schema.of(Kind::Domain));
        for one in all.chain(schema.of(Kind::Table)) {
            own.entry(one.key.name().to_owned()).or_default().push(one);
        }
        Self {
            dialect: schema.dialect,
            own,
        }
    }

    /// The type of a text such as `character varying(20)[]`.
    pub(crate) fn read(&self, text: &str, collation: Option<&str>) -> Type {
        self.nested(text.trim(), collation, 0)
    }

    fn nested(&self, text: &str, collation: Option<&str>, depth: usize) -> Type {
        if self.dialect == Dialect::Postgres
            && let Some(end) = text.rfind('[')
            && text.ends_with(']')
        {
            let of = text[..end].trim_end_matches(['[', ']']).trim_end();
            return Type::Array(Box::new(self.nested(of, collation, depth + 1)));
        }
        let written = Written::of(text);
        match self.dialect {
            Dialect::Postgres => postgres(&written)
                .or_else(|| self.own(text, depth))
                .unwrap_or_else(|| Type::Named(unqualified(text).to_lowercase())),
            Dialect::Mysql => mysql(&written, collation),
            Dialect::Sqlite => sqlite(&written),
        }
    }

    /// An enum, a domain, a composite type or a range of the schema.
    fn own(&self, text: &str, depth: usize) -> Option<Type> {
        let path = path_of(text);
        let name = path.last()?;
        let candidates = self.own.get(name)?;
        let exact = candidates
            .iter()
            .find(|one| path.len() > 1 && one.key.path == path);
        let object = exact.or_else(|| candidates.iter().find(|one| one.key.kind != Kind::Table))?;
        if depth > DEPTH {
            return Some(Type::Named(name.clone()));
        }
        let texts = |property: &str| -> Vec<String> {
            object
                .list_of(property)
                .into_iter()
                .map(str::to_owned)
                .collect()
        };
        Some(match object.key.kind {
            Kind::Domain => Type::Domain {
                base: Box::new(self.nested(object.text_of("base")?, None, depth + 1)),
                checks: domain_checks(object, self.dialect),
                not_null: object.is("not_null"),
            },
            Kind::Type => match object.text_of("form") {
                Some("enum") => Type::Enum(texts("labels")),
                Some("range") => {
                    let of = object.text_of("subtype").or(object.text_of("of"))?;
                    Type::Range {
                        of: Box::new(self.nested(of, None, depth + 1)),
                        multi: false,
                    }
                }
                Some("composite") => Type::Composite(self.attributes(object, depth)),
                _ => Type::Named(name.clone()),
            },
            _ => Type::Named(name.clone()),
        })
    }

    fn attributes(&self, object: &Object, depth: usize) -> Vec<Type> {
        let listed = object.properties.get("attributes");
        let listed = listed.and_then(serde_json::Value::as_array);
        let of = |one: &serde_json::Value| match one {
            serde_json::Value::String(text) => {
                let (_, of) = text.split_once(' ')?;
                Some(of.to_owned())
            }
            serde_json::Value::Array(parts) => Some(parts.get(1)?.as_str()?.to_owned()),
            serde_json::Value::Object(parts) => Some(parts.get("type")?.as_str()?.to_owned()),
            _ => None,
        };
        let types = listed.into_iter().flatten().filter_map(of);
        types
            .map(|text| self.nested(&text, None, depth + 1))
            .collect()
    }
}

/// The checks of a domain, which are texts or objects with an `expression`.
fn domain_checks(domain: &Object, dialect: Dialect) -> Vec<Expression> {
    let listed = domain.properties.get("checks");
    let listed = listed.and_then(serde_json::Value::as_array);
    let text = |one: &serde_json::Value| match one {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Object(parts) => Some(parts.get("expression")?.as_str()?.to_owned()),
        serde_json::Value::Array(parts) => Some(parts.last()?.as_str()?.to_owned()),
        _ => None,
    };
    let texts = listed.into_iter().flatten().filter_map(text);
    texts.map(|text| Expression::read(dialect, &text)).collect()
}

/// The parts of `"my schema".mood`.
fn path_of(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            c => parts
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|part| part.push(c)),
        }
    }
    parts
}

fn unqualified(text: &str) -> String {
    let text = text.split('(').next().unwrap_or(text);
    path_of(text.trim()).pop().unwrap_or_default()
}

/// A type as it is written: name, arguments, what stands behind.
struct Written {
    /// In lower case, without arguments, blanks made one: `timestamp with time zone`.
    name: String,
    arguments: Vec<String>,
}

impl Written {
    fn of(text: &str) -> Self {
        let (head, arguments, tail) = match text.find('(') {
            None => (text, String::new(), ""),
            Some(open) => {
                let close = text.rfind(')').unwrap_or(text.len());
                let inside = text.get(open + 1..close).unwrap_or_default();
                let tail = text.get(close + 1..).unwrap_or_default();
                (&text[..open], inside.to_owned(), tail)
            }
        };
        let words = head.split_whitespace().chain(tail.split_whitespace());
        Self {
            name: words.collect::<Vec<_>>().join(" ").to_lowercase(),
            arguments: split_arguments(&arguments),
        }
    }

    fn number<N: std::str::FromStr>(&self, index: usize) -> Option<N> {
        self.arguments.get(index)?.trim().parse().ok()
    }

    fn has(&self, word: &str) -> bool {
        self.name.split(' ').any(|one| one == word)
    }
}

/// The arguments of a type; those of an enum without their quotes.
fn split_arguments(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut chars = text.chars().peekable();
    let mut one = String::new();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '\'' if quoted && chars.peek() == Some(&'\'') => {
                chars.next();
                one.push('\'');
            }
            '\'' => quoted = !quoted,
            ',' if !quoted => all.push(std::mem::take(&mut one)),
            c if quoted || !c.is_whitespace() => one.push(c),
            _ => {}
        }
    }
    if !text.trim().is_empty() {
        all.push(one);
    }
    all
}

fn integer(bits: u32, unsigned: bool) -> Type {
    if unsigned {
        Type::Int {
            min: 0,
            max: (1i128 << bits) - 1,
        }
    } else {
        Type::Int {
            min: -(1i128 << (bits - 1)),
            max: (1i128 << (bits - 1)) - 1,
        }
    }
}

fn text(limit: Option<usize>) -> Type {
    Type::Text {
        limit,
        letters: Letters::All,
    }
}

fn postgres(written: &Written) -> Option<Type> {
    let zone = written.name.ends_with("with time zone");
    let digits = written.number(0).unwrap_or(6);
    let range = |of: Type, multi: bool| Type::Range {
        of: Box::new(of),
        multi,
    };
    let stamp = |zone| Type::Timestamp { digits: 6, zone };
    Some(match written.name.as_str() {
        "boolean" | "bool" => Type::Bool,
        "smallint" | "int2" => integer(16, false),
        "integer" | "int" | "int4" => integer(32, false),
        "bigint" | "int8" => integer(64, false),
        "oid" | "xid" => integer(31, true),
        "numeric" | "decimal" => Type::Decimal(
            written
                .number(0)
                .map(|p| (p, written.number(1).unwrap_or(0))),
        ),
        "real" | "float4" => Type::Float { single: true },
        "double precision" | "float8" => Type::Float { single: false },
        "text" | "citext" => text(None),
        "character varying" | "varchar" => text(written.number(0)),
        "character" | "char" | "bpchar" => text(written.number(0).or(Some(1))),
        "name" => text(Some(63)),
        "\"char\"" => Type::Text {
            limit: Some(1),
            letters: Letters::Ascii,
        },
        "bytea" => Type::Bytes {
            limit: None,
            fixed: false,
        },
        "bit" => Type::Bits {
            length: written.number(0).unwrap_or(1),
            fixed: true,
        },
        "bit varying" | "varbit" => Type::Bits {
            length: written.number(0).unwrap_or(64),
            fixed: false,
        },
        "date" => Type::Date,
        name if name.starts_with("timestamp") => Type::Timestamp {
            digits,
            zone: zone || name == "timestamptz",
        },
        name if name.starts_with("time") => Type::Time {
            digits,
            zone: zone || name == "timetz",
        },
        name if name.starts_with("interval") => Type::Interval,
        "uuid" => Type::Uuid,
        "json" | "jsonb" => Type::Json,
        "int4range" => range(integer(32, false), false),
        "int8range" => range(integer(64, false), false),
        "numrange" => range(Type::Decimal(None), false),
        "daterange" => range(Type::Date, false),
        "tsrange" => range(stamp(false), false),
        "tstzrange" => range(stamp(true), false),
        "int4multirange" => range(integer(32, false), true),
        "int8multirange" => range(integer(64, false), true),
        "nummultirange" => range(Type::Decimal(None), true),
        "datemultirange" => range(Type::Date, true),
        "tsmultirange" => range(stamp(false), true),
        "tstzmultirange" => range(stamp(true), true),
        "vector" | "public.vector" | "halfvec" => Type::Vector(written.number(0).unwrap_or(3)),
        name => return super::samples::knows(&unqualified(name)).then(|| named(name)),
    })
}

fn named(name: &str) -> Type {
    match unqualified(name).as_str() {
        "citext" => text(None),
        name => Type::Named(name.to_owned()),
    }
}

fn mysql(written: &Written, collation: Option<&str>) -> Type {
    let unsigned = written.has("unsigned") || written.has("zerofill");
    let first = written.name.split(' ').next().unwrap_or_default();
    let digits = written.number(0).unwrap_or(0);
    let letters = match collation {
        Some(name) if name.starts_with("utf8mb4") || name.starts_with("uca1400") => Letters::All,
        Some(name) if name.starts_with("utf8") || name.starts_with("ucs2") => Letters::Basic,
        Some(name) if name.starts_with("latin1") => Letters::Latin,
        None => Letters::All,
        Some(_) => Letters::Ascii,
    };
    let text = |limit| Type::Text {
        limit: Some(limit),
        letters,
    };
    let bytes = |limit, fixed| Type::Bytes {
        limit: Some(limit),
        fixed,
    };
    match first {
        "bool" | "boolean" => Type::Bool,
        "tinyint" if written.number::<u32>(0) == Some(1) && !unsigned => Type::Bool,
        "tinyint" => integer(8, unsigned),
        "smallint" => integer(16, unsigned),
        "mediumint" => integer(24, unsigned),
        "int" | "integer" => integer(32, unsigned),
        "bigint" => integer(64, unsigned),
        "decimal" | "numeric" => Type::Decimal(Some((
            written.number(0).unwrap_or(10),
            written.number(1).unwrap_or(0),
        ))),
        "float" => Type::Float { single: true },
        "double" | "real" => Type::Float { single: false },
        "bit" => Type::Bits {
            length: written.number(0).unwrap_or(1),
            fixed: true,
        },
        "date" => Type::Date,
        "datetime" => Type::Timestamp {
            digits,
            zone: false,
        },
        "timestamp" => Type::UnixTime { digits },
        "time" => Type::Time {
            digits,
            zone: false,
        },
        "year" => Type::Year,
        "char" => text(written.number(0).unwrap_or(1)),
        "varchar" => text(written.number(0).unwrap_or(255)),
        "tinytext" => text(60),
        "text" | "mediumtext" | "longtext" => text(1000),
        "binary" => bytes(written.number(0).unwrap_or(1), true),
        "varbinary" => bytes(written.number(0).unwrap_or(255), false),
        "tinyblob" => bytes(255, false),
        "blob" | "mediumblob" | "longblob" => bytes(1000, false),
        "enum" => Type::Enum(written.arguments.clone()),
        "set" => Type::Set(written.arguments.clone()),
        "json" => Type::Json,
        "uuid" => Type::Uuid,
        "inet4" | "inet6" => Type::Named(first.to_owned()),
        "vector" => Type::Vector(written.number(0).unwrap_or(3)),
        _ => Type::Spatial(first.to_owned()),
    }
}

/// The affinity of SQLite counts, but a type that says more than that is meant to be kept to.
fn sqlite(written: &Written) -> Type {
    let name = written.name.as_str();
    let has = |part: &str| name.contains(part);
    let limit = || written.number(0);
    match name {
        "boolean" | "bool" => Type::Bool,
        "date" => Type::Date,
        "time" => Type::Time {
            digits: 3,
            zone: false,
        },
        _ if has("datetime") || has("timestamp") => Type::Timestamp {
            digits: 3,
            zone: false,
        },
        _ if has("json") => Type::Json,
        "uuid" => Type::Uuid,
        _ if has("int") => integer(64, false),
        _ if has("char") || has("clob") || has("text") => text(limit()),
        "" | "any" => text(None),
        _ if has("blob") || has("binary") => Type::Bytes {
            limit: None,
            fixed: false,
        },
        _ if has("real") || has("floa") || has("doub") => Type::Float { single: false },
        // No decimal there has more digits than a double.
        _ => match (written.number::<u32>(0), written.number(1).unwrap_or(0)) {
            (Some(precision), scale) if precision <= 15 => Type::Decimal(Some((precision, scale))),
            _ => Type::Decimal(Some((12, 2))),
        },
    }
}
