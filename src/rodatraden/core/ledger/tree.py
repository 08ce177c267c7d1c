"""Proofs out of the Merkle tree of RFC 6962 §2.1: that an entry lies in it, and that it grew from an earlier one.

A long log is never read whole for a proof. It is cut into tiles of 256 leaves, whose roots are kept and cut into tiles
themselves; a proof needs one block of 256 at each level for the entry, and one where the log ends.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rodatraden.core.ledger.offline import TILE, joined, peaks, root_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def root_reader(block: Callable[[int, int], list[str]]) -> Callable[[Span], str]:
    """Return what gives the root over a span that a proof names, in hexadecimal.

    `block` gives the block of a number at a level: at level 0 up to 256 leaf hashes from 256 × the number on, at level 1
    the roots of the tiles over 256 blocks of leaves each, at level 2 those over 256 tiles, and so on. Each is asked for once.
    What is not in it though its leaves are there is computed. A span begins where complete subtrees begin.
    """
    read = cache(block)

    def hashes(level: int, begin: int, end: int) -> Iterator[str]:
        for number in range(begin // TILE, -(-end // TILE)):
            kept, first = read(level, number), number * TILE
            there = first + len(kept)
            yield from kept[max(begin - first, 0) : end - first]
            for missing in range(max(begin, there), min(end, first + TILE) if level else 0):
                yield tile_root(list(hashes(level - 1, missing * TILE, (missing + 1) * TILE)))

    @cache
    def root(span: Span) -> str:
        at, end = span
        complete: list[bytes] = []
        for level in range(levels(end - at), -1, -1):
            begin, number = at // TILE**level, (end - at) // TILE**level
            complete += peaks([bytes.fromhex(each) for each in hashes(level, begin, begin + number)])
            at += number * TILE**level
        return joined(complete)

    return root


def levels(size: int) -> int:
    """Return how many levels of tiles lie over so many leaves: the highest one has at least one whole tile."""
    level = 0
    while size >= TILE ** (level + 1):
        level += 1
    return level


def tile_root(leaf_hashes: list[str]) -> str:
    """Return the root of one whole tile over the leaf hashes, or the roots, of what lies under it.

    Raises:
        ValueError: it is not whole.
    """
    if len(leaf_hashes) != TILE:
        msg = f"A tile has {TILE} leaves, not {len(leaf_hashes)}"
        raise ValueError(msg)
    return root_hash(leaf_hashes)


def _half(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
