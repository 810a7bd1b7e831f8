-- The lease between migrators: who holds it, and the sign of life of whoever does. PostgreSQL 12 to 18, tested on 15.
CREATE TABLE IF NOT EXISTS {lease} (
    part text PRIMARY KEY,
    token bigint NOT NULL,
    beat bigint NOT NULL,
    holder text,
    since timestamptz
)
