-- Whether an attempt has ended. All dialects.
SELECT 1
FROM {journal}
WHERE attempt = :attempt AND event IN ('applied', 'baselined', 'reverted')
