-- Operator families, with what is in none of their classes. The name of one is its own in its schema and method only.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'operator family', f.tableoid, f.oid, 0, NULL, NULL, NULL, f.opfowner, f.opfname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'path', pg_catalog.jsonb_build_array(n.nspname, a.amname, f.opfname),
            'operators', (
                SELECT
                    pg_catalog.jsonb_agg(
                        o.amopstrategy || ' ' || o.amopopr::pg_catalog.regoperator
                        || COALESCE(' FOR ORDER BY ' || s.opfname, '')
                    )
                FROM pg_catalog.pg_amop AS o
                LEFT JOIN pg_catalog.pg_opfamily AS s ON s.oid = o.amopsortfamily
                WHERE o.amopfamily = f.oid
                    AND NOT EXISTS (
                        SELECT FROM pg_catalog.pg_depend AS d
                        WHERE d.classid = o.tableoid
                            AND d.objid = o.oid
                            AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass
                    )
            ),
            'functions', (
                SELECT
                    pg_catalog.jsonb_agg(
                        p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, NULL) || ', '
                        || pg_catalog.format_type(p.amprocrighttype, NULL) || ') '
                        || p.amproc::pg_catalog.regprocedure
                    )
                FROM pg_catalog.pg_amproc AS p
                WHERE p.amprocfamily = f.oid
                    AND NOT EXISTS (
                        SELECT FROM pg_catalog.pg_depend AS d
                        WHERE d.classid = p.tableoid
                            AND d.objid = p.oid
                            AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass
                    )
            )
        )
    ),
    NULL
FROM pg_catalog.pg_opfamily AS f
JOIN pg_catalog.pg_am AS a ON a.oid = f.opfmethod
JOIN pg_catalog.pg_namespace AS n ON n.oid = f.opfnamespace
WHERE f.oid >= 16384
    AND n.nspname !~ '^pg_'
    AND (f.tableoid, f.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
