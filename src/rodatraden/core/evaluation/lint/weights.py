"""Weights that can't be what is stated: a criterion or a price that decides much less than its share."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.lint.market import tried
from rodatraden.core.evaluation.lint.remark import Example, Remark, Severity, Source
from rodatraden.core.evaluation.outcome import Status
from rodatraden.core.evaluation.steps import StepKind
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.lint.remark import Subject
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.exact import Exact

WEIGHTED = Source("LOU 16 kap. 6 §")
HALF = Fraction(1, 2)
"""A weight that is realised to less than half of what is stated is told. Source: policy."""
ENOUGH_BIDS = 3
"""Fewer bids say nothing of weights. Source: policy."""


def weight_out_of_reach(subject: Subject) -> Iterator[Remark]:
    """Tell of a criterion whose points can set bids that pass the gates apart by much less than its stated share."""
    criteria = subject.model.criteria
    stated = {each.key: each.highest for each in criteria}
    spans = {each.key: each.highest - _least(each, subject.model) for each in criteria}
    for n, criterion in enumerate(criteria):
        share, realised = _share(stated, criterion.key), _share(spans, criterion.key)
        if realised < share * HALF:
            yield Remark(
                "weight_out_of_reach",
                Severity.WARNING,
                say(
                    "{criterion} is stated to weigh {stated} %, but can set bids apart by at most {realised} % of the points.",
                    criterion=criterion.label, stated=_percent(share), realised=_percent(realised),
                ),
                say("Let its scale begin at 0, lower its gate, or state the smaller weight."),
                WEIGHTED,
                subject.field(f"criteria[{n}]"),
            )  # fmt: skip


def _least(criterion: Criterion, model: Model) -> Fraction:
    """Return the fewest points on a criterion with which a bid can pass the gates on that criterion alone."""
    gates = [gate.least(model.criteria) for gate in model.gates if gate.criteria == (criterion.key,)]
    return min(max([criterion.lowest, *gates]), criterion.highest)


def weight_not_realised(subject: Subject) -> Iterator[Remark]:
    """Tell when price or quality sets the bids of the file apart by much less than its stated weight."""
    weighing = subject.model.combination
    found = tried(subject.model, *subject.part.lot.bids)
    if not isinstance(weighing, WeightedSum) or found is None:
        return
    ranked = [each for each in found.outcome.results if each.status is Status.RANKED]
    if len(ranked) < ENOUGH_BIDS:
        return
    spans = {}
    for kind in (StepKind.PRICE_POINTS, StepKind.QUALITY_POINTS):
        points = [as_fraction(next(step.value for step in each.steps if step.kind is kind)) for each in ranked]
        spans[kind.value] = max(points) - min(points)
    stated = {
        StepKind.PRICE_POINTS.value: as_fraction(weighing.price_weight),
        StepKind.QUALITY_POINTS.value: as_fraction(weighing.quality_weight),
    }
    if not sum(spans.values()):
        return
    for kind in (StepKind.PRICE_POINTS, StepKind.QUALITY_POINTS):
        share, realised = _share(stated, kind.value), _share(spans, kind.value)
        if realised < share * HALF:
            values = {"stated": _percent(share), "realised": _percent(realised)}
            text = say("The price is stated to weigh {stated} %, but sets these bids apart by {realised} %.", **values)
            if kind is StepKind.QUALITY_POINTS:
                text = say(
                    "The quality is stated to weigh {stated} %, but sets these bids apart by {realised} %.", **values
                )
            yield Remark(
                "weight_not_realised",
                Severity.WARNING,
                text,
                say("Try the model on bids as they usually are, and change the curve or the weights until they do what they say."),
                WEIGHTED,
                subject.field("combination"),
                Example(say("The bids of the file, as they are."), (found,)),
            )  # fmt: skip


def _share(parts: Mapping[str, Fraction], key: str) -> Fraction:
    together = sum(parts.values(), Fraction(0))
    return parts[key] / together if together else Fraction(0)


def _percent(share: Fraction) -> Exact:
    return simplest(Fraction(round(share * 1000), 10))
