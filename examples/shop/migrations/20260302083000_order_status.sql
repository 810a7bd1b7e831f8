-- limosa: up

ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'placed'
    CHECK (status IN ('placed', 'paid', 'shipped', 'returned'));

-- Orders from before this column have left the house.
UPDATE orders SET status = 'shipped';

-- limosa: down

-- limosa: accepts-loss(orders.status): no release before this one knows a status
ALTER TABLE orders DROP COLUMN status;
