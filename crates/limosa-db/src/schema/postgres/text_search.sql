-- Text search: parsers, templates, dictionaries and configurations, which may have the same name.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'text search', o.class, o.oid, 0, NULL, NULL, NULL, o.owner, o.name::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        o.properties || pg_catalog.jsonb_build_object(
            'path', pg_catalog.jsonb_build_array(n.nspname, o.form, o.name),
            'form', o.form
        )
    ),
    NULL
FROM (
    SELECT
        p.tableoid AS class, p.oid, p.prsnamespace AS schema, NULL::pg_catalog.oid AS owner, p.prsname AS name,
        'parser' AS form,
        pg_catalog.jsonb_build_object(
            'start', p.prsstart::pg_catalog.text,
            'gettoken', p.prstoken::pg_catalog.text,
            'end', p.prsend::pg_catalog.text,
            'headline', NULLIF(p.prsheadline, 0)::pg_catalog.regproc::pg_catalog.text,
            'lextypes', p.prslextype::pg_catalog.text
        ) AS properties
    FROM pg_catalog.pg_ts_parser AS p
    WHERE p.oid >= 16384
    UNION ALL
    SELECT
        t.tableoid, t.oid, t.tmplnamespace, NULL, t.tmplname, 'template',
        pg_catalog.jsonb_build_object(
            'init', NULLIF(t.tmplinit, 0)::pg_catalog.regproc::pg_catalog.text,
            'lexize', t.tmpllexize::pg_catalog.text
        )
    FROM pg_catalog.pg_ts_template AS t
    WHERE t.oid >= 16384
    UNION ALL
    SELECT
        d.tableoid, d.oid, d.dictnamespace, d.dictowner, d.dictname, 'dictionary',
        pg_catalog.jsonb_build_object('template', m.nspname || '.' || t.tmplname, 'initial', d.dictinitoption)
    FROM pg_catalog.pg_ts_dict AS d
    JOIN pg_catalog.pg_ts_template AS t ON t.oid = d.dicttemplate
    JOIN pg_catalog.pg_namespace AS m ON m.oid = t.tmplnamespace
    WHERE d.oid >= 16384
    UNION ALL
    SELECT
        c.tableoid, c.oid, c.cfgnamespace, c.cfgowner, c.cfgname, 'configuration',
        pg_catalog.jsonb_build_object(
            'parser', m.nspname || '.' || p.prsname,
            'mappings', (
                SELECT pg_catalog.jsonb_object_agg(k.alias, k.dictionaries)
                FROM (
                    SELECT
                        t.alias,
                        pg_catalog.jsonb_agg(
                            a.mapdict::pg_catalog.regdictionary::pg_catalog.text ORDER BY a.mapseqno
                        ) AS dictionaries
                    FROM pg_catalog.pg_ts_config_map AS a
                    JOIN pg_catalog.ts_token_type(c.cfgparser) AS t ON t.tokid = a.maptokentype
                    WHERE a.mapcfg = c.oid
                    GROUP BY t.alias
                ) AS k
            )
        )
    FROM pg_catalog.pg_ts_config AS c
    JOIN pg_catalog.pg_ts_parser AS p ON p.oid = c.cfgparser
    JOIN pg_catalog.pg_namespace AS m ON m.oid = p.prsnamespace
    WHERE c.oid >= 16384
) AS o
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.schema
WHERE n.nspname !~ '^pg_'
    AND (o.class, o.oid) NOT IN (SELECT m.classid, m.objid FROM members AS m)
