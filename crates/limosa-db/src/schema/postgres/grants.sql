-- Who may do what, as far as it is not what everybody has whose object was just made: what was granted, and what was
-- revoked of that which the server grants.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'grants', g.class, g.object, g.sub, NULL, NULL, NULL, NULL, NULL,
    pg_catalog.jsonb_agg(
        CASE WHEN g.balance < 0 THEN 'no ' ELSE '' END || g.privilege || ' to ' || g.grantee
        || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END
        || CASE WHEN g.grantor = 'owner' THEN '' ELSE ' by ' || g.grantor END
    ),
    NULL
FROM (
    SELECT
        a.class, a.object, a.sub, e.privilege_type AS privilege, e.is_grantable,
        pg_catalog.sum(e.one) AS balance,
        CASE
            WHEN e.grantee = 0 THEN 'PUBLIC'
            WHEN e.grantee = a.owner THEN 'owner'
            WHEN e.grantee = (SELECT h.datdba FROM here AS h) THEN 'database owner'
            WHEN t.rolname = 'owner' THEN '"owner"'
            ELSE pg_catalog.quote_ident(t.rolname)
        END AS grantee,
        CASE
            WHEN e.grantor = a.owner THEN 'owner'
            WHEN e.grantor = (SELECT h.datdba FROM here AS h) THEN 'database owner'
            WHEN b.rolname = 'owner' THEN '"owner"'
            ELSE pg_catalog.quote_ident(b.rolname)
        END AS grantor
    FROM (
        SELECT
            c.tableoid AS class, c.oid AS object, 0 AS sub, c.relowner AS owner, c.relacl AS acl,
            pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::pg_catalog."char", c.relowner) AS initial
        FROM pg_catalog.pg_class AS c
        WHERE c.oid >= 16384 AND c.relacl IS NOT NULL
        UNION ALL
        SELECT c.tableoid, c.oid, a.attnum, c.relowner, a.attacl, NULL
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
        WHERE a.attrelid >= 16384 AND a.attacl IS NOT NULL AND NOT a.attisdropped
        UNION ALL
        SELECT p.tableoid, p.oid, 0, p.proowner, p.proacl, pg_catalog.acldefault('f', p.proowner)
        FROM pg_catalog.pg_proc AS p
        WHERE p.oid >= 16384 AND p.proacl IS NOT NULL
        UNION ALL
        SELECT t.tableoid, t.oid, 0, t.typowner, t.typacl, pg_catalog.acldefault('T', t.typowner)
        FROM pg_catalog.pg_type AS t
        WHERE t.oid >= 16384 AND t.typacl IS NOT NULL
        UNION ALL
        -- Everybody may use `public` in a new database, and until version 14 make objects in it.
        SELECT
            n.tableoid, n.oid, 0, n.nspowner, COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)),
            CASE
                WHEN n.nspname = 'public' THEN
                    pg_catalog.makeaclitem(0, n.nspowner, 'CREATE', false) || -- until 14
                    (pg_catalog.makeaclitem(0, n.nspowner, 'USAGE', false) || pg_catalog.acldefault('n', n.nspowner))
                ELSE pg_catalog.acldefault('n', n.nspowner)
            END
        FROM pg_catalog.pg_namespace AS n
        WHERE n.nspacl IS NOT NULL OR n.nspname = 'public'
        UNION ALL
        SELECT l.tableoid, l.oid, 0, l.lanowner, l.lanacl, pg_catalog.acldefault('l', l.lanowner)
        FROM pg_catalog.pg_language AS l
        WHERE l.oid >= 16384 AND l.lanacl IS NOT NULL
        UNION ALL
        SELECT w.tableoid, w.oid, 0, w.fdwowner, w.fdwacl, pg_catalog.acldefault('F', w.fdwowner)
        FROM pg_catalog.pg_foreign_data_wrapper AS w
        WHERE w.fdwacl IS NOT NULL
        UNION ALL
        SELECT s.tableoid, s.oid, 0, s.srvowner, s.srvacl, pg_catalog.acldefault('S', s.srvowner)
        FROM pg_catalog.pg_foreign_server AS s
        WHERE s.srvacl IS NOT NULL
        UNION ALL
        SELECT d.tableoid, d.oid, 0, d.datdba, d.datacl, pg_catalog.acldefault('d', d.datdba)
        FROM pg_catalog.pg_database AS d
        WHERE d.oid = (SELECT h.oid FROM here AS h) AND d.datacl IS NOT NULL
        UNION ALL
        SELECT
            d.tableoid, d.oid, 0, d.defaclrole, d.defaclacl,
            CASE WHEN d.defaclnamespace = 0 THEN
                pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)
            END
        FROM pg_catalog.pg_default_acl AS d
    ) AS a
    CROSS JOIN LATERAL (
        SELECT 1 AS one, x.* FROM pg_catalog.aclexplode(a.acl) AS x
        UNION ALL
        SELECT -1, x.* FROM pg_catalog.aclexplode(a.initial) AS x
    ) AS e
    LEFT JOIN pg_catalog.pg_roles AS t ON t.oid = e.grantee
    LEFT JOIN pg_catalog.pg_roles AS b ON b.oid = e.grantor
    WHERE (a.class, a.object) NOT IN (SELECT m.classid, m.objid FROM members AS m)
    GROUP BY a.class, a.object, a.sub, a.owner, e.privilege_type, e.is_grantable, e.grantee, e.grantor, t.rolname, b.rolname
    HAVING pg_catalog.sum(e.one) <> 0
) AS g
GROUP BY g.class, g.object, g.sub
