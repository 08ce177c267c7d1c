"""Proofs out of the Merkle tree of RFC 6962 §2.1: that an entry lies in it, and that it grew from an earlier one.

A long log is never read whole for a proof. It is cut into tiles of 256 leaves, whose roots are kept; a proof needs
those and the leaves of the few tiles that its way leads through.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rodatraden.core.ledger.offline import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

TILE = 256
"""Leaves; a power of two, so that a tile is a complete subtree."""

Span = tuple[int, int]
"""The leaves from one index up to, and without, another."""


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the spans whose roots are the inclusion path of entry `index` in a log of `size`, from the leaf up.

    Raises:
        ValueError: there is no such entry.
    """
    if not 0 <= index < size:
        msg = f"No entry {index} in a log of {size}"
        raise ValueError(msg)
    spans: list[Span] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _half(end - begin)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """Return the spans whose roots prove that a log of `second` entries begins with the first `first` of them.

    RFC 6962 §2.1.2; of two equal logs, and of an empty one, nothing has to be proved.

    Raises:
        ValueError: the first is longer than the second.
    """
    if not 0 <= first <= second:
        msg = f"A log of {second} does not grow from one of {first}"
        raise ValueError(msg)
    if first in {0, second}:
        return []
    spans: list[Span] = []
    begin, end, is_whole = 0, second, True
    while first != end:
        middle = begin + _half(end - begin)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin, is_whole = middle, False
    if not is_whole:
        spans.append((begin, end))
    return spans[::-1]


def root_reader(
    leaves: Callable[[int, int], list[str]], tiles: Callable[[int, int], list[str]]
) -> Callable[[Span], str]:
    """Return what gives the root over a span that a proof names, in hexadecimal.

    `leaves` gives the leaf hashes from one index up to another, `tiles` the roots of whole tiles from one number up to
    another. Such a span begins where complete subtrees begin, so its tiles are whole up to the last one.
    """

    @cache
    def root(span: Span) -> str:
        begin, end = span
        tree = Tree()
        if begin % TILE == 0:
            whole = end // TILE
            for tile in tiles(begin // TILE, whole):
                tree.add(bytes.fromhex(tile))
            begin = max(begin, whole * TILE)
        rest = Tree()
        for leaf in leaves(begin, end):
            rest.add(bytes.fromhex(leaf))
        return tree.root(rest)

    return root


def tile_root(leaf_hashes: list[str]) -> str:
    """Return the root of one whole tile.

    Raises:
        ValueError: it is not whole.
    """
    if len(leaf_hashes) != TILE:
        msg = f"A tile has {TILE} leaves, not {len(leaf_hashes)}"
        raise ValueError(msg)
    tree = Tree()
    for each in leaf_hashes:
        tree.add(bytes.fromhex(each))
    return tree.root()


def _half(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
