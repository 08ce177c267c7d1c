"""Template tags that know every room."""
