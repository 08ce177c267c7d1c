"""Pages of what comes before judging: training material, the example, and who follows without seeing anything."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import (
    CallOffForm,
    ExampleForm,
    LevelForm,
    ObserverForm,
    ReadForm,
    TrainingForm,
)
from rodatraden.assessments.models import Reading
from rodatraden.assessments.views.agreeing import rows_of
from rodatraden.assessments.views.loading import loaded
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase


@signed_in
def training(request: Request, round_id: UUID) -> HttpResponse:
    """Show the training material; an assessor says that it is read, the leader sees who has not."""
    person, assessed = loaded(request, round_id)
    require(rules.is_real(assessed))
    material = rules.training_of(assessed)
    shown = " ".join(str(each.pk) for each in material)
    form = ReadForm(request.POST or None, initial={"shown": shown})
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.read {assessed.pk}",
        verb=lambda: actions.say_read(assessed=assessed, shown=form.keys, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("Thank you. It is noted that you have read the training material."))
        return redirect("assessments:round", assessed.pk)
    mark_scans(each.file for each in material)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "material": material,
        "unread": rules.unread_by(person, assessed),
        "mentions": queries.mentions(assessed) if rules.may_lead(person, assessed) else [],
        "own": rules.member_as(person, assessed, rules.Role.ASSESSOR),
        "assessors": [(each, each in rules.left_to_read(assessed)) for each in rules.assessors_of(assessed)],
        "may_lead": rules.may_lead(person, assessed),
        "may_put_up": rules.may_put_up_training(person, assessed),
        "form": form,
    }
    return render(request, "assessments/training.html", context, status=form.status)


@signed_in
def put_up_training(request: Request, round_id: UUID) -> HttpResponse:
    """Put up something that the assessors read before they judge."""
    person, assessed = loaded(request, round_id)
    form = TrainingForm(request.POST or None, request.FILES or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.put_up_training {assessed.pk}",
        verb=lambda: actions.put_up_training(
            assessed=assessed,
            title=form.cleaned_data["title"],
            text=form.cleaned_data["text"],
            data=form.data_of_file,
            name=form.name_of_file,
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("It is put up. Each assessor says that it is read before they score."))
        return redirect("assessments:training", assessed.pk)
    require(rules.may_put_up_training(person, assessed))
    context = {"assessed": assessed, "procurement": assessed.case, "form": form}
    return render(request, "assessments/put_up_training.html", context, status=form.status)


@signed_in
def withdraw_training(request: Request, round_id: UUID, reading_id: UUID) -> HttpResponse:
    """Ask once more, then take training material down."""
    person, assessed = loaded(request, round_id)
    require(rules.may_put_up_training(person, assessed))
    reading = next((each for each in rules.training_of(assessed) if each.pk == reading_id), None)
    if reading is None:
        raise Http404
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.withdraw_training {reading.pk}",
        verb=lambda: actions.withdraw_training(reading=reading, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        return redirect("assessments:training", assessed.pk)
    context = {
        "procurement": assessed.case,
        "question": gettext("Take down %(title)s?") % {"title": reading.title},
        "consequence": gettext("Nobody is asked to read it any more. It stays on record."),
        "verb": gettext("Take it down"),
        "back_url": reverse("assessments:training", args=[assessed.pk]),
        "form": form,
    }
    return render(request, "assessments/confirm.html", context, status=form.status)


@signed_in
def reading(request: Request, reading_id: UUID) -> HttpResponseBase:
    """Show a file that the leader has put up to those who judge."""
    person = signed_in_person(request)
    found = get_object_or_404(Reading.objects.exclude(file=None).select_related("file"), pk=reading_id)
    get_object_or_404(queries.visible_to(person), pk=found.round_id)
    require(rules.is_up(found))
    assert found.file is not None, "chosen by it"
    may = partial(rules.may_let_out, person, found.round)
    return hand_out(request, found.file, found.file.name, may_let_out=may, case=found.round.case_id, is_shown=True)


@signed_in
def put_up_example(request: Request, round_id: UUID) -> HttpResponse:
    """Put up an answer that everybody judges before the real ones."""
    person, assessed = loaded(request, round_id)
    form = ExampleForm(request.POST or None, request.FILES or None, criteria=assessed.model.asked)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.put_up_example {assessed.pk}",
        verb=lambda: actions.put_up_example(
            assessed=assessed,
            label=form.cleaned_data["label"],
            answers=form.answers(),
            data=form.data_of_file,
            name=form.name_of_file,
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The example is put up, and stands among everybody's tasks."))
        return redirect("assessments:calibration", assessed.pk)
    require(rules.may_put_up_example(person, assessed, has_begun=queries.has_begun(assessed)))
    context = {"assessed": assessed, "procurement": assessed.case, "form": form}
    return render(request, "assessments/put_up_example.html", context, status=form.status)


@signed_in
def calibration(request: Request, round_id: UUID) -> HttpResponse:
    """Show how everybody judged the example, once all have, with the leader's note; the leader opens the real ones."""
    person, assessed = loaded(request, round_id)
    found = rules.calibration_of(assessed)
    if found is None or found.example is None:
        return redirect("assessments:round", assessed.pk)
    form = LevelForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.open_after_example {assessed.pk}",
        verb=lambda: actions.open_after_example(
            assessed=assessed, level=form.cleaned_data["level"], by=person, at=request.now
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The real ones are open."))
        return redirect("assessments:calibration", assessed.pk)
    may_see = rules.may_see_example(person, assessed)
    example_assessors = rules.assessors_of(found.example)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "calibration": found,
        "assessors": example_assessors,
        "waiting": [each for each in example_assessors if each.submitted_at is None],
        "own": rules.member_as(person, found.example, rules.Role.ASSESSOR),
        "may_see": may_see,
        "mentions": queries.mentions(assessed) if rules.may_lead(person, assessed) else [],
        "rows": rows_of(queries.example_matrix(person, assessed), example_assessors) if may_see else [],
        "may_open": rules.may_open_after_example(person, assessed),
        "may_call_off": rules.may_call_off_example(person, assessed),
        "may_score": rules.may_score(person, assessed),
        "form": form,
    }
    return render(request, "assessments/calibration.html", context, status=form.status)


@signed_in
def call_off_example(request: Request, round_id: UUID) -> HttpResponse:
    """Ask why, then let the round go on without the example."""
    person, assessed = loaded(request, round_id)
    form = CallOffForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.call_off_example {assessed.pk}",
        verb=lambda: actions.call_off_example(
            assessed=assessed, reason=form.cleaned_data["reason"], by=person, at=request.now
        ),
        by=person,
        at=request.now,
    ):
        return redirect("assessments:round", assessed.pk)
    require(rules.may_call_off_example(person, assessed))
    context = {
        "procurement": assessed.case,
        "question": gettext("Go on without the example?"),
        "consequence": gettext(
            "The real ones open at once. What has been written of the example stays on record, and nobody sees it."
        ),
        "verb": gettext("Go on without it"),
        "back_url": reverse("assessments:round", args=[assessed.pk]),
        "form": form,
    }
    return render(request, "assessments/confirm.html", context, status=form.status)


@signed_in
def add_observer(request: Request, round_id: UUID) -> HttpResponse:
    """Let somebody follow the round without access to what is judged."""
    person, assessed = loaded(request, round_id)
    require(rules.may_add_observer(person, assessed))
    candidates = queries.observers_to_be(assessed, request.now)
    form = ObserverForm(request.POST or None, candidates=candidates)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.observer {assessed.pk}",
        verb=lambda: actions.add_observer(assessed=assessed, person=form.chosen, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("%(name)s follows the judging.") % {"name": form.chosen.name})
        return redirect("assessments:round", assessed.pk)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "able": any(each.answer for each in candidates),
        "form": form,
    }
    return render(request, "assessments/observer.html", context, status=form.status)


@signed_in
def remove_observer(request: Request, round_id: UUID, member_id: UUID) -> HttpResponse:
    """Ask once more, then end that somebody follows the round."""
    person, assessed = loaded(request, round_id)
    member = next((each for each in assessed.panel.all() if each.pk == member_id), None)
    if member is None:
        raise Http404
    member.round = assessed
    require(rules.may_remove_observer(person, member))
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.remove_observer {member.pk}",
        verb=lambda: actions.remove_observer(member=member, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        return redirect("assessments:round", assessed.pk)
    context = {
        "procurement": assessed.case,
        "question": gettext("Let %(name)s follow no more?") % {"name": member.person.name},
        "consequence": gettext(
            "The page of the round closes for that person. That they have followed it stays on record."
        ),
        "verb": gettext("End it"),
        "back_url": reverse("assessments:round", args=[assessed.pk]),
        "form": form,
    }
    return render(request, "assessments/confirm.html", context, status=form.status)
