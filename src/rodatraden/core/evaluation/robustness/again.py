"""Who would be first with other scores, other prices or fewer bids: exact, as `evaluate`, with what stays the same kept.

A property test holds it to `evaluate`. What can't be computed, such as a bid without price that would pass the gate, has no
answer; it is never counted as if nothing had changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation.bids import InputError, InputFault, checked, price_of, scores_of
from rodatraden.core.evaluation.field import Entry, Field, UndefinedError
from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.outcome import WITHIN, Status
from rodatraden.core.evaluation.ranking import Contender, Place, TieRule, rank
from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.rounding import Where, rounded
from rodatraden.core.evaluation.steps import Unit
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.robustness.result import First

Scores = tuple[Fraction, ...]
"""One score for each criterion, in the order of the model."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A bid after the gates; `points` are on the scale of the weighing, also below a gate."""

    key: str
    status: Status
    points: Fraction = Fraction(0)
    by_criterion: tuple[Fraction, ...] = ()


class Again:
    """A model and its bids, ready to be computed again many times.

    Raises:
        InputError: the model can't be used, or a qualified bid lacks a score.
    """

    def __init__(self, model: Model, bids: Iterable[Bid]) -> None:
        for finding in stops(findings(model)):
            raise InputError(InputFault.UNUSABLE_MODEL, finding.text, field=finding.field, source=finding.source)
        self.model = model
        self.bids = {bid.key: bid for bid in checked(bids)}
        self.names = {key: bid.name for key, bid in self.bids.items()}
        self.keys = [criterion.key for criterion in model.criteria]
        self.scores: dict[str, Scores] = {}
        for key, bid in self.bids.items():
            if bid.not_qualified is None:
                found, _steps = scores_of(model, bid)
                self.scores[key] = tuple(as_fraction(found[each]) for each in self.keys)
        self.minds_points = isinstance(model.combination, WeightedSum) and model.combination.of_best
        self.gates = tuple(
            ([n for n, key in enumerate(self.keys) if not gate.criteria or key in gate.criteria], gate.least(model.criteria))
            for gate in model.gates
        )  # fmt: skip
        self._scale = model.counted_up(Fraction(1)) if model.criteria else Fraction(1)
        self._rounds_sum = any(each.where is Where.POINTS for each in model.roundings)
        self._prices: dict[str, Fraction] = {}
        self._points: dict[tuple[int, Fraction], Fraction] = {}
        self._judged: dict[tuple[str, Scores], Judged] = {}
        self._values: dict[tuple[Fraction | None, Fraction, Field], Fraction] = {}

    def first(
        self,
        scores: Mapping[str, Scores] | None = None,
        *,
        prices: Mapping[str, Fraction] | None = None,
        without: Collection[str] = (),
        excluded: Collection[str] = (),
    ) -> First:
        """Return who is first with these scores and compared prices instead, `without` some bids or with some `excluded`."""
        given = self.scores | dict(scores or {})
        judged = [
            Judged(key, Status.NOT_QUALIFIED) if key in excluded or key not in given else self.judged(key, given[key])
            for key in self.bids
            if key not in without
        ]
        try:
            places = self.places(judged, self.field(judged, prices), prices)
        except InputError:
            return None
        return tuple(place.key for place in places if place.place == 1)

    def judged(self, key: str, scores: Scores) -> Judged:
        """Return a bid with these scores after the gates."""
        known = self._judged.get((key, scores))
        if known is None:
            known = self._judged[key, scores] = self._judge(key, scores)
        return known

    def _judge(self, key: str, scores: Scores) -> Judged:
        by_criterion = tuple(self.points(n, score) for n, score in enumerate(scores))
        points = sum(by_criterion, Fraction(0))
        if self._rounds_sum:
            points, _steps = rounded(points, Where.POINTS, self.model.roundings, Unit.POINTS)
        for minded, least in self.gates:
            if sum((by_criterion[n] for n in minded), Fraction(0)) < least:
                return Judged(key, Status.BELOW_GATE, points * self._scale, by_criterion)
        return Judged(key, Status.RANKED, points * self._scale, by_criterion)

    def points(self, criterion: int, score: Fraction) -> Fraction:
        """Return the points of a score on the criterion with this number."""
        known = self._points.get((criterion, score))
        if known is None:
            known, _steps = self.model.criteria[criterion].points(score, self.model.roundings)
            self._points[criterion, score] = known
        return known

    def price(self, key: str, prices: Mapping[str, Fraction] | None = None) -> Fraction:
        """Return the compared price of a bid.

        Raises:
            InputError: it has none that can be counted.
        """
        if prices and key in prices:
            return prices[key]
        if key not in self._prices:
            self._prices[key], _steps = price_of(self.model, self.bids[key])
        return self._prices[key]

    def field(self, judged: Sequence[Judged], prices: Mapping[str, Fraction] | None = None) -> Field:
        """Return what the bids are compared with.

        Raises:
            InputError: a bid of the reference set has no price that can be counted.
        """
        model = self.model
        if not model.combination.is_relative:
            return Field(most_points=model.most_points, roundings=model.roundings)
        within = [each for each in judged if each.status in WITHIN[model.reference_set or ReferenceSet.OPENED]]
        points = [each.points for each in within if each.by_criterion] if self.minds_points else []
        return Field(
            prices=tuple(self.price(each.key, prices) for each in within),
            points=(max(points),) if points else (),  # of the points only the most are compared with
            most_points=model.most_points,
            roundings=model.roundings,
        )

    def places(
        self, judged: Iterable[Judged], field: Field, prices: Mapping[str, Fraction] | None = None
    ) -> tuple[Place, ...]:
        """Return the place of every bid that passed the gates.

        Raises:
            InputError: a price can't be counted, or the published formula gives no value.
        """
        model = self.model
        return rank(
            (self.contender(each, field, prices) for each in judged if each.status is Status.RANKED),
            model.tie_rule,
            model.combination.best,
            model.corridor,
        )

    def contender(self, judged: Judged, field: Field, prices: Mapping[str, Fraction] | None = None) -> Contender:
        """Return a bid that passed the gates as it is ranked.

        Raises:
            InputError: as `places`.
        """
        price = self.price(judged.key, prices) if self.model.combination.needs_price else None
        is_minded = self.model.corridor or self.model.tie_rule is TieRule.CRITERIA_IN_ORDER
        by_criterion = dict(zip(self.keys, judged.by_criterion, strict=True)) if is_minded else {}
        return Contender(judged.key, self._value(price, judged.points, field), judged.points, price, by_criterion)

    def _value(self, price: Fraction | None, points: Fraction, field: Field) -> Fraction:
        known = self._values.get((price, points, field))
        if known is None:
            try:
                known, _steps = self.model.combination.weighed(Entry(price, points), field)
            except UndefinedError as error:
                raise InputError(InputFault.UNDEFINED, error.reason, field="combination") from error
            known, _steps = rounded(known, Where.VALUE, self.model.roundings, self.model.combination.unit)
            self._values[price, points, field] = known
        return known


def between_steps(model: Model) -> Model:
    """Return the model with scales without steps, for scores that are a mean or a median and lie between two.

    They are counted as they are and never rounded to a step: the model says nothing of such a rounding.
    """
    stepless = tuple(replace(each, scale=Scale(each.scale.lowest, each.scale.highest, None)) for each in model.criteria)
    return replace(model, criteria=stepless)
