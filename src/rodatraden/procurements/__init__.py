"""The procurement: its team, conflict declarations and stage facts."""
