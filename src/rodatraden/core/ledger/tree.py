"""The Merkle tree of RFC 6962 §2.1 over leaf hashes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def root_hash(leaf_hashes: Sequence[str]) -> str:
    """Return the root over leaf hashes (hexadecimal, in order); of no leaves it is SHA-256 of nothing.

    A level with an odd number of nodes passes its last one up unchanged, which gives the same tree as the RFC's
    split at the largest power of two.
    """
    level = [bytes.fromhex(leaf) for leaf in leaf_hashes]
    if not level:
        return sha256(b"").hexdigest()
    while len(level) > 1:
        paired = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex()
