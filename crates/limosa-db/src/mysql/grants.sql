-- Tested on MariaDB 10.11.
SHOW GRANTS
