//! Types and domains.

use super::case::{Case, case, check};

const TYPES: &[Case] = &[
    case(
        "",
        "CREATE TYPE e AS ENUM ('a', 'b')",
        &["left_behind type e"],
    ),
    case(
        "CREATE TYPE e AS ENUM ('a', 'b')",
        "ALTER TYPE e ADD VALUE 'c' BEFORE 'b'",
        &["changed type e: labels"],
    ),
    case(
        "CREATE TYPE e AS ENUM ('a', 'b')",
        "ALTER TYPE e RENAME VALUE 'a' TO 'c'",
        &["changed type e: labels"],
    ),
    case(
        "CREATE TYPE e AS ENUM ('a', 'b')",
        "COMMENT ON TYPE e IS 'x'",
        &["changed type e: comment"],
    ),
    case(
        "CREATE TYPE e AS ENUM ('a', 'b')",
        "DROP TYPE e; CREATE TYPE e AS ENUM ('b', 'a')",
        &["changed type e: labels"],
    ),
    case(
        "",
        "CREATE TYPE k AS (a int, b text)",
        &["left_behind type k"],
    ),
    case(
        "CREATE TYPE k AS (a int, b text)",
        "ALTER TYPE k ADD ATTRIBUTE c int",
        &["changed type k: attributes"],
    ),
    case(
        "CREATE TYPE k AS (a int, b text)",
        "ALTER TYPE k ALTER ATTRIBUTE a TYPE bigint",
        &["changed type k: attributes"],
    ),
    case(
        "CREATE TYPE k AS (a int, b text)",
        "ALTER TYPE k ALTER ATTRIBUTE b TYPE text COLLATE \"C\"",
        &["changed type k: attributes"],
    ),
    case(
        "CREATE TYPE k AS (a int, b text)",
        "COMMENT ON COLUMN k.a IS 'x'",
        &["changed type k: attributes"],
    ),
    case(
        "CREATE TYPE k AS (a int, b text)",
        "COMMENT ON TYPE k IS 'x'",
        &["changed type k: comment"],
    ),
    case(
        "",
        "CREATE TYPE r AS RANGE (subtype = float8)",
        &["left_behind type r"],
    ),
    case(
        "CREATE TYPE r AS RANGE (subtype = float8)",
        "DROP TYPE r; CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = float8mi)",
        &["changed type r: subtype_diff"],
    ),
    case(
        "CREATE TYPE r AS RANGE (subtype = text)",
        "DROP TYPE r; CREATE TYPE r AS RANGE (subtype = text, collation = \"C\", subtype_opclass = text_pattern_ops)",
        &["changed type r: subtype_collation, subtype_operator_class"],
    ),
    case(
        "CREATE TYPE r AS RANGE (subtype = float8)",
        "DROP TYPE r; CREATE TYPE r AS RANGE (subtype = float8, multirange_type_name = rr)",
        &["changed type r: multirange"],
    )
    .from(14),
    case("", "CREATE TYPE b", &["left_behind type b"]),
];

#[test]
fn types_are_seen() {
    check(TYPES);
}

const SHELL: &str = "CREATE TYPE b;
    CREATE FUNCTION b_in(cstring) RETURNS b LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
    CREATE FUNCTION b_out(b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out'";

const BASES: &[Case] = &[
    case(
        SHELL,
        "CREATE TYPE b (input = b_in, output = b_out, like = int4)",
        &["changed type b: by_value, form, input, length, output"],
    ),
    case(
        SHELL,
        "CREATE TYPE b (input = b_in, output = b_out, storage = main, alignment = double, category = 'X', preferred, delimiter = ';', collatable, default = '1')",
        &[
            "changed type b: alignment, category, collatable, default, delimiter, form, input, output, preferred, storage",
        ],
    ),
];

#[test]
fn base_types_are_seen() {
    check(BASES);
}

const DOMAIN: &str = "CREATE DOMAIN d AS text DEFAULT 'x' CONSTRAINT k CHECK (VALUE <> '')";

const DOMAINS: &[Case] = &[
    case(
        "CREATE SCHEMA s; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
         SET LOCAL search_path = s; CREATE DOMAIN public.d AS int DEFAULT f()",
        "SET LOCAL search_path = public; DROP DOMAIN d; CREATE DOMAIN d AS int DEFAULT s.f()",
        &[],
    ),
    case(DOMAIN, "DROP DOMAIN d", &["lost domain d"]),
    case(
        DOMAIN,
        "ALTER DOMAIN d DROP DEFAULT",
        &["changed domain d: default"],
    ),
    case(
        DOMAIN,
        "ALTER DOMAIN d SET NOT NULL",
        &["changed domain d: not_null"],
    ),
    case(
        DOMAIN,
        "ALTER DOMAIN d ADD CONSTRAINT n NOT NULL",
        &["changed domain d: not_null, not_null_name"],
    )
    .from(17),
    case(
        DOMAIN,
        "ALTER DOMAIN d DROP CONSTRAINT k",
        &["changed domain d: check_names, checks"],
    ),
    case(
        DOMAIN,
        "ALTER DOMAIN d RENAME CONSTRAINT k TO l",
        &["changed domain d: check_names"],
    ),
    case(
        DOMAIN,
        "ALTER DOMAIN d DROP CONSTRAINT k; ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE <> '') NOT VALID",
        &["changed domain d: checks_not_valid"],
    ),
    case(
        DOMAIN,
        "ALTER DOMAIN d DROP CONSTRAINT k; ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE <> 'y')",
        &["changed domain d: checks"],
    ),
    case(
        DOMAIN,
        "COMMENT ON CONSTRAINT k ON DOMAIN d IS 'x'",
        &["changed domain d: check_comments"],
    ),
    case(
        DOMAIN,
        "COMMENT ON DOMAIN d IS 'x'",
        &["changed domain d: comment"],
    ),
    case(
        "CREATE DOMAIN d AS varchar(5)",
        "DROP DOMAIN d; CREATE DOMAIN d AS varchar(6)",
        &["changed domain d: base"],
    ),
    case(
        "CREATE DOMAIN d AS text",
        "DROP DOMAIN d; CREATE DOMAIN d AS text COLLATE \"C\"",
        &["changed domain d: collation"],
    ),
];

#[test]
fn domains_are_seen() {
    check(DOMAINS);
}
