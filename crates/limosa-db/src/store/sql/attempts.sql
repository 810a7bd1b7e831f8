-- The journal of the attempts that have not ended. All dialects.
SELECT j.attempt, j.version, j.name, j.direction, j.unit, j.event, j.digest, j.statement,
       j.backend, j.backend_start, {utc at}, j.detail
FROM {journal} j
WHERE j.set_name = :set
  AND j.attempt IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM {journal} e
      WHERE e.attempt = j.attempt AND e.event IN ('applied', 'adopted', 'baselined', 'reverted')
  )
ORDER BY j.id
