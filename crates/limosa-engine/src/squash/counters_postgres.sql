-- The sequences that were used, with their last value and the table that each belongs to. PostgreSQL 12 to 18.
SELECT pg_catalog.quote_ident(s.schemaname) || '.' || pg_catalog.quote_ident(s.sequencename),
       s.last_value::text, n.nspname::text, t.relname::text
FROM pg_catalog.pg_sequences AS s
JOIN pg_catalog.pg_namespace AS sn ON sn.nspname = s.schemaname
JOIN pg_catalog.pg_class AS c ON c.relname = s.sequencename AND c.relnamespace = sn.oid
LEFT JOIN pg_catalog.pg_depend AS d
       ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE s.last_value IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS e
                  WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY 1
