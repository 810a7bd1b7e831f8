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
  AND (CAST(:unit AS {integer}) = 0 OR EXISTS (
      SELECT 1 FROM {journal} d
      WHERE d.attempt = :attempt AND d.unit = CAST(:unit AS {integer}) - 1 AND d.event = 'unit-done'
  ))
