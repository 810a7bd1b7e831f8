-- Who reads the catalog, and what may be seen. MySQL 8 and MariaDB 10.6 to 11, tested on MariaDB 10.11.
SHOW GRANTS
