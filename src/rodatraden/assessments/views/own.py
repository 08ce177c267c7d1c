"""Pages of rounds where nothing is bought: all one's rounds, start one, lock the consensus, give the reports out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import ItemFormSet, OwnRoundForm
from rodatraden.assessments.views.loading import loaded
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.forms import ADD_ROW, VerbForm, problems_of, with_new_row
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import BaseFormSet
    from django.http import HttpResponse, QueryDict

    from rodatraden.assessments.models import Round
    from rodatraden.parties.models import Organisation, Person

ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Row:
    """A round as the list shows it: what it is for, how far it has come, and whether something waits on the reader."""

    round: Round
    of: str
    state: str
    colour: str
    waits: bool


@signed_in
def rounds(request: Request) -> HttpResponse:
    """List the rounds in whose panel the person is, and the reports that the person has been given."""
    person = signed_in_person(request)
    found = queries.visible_to(person)
    context = {
        "rows": [_row(person, each) for each in found if rules.is_real(each)],
        "leaderless": queries.without_leader(person, request.now),
        "reports": queries.released_to(person),
        "may_start": bool(queries.writes_for(person, request.now)),
    }
    return render(request, "assessments/rounds.html", context)


def _row(person: Person, assessed: Round) -> Row:
    of = assessed.case.buyer.name if assessed.case else ""
    if assessed.organisation is not None:
        of = ", ".join(each.name for each in rules.organisations_in(assessed))
    waits = bool(rules.may_score(person, assessed) or rules.may_record_consensus(person, assessed))
    if assessed.individual_locked_at is None:
        return Row(assessed, of, gettext("Judged one by one"), "info", waits)
    if assessed.consensus_locked_at is None:
        return Row(assessed, of, gettext("Consensus"), "info", waits)
    return Row(assessed, of, gettext("Agreed on"), "success", waits)


@signed_in
def start_own(request: Request) -> HttpResponse:
    """Start a round for an organisation, the one named by `for` in the address, on the model named by `modell`."""
    person = signed_in_person(request)
    organisations = queries.writes_for(person, request.now)
    if not organisations:
        return render(request, "assessments/start_own.html", {"organisation": None})
    asked = request.GET.get("for", "")
    organisation = next((each for each in organisations if str(each.pk) == asked), organisations[0])
    form, items = _forms(request, person, organisation)
    if form.is_valid() and items.is_valid():
        made: list[Round] = []
        if carry_out(
            form=form,
            purpose=f"assessments.start_own {organisation.pk}",
            verb=lambda: made.append(_start(request, form, items, person, organisation)),
            by=person,
            at=request.now,
        ):
            messages.success(request, gettext("The round is started. Those who judge have got a letter."))
            return redirect("assessments:round", made[0].pk) if made else redirect("assessments:rounds")
    context = {
        "organisation": organisation,
        "others": [each for each in organisations if each != organisation],
        "form": form,
        "items": items,
    }
    status = 422 if form.is_bound and problems_of(form, items) else 200
    return render(request, "assessments/start_own.html", context, status=status)


def _forms(request: Request, person: Person, organisation: Organisation) -> tuple[OwnRoundForm, BaseFormSet[Any]]:
    data: QueryDict | None = request.POST if request.method == "POST" else None
    if data is not None and ADD_ROW in data:
        data = with_new_row(data, ITEMS)
    models = list(queries.latest_models(person, request.now).filter(owner=organisation))
    asked = request.GET.get("modell", "")
    if asked and all(str(each.pk) != asked for each in models):
        models += [each for each in queries.models_to_begin_from(person, request.now) if str(each.pk) == asked]
    people = queries.colleagues([organisation], request.now)
    partners = queries.partners_of([organisation], request.now)
    known: dict[str, Any] = {"people": people, "partners": partners, "at": request.now}
    form = OwnRoundForm(data, models=models, initial={"model": asked, "leader": str(person.pk)}, **known)
    return form, ItemFormSet(data, prefix=ITEMS, form_kwargs=known)


def _start(
    request: Request, form: OwnRoundForm, items: BaseFormSet[Any], person: Person, organisation: Organisation
) -> Round:
    return actions.start_own_round(
        organisation=organisation,
        model=form.chosen_model,
        title=form.cleaned_data["title"].strip(),
        leader=form.leading,
        assessors=form.judging,
        items=[actions.ToJudge(*each.judged) for each in items],
        parties=form.chosen_parties,
        due_on=form.cleaned_data["due_on"],
        use=form.cleaned_data["use"],
        by=person,
        at=request.now,
    )


@signed_in
def lock(request: Request, round_id: UUID) -> HttpResponse:
    """Ask the leader once more, then lock the consensus of a round where nothing is bought."""
    person, assessed = loaded(request, round_id)
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.lock_own {assessed.pk}",
        verb=lambda: actions.lock_own(assessed=assessed, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The consensus is locked. Now the reports are written."))
        return redirect("assessments:feedback", assessed.pk)
    require(rules.may_lock_own(person, assessed))
    context = {
        "question": gettext("Lock the consensus?"),
        "consequence": gettext(
            "What is agreed on can't be changed after. The scores that each gave are kept beside it."
        ),
        "verb": gettext("Lock the consensus"),
        "back_url": reverse("assessments:consensus", args=[assessed.pk]),
        "form": form,
    }
    return render(request, "assessments/model_next.html", context, status=form.status)


@signed_in
def release(request: Request, round_id: UUID) -> HttpResponse:
    """Ask the leader once more, then give the frozen reports to those who answer for what was judged."""
    person, assessed = loaded(request, round_id)
    form = VerbForm(request.POST if request.method == "POST" else None)
    frozen = [found[0] for found in queries.reports_of(assessed).values()]
    waiting = [each for each in frozen if not rules.is_released(each)]
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.release {assessed.pk}",
        verb=lambda: actions.release_reports(assessed=assessed, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        n = len(waiting)
        messages.success(request, ngettext("%(n)s report is given out.", "%(n)s reports are given out.", n) % {"n": n})
        return redirect("assessments:feedback", assessed.pk)
    require(rules.may_release(person, assessed, frozen, len(assessed.items.all())))
    context = {
        "question": gettext("Give the reports out?"),
        "consequence": gettext(
            "Those who answer for what was judged get a letter, and read each their own report. It can't be taken back."
        ),
        "verb": gettext("Give the reports out"),
        "back_url": reverse("assessments:feedback", args=[assessed.pk]),
        "form": form,
    }
    return render(request, "assessments/model_next.html", context, status=form.status)
