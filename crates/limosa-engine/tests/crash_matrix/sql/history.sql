-- What the history says, without what differs from run to run. All databases.
SELECT sequence, version, name, layout, origin, up_sha256, up_tokens, down_sha256, statements
FROM limosa_history ORDER BY sequence
