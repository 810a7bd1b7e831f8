-- The rest of the guard of a unit where no lock is held between transactions: since the plan was made no other run has
-- begun a unit. Units that were begun before were looked at when those after them began, so the newest decides. Its
-- entry is found from the end of the journal. SQLite.
  AND NOT EXISTS (
      SELECT 1
      FROM (
          SELECT s.id, s.run FROM {journal} s
          WHERE s.set_name = :set AND s.event = 'unit-started'
          ORDER BY s.id DESC
          LIMIT 1
      ) newest
      WHERE newest.run <> :run AND newest.id > CAST(:newest_entry AS {integer})
  )
