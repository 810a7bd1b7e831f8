-- Which variables this server's sessions have.
-- Tested on MariaDB 10.11.
SHOW SESSION VARIABLES
