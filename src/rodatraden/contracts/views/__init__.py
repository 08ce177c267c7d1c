"""Pages of a contract, one module for each part of its life."""
