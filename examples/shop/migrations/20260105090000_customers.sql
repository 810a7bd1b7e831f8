-- limosa: up

CREATE TABLE customers (
    id         integer PRIMARY KEY,
    email      text NOT NULL,
    name       text NOT NULL,
    created_at text NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
) STRICT;

CREATE UNIQUE INDEX customers_email_key ON customers (email);

-- limosa: down

DROP TABLE customers;
