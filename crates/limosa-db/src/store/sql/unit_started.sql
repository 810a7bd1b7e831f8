-- The guard of a unit: writes its entry only while the lock is held, its predecessor is recorded and
-- nobody else has begun it. All dialects.
INSERT INTO {journal} (
    {id}at, set_name, run, event, attempt, version, name, direction, unit, digest, statement,
    backend, backend_start, transaction_id, actor, detail
)
SELECT {next_id}{now}, :set, :run, 'unit-started', :attempt, :version, :name, :direction,
       CAST(:unit AS {integer}), :digest, CAST(:statement AS {integer}),
       CAST(:backend AS {integer}), :backend_start, {transaction_id}, :actor, :detail
{dual}
WHERE {lock}
  AND CAST(:sequence AS {integer}) = (
      SELECT coalesce(max(h.sequence), 0) FROM {history} h WHERE h.set_name = :set
  )
  AND CASE WHEN EXISTS (SELECT 1 FROM {history} h WHERE h.set_name = :set AND h.version = :recorded)
           THEN 'down' ELSE 'up' END = :direction
  AND (CAST(:unit AS {integer}) = 0 OR EXISTS (
      SELECT 1 FROM {journal} d
      WHERE d.attempt = :attempt AND d.unit = CAST(:unit AS {integer}) - 1 AND d.event = 'unit-done'
  ))
  AND (SELECT coalesce(sum(CASE s.event WHEN 'unit-started' THEN 1 WHEN 'unit-failed' THEN -1 ELSE 0 END), 0)
       FROM {journal} s
       WHERE s.attempt = :attempt AND s.unit = CAST(:unit AS {integer})) = 0
