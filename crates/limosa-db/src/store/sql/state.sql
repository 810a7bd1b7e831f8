-- What our tables say, in one look: what is applied (1), the journal of the attempts that have not ended (2), the
-- format of the tables (3), and the newest entries about the database, whatever the set (4). The rows come in no
-- order; the first two columns say what they are and where they belong. The columns of each kind are those of
-- `state.rs`, in its order. All dialects.
SELECT 1, h.sequence,
       h.version, h.name, h.layout, h.origin, h.up_sha256, h.up_tokens, h.down_sha256, h.down_tokens,
       h.up_options, h.down_options, {utc h.applied_at}, h.applied_by,
       h.duration_ms, h.statements,
       CASE WHEN h.up_text IS NULL THEN 0 ELSE 1 END, CASE WHEN h.down_text IS NULL THEN 0 ELSE 1 END,
       h.irreversible, h.app_release, h.min_release,
       CASE WHEN :ups = 1 THEN h.up_text ELSE NULL END, CASE WHEN :downs = 1 THEN h.down_text ELSE NULL END
FROM {history} h
WHERE h.set_name = :set
UNION ALL
SELECT 2, j.id,
       j.version, j.name, j.attempt, j.direction, j.event, j.digest, j.backend_start, NULL,
       NULL, NULL, {utc j.at}, NULL,
       j.unit, j.statement,
       j.backend, NULL,
       j.detail, NULL, NULL,
       NULL, NULL
FROM {journal} j
WHERE j.set_name = :set
  AND j.attempt IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM {journal} e
      WHERE e.attempt = j.attempt AND e.event IN ('applied', 'adopted', 'baselined', 'reverted')
  )
UNION ALL
SELECT 3, f.id,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL,
       NULL, NULL,
       NULL, NULL,
       f.detail, NULL, NULL,
       NULL, NULL
FROM {journal} f
WHERE f.event = 'format'
UNION ALL
SELECT 4, n.id,
       n.version, n.name, n.attempt, n.direction, n.event, n.run, n.backend_start, NULL,
       NULL, NULL, n.at, n.actor,
       n.unit, n.statement,
       n.backend, NULL,
       n.detail, NULL, NULL,
       NULL, NULL
FROM (
    SELECT l.id, l.version, l.name, l.attempt, l.direction, l.event, l.run, l.backend_start, {utc l.at} AS at, l.actor,
           l.unit, l.statement, l.backend, l.detail
    FROM {journal} l
    WHERE l.event NOT IN ('format', 'mirrored')
    ORDER BY l.id DESC
    LIMIT 2
) n
