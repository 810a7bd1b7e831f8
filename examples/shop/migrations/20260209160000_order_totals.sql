-- limosa: up

CREATE VIEW order_totals AS
SELECT orders.id AS order_id,
       orders.customer_id,
       coalesce(sum(order_lines.quantity * order_lines.price_cents), 0) AS total_cents
FROM orders
LEFT JOIN order_lines ON order_lines.order_id = orders.id
GROUP BY orders.id;

CREATE INDEX orders_customer_id_idx ON orders (customer_id);

-- limosa: down

DROP INDEX orders_customer_id_idx;
DROP VIEW order_totals;
