"""Pages of a package of feedback reports: asked for, followed while it is set, stopped, fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRefresh

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.views.loading import loaded
from rodatraden.core.answer import RefusedError, require
from rodatraden.records.actions import once
from rodatraden.records.queries import open_stored
from rodatraden.records.rules import is_lost
from rodatraden.ui.files import as_download
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import FileResponse, HttpResponse

    from rodatraden.assessments.models import ReportBundle, Round
    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person


@signed_in
def ask(request: Request, round_id: UUID) -> HttpResponse:
    """Ask once more, then have all reports that count set as PDF."""
    person, assessed = loaded(request, round_id)
    require(rules.may_see_feedback(person, assessed))
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            bundle_id = once(
                key=form.idempotency_key,
                purpose=f"assessments.bundle {assessed.pk}",
                body=form.sent,
                effect=lambda: str(actions.ask_for_bundle(assessed=assessed, by=person, at=request.now).pk),
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("assessments:bundle", assessed.pk, bundle_id)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "reports": len(queries.bundled(assessed, request.now)),
        "answer": _may_ask(person, assessed, request),
        "form": form,
    }
    return render(request, "assessments/bundle_ask.html", context, status=form.status)


@signed_in
def bundle(request: Request, round_id: UUID, bundle_id: UUID) -> HttpResponse:
    """Tell how many reports are set, and then list them; a page that is open asks again by itself until it has ended."""
    person, assessed = loaded(request, round_id)
    found = _bundle(person, assessed, bundle_id)
    if request.htmx and found.ended_at is not None:
        return HttpResponseClientRefresh()
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "bundle": found,
        "reports": queries.bundled(assessed, found.asked_at),
        "is_lost": is_lost(found, request.now),
        "may_ask": _may_ask(person, assessed, request),
        "may_cancel": rules.may_cancel_bundle(person, found),
        "progress_words": gettext("%(done)s of %(all)s reports") % {"done": found.done, "all": found.reports},
    }
    return render(request, "assessments/bundle.html", context)


@signed_in
def cancel(request: Request, round_id: UUID, bundle_id: UUID) -> HttpResponse:
    """Ask once more, then stop the setting."""
    person, assessed = loaded(request, round_id)
    found = _bundle(person, assessed, bundle_id)
    back = reverse("assessments:bundle", args=[assessed.pk, found.pk])
    if found.ended_at is not None:
        return redirect(back)
    require(rules.may_cancel_bundle(person, found))
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.cancel_bundle(bundle=found, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("It is stopped."))
            return redirect(back)
    context = {
        "procurement": assessed.case,
        "question": gettext("Stop making the package?"),
        "consequence": gettext(
            "What has been set is thrown away. The reports themselves stay, and the package can be asked for again."
        ),
        "verb": gettext("Stop it"),
        "back_url": back,
        "form": form,
    }
    return render(request, "assessments/confirm.html", context, status=form.status)


@signed_in
def fetch(request: Request, round_id: UUID, bundle_id: UUID) -> FileResponse:
    """Hand out the package."""
    person, assessed = loaded(request, round_id)
    found = _bundle(person, assessed, bundle_id)
    if found.file is None:
        raise Http404
    return as_download(open_stored(found.file), found.file.name)


def _bundle(person: Person, assessed: Round, bundle_id: UUID) -> ReportBundle:
    require(rules.may_see_feedback(person, assessed))
    found = get_object_or_404(queries.bundles_of(assessed), pk=bundle_id)
    found.round = assessed  # with what has been fetched with it
    return found


def _may_ask(person: Person, assessed: Round, request: Request) -> Answer:
    latest = queries.bundles_of(assessed).first()
    if latest is not None and is_lost(latest, request.now):
        latest = None  # asked for again it is ended
    return rules.may_ask_for_bundle(person, assessed, latest, queries.last_frozen_at(assessed))
