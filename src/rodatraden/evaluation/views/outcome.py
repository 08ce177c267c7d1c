"""The outcome with every sum, and the steps that lead to it and can't be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.assessments.rules import may_record_consensus, may_see, may_take_over
from rodatraden.bids import actions as bids
from rodatraden.bids.queries import prices_left_unread
from rodatraden.bids.rules import is_opened_elsewhere, may_open_prices
from rodatraden.core import evaluation as core
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.sealing.holders import Holds
from rodatraden.evaluation import actions, queries, rules
from rodatraden.evaluation.documents import protocol_paper
from rodatraden.evaluation.forms import ConfirmForm
from rodatraden.evaluation.queries import telling
from rodatraden.evaluation.views.loading import loaded
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import carry_out
from rodatraden.records.documents import as_draft, handed_out
from rodatraden.ui.policy import Request, fresh_to_act, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponse, HttpResponseBase

    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Kind = rules.Kind
Method, Status, StepKind = core.Method, core.Status, core.StepKind


@signed_in
def lock(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask the leader once more, then lock the consensus."""
    person, tender = loaded(request, procurement_id)
    assessed = queries.round_of(tender)
    if assessed is None:
        raise Http404
    return _act(
        request,
        person,
        tender,
        Act(
            name="lock",
            answer=may_record_consensus(person, assessed),
            question=gettext("Lock the consensus on quality?"),
            consequence=gettext(
                "Nothing is agreed anew after this. The price is fixed, so the outcome can be computed. It can't be taken back."
            )
            if tender.has_fixed_price
            else gettext("Nothing is agreed anew after this, and the prices can be opened. It can't be taken back."),
            verb=gettext("Lock the consensus"),
            do=lambda at: actions.lock_quality(tender=tender, by=person, at=at),
        ),
    )


@signed_in
@fresh_to_act
def open_prices(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask once more, then open the prices of bids that were opened in another tool; others on the holders' own page."""
    person, tender = loaded(request, procurement_id)
    if not is_opened_elsewhere(tender):
        require(may_open_prices(person, tender.procurement))
        return redirect("bids:unlock", procurement_id, str(Holds.PRICE))
    return _act(
        request,
        person,
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
        person,
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
    assessed = queries.panel_of(tender)
    in_panel = assessed is not None and may_see(person, assessed)
    context: dict[str, object] = {
        "procurement": procurement,
        "tender": tender,
        "assessed": assessed,
        "in_panel": in_panel,
        "may_take_over": assessed is not None and not in_panel and may_take_over(person, assessed, request.now),
        "is_locked": has_happened(procurement, Kind.CONSENSUS_LOCKED),
        "is_decided": has_happened(procurement, Kind.DECIDED),
        "may_open_prices": may_open_prices(person, procurement),
        "may_freeze": rules.may_freeze(person, procurement),
        "may_see": rules.may_see_outcome(person, procurement),
    }
    if context["may_see"]:
        context |= _computed(tender)
        context["left_unread"], context["decision"] = prices_left_unread(tender)
    return render(request, "evaluation/outcome.html", context)


@signed_in
def protocol(request: Request, procurement_id: UUID) -> HttpResponseBase:
    """Hand out the protocol of the evaluation as it was issued; before it is frozen, as a draft."""
    person, tender = loaded(request, procurement_id)
    require(rules.may_see_outcome(person, tender.procurement))
    try:
        counted = queries.frozen_outcome(tender) or queries.preliminary_outcome(tender)
    except core.InputError as error:
        raise RefusedError(no(error.reason, source=error.source)) from error
    if counted.frozen:
        return handed_out(counted.frozen.document)
    return as_draft(protocol_paper(tender, counted, request.now))


@dataclass(frozen=True, slots=True)
class Act:
    """A step that can't be taken back: whether it may be taken, what it asks, what follows, and the verb."""

    name: str
    answer: Answer
    question: str
    consequence: str
    verb: str
    do: Callable[[datetime], object]


def _act(request: Request, person: Person, tender: Tender, act: Act) -> HttpResponse:
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.{act.name} {tender.pk}",
        verb=lambda: act.do(request.now),
        by=person,
        at=request.now,
    ):
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
        "sentences": [said(each) for each in worded(counted.model)],
        "is_relative": counted.model.is_relative,
        "headline": telling.headline(counted) if counted.frozen else gettext("Preliminary until it is frozen."),
        "ranking": telling.ranking(counted),
        "legend": telling.legend(counted.model),
        "results": [telling.told(result) for result in counted.outcome.results],
        "margins": [
            telling.told_margin(margin, counted)
            for margin in core.margins(counted.model, counted.bids, counted.outcome)
        ],
        "left": queries.left_to_check(cells) or queries.left_for_first(cells, counted.outcome.value.keys),
    }
