CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'happy');
CREATE DOMAIN app.email AS text CHECK (VALUE ~ '^[^@\\]+@');
CREATE SEQUENCE app.numbers INCREMENT 5;
CREATE FUNCTION app.twice(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a * 2';
CREATE TABLE app.users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number bigint DEFAULT nextval('app.numbers'),
    mood app.mood DEFAULT 'happy',
    email app.email UNIQUE,
    born date DEFAULT '2001-02-03' CHECK (born > '1900-01-01'),
    seen timestamptz DEFAULT '2001-02-03 04:05:06+00',
    pause interval DEFAULT '1 day 02:03:04',
    raw bytea DEFAULT '\x00ff',
    ratio float8 DEFAULT 0.1::float8 + 1e-17::float8,
    price money DEFAULT '1.50'::money,
    path text DEFAULT E'a\\b',
    "order" int DEFAULT app.twice(4)
);
CREATE TABLE public.orders (
    id serial PRIMARY KEY,
    "user" bigint REFERENCES app.users ON DELETE CASCADE
);
CREATE INDEX seen ON app.users (app.twice("order"), lower(path)) WHERE seen > '2020-01-01 00:00:00+00';
CREATE VIEW public.happy AS
SELECT u.id, u."order", o.id AS of FROM app.users AS u JOIN public.orders AS o ON o."user" = u.id
WHERE u.mood = 'happy' AND u.born < '2010-10-11' AND u.pause > '3 days';
CREATE MATERIALIZED VIEW app.counts AS SELECT count(*) FROM public.orders;
CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER note BEFORE UPDATE ON public.orders
FOR EACH ROW WHEN (OLD."user" IS DISTINCT FROM NEW."user") EXECUTE FUNCTION public.note();
COMMENT ON TABLE app.users IS 'who is there';
COMMENT ON COLUMN app.users.path IS 'where';
