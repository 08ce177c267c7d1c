"""Pages of import and export: needs and requirements to and from Word and Excel."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.evaluation.workbook import WorkbookError
from rodatraden.records.actions import once
from rodatraden.tenders import actions
from rodatraden.tenders.documents import write_docx, write_xlsx
from rodatraden.tenders.forms.exchange import ImportForm, KeyForm, preview, typed_rows
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.ui.files import EXCEL_TYPE, as_made
from rodatraden.ui.keep import kept
from rodatraden.ui.policy import Request, signed_in

WRITERS = {
    "docx": (write_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (write_xlsx, EXCEL_TYPE),
}


@signed_in
@at_desk
def import_rows(request: Request, desk: Desk) -> HttpResponse:
    """Choose a file or paste text; nothing is written before each row has been looked at."""
    was = kept(request, desk.at)
    if was and "rows-TOTAL_FORMS" in was.data:  # the session ended while the person sorted the rows
        context = desk.context(rows=typed_rows(was.data, desk.tender), form=KeyForm())
        return render(request, "tenders/import_choose.html", context)
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        found = form.cleaned_data["found"]
        context = desk.context(rows=preview(found, desk.tender), notes=found.notes, form=KeyForm())
        return render(request, "tenders/import_choose.html", context)
    return render(request, "tenders/import.html", desk.context(form=form), status=form.status)


@signed_in
@require_POST
@at_desk
def import_choose(request: Request, desk: Desk) -> HttpResponse:
    """Write the rows that the person has chosen and sorted."""
    rows, form = typed_rows(request.POST, desk.tender), KeyForm(request.POST)
    if form.is_valid() and rows.is_valid():
        chosen = [each.row for each in rows if each.cleaned_data.get("take")]
        try:
            n = int(
                once(
                    key=form.idempotency_key,
                    purpose=f"tenders.import {desk.procurement.pk}",
                    body={"rows": [[each.kind, each.title, each.text] for each in chosen]},
                    effect=lambda: str(
                        actions.import_rows(tender=desk.tender, rows=chosen, by=desk.person, at=desk.at)
                    ),
                    by=desk.person,
                    at=desk.at,
                )
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, ngettext("%(n)d row is imported.", "%(n)d rows are imported.", n) % {"n": n})
            return redirect("tenders:requirements", desk.procurement.pk)
    problems = [*form.problems, *(problem for each in rows for problem in each.problems)]
    context = desk.context(rows=rows, form=form, problems=problems)
    return render(request, "tenders/import_choose.html", context, status=422)


@signed_in
@at_desk
def export(request: Request, desk: Desk, format: str) -> HttpResponse:  # noqa: A002, ARG001 -- the address names it
    """Give needs and requirements as a Word or Excel file."""
    if format not in WRITERS:
        raise Http404
    write, media_type = WRITERS[format]
    try:
        return as_made(write(desk.tender), f"{slugify(desk.procurement.title) or 'krav'}.{format}", media_type)
    except WorkbookError as error:
        raise RefusedError(no(error.reason)) from error
