-- limosa: up

CREATE TABLE products (
    id          integer PRIMARY KEY,
    sku         text NOT NULL UNIQUE,
    title       text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0)
) STRICT;

CREATE TABLE stock (
    product_id integer PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
    quantity   integer NOT NULL DEFAULT 0 CHECK (quantity >= 0)
) STRICT;

-- limosa: down

DROP TABLE stock;
DROP TABLE products;
