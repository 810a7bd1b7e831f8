-- The rest of the guard of a unit: the history is as it was planned for, and nobody has begun the unit. All dialects.
  AND CAST(:sequence AS {integer}) = (
      SELECT coalesce(max(h.sequence), 0) FROM {history} h WHERE h.set_name = :set
  )
  AND CASE WHEN EXISTS (SELECT 1 FROM {history} h WHERE h.set_name = :set AND h.version = :recorded)
           THEN 'down' ELSE 'up' END = :direction
  AND (SELECT coalesce(sum(CASE s.event WHEN 'unit-started' THEN 1 WHEN 'unit-failed' THEN -1 ELSE 0 END), 0)
       FROM {journal} s
       WHERE s.attempt = :attempt AND s.unit = CAST(:unit AS {integer})) = 0
