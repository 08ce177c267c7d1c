"""Pages of a draft: what is written, what it lacks and what differs; its parts and criteria; the step to a version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from rodatraden.assessments import actions, queries
from rodatraden.assessments.forms import AboutForm, AreaForm, CriterionForm, criterion_initial
from rodatraden.assessments.views.library import parts_of
from rodatraden.core.answer import RefusedError
from rodatraden.core.assessment import quality_model as core
from rodatraden.core.assessment.differences import differences
from rodatraden.core.assessment.editing import free_key, moved, put_area, put_criterion, take_out
from rodatraden.core.numbers import whole_number
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.assessments.models import ModelDraft, QualityModel
    from rodatraden.ui.forms import RtForm

T = TypeVar("T")

STEPS = {"upp": -1, "ned": 1}


@signed_in
def draft(request: Request, model_draft_id: UUID) -> HttpResponse:
    """Show what is written, what it lacks, and what differs from the version before."""
    found = _draft(request, model_draft_id)
    context = {
        "draft": found,
        "content": found.model,
        "parts": parts_of(found.model),
        "differences": differences(found.follows.content, found.model) if found.follows else None,
    }
    return render(request, "assessments/draft.html", context)


@signed_in
def draft_about(request: Request, model_draft_id: UUID) -> HttpResponse:
    """Write what the model is as a whole."""
    found = _draft(request, model_draft_id)
    model = found.model
    initial = {
        "title": model.title,
        "introduction": model.introduction,
        "source": model.source,
        "scores_results": "yes" if model.scores_results else "no",
        "renormalised_to": model.renormalised_to,
        "based_on": found.mark,
    }
    form = AboutForm(request.POST or None, keeps_title=found.follows is not None, initial=initial)
    if form.is_valid():
        typed = form.typed()
        based_on = typed.pop("based_on")
        if _saved(request, form, found, replace(model, **typed), based_on):
            return redirect("assessments:draft", found.pk)
    return _form_page(request, found, form, gettext("The model as a whole"))


@signed_in
def draft_area(request: Request, model_draft_id: UUID, number: int) -> HttpResponse:
    """Write a part; number 0 is a new one."""
    found = _draft(request, model_draft_id)
    model = found.model
    area = _numbered(model.areas, number) if number else core.Area(free_key(model, "del"), "")
    initial = {
        "title": area.title,
        "introduction": area.introduction,
        "is_left_out": "yes" if area.is_left_out else "no",
        "based_on": found.mark,
    }
    form = AreaForm(request.POST or None, initial=initial)
    if form.is_valid():
        typed = form.typed()
        based_on = typed.pop("based_on")
        if _saved(request, form, found, put_area(model, replace(area, **typed)), based_on):
            return redirect("assessments:draft", found.pk)
    return _form_page(request, found, form, area.title or gettext("A new part"))


@signed_in
def draft_criterion(request: Request, model_draft_id: UUID, number: int) -> HttpResponse:
    """Write a criterion; number 0 is a new one, last in the part whose number `del` in the address names."""
    found = _draft(request, model_draft_id)
    model = found.model
    if not model.areas:
        raise Http404
    placed = [(area, criterion) for area in model.areas for criterion in area.criteria]
    if number:
        area, criterion = _numbered(placed, number)
        initial = criterion_initial(area, criterion)
        key, title = criterion.key, criterion.title
    else:
        area = _numbered(model.areas, whole_number(request.GET.get("del", "")) or 1)
        initial, key, title = {"area": area.key}, "", gettext("A new criterion")
    form = CriterionForm(request.POST or None, model=model, key=key, initial=initial | {"based_on": found.mark})
    if form.is_valid() and form.criterion is not None:
        changed = put_criterion(model, form.cleaned_data["area"], form.criterion)
        if _saved(request, form, found, changed, form.cleaned_data["based_on"]):
            return redirect("assessments:draft", found.pk)
    return _form_page(request, found, form, title)


@signed_in
@require_POST
def draft_arrange(request: Request, model_draft_id: UUID, what: str, number: int, step: str) -> HttpResponse:
    """Move a part or a criterion one place up or down, or take it out."""
    found = _draft(request, model_draft_id)
    model = found.model
    keys = {"del": [each.key for each in model.areas], "kriterium": [each.key for each in model.criteria]}
    key = _numbered(keys.get(what, []), number)
    changed = take_out(model, key) if step == "bort" else moved(model, key, STEPS.get(step, 0))
    person, based_on = signed_in_person(request), request.POST.get("based_on", "")
    try:
        actions.save_draft(draft=found, content=changed, based_on=based_on, by=person, at=request.now)
    except RefusedError as refused:
        messages.error(request, said(refused.answer.reason) if refused.answer.reason else "")
    return redirect(f"{reverse('assessments:draft', args=[found.pk])}#modell")


@signed_in
def draft_make(request: Request, model_draft_id: UUID) -> HttpResponse:
    """Show what differs once more, then make the draft a version that is never changed."""
    person = signed_in_person(request)
    found = _draft(request, model_draft_id)
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made: list[QualityModel] = []
        if carry_out(
            form=form,
            purpose=f"assessments.make_version {found.pk}",
            verb=lambda: made.append(actions.make_version(draft=found, by=person, at=request.now)),
            by=person,
            at=request.now,
        ):
            messages.success(request, gettext("The version is made. Rounds can be started on it."))
            return redirect("assessments:model", made[0].pk) if made else redirect("assessments:library")
    context = {
        "draft": found,
        "content": found.model,
        "differences": differences(found.follows.content, found.model) if found.follows else None,
        "form": form,
    }
    return render(request, "assessments/draft_make.html", context, status=form.status)


@signed_in
def draft_discard(request: Request, model_draft_id: UUID) -> HttpResponse:
    """Ask once more, then throw the draft away."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.drafts_visible_to(person, request.now), pk=model_draft_id)
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.discard_draft {found.pk}",
        verb=lambda: actions.discard_draft(draft=found, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The draft is thrown away."))
        return redirect("assessments:library")
    context = {
        "procurement": None,
        "question": gettext("Throw the draft away?"),
        "consequence": gettext("What is written in it can't be had back. Versions that are made stay."),
        "verb": gettext("Throw the draft away"),
        "back_url": reverse("assessments:draft", args=[found.pk]) if found.title else reverse("assessments:library"),
        "form": form,
    }
    return render(request, "assessments/confirm.html", context, status=form.status)


def _draft(request: Request, draft_id: UUID) -> ModelDraft:
    """Return a draft that can be read; of another the library says so, and it can be thrown away."""
    found = get_object_or_404(queries.drafts_visible_to(signed_in_person(request), request.now), pk=draft_id)
    if not found.title:
        raise Http404
    return found


def _numbered(listed: Sequence[T], number: int) -> T:
    if not 1 <= number <= len(listed):
        raise Http404
    return listed[number - 1]


def _saved(request: Request, form: RtForm, draft: ModelDraft, content: core.QualityModel, based_on: str) -> bool:
    person = signed_in_person(request)
    return carry_out(
        form=form,
        purpose=f"assessments.save_draft {draft.pk}",
        verb=lambda: actions.save_draft(draft=draft, content=content, based_on=based_on, by=person, at=request.now),
        by=person,
        at=request.now,
    )


def _form_page(request: Request, draft: ModelDraft, form: RtForm, heading: str) -> HttpResponse:
    context = {"draft": draft, "form": form, "what": heading}
    return render(request, "assessments/draft_form.html", context, status=form.status)
