"""Pages of presentations: the draw and how equal they were, one presentation with its clock and notes, the bidder's own time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, require
from rodatraden.evaluation import actions, queries, rules
from rodatraden.evaluation.forms import CancelPresentationForm, ClockForm, DrawForm, MoveForm, NoteForm, TimesForm
from rodatraden.evaluation.models import Presentation
from rodatraden.evaluation.views.loading import loaded
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import visible_to as procurements_visible_to
from rodatraden.procurements.rules import may_let_out
from rodatraden.records.actions import carry_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.tenders.models import Requirement
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.ui.forms import VerbForm


@signed_in
def presentations(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show the presentations in the drawn order and how equal they were; before that, draw."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_presentations(person, procurement))
    criteria = tender.requirements.filter(kind=Requirement.Kind.CRITERION, struck_at=None).order_by("number")
    form = DrawForm(request.POST or None, criteria=list(criteria))
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.draw_presentations {tender.pk}",
        verb=lambda: actions.draw_presentations(tender=tender, by=person, at=request.now, **form.drawn()),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The order is drawn, and all bidders are written to."))
        return redirect("evaluation:presentations", procurement_id)
    runs = queries.runs_of(queries.presentations_of(tender))
    context = {
        "procurement": procurement,
        "plan": queries.plan_of(tender),
        "runs": runs,
        "findings": queries.unequal(runs),
        "form": form,
        "may_draw": rules.may_draw(person, procurement),
    }
    return render(request, "evaluation/presentations.html", context, status=form.status)


@signed_in
def presentation(request: Request, presentation_id: UUID) -> HttpResponse:
    """Show one presentation: its time, its clock, and what was said; write it down."""
    person, procurement, found = _in_team(request, presentation_id)
    written = {name: getattr(found, name) for name in ("present", "notes", "questions", "holds_price")}
    may_read = rules.may_read_notes(person, found, procurement)
    form = NoteForm(request.POST or None, request.FILES or None, initial=written if may_read else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.note_presentation {found.pk}",
        verb=lambda: actions.note_presentation(presentation=found, by=person, at=request.now, **form.noted()),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("Saved."))
        return redirect("evaluation:presentation", found.pk)
    if found.document is not None:
        mark_scans([found.document.file])
    context = {
        "procurement": procurement,
        "presentation": found,
        "run": queries.runs_of([found])[0],
        "clock": ClockForm(),
        "form": form,
        "may_hold": rules.may_hold(person, found, procurement),
        "may_move": rules.may_move(person, found, procurement),
        "may_note": rules.may_note(person, found, procurement),
        "may_read": may_read,
    }
    return render(request, "evaluation/presentation.html", context, status=form.status)


@signed_in
def clock(request: Request, presentation_id: UUID) -> HttpResponse:
    """Start or stop the clock."""
    person, _procurement, found = _in_team(request, presentation_id)
    form = ClockForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not carry_out(
        form=form,
        purpose=f"evaluation.run_clock {found.pk}",
        verb=lambda: actions.run_clock(presentation=found, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        raise RefusedError(form.refusals[0][0])
    return redirect("evaluation:presentation", found.pk)


@signed_in
def times(request: Request, presentation_id: UUID) -> HttpResponse:
    """Enter when a presentation began and ended."""
    person, procurement, found = _in_team(request, presentation_id)
    form = TimesForm(
        request.POST or None,
        initial={"started_at": found.started_at or found.starts_at, "ended_at": found.ended_at},
    )
    may = rules.may_hold(person, found, procurement)
    return _step(
        request,
        found,
        form,
        ("times", gettext("When it began and ended"), gettext("Save the times"), may),
        lambda: actions.enter_times(presentation=found, by=person, at=request.now, **form.typed()),
    )


@signed_in
def move(request: Request, presentation_id: UUID) -> HttpResponse:
    """Move a presentation to another time."""
    person, procurement, found = _in_team(request, presentation_id)
    form = MoveForm(request.POST or None)
    may = rules.may_move(person, found, procurement)
    return _step(
        request,
        found,
        form,
        ("move", gettext("Move the presentation"), gettext("Move it"), may),
        lambda: actions.move_presentation(presentation=found, by=person, at=request.now, **form.typed()),
    )


@signed_in
def cancel(request: Request, presentation_id: UUID) -> HttpResponse:
    """Cancel a presentation."""
    person, procurement, found = _in_team(request, presentation_id)
    form = CancelPresentationForm(request.POST or None)
    may = rules.may_move(person, found, procurement)
    return _step(
        request,
        found,
        form,
        ("cancel", gettext("Cancel the presentation"), gettext("Cancel it"), may),
        lambda: actions.cancel_presentation(presentation=found, by=person, at=request.now, **form.typed()),
    )


@signed_in
def file(request: Request, presentation_id: UUID) -> HttpResponseBase:
    """Hand out what was shown at a presentation, to those who read what was said."""
    person, procurement, found = _in_team(request, presentation_id)
    require(rules.may_read_notes(person, found, procurement))
    if found.document is None or found.document.file is None:
        raise Http404
    may = partial(may_let_out, person, procurement)
    return hand_out(request, found.document.file, found.document.file.name, may_let_out=may, case=procurement.pk)


@signed_in
def own(request: Request, presentation_id: UUID) -> HttpResponse:
    """Show a bidder when and where it presents its bid, and for how long."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.own_presentations(person, request.now), pk=presentation_id)
    context = {"presentation": found, "tender": found.bid.tender}
    return render(request, "evaluation/own_presentation.html", context)


def _step(
    request: Request,
    found: Presentation,
    form: VerbForm,
    told: tuple[str, str, str, Answer],
    verb: Callable[[], object],
) -> HttpResponse:
    """Carry out one step of a presentation on a page of its own; `told` is its name, heading, button and rule."""
    name, heading, submit, may = told
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.{name}_presentation {found.pk}",
        verb=verb,
        by=signed_in_person(request),
        at=request.now,
    ):
        return redirect("evaluation:presentation", found.pk)
    context = {
        "procurement": found.bid.tender.procurement,
        "presentation": found,
        "form": form,
        "heading": heading,
        "submit": submit,
        "may": may,
    }
    return render(request, "evaluation/presentation_step.html", context, status=form.status)


def _in_team(request: Request, presentation_id: UUID) -> tuple[Person, Procurement, Presentation]:
    person = signed_in_person(request)
    procurement = get_object_or_404(
        procurements_visible_to(person), tender__presentation_plan__presentations=presentation_id
    )
    require(rules.may_see_presentations(person, procurement))
    found = get_object_or_404(queries.with_case_of_presentation(Presentation.objects.all()), pk=presentation_id)
    return person, procurement, found
