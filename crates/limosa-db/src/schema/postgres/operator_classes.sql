-- Operator classes, which go with their family.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'operator class', c.tableoid, c.oid, 0, NULL,
    CASE WHEN f.oid >= 16384 THEN f.tableoid END, CASE WHEN f.oid >= 16384 THEN f.oid END,
    c.opcowner, c.opcname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'path', pg_catalog.jsonb_build_array(n.nspname, a.amname, c.opcname),
            'type', pg_catalog.format_type(c.opcintype, NULL),
            'default', NULLIF(c.opcdefault, false),
            'storage', CASE WHEN c.opckeytype <> 0 THEN pg_catalog.format_type(c.opckeytype, NULL) END,
            'family', CASE
                WHEN f.opfname <> c.opcname OR f.opfnamespace <> c.opcnamespace THEN g.nspname || '.' || f.opfname
            END,
            'operators', (
                SELECT
                    pg_catalog.jsonb_agg(
                        o.amopstrategy || ' ' || o.amopopr::pg_catalog.regoperator
                        || COALESCE(' FOR ORDER BY ' || s.opfname, '')
                    )
                FROM pg_catalog.pg_amop AS o
                JOIN pg_catalog.pg_depend AS d ON d.classid = o.tableoid AND d.objid = o.oid
                LEFT JOIN pg_catalog.pg_opfamily AS s ON s.oid = o.amopsortfamily
                WHERE o.amopfamily = c.opcfamily AND d.refclassid = c.tableoid AND d.refobjid = c.oid
            ),
            'functions', (
                SELECT
                    pg_catalog.jsonb_agg(
                        p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, NULL) || ', '
                        || pg_catalog.format_type(p.amprocrighttype, NULL) || ') '
                        || p.amproc::pg_catalog.regprocedure
                    )
                FROM pg_catalog.pg_amproc AS p
                JOIN pg_catalog.pg_depend AS d ON d.classid = p.tableoid AND d.objid = p.oid
                WHERE p.amprocfamily = c.opcfamily AND d.refclassid = c.tableoid AND d.refobjid = c.oid
            )
        )
    ),
    NULL
FROM pg_catalog.pg_opclass AS c
JOIN pg_catalog.pg_am AS a ON a.oid = c.opcmethod
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.opcnamespace
JOIN pg_catalog.pg_opfamily AS f ON f.oid = c.opcfamily
JOIN pg_catalog.pg_namespace AS g ON g.oid = f.opfnamespace
WHERE c.oid >= 16384
    AND n.nspname !~ '^pg_'
    AND (c.tableoid, c.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
