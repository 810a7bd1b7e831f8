-- Whether nobody holds the lock without a pooler: for as long as the transaction that takes the lease.
-- Tested on PostgreSQL 15.
SELECT pg_catalog.pg_try_advisory_xact_lock($1)
