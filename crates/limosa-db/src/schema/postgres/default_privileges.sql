-- Privileges that objects of a role get when they are made: everywhere, or in a schema, with which they go.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'default privileges', d.tableoid, d.oid, 0, NULL,
    CASE WHEN n.oid IS NOT NULL THEN n.tableoid END, n.oid, NULL, '',
    pg_catalog.jsonb_build_object(
        'path', pg_catalog.jsonb_build_array(
            CASE
                WHEN d.defaclrole = (SELECT h.datdba FROM here AS h) THEN 'owner'
                WHEN r.rolname = 'owner' THEN '"owner"'
                ELSE r.rolname::pg_catalog.text
            END,
            CASE d.defaclobjtype
                WHEN 'r' THEN 'tables'
                WHEN 'S' THEN 'sequences'
                WHEN 'f' THEN 'functions'
                WHEN 'T' THEN 'types'
                WHEN 'n' THEN 'schemas'
                WHEN 'L' THEN 'large objects'
            END
        ) || CASE WHEN n.oid IS NULL THEN '[]' ELSE pg_catalog.jsonb_build_array(n.nspname) END
    ),
    NULL
FROM pg_catalog.pg_default_acl AS d
JOIN pg_catalog.pg_roles AS r ON r.oid = d.defaclrole
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
