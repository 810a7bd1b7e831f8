-- One entry of the journal, written only while the lock is held. All dialects.
INSERT INTO {journal} (
    {id}at, set_name, run, event, attempt, version, name, direction, unit, digest, statement,
    backend, backend_start, transaction_id, actor, detail
)
SELECT {next_id}{now}, :set, :run, :event, :attempt, :version, :name, :direction, CAST(:unit AS {integer}),
       :digest, CAST(:statement AS {integer}), CAST(:backend AS {integer}), :backend_start,
       {transaction_id}, :actor, :detail
{dual}
WHERE {lock}
