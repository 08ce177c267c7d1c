"""Checking a log: naming the first entry that is altered, missing, reordered or doubled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from rodatraden.core.canonical import NotCanonicalError, canonical_json
from rodatraden.core.ledger.offline import TILE, FaultyError, Tree, Wrong, blocks, checked
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rodatraden.core.ledger.leaf import Salts
    from rodatraden.core.ledger.offline import Head, Row


class Tile(NamedTuple):
    """The root of a whole tile as it is kept, in hexadecimal; level 1 lies over leaves."""

    level: int
    number: int
    root: str


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an entry as it is stored: its salts and the values that they commit to."""

    salts: Salts
    parts: Mapping[str, object]

    def opened(self) -> dict[str, tuple[bytes, bytes]]:
        """Return salt and canonical bytes of each part; what can't even be committed to is no part."""
        try:
            return {part: (self.salts[part], canonical_json(value)) for part, value in self.parts.items()}
        except (KeyError, NotCanonicalError):
            return {}


@dataclass(frozen=True, slots=True)
class Fault:
    """The first fault found: at which index, and what is wrong."""

    index: int
    reason: Message


def verify(entries: Iterable[Row], heads: Iterable[Head] = (), tiles: Iterable[Tile] = ()) -> Fault | None:
    """Return the first fault of a log in index order, or None when it holds; an erased body is not a fault.

    What was cut off at the end, or written anew with its hashes, leaves no trace of its own: `heads` that were written
    down earlier show it. Last comes what is kept beside the entries: `tiles`, by level and number from the first one on.
    """
    roots: dict[int, set[str]] = {}
    for head in heads:
        roots.setdefault(head.size, set()).add(head.root)
    tree, held = Tree(), 0
    try:
        for good in checked(blocks(entries)):
            for part in tree.parted(good, roots):
                tree.add(part)
                if tree.size in roots:
                    if roots[tree.size] != {tree.root()}:
                        last = tree.size - 1
                        reason = say(
                            "One of the entries {first} to {last} is not what the log had.", first=held, last=last
                        )
                        return Fault(index=held, reason=reason)
                    held = tree.size
    except FaultyError as error:
        return Fault(index=error.index, reason=_reason(error.wrong, error.index))
    if max(roots, default=0) > tree.size:
        return Fault(index=tree.size, reason=_reason(Wrong.MISSING, tree.size))
    return _wrong_tile(tree, tiles)


def _wrong_tile(tree: Tree, tiles: Iterable[Tile]) -> Fault | None:
    """Return the first tile whose root does not follow from its entries: proofs of receipts to come would not hold."""
    for level, kept in groupby(tiles, key=lambda tile: tile.level):
        there = tree.tiles[level] if 0 < level < len(tree.tiles) else []
        for expected, tile in enumerate(kept):
            if tile.number != expected or expected >= len(there) or tile.root != there[expected].hex():
                first = expected * TILE**level
                last = first + TILE**level - 1
                words = say("The root kept of the entries {first} to {last} is not theirs.", first=first, last=last)
                return Fault(index=first, reason=words)
    return None


def _reason(wrong: Wrong, index: int) -> Message:
    match wrong:
        case Wrong.MISSING:
            return say("Entry {index} is missing.", index=index)
        case Wrong.DOUBLED:
            return say("Entry {index} is there twice.", index=index)
        case Wrong.ALTERED:
            return say("Entry {index} has been altered: its text does not give its hash.", index=index)
        case Wrong.UNKNOWN:
            return say("Entry {index} is not a leaf of a known format.", index=index)
        case Wrong.BODY:
            return say("The body of entry {index} has been altered.", index=index)
