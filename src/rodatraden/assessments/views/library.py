"""Pages of the library of quality models: list, look, begin, read in, hand out, what differs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import BeginForm, ModelFileForm, NextVersionForm
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.assessment.differences import differences
from rodatraden.core.assessment.model_files import TEMPLATES, template, write_model_json
from rodatraden.core.assessment.model_workbook import write_model_workbook
from rodatraden.core.evaluation.workbook import WorkbookError
from rodatraden.core.exact import simplest
from rodatraden.parties.queries import signed_in_person
from rodatraden.parties.rules import is_member
from rodatraden.records.actions import carry_out
from rodatraden.ui.files import EXCEL_TYPE, as_made
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from rodatraden.assessments.models import ModelDraft, QualityModel
    from rodatraden.core.assessment.quality_model import Area, Criterion
    from rodatraden.core.assessment.quality_model import QualityModel as Content
    from rodatraden.core.exact import Exact
    from rodatraden.ui.forms import RtForm


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion as a page shows it; numbers count from 1 through the whole model."""

    number: int
    criterion: Criterion
    is_scored: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a model with its criteria."""

    number: int
    area: Area
    rows: Sequence[Row]

    @property
    def most(self) -> Exact:
        """The most that its criteria give together."""
        return simplest(self.area.most)


def parts_of(content: Content) -> list[Part]:
    """Return the parts of a model with their criteria, numbered as their addresses are."""
    numbers = count(1)
    scored = set(content.scored)
    return [
        Part(n, area, [Row(next(numbers), criterion, criterion in scored) for criterion in area.criteria])
        for n, area in enumerate(content.areas, start=1)
    ]


MOST_SHOWN = 200
"""Faults of a file that a page tells; whoever has so many mends some of them first."""
WRITERS = {
    "json": (write_model_json, "application/json"),
    "xlsx": (write_model_workbook, EXCEL_TYPE),
}


@signed_in
def library(request: Request) -> HttpResponse:
    """List the models of the person's organisations, the drafts that are being written, and the templates."""
    person = signed_in_person(request)
    context = {
        "models": queries.latest_models(person, request.now),
        "drafts": queries.drafts_visible_to(person, request.now),
        "may_write": bool(queries.writes_for(person, request.now)),
        "templates": [(name, template(name)) for name in TEMPLATES],
    }
    return render(request, "assessments/library.html", context)


@signed_in
def model(request: Request, model_id: UUID) -> HttpResponse:
    """Show a version of a model with its parts and criteria; to those whose model it is also the other versions."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.models_visible_to(person, request.now), pk=model_id)
    assert found.owner is not None, "chosen by it"
    is_own = is_member(person, found.owner, request.now)
    versions = list(queries.versions_of(found)) if is_own else []
    context = {
        "model": found,
        "content": found.content,
        "parts": parts_of(found.content),
        "opened": "allt" in request.GET,
        "versions": versions,
        "is_own": is_own,
        "latest": versions[0] if versions else found,
        "draft": queries.draft_of_next(found) if is_own else None,
        "may_write": rules.may_write_models(person, found.owner, request.now),
        "form": VerbForm(),
    }
    return render(request, "assessments/model.html", context)


@signed_in
def model_template(request: Request, name: str) -> HttpResponse:
    """Show a template that comes with the program."""
    if name not in TEMPLATES:
        raise Http404
    may_write = bool(queries.writes_for(signed_in_person(request), request.now))
    context = {"name": name, "content": template(name), "parts": parts_of(template(name)), "may_write": may_write}
    context["opened"] = "allt" in request.GET
    return render(request, "assessments/model_template.html", context)


@signed_in
def model_differences(request: Request, model_id: UUID) -> HttpResponse:
    """Show what differs between a version and the one before it."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.models_to_begin_from(person, request.now), pk=model_id)
    before = queries.before(found)
    if before is None:
        raise Http404
    context = {"model": found, "before": found.version - 1, "differences": differences(before, found.content)}
    return render(request, "assessments/model_differences.html", context)


@signed_in
def model_export(request: Request, model_id: UUID, format: str) -> HttpResponse:  # noqa: A002 -- the address names it
    """Hand out a version as JSON or Excel."""
    found = get_object_or_404(queries.models_visible_to(signed_in_person(request), request.now), pk=model_id)
    return _file(found.content, f"{slugify(found.title) or 'modell'}-v{found.version}", format)


@signed_in
def template_export(request: Request, name: str, format: str) -> HttpResponse:  # noqa: A002, ARG001 -- as above
    """Hand out a template as JSON or Excel."""
    if name not in TEMPLATES:
        raise Http404
    return _file(template(name), name, format)


@signed_in
def begin_model(request: Request) -> HttpResponse:
    """Begin a new model from a template, a copy of another or nothing; `fran` in the address names what."""
    person = signed_in_person(request)
    organisations = queries.writes_for(person, request.now)
    models = list(queries.models_to_begin_from(person, request.now))
    start = {"start": request.GET.get("fran", TEMPLATES[0])}
    form = BeginForm(request.POST or None, organisations=organisations, models=models, initial=start)
    if form.is_valid():
        made: list[ModelDraft] = []
        if carry_out(
            form=form,
            purpose="assessments.begin_model",
            verb=lambda: made.append(
                actions.begin_draft(owner=form.owner, content=form.content, by=person, at=request.now)
            ),
            by=person,
            at=request.now,
        ):
            return redirect("assessments:draft", made[0].pk) if made else redirect("assessments:library")
    context = {"form": form, "may_write": bool(organisations)}
    return render(request, "assessments/model_begin.html", context, status=form.status)


@signed_in
def next_version(request: Request, model_id: UUID) -> HttpResponse:
    """Begin the next version of a model, as a copy of the newest; from an older one only with what would go back in sight."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.models_to_begin_from(person, request.now), pk=model_id)
    newest = queries.versions_of(found)[0]
    form = NextVersionForm(request.POST if request.method == "POST" else None, found=found, newest=newest)
    if form.is_valid():
        made = _begun(request, form, newest, form.chosen.content)
        if made is not None:
            return made
    context = {
        "model": found,
        "newest": newest,
        "differences": differences(newest.content, found.content) if found != newest else None,
        "form": form,
    }
    return render(request, "assessments/model_next_version.html", context, status=form.status)


@signed_in
def read_model_file(request: Request) -> HttpResponse:
    """Read a model from a file: what was understood is shown as a draft, every fault by its cell or field."""
    person = signed_in_person(request)
    organisations = queries.writes_for(person, request.now)
    models = [each for each in queries.latest_models(person, request.now) if each.owner in organisations]
    form = ModelFileForm(request.POST or None, request.FILES or None, organisations=organisations, models=models)
    if form.is_valid() and form.understood is not None and form.understood.model is not None:
        made = _begun(request, form, form.follows, form.understood.model)
        if made is not None:
            return made
    faults = form.understood.faults if form.understood else ()
    shown = {"faults": faults[:MOST_SHOWN], "n_more": max(len(faults) - MOST_SHOWN, 0)}
    context = {"form": form, "may_write": bool(organisations), **shown}
    return render(request, "assessments/model_file.html", context, status=form.status)


def _begun(request: Request, form: RtForm, follows: QualityModel | None, content: Content) -> HttpResponse | None:
    """Begin a draft of `content` and go to it; None when it was refused, which the form then says."""
    person = signed_in_person(request)
    owner = follows.owner if follows else None
    if isinstance(form, ModelFileForm):
        owner = form.owner
    assert owner is not None, "a model of a library has an owner"
    made: list[ModelDraft] = []
    if not carry_out(
        form=form,
        purpose="assessments.begin_draft",
        verb=lambda: made.append(
            actions.begin_draft(owner=owner, content=content, follows=follows, by=person, at=request.now)
        ),
        by=person,
        at=request.now,
    ):
        return None
    if isinstance(form, ModelFileForm):
        messages.success(request, gettext("The file is read. Look at what was understood, then make it a version."))
    return redirect("assessments:draft", made[0].pk) if made else redirect("assessments:library")


def _page(model: QualityModel) -> str:
    return reverse("assessments:model", args=[model.pk])


def _file(content: Content, name: str, ending: str) -> HttpResponse:
    if ending not in WRITERS:
        raise Http404
    write, kind = WRITERS[ending]
    try:
        return as_made(write(content), f"{name}.{ending}", kind)
    except WorkbookError as error:
        raise RefusedError(no(error.reason)) from error
