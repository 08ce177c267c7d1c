"""Pages of the feedback reports: what the panel writes, and what the one who was judged reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.documents import feedback_pdf, needed_in_words
from rodatraden.assessments.forms import FeedbackForm, FreezeForm
from rodatraden.assessments.models import FeedbackReport, Round
from rodatraden.assessments.views.loading import item_of, loaded
from rodatraden.core.answer import RefusedError, require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.files import PDF_TYPE, as_made
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from rodatraden.assessments.models import Item
    from rodatraden.core.assessment import Feedback
    from rodatraden.parties.models import Person


@dataclass(frozen=True, slots=True)
class Row:
    """One item with the report that counts, and whether its words have changed since."""

    item: Item
    report: FeedbackReport | None
    has_changed: bool

    @property
    def is_released(self) -> bool:
        """Whether the one who answers for it reads the report as it is now."""
        return self.report is not None and not self.has_changed and rules.is_released(self.report)


@signed_in
def feedback(request: Request, round_id: UUID) -> HttpResponse:
    """Write what the panel says of each item as a whole; read what each report will hold, and freeze them."""
    person, assessed = loaded(request, round_id)
    require(rules.may_see_feedback(person, assessed))
    form = FeedbackForm(request.POST or None, assessed=assessed)
    if form.is_valid():
        try:
            actions.write_feedback(
                assessed=assessed,
                summaries=form.summaries(),
                shows_points=form.cleaned_data["shows_points"],
                use=form.cleaned_data["use"],
                based_on=form.based_on(),
                by=person,
                at=request.now,
            )
        except actions.WordsChangedElsewhereError as refused:
            form.stand_on(refused.assessed, refused.others)
            form.refuse(refused)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            if "freeze" in request.POST:
                return redirect("assessments:freeze_feedback", assessed.pk)
            messages.success(request, gettext("Saved. Nobody outside the panel sees it before it is frozen."))
            return redirect("assessments:feedback", assessed.pk)
    rows = _rows(assessed)
    frozen = [row.report for row in rows if row.report]
    bundle, newest = queries.bundles_of(assessed).first(), queries.last_frozen_at(assessed)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "form": form,
        "rows": rows,
        "may_release": rules.may_release(person, assessed, frozen, len(rows)),
        "frozen": newest,
        "bundle": bundle,
        "may_bundle": rules.may_ask_for_bundle(person, assessed, bundle, newest),
        "may_write": rules.may_write_feedback(person, assessed),
    }
    return render(request, "assessments/feedback.html", context, status=form.status)


@signed_in
def freeze_feedback(request: Request, round_id: UUID) -> HttpResponse:
    """Ask once more, then freeze the reports that are new or have changed."""
    person, assessed = loaded(request, round_id)
    rows = [row for row in _rows(assessed) if row.has_changed]
    form = FreezeForm(request.POST or None, asks_why=any(row.report for row in rows))
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data.get("why", "")
        if carry_out(
            form=form,
            purpose=f"assessments.freeze_feedback {assessed.pk}",
            verb=lambda: actions.freeze_feedback(assessed=assessed, why=why, by=person, at=request.now),
            by=person,
            at=request.now,
        ):
            messages.success(request, gettext("The feedback reports are frozen."))
            return redirect("assessments:feedback", assessed.pk)
    require(rules.may_write_feedback(person, assessed))
    context = {"assessed": assessed, "procurement": assessed.case, "rows": rows, "form": form}
    return render(request, "assessments/freeze_feedback.html", context, status=form.status)


@signed_in
def preview(request: Request, round_id: UUID, item_id: UUID) -> HttpResponse:
    """Show the panel what a report would hold if it were frozen now."""
    person, assessed = loaded(request, round_id)
    require(rules.may_see_feedback(person, assessed))
    item = item_of(assessed, item_id)
    context = {"assessed": assessed, "procurement": assessed.case, "in_panel": True}
    return render(request, "assessments/report.html", context | _told(queries.feedback_of(assessed)[item]))


@signed_in
def report(request: Request, report_id: UUID) -> HttpResponse:
    """Show a frozen report to the panel and to the one it is for, with its other versions."""
    found = _report(request, report_id)
    assessed = found.item.round
    in_panel = bool(rules.may_see(signed_in_person(request), assessed))
    context = {
        "assessed": assessed,
        "procurement": assessed.case if in_panel else None,
        "in_panel": in_panel,
        "report": found,
        "versions": _versions(assessed, found, signed_in_person(request), request.now),
    }
    return render(request, "assessments/report.html", context | _told(queries.read(found)))


@signed_in
def report_pdf(request: Request, report_id: UUID) -> HttpResponse:
    """Hand out a frozen report as PDF, to those who read its page."""
    found = _report(request, report_id)
    name = f"{gettext('Feedback report')} {found.item.number} v{found.version}.pdf"
    return as_made(feedback_pdf(found), name, PDF_TYPE)


def _rows(assessed: Round) -> list[Row]:
    reports = queries.reports_of(assessed)
    rows = []
    for item, feedback in queries.feedback_of(assessed).items():
        latest = reports[item.pk][0] if item.pk in reports else None
        rows.append(Row(item, latest, latest is None or latest.sha256 != feedback.sha256))
    return rows


def _told(feedback: Feedback) -> dict[str, object]:
    return {
        "feedback": feedback,
        "needed": [(each.title, needed_in_words(each)) for each in feedback.needed],
    }


def _versions(assessed: Round, found: FeedbackReport, person: Person, at: datetime) -> Sequence[FeedbackReport]:
    """Return the other versions of a report that the person reads."""
    others = [each for each in queries.reports_of(assessed)[found.item_id] if each != found]
    for each in others:
        each.item = found.item  # with what has been fetched with it
    return [each for each in others if rules.may_read_report(person, each, at)]


def _report(request: Request, report_id: UUID) -> FeedbackReport:
    """Return a report that the person reads; for everybody else there is none."""
    found = get_object_or_404(FeedbackReport.objects.select_related("item", "frozen_by"), pk=report_id)
    found.item.round = queries.with_panel(Round.objects.filter(pk=found.item.round_id)).get()
    if not rules.may_read_report(signed_in_person(request), found, request.now):
        raise Http404
    return found
