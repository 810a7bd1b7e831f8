-- limosa: up

-- A product that is sold leaves the stock; the check on `stock.quantity` refuses to sell more
-- than there is.
CREATE TRIGGER order_lines_take_stock AFTER INSERT ON order_lines
BEGIN
    UPDATE stock SET quantity = quantity - NEW.quantity WHERE product_id = NEW.product_id;
END;

CREATE TRIGGER order_lines_give_stock_back AFTER DELETE ON order_lines
BEGIN
    UPDATE stock SET quantity = quantity + OLD.quantity WHERE product_id = OLD.product_id;
END;

-- limosa: down

DROP TRIGGER order_lines_give_stock_back;
DROP TRIGGER order_lines_take_stock;
