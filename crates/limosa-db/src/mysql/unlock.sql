-- Tested on MariaDB 10.11.
SELECT RELEASE_LOCK(?)
