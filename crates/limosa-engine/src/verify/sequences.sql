-- The sequences of the database, and how far each is: its last value, or nothing when it was not used yet.
-- PostgreSQL 12 to 18.
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename),
       coalesce(last_value::text, '')
FROM pg_catalog.pg_sequences
