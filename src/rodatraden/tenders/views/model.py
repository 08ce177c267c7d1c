"""The page of the evaluation model: in words, as a formula, with a worked example and what quality is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.exact import simplest
from rodatraden.core.numbers import swedish_amount, swedish_number
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_act_as
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.model import ModelForm, TrialBidForm
from rodatraden.tenders.rules.lint import code_of, passed, remarks
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.rules.variants import OFFERED, kind_of
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rodatraden.core.evaluation import Model

Role, Kind = TeamMember.Role, StageFact.Kind
TRIALS = "anbud"
FIRST = 5
"""Remarks that are shown at once. Source: policy."""


@signed_in
@at_desk
def model(request: Request, desk: Desk) -> HttpResponse:
    """Choose the model and see what it does, before the suppliers do."""
    form = ModelForm(request.POST or None, tender=desk.tender)
    form.who = desk.writer_of(desk.tender, "evaluation_model_set")
    if form.is_valid():
        try:
            actions.set_evaluation_model(tender=desk.tender, by=desk.person, at=desk.at, **form.stated())
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The model is saved."))
            return redirect("tenders:model", desk.procurement.pk)
    chosen = model_of(desk.tender)
    context = desk.context(
        form=form,
        model=chosen,
        is_table=bool(may_act_as(Role.OFFICER, desk.person, desk.procurement))
        and has_happened(desk.procurement, Kind.PUBLISHED),
        **(_shown(request, desk, chosen, queries.criteria_asked(desk.tender)) if chosen else {}),
    )
    return render(request, "tenders/model.html", context, status=form.status)


def _shown(request: Request, desk: Desk, chosen: Model, criteria: dict[str, str]) -> dict[str, object]:
    """Return checks, worked example and what quality is worth under the chosen model."""
    trials = _trials(request, chosen)
    bids = [each.cleaned_data for each in trials if each.is_whole] if trials.is_bound and trials.is_valid() else None
    example = queries.worked_example(chosen, bids)
    return {
        **_checked(desk, chosen, criteria),
        "trials": trials,
        "example": example,
        "trade": queries.trade_table(chosen),
        "worth": queries.point_worth(chosen, desk.tender.ceiling),
        "most_cheaper": _cheaper(chosen),
        "method": chosen.combination.method,
        "offered": kind_of(chosen.combination) in OFFERED,
        "words": worded(chosen),
        "fixed_price": queries.fixed_price_of(desk.tender),
        "most_points": simplest(chosen.most_points),
    }


def _cheaper(chosen: Model) -> str | None:
    """Return by how much cheaper a bid at the gate must be to beat one with all points, in the unit of the model."""
    most = queries.trade_off(chosen)
    if most is None:
        return None
    return swedish_amount(most) if chosen.addition else f"{swedish_number(most)}\N{NO-BREAK SPACE}%"


def _checked(desk: Desk, chosen: Model, criteria: dict[str, str]) -> dict[str, object]:
    """Return the remarks with their codes and what has been accepted, the weightiest first and apart from the rest."""
    taken = queries.accepted(desk.tender)
    told = [(each, code, taken.get(code)) for each in remarks(chosen, criteria) for code in (code_of(each, criteria),)]
    return {"remarks": told[:FIRST], "more_remarks": told[FIRST:], "passed": passed(chosen, criteria)}


def _trials(request: Request, chosen: Model) -> forms.BaseFormSet[TrialBidForm]:
    criteria = [(criterion.key, criterion.label) for criterion in chosen.criteria]
    rows = forms.formset_factory(TrialBidForm, extra=0)
    typed = request.GET if f"{TRIALS}-TOTAL_FORMS" in request.GET else None
    return rows(
        typed,
        prefix=TRIALS,
        initial=queries.trial_bids(chosen),
        form_kwargs={"criteria": criteria, "has_price": chosen.combination.needs_price},
    )
