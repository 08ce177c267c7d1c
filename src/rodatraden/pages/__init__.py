"""Home, the thread page, my tasks, search: the one place that knows everybody."""
