"""Public pages: reads all, nobody reads it."""
