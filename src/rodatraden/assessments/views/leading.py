"""Pages of the leader while the others judge: by when, a reminder, going on without somebody or with somebody new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import AddForm, DueForm, TakeOverForm, WithoutForm
from rodatraden.assessments.models import Round
from rodatraden.assessments.views.loading import loaded
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.core.answer import Answer


@signed_in
def due_day(request: Request, round_id: UUID) -> HttpResponse:
    """Set by when everybody is asked to have handed in."""
    person, assessed = loaded(request, round_id)
    form = DueForm(request.POST or None, initial={"due_on": assessed.due_on})
    if form.is_valid():
        due_on = form.cleaned_data["due_on"]
        if carry_out(
            form=form,
            purpose=f"assessments.due {assessed.pk}",
            verb=lambda: actions.set_due_day(assessed=assessed, due_on=due_on, by=person, at=request.now),
            by=person,
            at=request.now,
        ):
            messages.success(request, gettext("The day is set, and stands among everybody's tasks."))
            return redirect("assessments:round", assessed.pk)
    require(rules.may_set_due_day(person, assessed))
    context = {"assessed": assessed, "procurement": assessed.case, "form": form}
    return render(request, "assessments/due.html", context, status=form.status)


@signed_in
def remind(request: Request, round_id: UUID) -> HttpResponse:
    """Remind those who have not handed in, once a day at most."""
    person, assessed = loaded(request, round_id)
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        late = len(rules.late_today(assessed, request.now))
        if carry_out(
            form=form,
            purpose=f"assessments.remind {assessed.pk}",
            verb=lambda: actions.remind_late(assessed=assessed, by=person, at=request.now),
            by=person,
            at=request.now,
        ):
            messages.success(
                request, ngettext("%(n)s assessor is reminded.", "%(n)s assessors are reminded.", late) % {"n": late}
            )
            return redirect("assessments:round", assessed.pk)
    require(rules.may_remind(person, assessed, request.now))
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "late": rules.late_today(assessed, request.now),
        "form": form,
    }
    return render(request, "assessments/remind.html", context, status=form.status)


@signed_in
def add_assessor(request: Request, round_id: UUID) -> HttpResponse:
    """Let one more person judge, while the others still do."""
    person, assessed = loaded(request, round_id)
    require(rules.may_add_assessor(person, assessed))
    candidates = queries.candidates(assessed) or queries.own_candidates(assessed, request.now)
    form = AddForm(request.POST or None, candidates=candidates)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.add {assessed.pk}",
        verb=lambda: actions.add_assessor(assessed=assessed, person=form.chosen, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("%(name)s judges too.") % {"name": form.chosen.name})
        return redirect("assessments:round", assessed.pk)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "able": any(each.answer for each in candidates),
        "unable": _unable(candidates),
        "form": form,
    }
    return render(request, "assessments/add.html", context, status=form.status)


@signed_in
def go_on_without(request: Request, round_id: UUID, member_id: UUID) -> HttpResponse:
    """Ask the leader why, and who takes over, then go on without an assessor."""
    person, assessed = loaded(request, round_id)
    member = next((each for each in assessed.panel.all() if each.pk == member_id), None)
    if member is None:
        raise Http404
    member.round = assessed
    candidates = queries.candidates(assessed) or queries.own_candidates(assessed, request.now)
    form = WithoutForm(request.POST or None, candidates=candidates)
    if form.is_valid():
        reason, successor = form.cleaned_data["reason"], form.successor
        if carry_out(
            form=form,
            purpose=f"assessments.without {member.pk}",
            verb=lambda: actions.go_on_without(
                member=member, reason=reason, successor=successor, by=person, at=request.now
            ),
            by=person,
            at=request.now,
        ):
            return redirect("assessments:round", assessed.pk)
    require(rules.may_go_on_without(person, member, replaced=any(each.answer for each in candidates)))
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "member": member,
        "unable": _unable(candidates),
        "form": form,
    }
    return render(request, "assessments/without.html", context, status=form.status)


@signed_in
def take_over(request: Request, round_id: UUID) -> HttpResponse:
    """Ask why, then lead a round whose leader is no longer there; who may not and has no part in it finds nothing."""
    person = signed_in_person(request)
    assessed = get_object_or_404(queries.with_panel(Round.objects.all()), pk=round_id)
    may_take_over = rules.may_take_over(person, assessed, request.now)
    if not may_take_over and not rules.has_part(person, assessed):
        raise Http404
    form = TakeOverForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.take_over {assessed.pk}",
        verb=lambda: actions.take_over_lead(
            assessed=assessed, reason=form.cleaned_data["reason"], by=person, at=request.now
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("You lead the round now."))
        return redirect("assessments:round", assessed.pk)
    require(may_take_over)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "leader": rules.leader_of(assessed),
        "form": form,
    }
    return render(request, "assessments/take_over.html", context, status=form.status)


def _unable(candidates: Sequence[queries.Candidate]) -> list[Answer]:
    """Return why evaluators who are not in the panel cannot join it now."""
    return [each.answer for each in candidates if not each.answer and not each.has_been]
