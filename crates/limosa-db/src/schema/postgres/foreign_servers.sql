-- Foreign data wrappers, servers, and who is mapped to whom on them. Of a password only its name is told.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'foreign data wrapper', w.tableoid, w.oid, 0, NULL, NULL, NULL, w.fdwowner, w.fdwname::pg_catalog.text,
    NULLIF(
        pg_catalog.jsonb_strip_nulls(
            pg_catalog.jsonb_build_object(
                'handler', CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::pg_catalog.regproc::pg_catalog.text END,
                'validator', CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::pg_catalog.regproc::pg_catalog.text END,
                'server_options', w.fdwoptions
            )
        ),
        '{}'
    ),
    NULL::pg_catalog.text
FROM pg_catalog.pg_foreign_data_wrapper AS w
WHERE (w.tableoid, w.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
UNION ALL
SELECT
    'server', s.tableoid, s.oid, 0, NULL, NULL, NULL, s.srvowner, s.srvname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'wrapper', w.fdwname,
            'type', s.srvtype,
            'version', s.srvversion,
            'server_options', s.srvoptions
        )
    ),
    NULL
FROM pg_catalog.pg_foreign_server AS s
JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
WHERE (s.tableoid, s.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
UNION ALL
SELECT
    'user mapping', 'pg_catalog.pg_user_mapping'::pg_catalog.regclass, u.umid, 0, NULL,
    'pg_catalog.pg_foreign_server'::pg_catalog.regclass, u.srvid, NULL,
    CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE u.usename::pg_catalog.text END,
    CASE WHEN u.umoptions IS NOT NULL THEN
        pg_catalog.jsonb_build_object(
            'server_options', (
                SELECT
                    pg_catalog.jsonb_agg(
                        CASE
                            WHEN o.option ~* '^[^=]*(passw|secret|token|key)' THEN pg_catalog.split_part(o.option, '=', 1)
                            ELSE o.option
                        END
                    )
                FROM pg_catalog.unnest(u.umoptions) AS o (option)
            )
        )
    END,
    NULL
FROM pg_catalog.pg_user_mappings AS u
