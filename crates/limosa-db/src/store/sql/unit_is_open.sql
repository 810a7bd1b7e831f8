-- The guard of what ends a unit: it is begun and not ended, so that two processes never end it both. All dialects.
AND 1 = (
    SELECT coalesce(sum(CASE u.event WHEN 'unit-started' THEN 1 ELSE -1 END), 0)
    FROM {journal} u
    WHERE u.attempt = :attempt AND u.unit = CAST(:unit AS {integer})
      AND u.event IN ('unit-started', 'unit-done', 'unit-failed')
)
