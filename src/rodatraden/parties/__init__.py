"""Organisations, people and what they are in them."""
