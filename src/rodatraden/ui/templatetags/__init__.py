"""The template library `rt`."""
