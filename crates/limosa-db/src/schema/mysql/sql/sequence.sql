SELECT {number}, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option FROM {sequence}
