-- Tested on MariaDB 10.11.
SELECT p.PLUGIN_LIBRARY
FROM information_schema.PLUGINS AS p
WHERE p.PLUGIN_NAME = ?
