-- What was last written down about each version, oldest first. All dialects.
SELECT version, detail
FROM {journal}
WHERE set_name = :set
  AND event IN ('applied', 'adopted', 'baselined', 'mirrored', 'reverted')
ORDER BY id
