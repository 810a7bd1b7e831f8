-- The database in which an unqualified CREATE TABLE would land. Tested on MariaDB 10.11.
SELECT coalesce(:schema, database()),
       EXISTS (SELECT 1 FROM information_schema.schemata s
               WHERE s.schema_name = coalesce(:schema, database()))
