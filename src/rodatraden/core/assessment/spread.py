"""How much assessors differ on one criterion of one subject: a reason to talk, never a reason to compute a mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.assessment.scale import score_problem
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.assessment.scale import Scale

FEWEST_FOR_SHARE = 5
"""With fewer assessors a share of the scale would look more exact than it is: only the raw spread is told. Source:
policy."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The distance between the highest and the lowest score; `share` of the scale only from five assessors on."""

    lowest: Exact
    highest: Exact
    value: Exact
    share: Exact | None
    n_assessors: int
    steps: tuple[Message, ...]


def spread(scale: Scale, scores: Sequence[Exact]) -> Spread | None:
    """Return how the individual `scores` spread on `scale`; None with fewer than two, since nobody can differ alone.

    Raises:
        ValueError: a score is not on the scale.
    """
    for score in scores:
        problem = score_problem(scale, score)
        if problem:
            raise ValueError(str(problem.reason))
    if len(scores) < 2:  # noqa: PLR2004  two are the fewest who can differ
        return None
    exact = sorted(as_fraction(score) for score in scores)
    lowest, highest = simplest(exact[0]), simplest(exact[-1])
    distance = exact[-1] - exact[0]
    value = simplest(distance)
    steps = [say("Spread: {highest} − {lowest} = {spread}", highest=highest, lowest=lowest, spread=value)]
    share = None
    if len(scores) >= FEWEST_FOR_SHARE:
        share = simplest(distance / scale.width)
        steps.append(
            say(
                "Share of the scale: {spread} / {width} = {share}",
                spread=value,
                width=simplest(scale.width),
                share=share,
            )
        )
    return Spread(lowest, highest, value, share, len(scores), tuple(steps))
