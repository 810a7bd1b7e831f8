-- The two rows of the lease, which are never deleted. PostgreSQL 12 to 18, tested on 15.
INSERT INTO {lease} (part, token, beat) VALUES ('lease', 0, 0), ('heartbeat', 0, 0) ON CONFLICT DO NOTHING
