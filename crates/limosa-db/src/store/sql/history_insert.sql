-- Records a migration as applied, while the lock is held and, where the unit ran in a transaction,
-- only in that very transaction. All dialects.
INSERT INTO {history} (
    sequence, set_name, version, name, layout, origin, attempt,
    up_sha256, up_tokens, up_text, up_options, down_sha256, down_tokens, down_text, down_options,
    irreversible, app_release, min_release, statements, duration_ms, applied_at, applied_by, tool_version
)
SELECT CAST(:sequence AS {integer}) + 1, :set, :version, :name, :layout, :origin, :attempt,
       :up_sha256, :up_tokens, :up_text, :up_options,
       :down_sha256, :down_tokens, :down_text, :down_options,
       :irreversible, :app_release, :min_release, CAST(:statements AS {integer}),
       coalesce(CAST(:duration_ms AS {integer}), (
           SELECT {milliseconds min(e.at)} FROM {journal} e WHERE e.attempt = :attempt AND e.event = 'unit-started'
       ), 0),
       coalesce({from_utc}:applied_at{to_time}, {now}), :actor, :tool_version
{dual}
WHERE {lock}
  AND {guard}
