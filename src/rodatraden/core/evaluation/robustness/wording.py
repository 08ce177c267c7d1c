"""The report in sections, so that page and command say the same in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rodatraden.core.evaluation.robustness.result import EXPLAINS
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.robustness import Report


class Change(Protocol):
    """Something that was tried."""

    @property
    def text(self) -> Message:
        """Return what was otherwise."""

    @property
    def consequence(self) -> Message:
        """Return who would then have been first."""


@dataclass(frozen=True, slots=True)
class Section:
    """One question: its answer in sentences, and line by line what was tried, each with what would have followed."""

    code: str
    title: Message
    sentences: tuple[Message, ...]
    lines: tuple[tuple[Message, Message], ...] = ()
    parts: tuple[tuple[Message, tuple[Message, ...]], ...] = ()


def sections(report: Report, model: Model, names: Mapping[str, str]) -> tuple[Section, ...]:
    """Return the sections that the report has an answer to; how far it was to first place has a table of its own."""
    return tuple(_sections(report, model, names))


def _sections(report: Report, model: Model, names: Mapping[str, str]) -> Iterator[Section]:
    single, own = report.single_changes, report.single_individual_changes
    yield _section("closeness", say("How far it was to first place"), report.closeness.sentences)
    yield _section("single", say("One score, one step"), single.sentences, single.turns)
    if own:
        yield _section("own", say("One assessor's score, one step"), own.sentences, own.turns)
    if report.one_out:
        yield _section("one_out", say("One assessor left out"), report.one_out.sentences, report.one_out.without)
    if report.resampled:
        yield _section("resampled", say("The panel drawn again"), report.resampled.sentences)
    if report.agreed:
        labels = {criterion.key: criterion.label for criterion in model.criteria}
        parts = [
            (say("On {criterion}", criterion=labels[key]), each.sentences)
            for key, each in report.agreed.by_criterion.items()
        ]
        parts += [
            (say("{bid}, as shares of the scales", bid=names[key]), each.sentences)
            for key, each in report.agreed.by_bid.items()
        ]
        sentences = _without_common(report.agreed.sentences)
        yield Section("agreed", say("How well the assessors agree"), sentences, parts=tuple(parts))
    turning = [each for each in report.removals.removals if each.turns or each.keys == report.value]
    yield _section("removals", say("A bid withdrawn or excluded"), report.removals.sentences, turning)
    if report.noise:
        yield _section("noise", say("The panel's own uncertainty"), report.noise.sentences)
    sentences = (*_without_common(report.recomputed.sentences), *(each.text for each in report.recomputed.differences))
    yield Section("recomputed", say("Computed again"), sentences)


def _section(code: str, title: Message, sentences: tuple[Message, ...], changes: Iterable[Change] = ()) -> Section:
    lines = tuple((each.text, each.consequence) for each in changes)
    return Section(code, title, _without_common(sentences), lines)


def _without_common(sentences: Iterable[Message]) -> tuple[Message, ...]:
    """Leave out what holds for all sections and is said once, at the top."""
    return tuple(each for each in sentences if each != EXPLAINS)
