"""Checking a log: naming the first entry that is altered, missing, reordered or doubled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.ledger.leaf import PARTS, commit, leaf_hash, read_leaf
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rodatraden.core.ledger.leaf import Salts


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


@dataclass(frozen=True, slots=True)
class Fault:
    """The first fault found: at which index, and what is wrong."""

    index: int
    reason: Message


def verify(rows: Iterable[tuple[Row, Body | None]]) -> Fault | None:
    """Return the first fault of a log in index order, or None when it holds; an erased body is not a fault.

    What was cut off at the end leaves no gap: compare `root_hash` with a head that was written down elsewhere.
    """
    seen: set[str] = set()
    for expected, (row, body) in enumerate(rows):
        fault = _fault_of(row, body, expected, seen)
        if fault is not None:
            return Fault(index=min(row.index, expected), reason=fault)
        seen.add(row.leaf_hash)
    return None


def _fault_of(row: Row, body: Body | None, expected: int, seen: set[str]) -> Message | None:
    if row.index > expected:
        return say("Entry {index} is missing.", index=expected)
    if row.index < expected or row.leaf_hash in seen:
        return say("Entry {index} is there twice.", index=row.index)
    if leaf_hash(row.leaf.encode("utf-8")) != row.leaf_hash:
        return say("Entry {index} has been altered: its text does not give its hash.", index=row.index)
    try:
        committed = read_leaf(row.leaf)
    except (ValueError, json.JSONDecodeError):
        return say("Entry {index} is not a leaf of a known format.", index=row.index)
    if body is not None and not _opens(body, committed):
        return say("The body of entry {index} has been altered.", index=row.index)
    return None


def _opens(body: Body, committed: Mapping[str, str]) -> bool:
    """Whether the body's salts and values give the commitments; what can't even be committed to does not."""
    try:
        return all(commit(body.salts[part], body.parts[part]) == committed[part] for part in PARTS)
    except (KeyError, ValueError):
        return False
