-- The sessions in a database, whose name is $1. Tested on PostgreSQL 15.
SELECT a.pid FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = $1
