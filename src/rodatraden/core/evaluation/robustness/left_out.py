"""B3: each assessor left out in turn, and who is then first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.robustness.result import First, consequence, told
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from rodatraden.core.evaluation.robustness.again import Again
    from rodatraden.core.evaluation.robustness.individual import Joined, Panel


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Who is first without `assessor`; None when something was judged by nobody else, or can't be computed."""

    assessor: str
    first: First
    text: Message
    consequence: Message


@dataclass(frozen=True, slots=True)
class OneOut:
    """`value` of the assessors change first place from `first`, that of all together, by being left out."""

    value: int
    joined: Joined
    first: First
    without: tuple[LeftOut, ...]
    sentences: tuple[Message, ...]


def one_out(joining: Again, panel: Panel, joined: Joined) -> OneOut:
    """Return who is first without each assessor; one who judged something alone can't be left out."""
    everybody = panel.all_once()
    scores = panel.joined(joining, joined, everybody)
    first = None if scores is None else joining.first(scores)
    without = []
    for assessor in panel.assessors:
        rest = panel.joined(joining, joined, {**everybody, assessor: 0})
        found = None if rest is None else joining.first(rest)
        text = say("Without {assessor}.", assessor=assessor)
        if rest is None:
            text = say("Without {assessor} something has no score at all.", assessor=assessor)
        without.append(LeftOut(assessor, found, text, consequence(found, joining.names)))
    turned = sum(each.first is not None and each.first != first for each in without)
    sentence = say("{n} of {assessors} assessors change first place by being left out.", n=turned, assessors=len(without))  # fmt: skip
    other = say("So counted, first place is another than by the consensus.") if first != joining.first() else None
    missed = sum(each.first is None for each in without)
    unknown = say("{n} of them can't be left out: they judged something alone, or the rest can't be computed.", n=missed) if missed else None  # fmt: skip
    return OneOut(turned, joined, first, tuple(without), told(joined.text, other, sentence, unknown))
