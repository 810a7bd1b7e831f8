-- The lease between migrators: who holds it, and the sign of life of whoever does. Tested on MariaDB 10.11.
CREATE TABLE IF NOT EXISTS {lease} (
    part varchar(20) PRIMARY KEY,
    token bigint NOT NULL,
    beat bigint NOT NULL,
    holder varchar(255),
    since datetime(3)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
