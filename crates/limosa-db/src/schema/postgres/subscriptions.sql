-- Subscriptions of this database, as far as everybody may see them: how they connect is not among it.
-- Tested on PostgreSQL 12 to 18.
SELECT
    'subscription', 'pg_catalog.pg_subscription'::pg_catalog.regclass,
    s.oid, -- from 14
    NULL, -- until 13
    0, NULL, NULL, NULL, s.subowner, s.subname::pg_catalog.text,
    pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object(
            'disabled', NULLIF(NOT s.subenabled, false),
            'slot', CASE WHEN s.subslotname IS NULL THEN 'none' ELSE NULLIF(s.subslotname, s.subname)::pg_catalog.text END,
            'binary', NULLIF(s.subbinary, false), -- from 14
            'streaming', CASE WHEN s.substream THEN 'on' END, -- from 14 until 15
            'streaming', CASE s.substream WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' END, -- from 16 until 17
            'streaming', CASE s.substream WHEN 't' THEN 'on' WHEN 'f' THEN 'off' END, -- from 18
            'two_phase', CASE WHEN s.subtwophasestate <> 'd' THEN true END, -- from 15
            'disable_on_error', NULLIF(s.subdisableonerr, false), -- from 15
            'origin', NULLIF(s.suborigin, 'any'), -- from 16
            'password_not_required', NULLIF(NOT s.subpasswordrequired, false), -- from 16
            'run_as_owner', NULLIF(s.subrunasowner, false), -- from 16
            'failover', NULLIF(s.subfailover, false), -- from 17
            'synchronous_commit', NULLIF(s.subsynccommit, 'off'), -- from 14
            'publications', s.subpublications
        )
    ),
    NULL
FROM pg_catalog.pg_subscription AS s
WHERE s.subdbid = (SELECT h.oid FROM here AS h)
