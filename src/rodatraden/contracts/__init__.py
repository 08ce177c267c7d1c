"""The contract, its terms, ceiling and call-offs."""
