-- What a migration may have left in the session of the server, beside settings. Prepared statements stay: the pooler
-- keeps its own list of them.
-- Tested on PostgreSQL 15.
CLOSE ALL;
UNLISTEN *;
DISCARD TEMP;
DISCARD SEQUENCES;
