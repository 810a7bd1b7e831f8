-- The identity of a server of MySQL; MariaDB has none.
SELECT @@server_uuid
