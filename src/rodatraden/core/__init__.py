"""Rules without rows: pure Python, no Django, no clock, no network, no chance of its own."""
