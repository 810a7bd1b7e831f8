-- Types that somebody made: enums, composite ones, ranges, base types and shells.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'type', t.tableoid, t.oid, 0, t.typnamespace, NULL, NULL, t.typowner, t.typname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'form', CASE t.typtype
                WHEN 'e' THEN 'enum'
                WHEN 'c' THEN 'composite'
                WHEN 'r' THEN 'range'
                WHEN 'p' THEN 'shell'
                ELSE 'base'
            END,
            'labels', e.labels,
            'attributes', CASE WHEN c.relkind = 'c' THEN (
                SELECT
                    pg_catalog.jsonb_agg(
                        pg_catalog.jsonb_build_object(
                            'name', a.attname,
                            'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                            'collation', CASE WHEN a.attcollation <> b.typcollation THEN v.nspname || '.' || l.collname END,
                            'comment', d.description
                        )
                        ORDER BY a.attnum
                    )
                FROM pg_catalog.pg_attribute AS a
                JOIN pg_catalog.pg_type AS b ON b.oid = a.atttypid
                LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
                LEFT JOIN pg_catalog.pg_namespace AS v ON v.oid = l.collnamespace
                LEFT JOIN pg_catalog.pg_description AS d
                    ON d.classoid = c.tableoid AND d.objoid = a.attrelid AND d.objsubid = a.attnum
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            ) END,
            -- A range.
            'subtype', CASE WHEN r.rngtypid IS NOT NULL THEN pg_catalog.format_type(r.rngsubtype, NULL) END,
            'subtype_operator_class', CASE WHEN NOT p.opcdefault THEN n.nspname || '.' || p.opcname END,
            'subtype_collation', CASE WHEN r.rngcollation <> u.typcollation THEN (
                SELECT v.nspname || '.' || l.collname
                FROM pg_catalog.pg_collation AS l
                JOIN pg_catalog.pg_namespace AS v ON v.oid = l.collnamespace
                WHERE l.oid = r.rngcollation
            ) END,
            'canonical', NULLIF(r.rngcanonical, 0)::pg_catalog.regproc::pg_catalog.text,
            'subtype_diff', NULLIF(r.rngsubdiff, 0)::pg_catalog.regproc::pg_catalog.text,
            'multirange', CASE WHEN r.rngmultitypid IS NOT NULL THEN pg_catalog.format_type(r.rngmultitypid, NULL) END -- from 14
            'multirange', NULL -- until 13
        )
        -- A base type.
        || CASE WHEN t.typtype = 'b' THEN pg_catalog.jsonb_build_object(
            'input', t.typinput::pg_catalog.text,
            'output', t.typoutput::pg_catalog.text,
            'receive', NULLIF(t.typreceive, 0)::pg_catalog.regproc::pg_catalog.text,
            'send', NULLIF(t.typsend, 0)::pg_catalog.regproc::pg_catalog.text,
            'type_modifier_input', NULLIF(t.typmodin, 0)::pg_catalog.regproc::pg_catalog.text,
            'type_modifier_output', NULLIF(t.typmodout, 0)::pg_catalog.regproc::pg_catalog.text,
            'analyze', NULLIF(t.typanalyze, 0)::pg_catalog.regproc::pg_catalog.text,
            'subscript', NULLIF(t.typsubscript, 0)::pg_catalog.regproc::pg_catalog.text, -- from 14
            'length', NULLIF(t.typlen, -1),
            'by_value', NULLIF(t.typbyval, false),
            'alignment', CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double' END,
            'storage', CASE t.typstorage WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' WHEN 'm' THEN 'main' END,
            'category', NULLIF(t.typcategory, 'U'),
            'preferred', NULLIF(t.typispreferred, false),
            'default', t.typdefault,
            'element', CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END,
            'delimiter', NULLIF(t.typdelim, ','),
            'collatable', CASE WHEN t.typcollation <> 0 THEN true END
        ) ELSE '{}' END
    ),
    NULL
FROM pg_catalog.pg_type AS t
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
LEFT JOIN (
    SELECT e.enumtypid, pg_catalog.jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e
    GROUP BY e.enumtypid
) AS e ON e.enumtypid = t.oid
LEFT JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_type AS u ON u.oid = r.rngsubtype
LEFT JOIN pg_catalog.pg_opclass AS p ON p.oid = r.rngsubopc
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = p.opcnamespace
LEFT JOIN pg_catalog.pg_type AS o ON o.oid = t.typelem AND o.typarray = t.oid
WHERE t.oid >= 16384
    AND (t.typtype IN ('e', 'r') OR t.typtype = 'b' AND o.oid IS NULL OR t.typtype = 'p' AND NOT t.typisdefined OR c.relkind = 'c')
    AND (t.tableoid, t.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
