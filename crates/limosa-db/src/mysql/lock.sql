-- Asked again and again rather than waited for: a wait in the server cannot be interrupted or reported.
-- Tested on MariaDB 10.11.
SELECT GET_LOCK(?, 0)
