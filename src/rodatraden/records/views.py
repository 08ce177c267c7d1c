"""The pages on which anybody checks that a document is genuine, and that the log is what it was."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from rodatraden.core.ledger import GROWTH_FORMAT, offline, told_head
from rodatraden.core.numbers import whole_number
from rodatraden.parties.models import Person
from rodatraden.records.forms import FINGERPRINT, CheckForm
from rodatraden.records.queries import consistency_path, issued_as, published_heads
from rodatraden.records.rules import may_know_of
from rodatraden.ui.policy import Request, goes_first, public

HEADS_ON_A_PAGE = 24
"""A day's."""
VERIFIER = "kontrollera.py"


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


@goes_first
@public
def stamp(request: Request) -> HttpResponse:
    """Stamp what the server sends itself to try its stamp, as a bid is stamped; to anybody else there is no such address."""
    if request.method != "POST" or not constant_time_compare(
        request.headers.get("X-Trial", ""), settings.STAMP_TRIAL_SECRET
    ):
        raise Http404
    arrival = request.arrival()
    return JsonResponse({"at": arrival.at.isoformat(), "source": arrival.source})


@public
def public_log(request: Request) -> HttpResponse:
    """Show the signed heads of the log, and how anybody checks a receipt, or the log, without us."""
    page = Paginator(published_heads(), HEADS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    earlier = [*shown[1:], *published_heads()[page.end_index() :][:1], None]  # of each head the one before it
    heads = [(each, told_head(each.note), before) for each, before in zip(shown, earlier, strict=False)]
    latest = published_heads().first()
    command = f'python {VERIFIER} --key "{latest.key if latest else "…"}" kvitto.json'
    context = {"page": page, "heads": heads, "latest": latest, "command": command}
    return render(request, "records/public_log.html", context)


@public
def head(request: Request) -> HttpResponse:  # noqa: ARG001 -- signature of a view
    """Give the latest published head as the signed note that it is."""
    latest = published_heads().first()
    if latest is None:
        raise Http404
    return HttpResponse(latest.note, content_type="text/plain; charset=utf-8")


@public
def growth(request: Request) -> HttpResponse:
    """Give the proof that the log of one published head begins with that of another, `from` and `to` by their sizes."""
    sizes = [whole_number(request.GET.get(name, "")) for name in ("from", "to")]
    first, second = (None if size is None else published_heads().filter(size=size).first() for size in sizes)
    if first is None or second is None or first.size > second.size:
        raise Http404
    proof = {
        "format": GROWTH_FORMAT,
        "key": second.key,
        "first": first.note,
        "second": second.note,
        "path": consistency_path(first.size, second.size),
    }
    return JsonResponse(proof)


@public
def verifier(request: Request) -> FileResponse:  # noqa: ARG001 -- signature of a view
    """Give the program that checks receipts and the log on another machine."""
    return FileResponse(
        Path(offline.__file__).open("rb"),
        as_attachment=True,
        filename=VERIFIER,
        content_type="text/x-python; charset=utf-8",
    )
