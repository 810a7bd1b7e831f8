-- Roles that may write to the history, other than superusers and those that may act as its owner.
-- The server's own group roles cannot log in; their members are listed by themselves.
-- PostgreSQL 12 to 18, tested on 15.
SELECT r.rolname::text,
       pg_catalog.concat_ws(', ',
         CASE WHEN pg_catalog.has_any_column_privilege(r.oid, c.oid, 'INSERT') THEN 'INSERT' END,
         CASE WHEN pg_catalog.has_any_column_privilege(r.oid, c.oid, 'UPDATE') THEN 'UPDATE' END,
         CASE WHEN pg_catalog.has_table_privilege(r.oid, c.oid, 'TRIGGER') THEN 'TRIGGER' END)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN pg_catalog.pg_roles r
WHERE n.nspname = :schema AND c.relname = 'limosa_history'
  AND NOT r.rolsuper
  AND r.rolname !~ '^pg_'
  AND NOT pg_catalog.pg_has_role(r.oid, c.relowner, 'MEMBER')
  AND (pg_catalog.has_any_column_privilege(r.oid, c.oid, 'INSERT')
       OR pg_catalog.has_any_column_privilege(r.oid, c.oid, 'UPDATE')
       OR pg_catalog.has_table_privilege(r.oid, c.oid, 'TRIGGER'))
ORDER BY 1
LIMIT 5
