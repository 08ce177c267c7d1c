"""The decision, its notifications and the standstill."""
