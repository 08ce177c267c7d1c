"""Röda tråden: public procurement from the first need to the followed-up promise."""
