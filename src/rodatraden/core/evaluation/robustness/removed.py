"""B6: each bid and each pair withdrawn or excluded, and who is then first.

A withdrawn bid is gone. An excluded one is still among the opened bids, and a model that takes its reference from all opened
bids still counts it. In an absolute model neither changes the order of those that are left (INV-11).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.robustness.result import First, consequence, listed, told
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.robustness.again import Again

MOST_BIDS_IN_PAIRS = 30
"""With more bids only single ones are removed. Source: policy."""


class How(StrEnum):
    """Whether a bid is gone or only out of the ranking."""

    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Removal:
    """Who is first without these bids. It `turns` when another bid is first although none of the first was removed."""

    how: How
    keys: tuple[str, ...]
    first: First
    turns: bool
    text: Message
    consequence: Message


@dataclass(frozen=True, slots=True)
class Removals:
    """`value` removals of bids that are not first change who is; `next` is first when the first is removed."""

    value: int
    tried: int
    not_computed: int
    first: First
    next: First
    removals: tuple[Removal, ...]
    sentences: tuple[Message, ...]


def removals(again: Again) -> Removals:
    """Return what each bid and each pair does by being withdrawn and, where it is another thing, by being excluded."""
    first = again.first() or ()
    keys = sorted(again.bids)
    sizes = (1, 2) if len(keys) <= MOST_BIDS_IN_PAIRS else (1,)
    found = []
    for how in How if _still_counts(again) else (How.WITHDRAWN,):
        able = keys if how is How.WITHDRAWN else sorted(again.scores)
        found += [_removal(again, how, gone, first) for size in sizes for gone in combinations(able, size)]
    turned = sum(each.turns for each in found)
    not_computed = sum(each.first is None for each in found)
    return Removals(
        turned,
        len(found),
        not_computed,
        first,
        again.first(without=first) if first else None,
        tuple(found),
        told(*_sentences(again, found, turned, not_computed)),
    )


def _sentences(again: Again, found: list[Removal], turned: int, not_computed: int) -> Iterator[Message]:
    yield say("{n} of {tried} removals of one or two bids change who is first among those that are left.", n=turned, tried=len(found))  # fmt: skip
    if not again.model.is_relative:
        yield say("The model compares no bid with another, so this can't happen.")
    if not _still_counts(again):
        yield say("Whether a bid is withdrawn or excluded makes no difference here.")
    if len(again.bids) > MOST_BIDS_IN_PAIRS:
        yield say("There are more than {most} bids, so only single ones were removed.", most=MOST_BIDS_IN_PAIRS)
    if not_computed:
        yield say("{n} of the removals can't be computed.", n=not_computed)


def _still_counts(again: Again) -> bool:
    return again.model.combination.is_relative and again.model.reference_set is ReferenceSet.OPENED


def _removal(again: Again, how: How, gone: tuple[str, ...], before: tuple[str, ...]) -> Removal:
    names = listed(gone, again.names)
    if how is How.WITHDRAWN:
        first, text = again.first(without=gone), say("Without {bids}, withdrawn.", bids=names)
    else:
        first, text = again.first(excluded=gone), say("Without {bids}, excluded.", bids=names)
    turns = first is not None and first != before and not set(gone) & set(before)
    return Removal(how, gone, first, turns, text, consequence(first, again.names))
