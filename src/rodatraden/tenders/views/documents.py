"""Pages of what a bid holds, files, terms and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rodatraden.core.answer import RefusedError, require
from rodatraden.core.calendars import Unknown, earliest_deadline, latest_answer_at
from rodatraden.records.queries import mark_scans
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.documents import ContentItemForm, DatesForm, DocumentForm, MoveForm, TermsForm
from rodatraden.tenders.models import DeadlineChange
from rodatraden.tenders.rules import is_published, may_move
from rodatraden.tenders.rules.dates import procedure_of
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.core.calendars import Computed


@signed_in
@at_desk
def contents(request: Request, desk: Desk) -> HttpResponse:
    """Show what a bid must hold and the files of the documents; files are added here."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    if form.is_valid() and desk.carry_out(
        form,
        "tenders.contents",
        lambda: actions.add_document(
            tender=desk.tender,
            title=form.cleaned_data["title"],
            data=form.data_of_file or b"",
            name=form.name_of_file,
            by=desk.person,
            at=desk.at,
        ),
    ):
        return redirect("tenders:contents", desk.procurement.pk)
    files = list(queries.files(desk.tender))
    mark_scans(each.file for each in files)
    context = desk.context(items=queries.content_items(desk.tender), files=files, form=form)
    return render(request, "tenders/contents.html", context, status=form.status)


@signed_in
@at_desk
def content_create(request: Request, desk: Desk) -> HttpResponse:
    """Ask for one more thing in the bid."""
    form = ContentItemForm(request.POST or None, tender=desk.tender)
    if form.is_valid() and desk.carry_out(
        form,
        "tenders.content_create",
        lambda: actions.add_content_item(tender=desk.tender, by=desk.person, at=desk.at, **form.stated()),
    ):
        return redirect("tenders:contents", desk.procurement.pk)
    return render(request, "tenders/content_item.html", desk.context(form=form), status=form.status)


@signed_in
@at_desk
def content_edit(request: Request, desk: Desk, item_id: UUID) -> HttpResponse:
    """Change what is asked for in the bid."""
    item = get_object_or_404(queries.content_items(desk.tender), pk=item_id)
    item.tender = desk.tender  # with what has been fetched with it
    form = ContentItemForm(request.POST or None, tender=desk.tender, item=item)
    form.who = desk.writer_of(item, "content_item_added", "content_item_revised")
    if form.is_valid():
        try:
            actions.revise_content_item(item=item, by=desk.person, at=desk.at, **form.stated())
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:contents", desk.procurement.pk)
    return render(request, "tenders/content_item.html", desk.context(form=form, item=item), status=form.status)


@signed_in
@require_POST
@at_desk
def content_remove(request: Request, desk: Desk, item_id: UUID) -> HttpResponse:
    """No longer ask for something in the bid."""
    item = get_object_or_404(queries.content_items(desk.tender), pk=item_id)
    item.tender = desk.tender
    require(desk.may_edit)
    actions.remove_content_item(item=item, by=desk.person, at=desk.at)
    messages.success(request, _("No longer asked for: %(title)s") % {"title": item.title})
    return redirect("tenders:contents", desk.procurement.pk)


@signed_in
@require_POST
@at_desk
def document_remove(request: Request, desk: Desk, document_id: UUID) -> HttpResponse:
    """Take a file out of the documents."""
    document = get_object_or_404(queries.files(desk.tender), pk=document_id)
    document.tender = desk.tender
    require(desk.may_edit)
    actions.remove_document(document=document, by=desk.person, at=desk.at)
    messages.success(request, _("Taken out: %(title)s") % {"title": document.title})
    return redirect("tenders:contents", desk.procurement.pk)


@signed_in
@at_desk
def terms(request: Request, desk: Desk) -> HttpResponse:
    """Write the terms of the contract that bids are asked for."""
    form = TermsForm(request.POST or None, tender=desk.tender)
    form.who = desk.writer_of(desk.tender, "terms_set")
    if form.is_valid():
        try:
            actions.set_terms(tender=desk.tender, by=desk.person, at=desk.at, **form.stated())
            if form.accepted:
                actions.accept_tender_proposals(tender=desk.tender, fields=form.accepted, by=desk.person, at=desk.at)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The terms are saved."))
            return redirect("tenders:terms", desk.procurement.pk)
    findings = [each for each in queries.publication_findings(desk.tender, desk.at) if each.url_name == "tenders:terms"]
    return render(request, "tenders/terms.html", desk.context(form=form, findings=findings), status=form.status)


@signed_in
@at_desk
def dates(request: Request, desk: Desk) -> HttpResponse:
    """Plan the dates; each is shown with the calculation that the law asks for."""
    if request.method == "POST" and "propose" in request.POST:
        return _propose(request, desk)
    form = DatesForm(request.POST or None, tender=desk.tender)
    form.who = desk.writer_of(desk.tender, "dates_set", "dates_proposed")
    if form.is_valid():
        try:
            actions.set_dates(tender=desk.tender, by=desk.person, at=desk.at, **form.stated())
            if form.accepted:
                actions.accept_tender_proposals(tender=desk.tender, fields=form.accepted, by=desk.person, at=desk.at)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The dates are saved."))
            return redirect("tenders:dates", desk.procurement.pk)
    context = desk.context(form=form, changes=queries.deadline_changes(desk.tender), **_counted(desk))
    return render(request, "tenders/dates.html", context, status=form.status)


def _propose(request: Request, desk: Desk) -> HttpResponse:
    try:
        actions.propose_dates(tender=desk.tender, by=desk.person, at=desk.at)
    except RefusedError as refused:
        messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
    return redirect("tenders:dates", desk.procurement.pk)


def _counted(desk: Desk) -> dict[str, object]:
    """Return how the law's least time and the last day for answers are counted, step by step."""
    tender, procedure = desk.tender, procedure_of(desk.procurement)
    found: dict[str, object] = {
        "is_published": is_published(desk.procurement),
        "may_move": may_move(desk.person, tender, desk.at),
        "is_short": queries.deadline_is_short(tender),
        "procedure": procedure,
    }
    if procedure is None:
        return found
    sent_at = max(tender.planned_notice_at or desk.at, desk.at)
    found["earliest"] = _told(earliest_deadline(procedure=procedure, dispatched_at=sent_at))
    if tender.deadline_at:
        found["answers"] = _told(latest_answer_at(tender.deadline_at, procedure=procedure))
    return found


def _told(computed: Computed[Any]) -> dict[str, object]:
    unknown = computed.value if isinstance(computed.value, Unknown) else None
    return {"steps": [(said(step.message), step.paragraph) for step in computed.steps], "unknown": unknown}


@signed_in
@at_desk
def deadline(request: Request, desk: Desk) -> HttpResponse:
    """Move a published deadline to a later time."""
    form = MoveForm(request.POST or None, initial={"which": DeadlineChange.Which.BIDS})
    if form.is_valid() and desk.carry_out(
        form,
        "tenders.deadline",
        lambda: actions.move_deadline(
            tender=desk.tender,
            which=DeadlineChange.Which(form.cleaned_data["which"]),
            new_at=form.cleaned_data["new_at"],
            reason=form.cleaned_data["reason"],
            by=desk.person,
            at=desk.at,
        ),
    ):
        messages.success(request, _("The deadline has moved, and everybody who follows the answers has been told."))
        return redirect("tenders:dates", desk.procurement.pk)
    context = desk.context(form=form, may_move=may_move(desk.person, desk.tender, desk.at))
    return render(request, "tenders/deadline.html", context, status=form.status)
