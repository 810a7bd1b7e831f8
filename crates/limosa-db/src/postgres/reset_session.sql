-- What a migration may have left behind, beside settings. Never DISCARD ALL: it gives the lock between
-- migrators back. The role comes first: a role that was set may not be allowed the rest.
-- Tested on PostgreSQL 15.
RESET SESSION AUTHORIZATION;
RESET ROLE;
CLOSE ALL;
UNLISTEN *;
DEALLOCATE ALL;
DISCARD TEMP;
DISCARD SEQUENCES;
