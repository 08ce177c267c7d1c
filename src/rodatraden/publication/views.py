"""The public pages: no account, no cookie, nothing kept about who reads (INV-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from rodatraden.awards.queries import cancellation_of, revoked_decisions
from rodatraden.bids import queries as bids
from rodatraden.core.paging import FileKind
from rodatraden.core.sealing.parts import most_of_files
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.publication.documents import as_csv, as_word, as_zip
from rodatraden.publication.queries import (
    Stage,
    announced_of,
    as_coming,
    buyers,
    coming_of,
    result_of,
    stage_of,
    worked_example,
)
from rodatraden.records.queries import read_bytes
from rodatraden.tenders.models import Snapshot
from rodatraden.tenders.queries import (
    contents_of,
    open_to_all,
    published_answers,
    published_changes,
    snapshot_differences,
    version_before,
)
from rodatraden.tenders.rules import may_ask, may_follow
from rodatraden.ui import bundles
from rodatraden.ui.policy import alike_for_all, goes_first, public

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.tenders.models import PublicPlan
    from rodatraden.ui.policy import Request

PAGE_SIZE = 20
MEGABYTE = 1_000_000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@alike_for_all
@public
def index(request: Request) -> HttpResponse:
    """Show what is open now and what is coming, whoever buys, and who that is."""
    text = request.GET.get("q", "").strip()
    open_now = Paginator(announced_of(Stage.OPEN, request.now, text=text), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": open_now,
        **_coming(request, coming_of(text=text)),
        "buyers": buyers(request.now),
        "text": text,
        "now": request.now,
    }
    return render(request, "publication/index.html", context)


@alike_for_all
@public
def organisation(request: Request, organisation_id: UUID) -> HttpResponse:
    """Show what one organisation has open, has coming, is judging and has decided."""
    buyer = get_object_or_404(buyers(request.now), pk=organisation_id)
    stages = {
        stage.value: Paginator(announced_of(stage, request.now, buyer=buyer), PAGE_SIZE).get_page(
            request.GET.get(stage.value)
        )
        for stage in Stage
    }
    context = {"buyer": buyer, "now": request.now, **stages, **_coming(request, coming_of(buyer=buyer))}
    return render(request, "publication/organisation.html", context)


@alike_for_all
@public
def tender(request: Request, tender_id: UUID) -> HttpResponse:
    """Show one procurement: its documents, questions and answers, and, once all are notified, how it was decided."""
    found = get_object_or_404(open_to_all(), pk=tender_id)
    case = found.procurement
    versions = list(found.snapshots.order_by("-number"))
    context = {
        "tender": found,
        "procurement": case,
        "stage": stage_of(found, request.now),
        "versions": versions,
        "contents": contents_of(versions[0]),
        "changes": found.deadline_changes.exclude(reason="").order_by("-changed_at"),
        "published_changes": published_changes(found),
        "notice": found.notices.filter(kind="contract", confirmed_at__isnull=False).first(),
        "answers": published_answers(found),
        "may_ask": may_ask(found, request.now),
        "may_follow": may_follow(found),
        "result": result_of(found),
        "revoked": revoked_decisions(found, only_notified=True) if has_happened(case, StageFact.Kind.DECIDED) else [],
        "cancellation": cancellation_of(found) if has_happened(case, StageFact.Kind.CANCELLED) else None,
        "now": request.now,
    }
    return render(request, "publication/tender.html", context)


@public
def results(request: Request, tender_id: UUID) -> HttpResponse:
    """Give the result as a table, once all bidders have been notified."""
    del request
    found = get_object_or_404(open_to_all(), pk=tender_id)
    result = result_of(found)
    if result is None:
        raise Http404
    return _file(as_csv(result, found.currency).encode(), "text/csv; charset=utf-8", "resultat.csv")


@goes_first
@public
def bid_form(request: Request, tender_id: UUID) -> HttpResponse:
    """Give what a bid must hold as data, by which it is filled in and sealed on a machine of one's own."""
    del request
    newest = get_object_or_404(_published_snapshots().filter(tender=tender_id).order_by("-number")[:1])
    return _file(bids.bid_form(newest).canonical(), "application/json", "anbudsmall.json")


@alike_for_all
@public
def documents(request: Request, snapshot_id: UUID) -> HttpResponse:
    """Show a version of the documents as one page, to read and to print."""
    snapshot = get_object_or_404(_published_snapshots(), pk=snapshot_id)
    context = {"snapshot": snapshot, "contents": contents_of(snapshot), "tender": snapshot.tender}
    return render(request, "publication/documents.html", context)


@alike_for_all
@public
def changes(request: Request, snapshot_id: UUID) -> HttpResponse:
    """Show what a version changed of the one before it: each thing, before and after."""
    snapshot = get_object_or_404(_published_snapshots(), pk=snapshot_id)
    before = version_before(snapshot)
    if before is None:
        raise Http404
    context = {
        "snapshot": snapshot,
        "before": before,
        "tender": snapshot.tender,
        "procurement": snapshot.tender.procurement,
        "change": published_changes(snapshot.tender).filter(snapshot=snapshot).first(),
        "differences": snapshot_differences(before, snapshot),
    }
    return render(request, "publication/changes.html", context)


@public
def snapshot(request: Request, snapshot_id: UUID) -> HttpResponse:
    """Give a version byte for byte as it was frozen: its SHA-256 is the fingerprint that is shown."""
    del request
    found = get_object_or_404(_published_snapshots(), pk=snapshot_id)
    return _file(found.canonical.encode(), "application/json", f"upphandlingsdokument-{found.number}.json")


@public
def pdf(request: Request, snapshot_id: UUID) -> HttpResponse:
    """Give a version as the PDF that was issued when it was frozen."""
    del request
    found = get_object_or_404(_published_snapshots(), pk=snapshot_id)
    assert found.document.file is not None, "what is issued has its PDF"
    return _file(read_bytes(found.document.file), "application/pdf", f"upphandlingsdokument-{found.number}.pdf")


@public
def word(request: Request, snapshot_id: UUID) -> HttpResponse:
    """Give a version in Word."""
    del request
    found = get_object_or_404(_published_snapshots(), pk=snapshot_id)
    return _file(as_word(found), WORD, f"upphandlingsdokument-{found.number}.docx")


@public
def archive(request: Request, snapshot_id: UUID) -> HttpResponse:
    """Give a version with its files and all answers in one ZIP."""
    del request
    found = get_object_or_404(_published_snapshots(), pk=snapshot_id)
    return _file(as_zip(found), "application/zip", f"upphandlingsdokument-{found.number}.zip")


@public
def how_bids_are_received(request: Request) -> HttpResponse:
    """Tell what the documents must tell of the means by which bids are received (LOU 12 kap. 4 §)."""
    context = {
        "kinds": [kind.value for kind in FileKind],
        "megabytes": most_of_files(settings.BID_SEALED_MAX_BYTES) // MEGABYTE,
        "programs": sorted(bundles.published().items()),
    }
    return render(request, "publication/how_bids_are_received.html", context)


@public
def accessibility(request: Request) -> HttpResponse:
    """Tell how accessible the site is, and where to turn (lag 2018:1937 om tillgänglighet till digital offentlig service)."""
    return render(request, "publication/accessibility.html", {"email": settings.DEFAULT_FROM_EMAIL})


@public
def how_we_count(request: Request) -> HttpResponse:
    """Tell how bids are evaluated, with an example that is computed as a real one is."""
    return render(request, "publication/how_we_count.html", {"example": worked_example()})


def _coming(request: Request, plans: QuerySet[PublicPlan]) -> dict[str, object]:
    page = Paginator(plans, PAGE_SIZE).get_page(request.GET.get("coming"))
    return {"coming": page, "coming_rows": [as_coming(plan, request.now) for plan in page]}


def _published_snapshots() -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(tender__in=open_to_all().order_by()).select_related(
        "tender__procurement__buyer", "document__file"
    )


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=media_type, headers=headers)
