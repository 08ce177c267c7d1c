"""Checking a log: naming the first entry that is altered, missing, reordered or doubled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.canonical import NotCanonicalError, canonical_json
from rodatraden.core.ledger.offline import Entry, Tree, Wrong, faults
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rodatraden.core.ledger.leaf import Salts
    from rodatraden.core.ledger.offline import Head


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is stored."""

    index: int
    leaf: str
    leaf_hash: str


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


def verify(rows: Iterable[tuple[Row, Body | None]], heads: Iterable[Head] = ()) -> Fault | None:
    """Return the first fault of a log in index order, or None when it holds; an erased body is not a fault.

    What was cut off at the end, or written anew with its hashes, leaves no trace of its own: `heads` that were written
    down earlier show it.
    """
    entries = (Entry(row.index, row.leaf, row.leaf_hash, body.opened() if body else None) for row, body in rows)
    roots: dict[int, set[str]] = {}
    for head in heads:
        roots.setdefault(head.size, set()).add(head.root)
    tree, held = Tree(), 0
    for entry, index, wrong in faults(entries):
        if wrong:
            return Fault(index=index, reason=_reason(wrong, index))
        tree.add(bytes.fromhex(entry.leaf_hash))
        if tree.size in roots:
            if roots[tree.size] != {tree.root()}:
                reason = say("One of the entries {first} to {last} is not what the log had.", first=held, last=index)
                return Fault(index=held, reason=reason)
            held = tree.size
    if max(roots, default=0) > tree.size:
        return Fault(index=tree.size, reason=_reason(Wrong.MISSING, tree.size))
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
