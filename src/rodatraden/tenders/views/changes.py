"""Pages of a published change: what differs, each row to edit, and the last step (INV-08).

Each page of an edit is drawn within `as_changed`: its forms read the rows as the change would leave them, and what
they say is kept only as an edit.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec
from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rodatraden.core.answer import RefusedError, require
from rodatraden.core.calendars import Unknown
from rodatraden.records.actions import carry_out, once
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.changes import DropForm, PublishChangeForm
from rodatraden.tenders.forms.documents import ContentItemForm, TermsForm
from rodatraden.tenders.forms.model import ModelForm
from rodatraden.tenders.forms.requirements import STEPS, NewRequirementForm, RequirementForm, StrikeForm
from rodatraden.tenders.models import DocumentEdit
from rodatraden.tenders.rules import (
    Severity,
    extension,
    fingerprint,
    is_allowed,
    may_change,
    may_work_on,
    must_be_substantial,
    stops,
    weigh,
)
from rodatraden.tenders.rules.completeness import missing
from rodatraden.tenders.rules.dates import procedure_of
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.ui.forms import with_new_row
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.tenders.models import DocumentChange, Tender
    from rodatraden.tenders.rules import Difference, Extension

P = ParamSpec("P")
About = DocumentEdit.About
How = DocumentEdit.How
SHOW_FIELDS = "show-fields"
ADD_ROW = "add-row"


def at_change(
    view: Callable[Concatenate[Request, Desk, DocumentChange, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the change that is in the making, which the person may edit; without one lead to its beginning."""

    @wraps(view)
    def loaded(request: Request, desk: Desk, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = queries.open_change(desk.tender)
        if found is None:
            return redirect("tenders:change", desk.procurement.pk)
        require(may_work_on(desk.person, found, desk.at))
        return view(request, desk, found, *args, **kwargs)

    return loaded


@signed_in
@at_desk
def change(request: Request, desk: Desk) -> HttpResponse:
    """Show what differs in the change that is in the making, and what it demands; or how one begins."""
    found = queries.open_change(desk.tender)
    context: dict[str, object] = {
        "may_change": may_change(desk.person, desk.tender, desk.at),
        "published": [(each, _differences_of(each)) for each in queries.published_changes(desk.tender)],
    }
    if found is None:
        return _without_a_change(request, desk, context)
    before = queries.latest_snapshot(desk.tender)
    assert before is not None
    with actions.as_changed(change=found, by=desk.person, at=desk.at) as drafted:
        differences = queries.differences(queries.read_snapshot(before), queries.content_now(drafted))
        findings = queries.changed_findings(drafted, desk.at)
        context |= {
            "change": found,
            "edits": [(edit, _name_of(edit, drafted)) for edit in queries.edits_of(found)],
            "differences": [_weighed(each, drafted) for each in differences],
            "stopping": stops(findings),
            "warnings": [each for each in findings if each.severity is Severity.WARNS],
            "rows": list(queries.standing(drafted)),
            "items": list(queries.content_items(drafted)),
        }
        is_substantial, read = must_be_substantial(differences), fingerprint(differences)
    needed = extension(desk.tender, desk.at, is_substantial=is_substantial)
    if isinstance(needed, Unknown):
        return render(request, "tenders/change.html", desk.context(**context, unknown=needed))
    form = PublishChangeForm(request.POST or None, needed=needed, is_substantial=is_substantial, read=read)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"tenders.publish_change {found.pk}",
        verb=lambda: actions.publish_change(change=found, by=desk.person, at=desk.at, **form.stated()),
        by=desk.person,
        at=desk.at,
    ):
        messages.success(request, _("The change is published, and everybody who follows the answers has been told."))
        return redirect("tenders:notices", desk.procurement.pk)
    form.ask_to_read(read)
    context |= {"form": form, "needed": needed, "steps": _told(needed), "is_substantial": is_substantial}
    return render(request, "tenders/change.html", desk.context(**context), status=form.status)


def _without_a_change(request: Request, desk: Desk, context: dict[str, object]) -> HttpResponse:
    """Show how a change begins; who sent one that has been published meanwhile, by this very form perhaps, is told."""
    if request.method == "POST":
        messages.info(request, _("The change has been published or dropped already. Below stands what is published."))
        return redirect("tenders:change", desk.procurement.pk)
    return render(request, "tenders/change.html", desk.context(**context))


def _weighed(difference: Difference, drafted: Tender) -> tuple[Difference, str, object]:
    """Return a difference with what it weighs and, where it is refused, why."""
    return difference, weigh(difference).value, is_allowed(difference, procedure_of(drafted.procurement))


def _told(needed: Extension) -> dict[str, object]:
    return {"steps": [(said(step.message), step.paragraph) for step in needed.steps], "unknown": None}


def _differences_of(published: DocumentChange) -> list[Difference]:
    assert published.snapshot is not None
    before = queries.version_before(published.snapshot)
    return queries.snapshot_differences(before, published.snapshot) if before else []


def _name_of(edit: DocumentEdit, drafted: Tender) -> str:
    """Return what an edit is about, by the name that it has in the change; a struck row by the name that it had."""
    if edit.about == About.REQUIREMENT:
        row = queries.requirements(drafted).filter(pk=edit.target).first()
        return str(row) if row else edit.get_about_display()
    if edit.about == About.ITEM:
        item = drafted.content_items.filter(pk=edit.target).first()
        return str(item) if item else edit.get_about_display()
    return edit.get_about_display()


@signed_in
@require_POST
@at_desk
def begin(request: Request, desk: Desk) -> HttpResponse:
    """Begin a change beside the published documents."""
    try:
        actions.begin_change(tender=desk.tender, by=desk.person, at=desk.at)
    except RefusedError as refused:
        messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
    return redirect("tenders:change", desk.procurement.pk)


@signed_in
@at_desk
@at_change
def drop(request: Request, desk: Desk, found: DocumentChange) -> HttpResponse:
    """Ask once more, then drop the change."""
    form = DropForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.drop_change(change=found, by=desk.person, at=desk.at)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:change", desk.procurement.pk)
    context = desk.context(
        question=_("Drop the change?"),
        consequence=_("The documents stay as they are published. What you wrote in the change is no longer shown."),
        verb=_("Drop the change"),
        back_url=reverse("tenders:change", args=[desk.procurement.pk]),
        form=form,
    )
    return render(request, "tenders/confirm.html", context, status=form.status)


@signed_in
@require_POST
@at_desk
@at_change
def take_back(request: Request, desk: Desk, found: DocumentChange, edit_id: int) -> HttpResponse:
    """Take one edit out of the change."""
    edit = get_object_or_404(queries.edits_of(found), pk=edit_id)
    edit.change = found
    try:
        actions.take_back(edit=edit, by=desk.person, at=desk.at)
    except RefusedError as refused:
        messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
    return redirect("tenders:change", desk.procurement.pk)


@signed_in
@at_desk
@at_change
def terms(request: Request, desk: Desk, found: DocumentChange) -> HttpResponse:
    """Change the terms."""

    def draw(drafted: Tender, data: Any) -> TermsForm:
        return TermsForm(data, tender=drafted)

    return _edit(request, desk, found, draw, title=_("Change the terms"), about=About.TERMS, target=desk.tender.pk)


@signed_in
@at_desk
@at_change
def model(request: Request, desk: Desk, found: DocumentChange) -> HttpResponse:
    """Change the evaluation model."""

    def draw(drafted: Tender, data: Any) -> ModelForm:
        return ModelForm(data, tender=drafted)

    return _edit(
        request, desk, found, draw, title=_("Change the evaluation model"), about=About.MODEL, target=desk.tender.pk
    )


@signed_in
@at_desk
@at_change
def item(request: Request, desk: Desk, found: DocumentChange, item_id: UUID | None = None) -> HttpResponse:
    """Change what is asked for in the bid, or ask for one more thing."""

    def draw(drafted: Tender, data: Any) -> ContentItemForm:
        row = get_object_or_404(queries.content_items(drafted), pk=item_id) if item_id else None
        if row is not None:
            row.tender = drafted  # with what has been fetched with it
        return ContentItemForm(data, tender=drafted, item=row)

    return _edit(
        request,
        desk,
        found,
        draw,
        title=_("Change what a bid holds") if item_id else _("Ask for one more thing"),
        about=About.ITEM,
        how=How.REVISE if item_id else How.ADD,
        target=item_id or uuid4(),
        remove_url=reverse("tenders:change_item_remove", args=[desk.procurement.pk, item_id]) if item_id else "",
    )


@signed_in
@require_POST
@at_desk
@at_change
def item_remove(request: Request, desk: Desk, found: DocumentChange, item_id: UUID) -> HttpResponse:
    """No longer ask for something in the bid."""
    _row_of(desk, found, About.ITEM, item_id)
    _try(request, desk, found, about=About.ITEM, how=How.REMOVE, target=item_id, values={})
    return redirect("tenders:change", desk.procurement.pk)


@signed_in
@at_desk
@at_change
def requirement_create(request: Request, desk: Desk, found: DocumentChange) -> HttpResponse:
    """Begin a new requirement in the change; its page then asks for what the kind needs."""
    form = NewRequirementForm(request.POST or None)
    if form.is_valid():
        try:
            key = once(
                key=form.idempotency_key,
                purpose=f"tenders.change_requirement_create {found.pk}",
                body=form.sent,
                effect=lambda: str(
                    actions.edit_documents(
                        change=found,
                        about=About.REQUIREMENT,
                        how=How.ADD,
                        target=uuid4(),
                        values={name: form.cleaned_data[name] for name in ("kind", "title")},
                        by=desk.person,
                        at=desk.at,
                    ).target
                ),
                by=desk.person,
                at=desk.at,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:change_requirement", desk.procurement.pk, key)
    context = desk.context(form=form, title=_("A new requirement in the change"), submit=_("Go on"))
    return render(request, "tenders/change_edit.html", context, status=form.status)


@signed_in
@at_desk
@at_change
def requirement(request: Request, desk: Desk, found: DocumentChange, requirement_id: UUID) -> HttpResponse:
    """Change a requirement in the change; the fields follow its kind."""
    data = request.POST if request.method == "POST" else None
    goes_on = data is not None and (SHOW_FIELDS in data or ADD_ROW in data)
    with actions.as_changed(change=found, by=desk.person, at=desk.at) as drafted:
        row = get_object_or_404(queries.standing(drafted), pk=requirement_id)
        row.tender = drafted  # with what has been fetched with it
        form = RequirementForm(with_new_row(data, STEPS) if data and ADD_ROW in data else data, requirement=row)
        values = form.stated() if not goes_on and form.is_valid() else None
        context = desk.context(form=form, row=row, title=str(row), lacking=missing(row))
        if values is None:
            return render(request, "tenders/change_requirement.html", context, status=form.status)
    try:
        actions.edit_documents(
            change=found,
            about=About.REQUIREMENT,
            how=How.REVISE,
            target=requirement_id,
            values=values,
            by=desk.person,
            at=desk.at,
        )
    except RefusedError as refused:
        form.refuse(refused)
        with actions.as_changed(change=found, by=desk.person, at=desk.at):
            return render(request, "tenders/change_requirement.html", context, status=form.status)
    return redirect("tenders:change", desk.procurement.pk)


@signed_in
@at_desk
@at_change
def strike(request: Request, desk: Desk, found: DocumentChange, requirement_id: UUID) -> HttpResponse:
    """Ask for the reason, then strike a requirement in the change."""
    name = _row_of(desk, found, About.REQUIREMENT, requirement_id)
    form = StrikeForm(request.POST or None)
    if form.is_valid():
        try:
            actions.edit_documents(
                change=found,
                about=About.REQUIREMENT,
                how=How.REMOVE,
                target=requirement_id,
                values=form.cleaned_data,
                by=desk.person,
                at=desk.at,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:change", desk.procurement.pk)
    context = desk.context(
        question=_("Strike %(label)s in the change?") % {"label": name},
        consequence=_("Until the change is published the requirement stands. Then it is struck, with your reason."),
        verb=_("Strike it in the change"),
        back_url=reverse("tenders:change", args=[desk.procurement.pk]),
        form=form,
    )
    return render(request, "tenders/confirm.html", context, status=form.status)


def _row_of(desk: Desk, found: DocumentChange, about: DocumentEdit.About, key: UUID) -> str:
    """Return the name of a row as it stands in the change, or answer 404."""
    with actions.as_changed(change=found, by=desk.person, at=desk.at) as drafted:
        rows: Any = queries.standing(drafted) if about == About.REQUIREMENT else queries.content_items(drafted)
        return str(get_object_or_404(rows, pk=key))


def _edit(
    request: Request,
    desk: Desk,
    found: DocumentChange,
    draw: Callable[[Tender, Any], Any],
    *,
    title: str,
    about: DocumentEdit.About,
    target: UUID,
    how: DocumentEdit.How = How.REVISE,
    remove_url: str = "",
) -> HttpResponse:
    """Draw a form about the rows as the change would leave them, and keep what it says as an edit."""
    with actions.as_changed(change=found, by=desk.person, at=desk.at) as drafted:
        form = draw(drafted, request.POST or None)
        values = form.stated() if form.is_valid() else None
        context = desk.context(form=form, title=title, remove_url=remove_url)
        if values is None:
            return render(request, "tenders/change_edit.html", context, status=form.status)
    try:
        actions.edit_documents(
            change=found, about=about, how=how, target=target, values=values, by=desk.person, at=desk.at
        )
    except RefusedError as refused:
        form.refuse(refused)
        with actions.as_changed(change=found, by=desk.person, at=desk.at):
            return render(request, "tenders/change_edit.html", context, status=form.status)
    return redirect("tenders:change", desk.procurement.pk)


def _try(request: Request, desk: Desk, found: DocumentChange, **edit: Any) -> None:
    try:
        actions.edit_documents(change=found, by=desk.person, at=desk.at, **edit)
    except RefusedError as refused:
        messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
