"""The outcome with every sum, and the steps that lead to it and can't be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.assessments.rules import may_record_consensus, may_see
from rodatraden.bids import actions as bids
from rodatraden.bids.rules import may_open_prices
from rodatraden.core import evaluation as core
from rodatraden.core.answer import RefusedError, require
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say
from rodatraden.core.numbers import swedish_amount, swedish_sum
from rodatraden.evaluation import actions, queries, rules
from rodatraden.evaluation.forms import ConfirmForm
from rodatraden.evaluation.views.loading import loaded, take_effect
from rodatraden.procurements.rules import has_happened
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import points, said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.core.answer import Answer
    from rodatraden.evaluation.queries import Counted
    from rodatraden.tenders.models import Tender

Kind = rules.Kind
Status, StepKind = core.Status, core.StepKind


@signed_in
def lock(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask the leader once more, then lock the consensus."""
    person, tender = loaded(request, procurement_id)
    assessed = queries.round_of(tender)
    if assessed is None:
        raise Http404
    return _act(
        request,
        tender,
        Act(
            name="lock",
            answer=may_record_consensus(person, assessed),
            question=gettext("Lock the consensus on quality?"),
            consequence=gettext(
                "Nothing is agreed anew after this, and the prices can be opened. It can't be taken back."
            ),
            verb=gettext("Lock the consensus"),
            do=lambda at: actions.lock_quality(tender=tender, by=person, at=at),
        ),
    )


@signed_in
def open_prices(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask once more, then open the prices of all bids."""
    person, tender = loaded(request, procurement_id)
    return _act(
        request,
        tender,
        Act(
            name="open_prices",
            answer=may_open_prices(person, tender.procurement),
            question=gettext("Open the prices of all bids?"),
            consequence=gettext("The quality has been judged and is locked. Everybody who evaluates sees the prices."),
            verb=gettext("Open the prices"),
            do=lambda at: bids.open_prices(tender=tender, by=person, at=at),
        ),
    )


@signed_in
def freeze(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask once more, then freeze the outcome."""
    person, tender = loaded(request, procurement_id)
    return _act(
        request,
        tender,
        Act(
            name="freeze",
            answer=rules.may_freeze(person, tender.procurement),
            question=gettext("Freeze the outcome?"),
            consequence=gettext(
                "Points, prices and checks can't be changed after this. The outcome keeps the fingerprint of all that it was computed from."
            ),
            verb=gettext("Freeze the outcome"),
            do=lambda at: actions.freeze_outcome(tender=tender, by=person, at=at),
        ),
    )


@signed_in
def outcome(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show how far the evaluation has come, and from the opening of the prices on the ranking with every sum."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_state(person, procurement))
    assessed = queries.round_of(tender)
    context: dict[str, object] = {
        "procurement": procurement,
        "tender": tender,
        "assessed": assessed,
        "in_panel": assessed is not None and may_see(person, assessed),
        "is_locked": has_happened(procurement, Kind.CONSENSUS_LOCKED),
        "is_decided": has_happened(procurement, Kind.DECIDED),
        "may_open_prices": may_open_prices(person, procurement),
        "may_freeze": rules.may_freeze(person, procurement),
        "may_see": rules.may_see_outcome(person, procurement),
    }
    if context["may_see"]:
        context |= _computed(tender)
    return render(request, "evaluation/outcome.html", context)


@dataclass(frozen=True, slots=True)
class Act:
    """A step that can't be taken back: whether it may be taken, what it asks, what follows, and the verb."""

    name: str
    answer: Answer
    question: str
    consequence: str
    verb: str
    do: Callable[[datetime], object]


def _act(request: Request, tender: Tender, act: Act) -> HttpResponse:
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_effect(request, form, f"evaluation.{act.name} {tender.pk}", lambda: act.do(request.now))
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("evaluation:outcome", tender.procurement_id)
    require(act.answer)
    context = {"procurement": tender.procurement, "act": act, "form": form}
    return render(request, "evaluation/act.html", context, status=form.status)


def _computed(tender: Tender) -> dict[str, object]:
    """Return the outcome as it is frozen, or as it would be; or why it can't be computed."""
    try:
        counted = queries.frozen_outcome(tender) or queries.preliminary_outcome(tender)
    except core.InputError as error:
        return {"fault": error.reason, "source": error.source}
    cells = [] if counted.frozen else queries.check_cells(tender)
    return {
        "frozen": counted.frozen,
        "outcome": counted.outcome,
        "tie_source": "LOU 4 kap. 1 §",
        "model": counted.model,
        "headline": _headline(counted) if counted.frozen else gettext("Preliminary until it is frozen."),
        "ranking": _ranking(counted),
        "legend": _legend(counted.model),
        "results": [_told(result) for result in counted.outcome.results],
        "margins": [_margin(margin, counted) for margin in core.margins(counted.model, counted.bids, counted.outcome)],
        "left": queries.left_to_check(cells) or queries.left_for_first(cells, counted.outcome.value.keys),
    }


def _headline(counted: Counted) -> str:
    """Say who comes first and by how much, or why nobody does."""
    if counted.outcome.value.winner is None:
        return said(counted.outcome.steps[-1].text)
    first, *others = counted.outcome.results
    said_first = {"name": first.name, "price": swedish_amount(first.evaluation_price or 0)}
    second = next((each for each in others if each.evaluation_price is not None), None)
    if second is None or second.evaluation_price == first.evaluation_price:
        return gettext("%(name)s is first, with the evaluation price %(price)s.") % said_first
    ahead = as_fraction(second.evaluation_price) - as_fraction(first.evaluation_price)
    return gettext("%(name)s is first, with the evaluation price %(price)s, %(ahead)s before the second.") % {
        **said_first,
        "ahead": swedish_amount(simplest(ahead)),
    }


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the ranking: parts are words, share of the longest bar in hundredths, and kind."""

    name: str
    note: str
    parts: Sequence[tuple[str, int, str]] = ()
    sum: str = ""
    out: str = ""


def _ranking(counted: Counted) -> list[Bar]:
    ranked = [
        as_fraction(each.evaluation_price) for each in counted.outcome.results if each.evaluation_price is not None
    ]
    return [_bar(result, max(ranked, default=Fraction(1)), counted.model) for result in counted.outcome.results]


def _bar(result: core.BidResult, longest: Fraction, model: core.Model) -> Bar:
    name = result.name if result.place is None else f"{result.place}. {result.name}"
    note = (
        ""
        if result.points is None
        else said(say("{points} of {most} points", points=result.points, most=model.addition.target))
    )
    if result.evaluation_price is None:
        return Bar(name, note, out=said(result.reason) if result.reason else "")
    amounts = {step.kind: as_fraction(step.value) for step in result.steps if step.unit is core.Unit.AMOUNT}
    price, addition = amounts[StepKind.PRICE], amounts[StepKind.ADDITION]
    parts = [(swedish_amount(simplest(price)), _share(price, longest), "price")]
    if addition:
        parts.append((f"+{swedish_sum(simplest(addition))}", _share(addition, longest), "addition"))
    return Bar(name, note, parts, swedish_amount(result.evaluation_price))


def _share(value: Fraction, longest: Fraction) -> int:
    return round(100 * value / longest)


def _legend(model: core.Model) -> list[tuple[str, str]]:
    hourly = model.price.unit is core.PriceUnit.HOUR
    addition = gettext("Addition, %(amount)s for each point missing") % {
        "amount": swedish_amount(model.addition.per_point)
    }
    return [("price", gettext("Price per hour") if hourly else gettext("Price")), ("addition", addition)]


@dataclass(frozen=True, slots=True)
class Told:
    """A bid's way through the model, ready to be unfolded."""

    title: str
    aside: str
    steps: Sequence[tuple[str, str]]
    notes: Sequence[str]


def _told(result: core.BidResult) -> Told:
    lines = queries.told(result)
    with_others = {step.kind for step in result.steps if "others" in step.text.values}
    asides = {Status.BELOW_GATE: gettext("below the gate"), Status.NOT_QUALIFIED: gettext("not qualified")}
    notes = [line.text for line in lines if line.kind in with_others]
    return Told(
        title=result.name if result.place is None else f"{result.place}. {result.name}",
        aside=asides.get(result.status) or swedish_amount(result.evaluation_price or 0),
        steps=[(line.text, line.value) for line in lines if line.kind not in {StepKind.TIE, StepKind.PLACE}],
        notes=[*notes, said(result.reason)] if result.reason else notes,
    )


@dataclass(frozen=True, slots=True)
class ToldMargin:
    """A margin in words."""

    name: str
    behind: str
    price: str
    price_note: str
    points: str
    points_note: str


def _margin(margin: core.Margin, counted: Counted) -> ToldMargin:
    result = next(each for each in counted.outcome.results if each.key == margin.key)
    offered = next(each.price for each in counted.bids if each.key == margin.key)
    return ToldMargin(
        name=result.name,
        behind=gettext("below the gate")
        if margin.behind is None
        else gettext("%(amount)s behind") % {"amount": swedish_amount(margin.behind)},
        **_price_told(margin, as_fraction(offered)),
        **_points_told(margin, result, counted.model),
    )


def _price_told(margin: core.Margin, offered: Fraction) -> dict[str, str]:
    if margin.behind is None:
        return {"price": gettext("no price is enough"), "price_note": gettext("the gate comes before the price")}
    if margin.price is None:
        return {"price": gettext("no price is enough"), "price_note": ""}
    amount = {"amount": swedish_amount(margin.price)}
    lower = swedish_amount(simplest(offered - as_fraction(margin.price)))
    if margin.wins_when_equal:
        return {
            "price": gettext("of at most %(amount)s") % amount,
            "price_note": gettext("%(lower)s lower; when equal, more points go first") % {"lower": lower},
        }
    return {
        "price": gettext("lower than %(amount)s") % amount,
        "price_note": gettext("more than %(lower)s lower") % {"lower": lower},
    }


def _points_told(margin: core.Margin, result: core.BidResult, model: core.Model) -> dict[str, str]:
    if margin.points is None:
        return {"points": gettext("no points are enough"), "points_note": ""}
    needed = say("{points} of {most}", points=margin.points, most=model.addition.target)
    more = simplest(as_fraction(margin.points) - as_fraction(result.points))
    return {"points": said(needed), "points_note": gettext("%(points)s more") % {"points": points(more)}}
