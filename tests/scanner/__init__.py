"""A real virus scanner: what it finds, what it does not look through, and that what others send goes to it and nothing else."""
