"""Planned checks, their results, deviations."""
