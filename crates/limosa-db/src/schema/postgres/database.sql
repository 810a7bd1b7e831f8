-- The settings that the database has, for everybody and for single roles. Listed if there is something to tell.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'database', 'pg_catalog.pg_database'::pg_catalog.regclass, h.oid, 0, NULL, NULL, NULL, NULL, '',
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'path', '[]'::pg_catalog.jsonb,
            'settings', (
                SELECT pg_catalog.to_jsonb(s.setconfig)
                FROM pg_catalog.pg_db_role_setting AS s
                WHERE s.setdatabase = h.oid AND s.setrole = 0
            ),
            'role_settings', (
                SELECT pg_catalog.jsonb_object_agg(r.rolname, s.setconfig)
                FROM pg_catalog.pg_db_role_setting AS s
                JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
                WHERE s.setdatabase = h.oid
            )
        )
    ),
    NULL
FROM here AS h
