-- The end of a unit and the guard of the next one: both entries are written or none, only while the lock is held, the
-- first is begun and not ended, and nobody else has begun the second. Tested on MariaDB 10.11.
INSERT INTO {journal} (
    id, at, set_name, run, event, attempt, version, name, direction, unit, digest, statement,
    backend, backend_start, transaction_id, actor, detail
)
SELECT (SELECT coalesce(max(i.id), 0) FROM {journal} i) + e.place, {now}, :set, :run, e.event, :attempt, :version, :name,
       :direction, e.unit, e.digest, e.statement, CAST(:backend AS {integer}), :backend_start, NULL, :actor, e.detail
FROM (
    SELECT 1 AS place, 'unit-done' AS event, CAST(:unit AS {integer}) - 1 AS unit, :ended AS digest,
           NULL AS statement, NULL AS detail
    UNION ALL
    SELECT 2, 'unit-started', CAST(:unit AS {integer}), :digest, CAST(:statement AS {integer}), :detail
) AS e
WHERE {lock}
  AND 1 = (
      SELECT coalesce(sum(CASE u.event WHEN 'unit-started' THEN 1 ELSE -1 END), 0)
      FROM {journal} u
      WHERE u.attempt = :attempt AND u.unit = CAST(:unit AS {integer}) - 1
        AND u.event IN ('unit-started', 'unit-done', 'unit-failed')
  )
