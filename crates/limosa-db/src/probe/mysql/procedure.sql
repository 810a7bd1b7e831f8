-- The body of a procedure; NULL where this user may not read it. Tested on MariaDB 10.11.
SELECT r.ROUTINE_DEFINITION
FROM information_schema.ROUTINES AS r
WHERE r.ROUTINE_TYPE = 'PROCEDURE' AND r.ROUTINE_SCHEMA = ? AND r.ROUTINE_NAME = ?
