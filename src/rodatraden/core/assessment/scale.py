"""A scale of points with the text that was published for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING

from rodatraden.core.exact import Exact, as_fraction
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction


class ScaleError(ValueError):
    """The scale contradicts itself; `reason` says how."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Band:
    """The published text for the points from `lowest` to `highest`, both included."""

    lowest: Decimal
    highest: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Points from `lowest` to `highest` in steps of `step`; without step any value between them.

    Bands may be left out. Where they stand, each step has exactly one text (LOU 16 kap. 2 §: no free choice).
    """

    lowest: Decimal
    highest: Decimal
    step: Decimal | None = Decimal(1)
    bands: tuple[Band, ...] = ()

    def __post_init__(self) -> None:
        low, high = as_fraction(self.lowest), as_fraction(self.highest)
        if not 0 <= low < high:
            raise ScaleError(
                say("A scale from {lowest} to {highest} is not a scale.", lowest=self.lowest, highest=self.highest)
            )
        if self.step is not None and (as_fraction(self.step) <= 0 or (high - low) % as_fraction(self.step)):
            raise ScaleError(
                say("Steps of {step} do not lead from {lowest} to {highest}.", step=self.step,
                    lowest=self.lowest, highest=self.highest)
            )  # fmt: skip
        if self.bands:
            self._check_bands()

    @classmethod
    def from_texts(cls, texts: Sequence[tuple[Decimal, str]], highest: Decimal, step: Decimal = Decimal(1)) -> Scale:
        """Return the scale in which each text holds from its own points up to where the next begins.

        Raises:
            ScaleError: there is no text, two begin at the same points, or one begins between two steps.
        """
        if not texts:
            raise ScaleError(say("A scale needs at least one text."))
        ordered = sorted(texts)
        ends = [points - step for points, _ in ordered[1:]] + [highest]
        bands = tuple(Band(points, end, text) for (points, text), end in zip(ordered, ends, strict=True))
        return cls(ordered[0][0], highest, step, bands)

    @property
    def width(self) -> Fraction:
        """Return the distance from the lowest to the highest points."""
        return as_fraction(self.highest) - as_fraction(self.lowest)

    @property
    def values(self) -> tuple[Decimal, ...]:
        """Return every value that can be given, lowest first; none when the scale has no steps."""
        if self.step is None:
            return ()
        return tuple(self.lowest + self.step * index for index in range(int(self.width / as_fraction(self.step)) + 1))

    def text_for(self, score: Exact) -> str:
        """Return the published text for `score`, or nothing when the scale has none."""
        exact = as_fraction(score)
        return next(
            (band.text for band in self.bands if as_fraction(band.lowest) <= exact <= as_fraction(band.highest)), ""
        )

    def _check_bands(self) -> None:
        if self.step is None:
            raise ScaleError(say("A scale with texts needs steps."))
        place = self._without_its_text(self.step)
        if place is not None:
            points = self.lowest + self.step * place
            n_texts = sum(band.lowest <= points <= band.highest for band in self.bands)
            raise ScaleError(say("{points} points have {n} texts; each step has one.", points=points, n=n_texts))
        if any(band.lowest > band.highest for band in self.bands):
            raise ScaleError(say("A text holds for no points at all."))
        if any(not band.text.strip() for band in self.bands):
            raise ScaleError(say("A step has an empty text."))

    def _without_its_text(self, step: Decimal) -> int | None:
        """Return the place of the first step that has no text or several, counted from 0, or None."""
        low, width = as_fraction(self.lowest), as_fraction(step)
        covered = sorted(
            (max(ceil((as_fraction(band.lowest) - low) / width), 0), floor((as_fraction(band.highest) - low) / width))
            for band in self.bands
        )
        after = 0  # the step after those that have their text
        for first, last in covered:
            if first > last:
                continue
            if first != after:
                return min(first, after)
            after = last + 1
        return after if after <= self.width / width else None


class ScoreFault(StrEnum):
    """What can be wrong with a score."""

    NOT_EXACT = "not_exact"
    OUTSIDE = "outside"
    OFF_STEP = "off_step"
    NO_REASON = "no_reason"


@dataclass(frozen=True, slots=True)
class ScoreProblem:
    """Why a score was not taken."""

    fault: ScoreFault
    reason: Message


def score_problem(scale: Scale, score: object) -> ScoreProblem | None:
    """Return what is wrong with `score` on `scale`, or None; 0 is a score, and nothing is not 0."""
    try:
        exact = as_fraction(score)
    except TypeError:
        return ScoreProblem(ScoreFault.NOT_EXACT, say("{score} is not an exact number.", score=str(score)))
    shown = score if isinstance(score, Decimal) else exact
    if not scale.lowest <= shown <= scale.highest:
        reason = say(
            "{score} is outside the scale, {lowest} to {highest}.",
            score=shown, lowest=scale.lowest, highest=scale.highest,
        )  # fmt: skip
        return ScoreProblem(ScoreFault.OUTSIDE, reason)
    if scale.step is not None and not _is_on_step(shown, scale.lowest, scale.step):
        reason = say("{score} is between two steps; the scale has steps of {step}.", score=shown, step=scale.step)
        return ScoreProblem(ScoreFault.OFF_STEP, reason)
    return None


@lru_cache(maxsize=4096)  # the same few scores are given again and again
def _is_on_step(score: Exact, lowest: Decimal, step: Decimal) -> bool:
    return not (as_fraction(score) - as_fraction(lowest)) % as_fraction(step)


def check_score(scale: Scale, score: Exact, reason: str) -> ScoreProblem | None:
    """Return what is wrong with an assessor's `score` and written `reason`, or None when both can be kept.

    A score without a reason can't be explained to the one who was judged (LOU 12 kap. 14 §).
    """
    problem = score_problem(scale, score)
    if problem is None and not reason.strip():
        return ScoreProblem(ScoreFault.NO_REASON, say("Write the reason for the points."))
    return problem
