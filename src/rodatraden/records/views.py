"""The page on which anybody checks that a document is genuine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse

from rodatraden.parties.models import Person
from rodatraden.records.forms import FINGERPRINT, CheckForm
from rodatraden.records.queries import issued_as
from rodatraden.records.rules import may_know_of
from rodatraden.ui.policy import Request, public

if TYPE_CHECKING:
    from django.http import HttpResponse


@public
def check(request: Request) -> HttpResponse:
    """Say which document a file or a fingerprint is, to whoever may read it; to others nothing at all."""
    form = CheckForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        return redirect(f"{reverse('records:check')}?sha256={form.fingerprint()}")
    asked = request.GET.get("sha256", "")
    asked = asked if FINGERPRINT.fullmatch(asked) and not form.is_bound else ""
    found = issued_as(asked) if asked else None
    person = request.user if isinstance(request.user, Person) else None
    if found and not may_know_of(person, found.document, request.now):
        found = None
    return render(request, "records/check.html", {"form": form, "asked": asked, "found": found}, status=form.status)
