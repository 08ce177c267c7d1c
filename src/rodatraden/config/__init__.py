"""Wiring: settings, URLs, middleware and the one place where the clock is read."""
