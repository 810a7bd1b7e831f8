-- Routines, views, triggers, rules and what else is code. PostgreSQL 12 and later.
CREATE TABLE public.item (id int PRIMARY KEY, name text, price numeric, owner_name text DEFAULT CURRENT_USER);
CREATE TABLE public.audit (at timestamptz DEFAULT now(), what text);

CREATE FUNCTION public.add(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 7
    AS 'SELECT a + b';
CREATE FUNCTION public.add(a text, VARIADIC b text[]) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET work_mem = '4MB' AS $body$
BEGIN
  -- it's; $$
  RETURN a || array_to_string(b, ';');
END $body$;
COMMENT ON FUNCTION public.add(int, int) IS 'adds; -- it';
CREATE FUNCTION public.cheap() RETURNS SETOF public.item LANGUAGE sql STABLE ROWS 10 AS $$
  SELECT * FROM public.item WHERE price < 10 $$;
CREATE FUNCTION public.named(OUT a int, OUT b text, INOUT c int) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$;
CREATE FUNCTION public.tabled(x int) RETURNS TABLE (n int, t text) LANGUAGE plpgsql LEAKPROOF AS $$ BEGIN RETURN; END $$;
CREATE PROCEDURE public.clean(INOUT n int, "Odd" text) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM public.audit; END $$;
COMMENT ON PROCEDURE public.clean IS 'cleans';
-- A body that speaks of what comes later.
CREATE FUNCTION public.early() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM public.cheap_items); END $$;
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
-- A default that calls a function which gives rows of the same table.
CREATE TABLE public.loop (id int, n int);
CREATE FUNCTION public.last_of() RETURNS public.loop LANGUAGE sql STABLE AS 'SELECT NULL::public.loop';
CREATE FUNCTION public.next_of() RETURNS int LANGUAGE sql AS 'SELECT coalesce((public.last_of()).n, 0) + 1';
ALTER TABLE public.loop ALTER COLUMN n SET DEFAULT (public.last_of()).n;
ALTER TABLE public.loop ADD CONSTRAINT sane CHECK (n IS DISTINCT FROM (public.last_of()).n);

CREATE AGGREGATE public.total(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '0', PARALLEL = SAFE,
    COMBINEFUNC = numeric_add);
COMMENT ON AGGREGATE public.total(numeric) IS 'a sum';

CREATE VIEW public.cheap_items AS SELECT id, name, price AS "the price" FROM public.cheap();
CREATE VIEW public.z_base WITH (security_barrier = true) AS
    SELECT i.*, public.add(i.id, 2) AS more FROM public.item i WHERE i.price > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW public.a_over AS SELECT z.id, z.more FROM public.z_base z JOIN public.cheap_items USING (id);
COMMENT ON VIEW public.z_base IS 'a view';
COMMENT ON COLUMN public.z_base.more IS 'a column of a view';
ALTER VIEW public.z_base ALTER COLUMN name SET DEFAULT 'from the view';
CREATE RECURSIVE VIEW public.tree (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM tree WHERE n < 3;
CREATE VIEW public.grouped AS SELECT id, name, count(*) FROM public.item GROUP BY id;
CREATE MATERIALIZED VIEW public.kept WITH (fillfactor = 50) AS SELECT id, name FROM public.a_over JOIN public.item USING (id);
CREATE MATERIALIZED VIEW public.empty AS SELECT 1 AS one WITH NO DATA;
CREATE UNIQUE INDEX kept_id ON public.kept (id);
COMMENT ON MATERIALIZED VIEW public.kept IS 'kept';

CREATE TRIGGER touched BEFORE UPDATE OF name, price ON public.item FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION public.touch('a', 'it''s');
CREATE TRIGGER off AFTER INSERT ON public.item REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.touch();
ALTER TABLE public.item DISABLE TRIGGER off;
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON public.item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.touch();
ALTER TABLE public.item ENABLE ALWAYS TRIGGER checked;
CREATE TRIGGER instead INSTEAD OF INSERT ON public.a_over FOR EACH ROW EXECUTE FUNCTION public.touch();
COMMENT ON TRIGGER touched ON public.item IS 'touches';
CREATE RULE noted AS ON DELETE TO public.item WHERE OLD.price > 3 DO ALSO INSERT INTO public.audit (what) VALUES ('it''s gone; ' || OLD.name);
CREATE RULE nothing AS ON UPDATE TO public.cheap_items DO INSTEAD NOTHING;
ALTER TABLE public.item DISABLE RULE noted;
COMMENT ON RULE noted ON public.item IS 'notes';
CREATE TABLE public.parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE public.parted_1 PARTITION OF public.parted DEFAULT;
CREATE TRIGGER everywhere AFTER INSERT ON public.parted FOR EACH ROW EXECUTE FUNCTION public.touch();

ALTER TABLE public.item ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.item FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON public.item USING (owner_name = CURRENT_USER) WITH CHECK (price > 0);
CREATE POLICY reads ON public.item AS RESTRICTIVE FOR SELECT TO PUBLIC USING (id > 0);
COMMENT ON POLICY own ON public.item IS 'one''s own';

CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION public.on_ddl();
ALTER EVENT TRIGGER watch ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER watch IS 'watches';
CREATE PUBLICATION partly FOR TABLE public.item, ONLY public.audit WITH (publish = 'insert, update');
CREATE PUBLICATION everything FOR ALL TABLES;
COMMENT ON PUBLICATION partly IS 'published';
