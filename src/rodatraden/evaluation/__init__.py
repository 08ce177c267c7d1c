"""Which bid wins: checks, link to the round, frozen outcome."""
