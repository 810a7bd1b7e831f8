-- What tells this server from every other one. Tested on PostgreSQL 15.
SELECT pg_catalog.pg_postmaster_start_time()::pg_catalog.text
