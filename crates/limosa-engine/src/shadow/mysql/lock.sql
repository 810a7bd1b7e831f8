-- Takes the lock of a throw-away database or user by its name. Tested on MariaDB 10.11.
SELECT GET_LOCK(?, 0)
