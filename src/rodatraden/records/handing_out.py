"""How every room hands out a file that others have sent: at once where a scanner found nothing, else after a page that tells."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.parties.models import Person
from rodatraden.records.actions import carry_out, let_file_out
from rodatraden.records.forms import FetchAnywayForm, LetOutForm
from rodatraden.records.models import ScanMark
from rodatraden.records.queries import mark_scans, open_stored
from rodatraden.ui.files import as_download, as_shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from rodatraden.core.answer import Answer
    from rodatraden.records.models import StoredFile
    from rodatraden.ui.policy import Request

    MayLetOut = Callable[[], Answer]

WAITS_FOR = timedelta(minutes=10)
"""How long a file waits for a scanner before it may be fetched all the same, after a question. Source: docs/security.md."""
CONFLICT, UNPROCESSABLE = 409, 422
"""What a program is told that asks for a file and gets a page: that the file is not to be had as things are."""
State = ScanMark.State


def hand_out(
    request: Request, file: StoredFile, name: str, *, may_let_out: MayLetOut, case: UUID | None, is_shown: bool = False
) -> HttpResponseBase:
    """Return a file that whoever calls has asked its own rule about, or a page that says why it is held back.

    Held back is what a scanner found something in, until somebody who answers for the case writes why it is let out;
    `may_let_out`, which is called for such a file alone, answers whether whoever asks is one. What could not be scanned, or
    has waited for longer than `WAITS_FOR`, is fetched after a question; what has waited for less is soon scanned. Where no
    scanner is set nothing is held back.
    """
    mark_scans([file])
    mark = file.mark
    if mark is None or mark.is_handed_out:
        return _file(file, name, is_shown=is_shown)
    if mark.state == State.FOUND:
        return _held_back(request, file, name, may=may_let_out(), case=case)
    may_be_fetched = mark.state == State.FAILED or is_late(file, request.now)
    form = FetchAnywayForm(request.POST or None) if may_be_fetched else None
    if form is not None and form.is_valid():
        return _file(file, name, is_shown=False)
    return _page(request, file, {"name": name, "form": form})


def is_late(file: StoredFile, at: datetime) -> bool:
    """Whether a file has waited so long for its scan that it may be fetched without one."""
    return at - file.stored_at >= WAITS_FOR


def _held_back(request: Request, file: StoredFile, name: str, *, may: Answer, case: UUID | None) -> HttpResponseBase:
    assert file.mark is not None, "held back by it"
    person = request.user
    form = LetOutForm((request.POST or None) if may else None, finding=file.mark.finding)
    if (
        form.is_valid()
        and isinstance(person, Person)
        and carry_out(
            form=form,
            purpose=f"records.let_file_out {file.pk}",
            verb=lambda: let_file_out(file=file, may=may, case=case, by=person, at=request.now, **form.typed()),
            by=person,
            at=request.now,
        )
    ):
        messages.success(request, gettext("The file is let out, and your reason stands in the log."))
        return redirect(request.get_full_path())
    return _page(request, file, {"name": name, "form": form, "may": may})


def _page(request: Request, file: StoredFile, more: dict[str, object]) -> HttpResponse:
    form = more["form"]
    is_wrong = isinstance(form, LetOutForm | FetchAnywayForm) and form.status == UNPROCESSABLE
    context = {"file": file, "mark": file.mark, **more}
    answer = render(request, "records/held_back.html", context, status=UNPROCESSABLE if is_wrong else CONFLICT)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _file(file: StoredFile, name: str, *, is_shown: bool) -> HttpResponseBase:
    opened = open_stored(file)
    return as_shown(opened, name) if is_shown else as_download(opened, name)
