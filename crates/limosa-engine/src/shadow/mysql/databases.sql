-- What may be throw-away databases. Tested on MariaDB 10.11.
SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'limosa\_shadow\_%'
