-- In one message with a statement that commits by itself: an error here, and the statement does not run.
-- Tested on MariaDB 10.11.
BEGIN NOT ATOMIC IF NOT {held} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'limosa: the lease is gone'; END IF; END;
