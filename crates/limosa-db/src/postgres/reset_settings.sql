-- Back to what the session began with. Works inside a transaction and outside. Never DISCARD ALL: it gives
-- the lock between migrators back.
-- Tested on PostgreSQL 15.
RESET SESSION AUTHORIZATION;
RESET ROLE;
RESET ALL;
