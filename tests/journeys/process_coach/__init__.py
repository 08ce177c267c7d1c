"""The steps of the main journey, by phase; each is one piece of what its people click."""
