-- A transaction of a unit writes the row of the lease: whoever takes it over waits for the end of the transaction, or,
-- on another node of a cluster, one of the two fails. All dialects that have leases.
UPDATE {lease} SET beat = beat + 1 WHERE part = 'lease' AND token = :token AND holder IS NOT NULL
