-- A sequence's settings, which are in itself.
-- Tested on MariaDB 10.11.
SELECT {number}, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option FROM {sequence}
