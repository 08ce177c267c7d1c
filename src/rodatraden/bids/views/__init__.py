"""Pages of bids: the supplier's way from the first page to the receipt, the officials' from the closed box to the bids."""
