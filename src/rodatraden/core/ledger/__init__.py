"""The append-only log: how a leaf is made, and how a log is checked. The format is final."""

from rodatraden.core.ledger.leaf import FORMAT, PARTS, Leaf, Salts, commit, commitments, leaf_hash, read_leaf
from rodatraden.core.ledger.tree import root_hash
from rodatraden.core.ledger.verify import Body, Fault, Row, verify

__all__ = [
    "FORMAT",
    "PARTS",
    "Body",
    "Fault",
    "Leaf",
    "Row",
    "Salts",
    "commit",
    "commitments",
    "leaf_hash",
    "read_leaf",
    "root_hash",
    "verify",
]
