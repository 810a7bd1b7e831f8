-- The two rows of the lease, which are never deleted. Tested on MariaDB 10.11.
INSERT IGNORE INTO {lease} (part, token, beat) VALUES ('lease', 0, 0), ('heartbeat', 0, 0)
