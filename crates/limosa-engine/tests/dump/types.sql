-- Types and what is about them; text search; foreign data. PostgreSQL 12 and later.
CREATE SCHEMA t;
CREATE TYPE t.inner_pair AS (x int, y text);
CREATE TYPE t.outer_pair AS (one t.inner_pair, many t.inner_pair[]);
CREATE TYPE t.empty_enum AS ENUM ();
CREATE FUNCTION t.is_even(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0';
CREATE DOMAIN t.even AS int CHECK (t.is_even(VALUE));
CREATE DOMAIN t.even_more AS t.even NOT NULL;
ALTER DOMAIN t.even ADD CONSTRAINT big CHECK (VALUE > 3) NOT VALID;
CREATE FUNCTION t.apart(double precision, double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE TYPE t.floats AS RANGE (SUBTYPE = double precision, SUBTYPE_DIFF = t.apart, SUBTYPE_OPCLASS = float8_ops);
CREATE TYPE t.texts AS RANGE (SUBTYPE = text, COLLATION = "C");
COMMENT ON TYPE t.texts IS 'from a to z';
CREATE TABLE t.uses (e t.even, f t.floats DEFAULT '[1,2)', p t.outer_pair, r t.texts[]);

CREATE TYPE t.number;
CREATE FUNCTION t.number_in(cstring) RETURNS t.number LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION t.number_out(t.number) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE t.number (INPUT = t.number_in, OUTPUT = t.number_out, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4, STORAGE = plain, CATEGORY = 'N', DEFAULT = '0');
CREATE FUNCTION t.number_lt(t.number, t.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION t.number_gt(t.number, t.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION t.number_le(t.number, t.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4le';
CREATE FUNCTION t.number_ge(t.number, t.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ge';
CREATE FUNCTION t.number_eq(t.number, t.number) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION t.number_cmp(t.number, t.number) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE OPERATOR t.< (LEFTARG = t.number, RIGHTARG = t.number, FUNCTION = t.number_lt, COMMUTATOR = OPERATOR(t.>), NEGATOR = OPERATOR(t.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR t.> (LEFTARG = t.number, RIGHTARG = t.number, FUNCTION = t.number_gt, COMMUTATOR = OPERATOR(t.<), NEGATOR = OPERATOR(t.<=));
CREATE OPERATOR t.<= (LEFTARG = t.number, RIGHTARG = t.number, FUNCTION = t.number_le, NEGATOR = OPERATOR(t.>));
CREATE OPERATOR t.>= (LEFTARG = t.number, RIGHTARG = t.number, FUNCTION = t.number_ge, NEGATOR = OPERATOR(t.<));
CREATE OPERATOR t.= (LEFTARG = t.number, RIGHTARG = t.number, FUNCTION = t.number_eq, COMMUTATOR = OPERATOR(t.=), HASHES, MERGES);
CREATE FUNCTION t.negated(t.number) RETURNS t.number LANGUAGE internal IMMUTABLE STRICT AS 'int4um';
CREATE OPERATOR t.- (RIGHTARG = t.number, FUNCTION = t.negated);
COMMENT ON OPERATOR t.< (t.number, t.number) IS 'less';
CREATE OPERATOR FAMILY t.number_family USING btree;
CREATE OPERATOR CLASS t.number_ops DEFAULT FOR TYPE t.number USING btree FAMILY t.number_family AS
    OPERATOR 1 t.<, OPERATOR 2 t.<=, OPERATOR 3 t.=, OPERATOR 4 t.>=, OPERATOR 5 t.>, FUNCTION 1 t.number_cmp(t.number, t.number);
CREATE CAST (t.number AS int) WITHOUT FUNCTION AS IMPLICIT;
CREATE FUNCTION t.from_text(text) RETURNS t.number LANGUAGE sql AS $$ SELECT NULL::t.number $$;
CREATE CAST (text AS t.number) WITH FUNCTION t.from_text(text) AS ASSIGNMENT;
CREATE CAST (t.inner_pair AS text) WITH INOUT;
COMMENT ON CAST (text AS t.number) IS 'reads';
CREATE TABLE t.numbers (n t.number PRIMARY KEY);

CREATE COLLATION t.posix (LOCALE = 'POSIX');
CREATE COLLATION t.copied FROM "C";
COMMENT ON COLLATION t.posix IS 'by bytes';
CREATE TABLE t.sorted (a text COLLATE t.posix);
CREATE INDEX sorted_a ON t.sorted (a COLLATE "C");
CREATE DEFAULT CONVERSION t.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

CREATE TEXT SEARCH DICTIONARY t.words (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION t.plain (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION t.plain ADD MAPPING FOR asciiword, word WITH t.words, simple;
ALTER TEXT SEARCH CONFIGURATION t.plain ADD MAPPING FOR email WITH simple;
CREATE TEXT SEARCH TEMPLATE t.template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH PARSER t.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
COMMENT ON TEXT SEARCH CONFIGURATION t.plain IS 'plain';

CREATE FOREIGN DATA WRAPPER nowhere OPTIONS (debug 'true', "odd one" 'it''s');
CREATE SERVER there TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER nowhere OPTIONS (host 'h');
CREATE USER MAPPING FOR PUBLIC SERVER there OPTIONS (name 'n');
CREATE FOREIGN TABLE t.far (id int OPTIONS (col 'ID') NOT NULL, b text DEFAULT 'x', CHECK (id > 0)) SERVER there OPTIONS (tab 'T');
COMMENT ON SERVER there IS 'far away';
COMMENT ON FOREIGN TABLE t.far IS 'far';
