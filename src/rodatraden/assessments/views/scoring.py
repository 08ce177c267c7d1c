"""Pages of one who judges alone: what is left, the reading desk, handing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import ConfirmForm, ScoreForm, by_criterion, by_item, scale_in_words
from rodatraden.assessments.views.loading import followed, item_of, loaded
from rodatraden.assessments.views.saving import is_in_background, left_in_words, save, saved_in_background
from rodatraden.core.answer import require
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.assessments.models import Criterion, Item, Round

Role = rules.Role


@signed_in
def overview(request: Request, round_id: UUID) -> HttpResponse:
    """Show what is left for the person, and who has handed in; never what anybody else has written."""
    person, assessed = followed(request, round_id)
    if not rules.may_see(person, assessed):
        return _observed(request, assessed)
    progress = queries.progress(assessed, queries.own_scores(person, assessed))
    calibration = rules.calibration_of(assessed)
    leads = rules.may_put_up_training(person, assessed)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "without_names": rules.is_without_names(assessed),
        "criteria": [(each, scale_in_words(each)) for each in assessed.model.asked],
        "progress": progress,
        "next_item": next((each.item for each in progress if not each.is_complete), None),
        "n_left": sum(each.n_left for each in progress),
        "panel": assessed.panel.all(),
        "waiting": [member for member in rules.assessors_of(assessed) if member.submitted_at is None],
        "own": rules.member_as(person, assessed, Role.ASSESSOR),
        "may_score": rules.may_score(person, assessed),
        "may_lead": rules.may_lead(person, assessed),
        "sightings": queries.sightings_in(assessed, person) if assessed.case else [],
        "may_set_due": rules.may_set_due_day(person, assessed),
        "may_remind": rules.may_remind(person, assessed, request.now),
        "may_see_all": rules.may_see_all_scores(person, assessed),
        "training": rules.training_of(assessed),
        "unread": rules.unread_by(person, assessed),
        "left_to_read": rules.left_to_read(assessed),
        "calibration": calibration,
        "is_waiting_for_example": calibration is not None and calibration.opened_at is None,
        "calibrates": rules.example_in(assessed),
        "may_put_up_training": leads,
        "may_put_up_example": leads
        and rules.may_put_up_example(person, assessed, has_begun=queries.has_begun(assessed)),
        "may_open": rules.may_open_after_example(person, assessed),
        "may_call_off": rules.may_call_off_example(person, assessed),
        "is_led": rules.is_led(rules.real_of(assessed)),
        "may_take_over": rules.may_take_over(person, rules.real_of(assessed), request.now),
        "may_add_assessor": rules.may_add_assessor(person, assessed),
        "may_add_observer": rules.may_add_observer(person, assessed),
    }
    return render(request, "assessments/round.html", context)


def _observed(request: Request, assessed: Round) -> HttpResponse:
    """Show an observer that the round goes on and who remains, and nothing of what is judged."""
    calibration = rules.calibration_of(assessed)
    example = calibration.example if calibration and calibration.opened_at is None else None
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "is_calibrating": calibration is not None and calibration.opened_at is None,
        "waiting": [each for each in rules.assessors_of(example or assessed) if each.submitted_at is None],
    }
    return render(request, "assessments/observed.html", context)


@signed_in
def score(request: Request, round_id: UUID, item_id: UUID) -> HttpResponse:
    """Read what is judged and write what one thinks of it, criterion by criterion; a draft until it is handed in."""
    person, assessed = loaded(request, round_id)
    item = item_of(assessed, item_id)
    criteria = assessed.model.asked
    own = queries.own_scores(person, assessed)
    mine = [(criterion, own.get((item.pk, criterion.pk))) for criterion in criteria]
    may_score = rules.may_score(person, assessed)
    if not any(written for _, written in mine):
        require(may_score)
    cells = {criterion.number: (item, criterion) for criterion in criteria}
    form = ScoreForm(request.POST or None, cells=cells, own=own, named=by_criterion)
    if is_in_background(request):
        return saved_in_background(request, form, assessed)
    if form.is_valid() and save(request, form):
        messages.success(request, gettext("Saved. Only you can see it."))
        return redirect(_after_saving(request, assessed, item))
    material = queries.material_of(item, person=person, at=request.now)
    progress = queries.progress(assessed, own)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "without_names": rules.is_without_names(assessed),
        "calibrates": rules.example_in(assessed),
        "item": item,
        "progress": progress,
        "left": left_in_words(sum(each.n_left for each in progress)),
        "form": form,
        "pieces": [
            (part.criterion.title, part, [each for each in material if part.criterion.key in each.criteria])
            for part in form.parts
        ],
        "material": material,
        "shown": queries.shown_first(material),
        "own": mine,
        "may_score": may_score,
    }
    return render(request, "assessments/score.html", context, status=form.status)


@signed_in
def question(request: Request, round_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Read all answers to one question one after another, and hold one's own scores of them against each other."""
    person, assessed = loaded(request, round_id)
    require(rules.may_score(person, assessed))
    criterion = next((each for each in assessed.model.asked if each.pk == criterion_id), None)
    if criterion is None:
        raise Http404
    own = queries.own_scores(person, assessed)
    cells = {item.number: (item, criterion) for item in assessed.items.all()}
    form = ScoreForm(request.POST or None, cells=cells, own=own, named=by_item)
    if is_in_background(request):
        return saved_in_background(request, form, assessed)
    if form.is_valid() and save(request, form):
        messages.success(request, gettext("Saved. Only you can see it."))
        return redirect(_after_question(request, assessed, criterion))
    material = queries.material_of_all([item for item, _ in cells.values()], person=person, at=request.now)
    pieces = [(part.item.label, part, queries.for_criterion(material[part.item.pk], criterion)) for part in form.parts]
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "without_names": rules.is_without_names(assessed),
        "criterion": criterion,
        "criteria": assessed.model.asked,
        "left": left_in_words(len(queries.left_of(assessed, own))),
        "form": form,
        "pieces": pieces,
        "shown": queries.shown_first(each for _, _, found in pieces for each in found),
    }
    return render(request, "assessments/question.html", context, status=form.status)


@signed_in
def submit(request: Request, round_id: UUID) -> HttpResponse:
    """Look once more at all that one has written, then hand it in; it can't be changed after."""
    person, assessed = loaded(request, round_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.submit {assessed.pk}",
        verb=lambda: actions.submit_scores(assessed=assessed, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("Your scores are handed in."))
        return redirect("assessments:round", assessed.pk)
    require(rules.may_score(person, assessed))
    own = queries.own_scores(person, assessed)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "rows": [(item, each, own.get((item.pk, each.pk))) for item, each in queries.cells_of(assessed)],
        "n_left": len(queries.left_of(assessed, own)),
        "n_without_feedback": sum(not (each.strengths or each.improvements) for each in own.values()),
        "n_without_places": sum(not each.places for each in own.values()),
        "form": form,
    }
    return render(request, "assessments/submit.html", context, status=form.status)


def _after_saving(request: Request, assessed: Round, item: Item) -> str:
    """Return the next item when it was asked for and there is one, else the overview."""
    later = [each for each in assessed.items.all() if each.number > item.number]
    if "next" in request.POST and later:
        return reverse("assessments:score", args=[assessed.pk, later[0].pk])
    return reverse("assessments:round", args=[assessed.pk])


def _after_question(request: Request, assessed: Round, criterion: Criterion) -> str:
    """Return the next question when it was asked for and there is one, else the overview."""
    later = [each for each in assessed.model.asked if each.number > criterion.number]
    if "next" in request.POST and later:
        return reverse("assessments:question", args=[assessed.pk, later[0].pk])
    return reverse("assessments:round", args=[assessed.pk])
