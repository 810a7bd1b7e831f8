-- Gives the lock of a throw-away database or user back. Tested on MariaDB 10.11.
SELECT RELEASE_LOCK(?)
