"""The outcome in words and bars, whatever model it was computed by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.core import evaluation as core
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say
from rodatraden.evaluation.queries.outcome import told as steps_told
from rodatraden.evaluation.queries.outcome import valued
from rodatraden.ui.words import amount, money, points, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.exact import Exact
    from rodatraden.evaluation.queries.outcome import Counted

Method, PointsTold, Status, StepKind = core.Method, core.PointsTold, core.Status, core.StepKind


def headline(counted: Counted) -> str:
    """Say who comes first and by how much, or why nobody does."""
    if counted.outcome.value.winner is None:
        return said(counted.outcome.steps[-1].text)
    first, *others = counted.outcome.results
    values = {"name": first.name, "value": valued(first.value or Decimal(0), first.unit)}
    second = next((each for each in others if each.value is not None), None)
    ahead = Fraction(0) if second is None else abs(as_fraction(second.value) - as_fraction(first.value))
    values["ahead"] = valued(simplest(ahead), first.unit)
    if first.unit is core.Unit.AMOUNT:
        if not ahead:
            return gettext("%(name)s is first, with the evaluation price %(value)s.") % values
        return gettext("%(name)s is first, with the evaluation price %(value)s, %(ahead)s before the second.") % values
    if not ahead:
        return gettext("%(name)s is first, with %(value)s.") % values
    return gettext("%(name)s is first, with %(value)s, %(ahead)s before the second.") % values


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the ranking: parts are words, share of the longest bar in hundredths, and kind."""

    name: str
    note: str
    parts: Sequence[tuple[str, int, str]] = ()
    sum: str = ""
    out: str = ""


def ranking(counted: Counted) -> list[Bar]:
    """Return the bars of the ranking, the longest value as the whole width."""
    ranked = [as_fraction(each.value) for each in counted.outcome.results if each.value is not None]
    longest = max(map(abs, ranked), default=Fraction(0)) or Fraction(1)
    return [_bar(result, longest, counted.model) for result in counted.outcome.results]


def _bar(result: core.BidResult, longest: Fraction, model: core.Model) -> Bar:
    name = result.name if result.place is None else f"{result.place}. {result.name}"
    note = ""
    if result.points is not None and model.criteria:
        note = said(say("{points} of {most} points", points=result.points, most=_most(model)))
    if result.value is None:
        return Bar(name, note, out=said(result.reason) if result.reason else "")
    value = as_fraction(result.value)
    amounts = {step.kind: as_fraction(step.value) for step in result.steps if step.value is not None}
    first, second = _PARTS.get(model.combination.method, (None, None))
    if first is None or second is None or not 0 <= amounts[second] <= value:
        whole = valued(result.value, result.unit)
        return Bar(name, note, [(whole, _share(value, longest), "price")], whole)
    parts = [(valued(simplest(amounts[first]), result.unit), _share(amounts[first], longest), "price")]
    if amounts[second]:
        parts.append((f"+{money(simplest(amounts[second]))}", _share(amounts[second], longest), "addition"))
    return Bar(name, note, parts, valued(result.value, result.unit))


_PARTS = {
    Method.PRICE_ADDITION: (StepKind.PRICE, StepKind.ADDITION),
    Method.WEIGHTED_SUM: (StepKind.PRICE_POINTS, StepKind.QUALITY_POINTS),
}
"""The two steps that add up to the value, where a bar can show them; other values are drawn whole."""


def _most(model: core.Model) -> Exact:
    return simplest(core.highest_total(model.criteria))


def _share(value: Fraction, longest: Fraction) -> int:
    return max(round(100 * value / longest), 0)


def legend(model: core.Model) -> list[tuple[str, str]]:
    """Say what the two parts of a bar are; nothing where bars are whole."""
    match model.combination:
        case core.PriceAddition(per_point=per_point):
            hourly = model.price.unit is core.PriceUnit.HOUR
            addition = gettext("Addition, %(amount)s for each point missing") % {"amount": amount(per_point)}
            return [("price", gettext("Price per hour") if hourly else gettext("Price")), ("addition", addition)]
        case core.WeightedSum():
            return [("price", gettext("Price points")), ("addition", gettext("Quality points"))]
        case _:
            return []


@dataclass(frozen=True, slots=True)
class Told:
    """A bid's way through the model, ready to be unfolded."""

    title: str
    aside: str
    steps: Sequence[tuple[str, str]]
    notes: Sequence[str]


def told(result: core.BidResult) -> Told:
    """Return a bid's way through the model; what names other bids stands among the notes."""
    lines = steps_told(result)
    with_others = {step.kind for step in result.steps if "others" in step.text.values}
    asides = {Status.BELOW_GATE: gettext("below the gate"), Status.NOT_QUALIFIED: gettext("not qualified")}
    notes = [line.text for line in lines if line.kind in with_others]
    return Told(
        title=result.name if result.place is None else f"{result.place}. {result.name}",
        aside=asides.get(result.status) or valued(result.value or Decimal(0), result.unit),
        steps=[(line.text, line.value) for line in lines if line.kind not in {StepKind.TIE, StepKind.PLACE}],
        notes=[*notes, said(result.reason)] if result.reason else notes,
    )


@dataclass(frozen=True, slots=True)
class ToldMargin:
    """A margin in words; `price` is empty where prices are not compared."""

    name: str
    behind: str
    price: str
    price_note: str
    points: str
    points_note: str


def told_margin(margin: core.Margin, counted: Counted) -> ToldMargin:
    """Return a margin in words, in the unit of the model."""
    result = next(each for each in counted.outcome.results if each.key == margin.key)
    unit = counted.model.combination.unit
    return ToldMargin(
        name=result.name,
        behind=gettext("below the gate")
        if margin.behind is None
        else gettext("%(amount)s behind") % {"amount": valued(margin.behind, unit)},
        **_price_told(margin, result, counted.model),
        **_points_told(margin, result, counted.model),
    )


def _price_told(margin: core.Margin, result: core.BidResult, model: core.Model) -> dict[str, str]:
    if not model.combination.needs_price:
        return {"price": "", "price_note": ""}
    if margin.behind is None:
        return {"price": gettext("no price is enough"), "price_note": gettext("the gate comes before the price")}
    if margin.price is None or result.price is None:
        return {"price": gettext("no price is enough"), "price_note": ""}
    most = {"amount": amount(margin.price)}
    lower = amount(simplest(as_fraction(result.price) - as_fraction(margin.price)))
    if margin.wins_when_equal:
        return {
            "price": gettext("of at most %(amount)s") % most,
            "price_note": gettext("%(lower)s lower; when equal, the published rule decides") % {"lower": lower},
        }
    return {
        "price": gettext("lower than %(amount)s") % most,
        "price_note": gettext("more than %(lower)s lower") % {"lower": lower},
    }


def _points_told(margin: core.Margin, result: core.BidResult, model: core.Model) -> dict[str, str]:
    if margin.points is None:
        if not margin.more_points_win:
            return {"points": gettext("no points are enough"), "points_note": ""}
        note = gettext("how many has not been counted")
        if margin.points_told is PointsTold.ONE_BY_ONE:
            note = gettext("how many is not one sum: it depends on the criteria one by one")
        return {"points": gettext("more points would have been enough"), "points_note": note}
    needed = say("{points} of {most}", points=margin.points, most=_most(model))
    more = {"points": points(simplest(as_fraction(margin.points) - as_fraction(result.points)))}
    note = gettext("%(points)s more") % more
    if margin.points_told is PointsTold.ENOUGH:
        note = gettext("%(points)s more are always enough; when equal, the criteria in order decide") % more
    return {"points": said(needed), "points_note": note}
