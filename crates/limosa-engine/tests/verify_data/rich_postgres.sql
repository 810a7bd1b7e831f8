CREATE EXTENSION IF NOT EXISTS hstore;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy "very"');
CREATE TYPE address AS (street text, number integer, at timestamptz);
CREATE TYPE float_range AS RANGE (subtype = float8);
CREATE DOMAIN email AS text CHECK (VALUE ~ '^[^@\s]+@[^@\s]+\.[a-z]{2,}$');
CREATE DOMAIN percent AS integer NOT NULL DEFAULT 5 CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE DOMAIN code AS varchar(6) CHECK (length(VALUE) = 6);

CREATE TABLE every_type (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    a_smallint smallint NOT NULL, an_integer integer NOT NULL, a_bigint bigint NOT NULL,
    a_numeric numeric NOT NULL, a_price numeric(10, 2) NOT NULL, a_wide numeric(50, 20) NOT NULL, a_rounded numeric(3, 0) NOT NULL,
    a_real real NOT NULL, a_double double precision NOT NULL, a_money money NOT NULL,
    a_text text NOT NULL, a_varchar varchar(20) NOT NULL, an_unlimited varchar NOT NULL, a_char char(3) NOT NULL, a_letter char NOT NULL,
    a_quoted_char "char" NOT NULL, a_name name NOT NULL, a_citext citext NOT NULL,
    a_bytea bytea NOT NULL, a_bit bit NOT NULL, bits bit(12) NOT NULL, more_bits bit varying(20) NOT NULL, any_bits bit varying NOT NULL,
    a_boolean boolean NOT NULL,
    a_date date NOT NULL, a_time time NOT NULL, a_time_0 time(0) NOT NULL, a_timetz timetz NOT NULL,
    a_timestamp timestamp NOT NULL, a_timestamp_3 timestamp(3) NOT NULL, a_timestamptz timestamptz NOT NULL, an_interval interval NOT NULL,
    a_uuid uuid NOT NULL, a_json json NOT NULL, a_jsonb jsonb NOT NULL, a_list jsonb NOT NULL DEFAULT '[]', an_xml xml NOT NULL,
    an_inet inet NOT NULL, a_cidr cidr NOT NULL, a_macaddr macaddr NOT NULL, a_macaddr8 macaddr8 NOT NULL,
    a_point point NOT NULL, a_line line NOT NULL, an_lseg lseg NOT NULL, a_box box NOT NULL, a_path path NOT NULL,
    a_polygon polygon NOT NULL, a_circle circle NOT NULL,
    a_tsvector tsvector NOT NULL, a_tsquery tsquery NOT NULL, an_hstore hstore NOT NULL,
    a_mood mood NOT NULL, an_address address NOT NULL, an_email email NOT NULL, a_percent percent, a_code code NOT NULL,
    numbers integer[] NOT NULL, texts text[] NOT NULL, moods mood[] NOT NULL, matrix integer[][] NOT NULL, jsons jsonb[] NOT NULL,
    an_int4range int4range NOT NULL, a_numrange numrange NOT NULL, a_daterange daterange NOT NULL, a_tsrange tsrange NOT NULL,
    a_tstzrange tstzrange NOT NULL, a_float_range float_range NOT NULL, a_multirange int4multirange NOT NULL,
    an_oid oid NOT NULL, a_regclass regclass NOT NULL, an_lsn pg_lsn NOT NULL, a_snapshot txid_snapshot NOT NULL,
    a_jsonpath jsonpath NOT NULL,
    doubled bigint GENERATED ALWAYS AS (an_integer::bigint * 2) STORED
);

CREATE TABLE "Odd ""names""" ("a b" integer PRIMARY KEY, "select" text NOT NULL UNIQUE, "Ünï" varchar(2) NOT NULL);

CREATE TABLE tenants (id serial PRIMARY KEY, name text NOT NULL, CONSTRAINT tenants_lower_name CHECK (name <> ''));
CREATE UNIQUE INDEX tenants_name ON tenants (lower(name));
CREATE TABLE users (
    tenant_id integer NOT NULL REFERENCES tenants,
    id bigserial NOT NULL,
    email email NOT NULL,
    deleted_at timestamptz,
    manager_id bigint,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES users
);
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL;
CREATE TABLE memberships (
    tenant_id integer NOT NULL, user_id bigint NOT NULL, role text NOT NULL DEFAULT 'member',
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users,
    CHECK (role = ANY (ARRAY['member', 'owner', 'guest']))
);
CREATE TABLE parents (id integer PRIMARY KEY, parent_id integer NOT NULL REFERENCES parents);
CREATE TABLE ring_a (id integer PRIMARY KEY, b_id integer);
CREATE TABLE ring_b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES ring_a);
ALTER TABLE ring_a ADD FOREIGN KEY (b_id) REFERENCES ring_b;
CREATE TABLE settings (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), value text);
CREATE TABLE checked (
    id integer PRIMARY KEY,
    low integer NOT NULL, high integer NOT NULL, CHECK (low < high),
    state varchar(10) NOT NULL CHECK (state IN ('on', 'off')),
    slug text NOT NULL UNIQUE CHECK (slug LIKE 'x-%' AND char_length(slug) BETWEEN 5 AND 12),
    month smallint NOT NULL CHECK (month BETWEEN 1 AND 12),
    ratio numeric(4, 3) CHECK (ratio > 0 AND ratio <= 1),
    starts date NOT NULL, ends date, CHECK (ends IS NULL OR ends >= starts),
    a_id integer REFERENCES parents, b_id integer REFERENCES parents, CHECK ((a_id IS NULL) <> (b_id IS NULL)),
    kind integer NOT NULL CHECK (kind >= 10), detail jsonb NOT NULL CHECK (jsonb_typeof(detail) = 'array'),
    CONSTRAINT one_of CHECK (num_nonnulls(a_id, b_id) = 1),
    upper_code text NOT NULL CHECK (upper_code = upper(upper_code) AND length(upper_code) = 3)
);
CREATE TABLE measured (at timestamptz NOT NULL, kind text NOT NULL, value integer, PRIMARY KEY (at, kind)) PARTITION BY RANGE (at);
CREATE TABLE measured_2021 PARTITION OF measured FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE measured_2022 PARTITION OF measured FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE listed (kind text NOT NULL, value integer) PARTITION BY LIST (kind);
CREATE TABLE listed_a PARTITION OF listed FOR VALUES IN ('a', 'b');
CREATE TABLE booked (room integer NOT NULL, during tsrange NOT NULL, EXCLUDE USING gist (during WITH &&));
CREATE TABLE late_parent (id integer PRIMARY KEY);
CREATE TABLE late_child (id integer PRIMARY KEY, parent_id integer NOT NULL REFERENCES late_parent DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE only_defaults (id serial PRIMARY KEY, made timestamptz NOT NULL DEFAULT now());
CREATE TABLE no_columns ();
CREATE TABLE inherits_it (extra text) INHERITS (late_parent);
