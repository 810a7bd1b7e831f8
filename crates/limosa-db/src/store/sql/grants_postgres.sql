-- Every grant on our tables that is not the owner's, as a quoted role. PostgreSQL 12 to 18, tested on 15.
SELECT DISTINCT c.relname::text,
       CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
WHERE n.nspname = :schema AND c.relname IN ('limosa_history', 'limosa_journal', 'limosa_lock')
  AND a.grantee <> c.relowner
