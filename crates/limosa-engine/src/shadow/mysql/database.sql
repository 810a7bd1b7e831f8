-- What a table of the current database has that names no character set. Tested on MariaDB 10.11.
SELECT @@character_set_database, @@collation_database
