-- What a server has in common with its copies. Not everybody may ask for it. Tested on PostgreSQL 15.
SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()
