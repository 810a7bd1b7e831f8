-- Takes a migration out of the history, under the same conditions as it is written. All dialects.
DELETE FROM {history}
WHERE set_name = :set AND version = :recorded
  AND {lock}
  AND {guard}
