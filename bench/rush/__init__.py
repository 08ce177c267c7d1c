"""The last five minutes before a deadline: sealed bids at a constant rate while people browse (`python -m bench.rush`)."""
