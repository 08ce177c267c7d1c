"""Pages of a round: what is left, the reading desk, handing in, the consensus."""
