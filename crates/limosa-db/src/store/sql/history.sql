-- What is applied. All dialects.
SELECT sequence, version, name, layout, origin,
       up_sha256, up_tokens, up_options,
       down_sha256, down_tokens, down_options,
       CASE WHEN down_text IS NULL THEN 0 ELSE 1 END,
       CASE WHEN :downs = 1 THEN down_text ELSE NULL END,
       irreversible, app_release, min_release,
       {utc applied_at}, duration_ms, statements, applied_by,
       CASE WHEN up_text IS NULL THEN 0 ELSE 1 END,
       CASE WHEN :ups = 1 THEN up_text ELSE NULL END
FROM {history}
WHERE set_name = :set
ORDER BY sequence
