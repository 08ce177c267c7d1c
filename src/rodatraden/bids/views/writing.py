"""The supplier's pages while the bid is written: start, overview, and one page for each part.

Everything is loaded through `drafts_visible_to`, so that another supplier's address answers 404. Nothing that a bid
says is put into a message, a session or a log: those lie in the database in clear.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.forms import (
    CompanyFormSet,
    DeclarationForm,
    EntryFormSet,
    FixedPriceForm,
    PersonForm,
    PriceForm,
    RequirementsForm,
    StartForm,
    UploadForm,
    VersionForm,
    companies_of,
    person_of,
)
from rodatraden.bids.models import BidDraft, DraftFile, FrozenHolders, Submission
from rodatraden.bids.queries import (
    answered_by,
    asked,
    drafts_by_time,
    drafts_visible_to,
    handed_in_by,
    key_holders,
    read_draft_file,
    read_offer,
    scored_in,
    submissions_visible_to,
    suppliers_of,
)
from rodatraden.bids.rules import is_out_of_time
from rodatraden.core.answer import RefusedError
from rodatraden.core.checklist import checklist
from rodatraden.core.evaluation.experience import Assignment, CountingRule, experience
from rodatraden.core.instants import local_date
from rodatraden.core.offer import CvPerson, Offer, Part
from rodatraden.parties.queries import signed_in_person
from rodatraden.tenders.queries import content_items, fixed_price_of, latest_snapshot, open_to_all
from rodatraden.tenders.rules import is_published
from rodatraden.ui.files import as_download
from rodatraden.ui.forms import with_new_row
from rodatraden.ui.policy import Request, goes_first, public, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.bids.forms import DraftForm
    from rodatraden.parties.models import Person

CONFLICT = 409


def draft_of(request: Request, draft_id: UUID) -> tuple[BidDraft, Offer]:
    """Return a draft of one of the person's suppliers with what it says, or answer 404."""
    person = signed_in_person(request)
    draft = get_object_or_404(drafts_visible_to(person, request.now), pk=draft_id)
    return draft, read_offer(draft, by=person, at=request.now)


@goes_first
@public
def start(request: Request, tender_id: UUID) -> HttpResponse:
    """What the bid must hold, and the way in: sign in or register, then start."""
    tender = get_object_or_404(open_to_all(), pk=tender_id)
    if not is_published(tender.procurement) or tender.bids_address:
        return redirect("publication:tender", tender.pk)  # cancelled, or in another tool: the reason stands there
    context: dict[str, Any] = {
        "tender": tender,
        "items": content_items(tender),
        "snapshot": latest_snapshot(tender),
        "fixed_price": fixed_price_of(tender),
        "is_out_of_time": is_out_of_time(tender, request.now),
        "has_holders": key_holders(tender) is not None,
        "file_limit": settings.BID_FILE_MAX_BYTES // 1_000_000,
        "bid_limit": settings.BID_MAX_BYTES // 1_000_000,
    }
    if not request.user.is_authenticated:
        return render(request, "bids/start.html", context)
    person = signed_in_person(request)
    suppliers = suppliers_of(person, request.now)
    form = StartForm(request.POST or None, suppliers=suppliers)
    if form.is_valid() and context["has_holders"]:
        return redirect("bids:workspace", tender.pk, form.cleaned_data["supplier"].pk)
    if form.is_valid():
        try:
            draft = actions.start_draft(
                tender=tender, supplier=form.cleaned_data["supplier"], by=person, at=request.now
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("bids:overview", draft.pk)
    drafts = drafts_visible_to(person, request.now).filter(tender=tender)
    may_start = suppliers.exclude(pk__in=drafts.order_by().values("supplier")).exists()
    context |= {"form": form if may_start else None, "drafts": drafts}
    return render(request, "bids/start.html", context, status=form.status)


@goes_first
@signed_in
def to_draft(request: Request, tender_id: UUID, page: str) -> HttpResponse:
    """Lead from a tender to a page of the person's draft; to the start where there is none, or more than one.

    Where the supplier seals, the draft lies in its browser, and there is one page for all of it.
    """
    person = signed_in_person(request)
    drafts = list(drafts_visible_to(person, request.now).filter(tender=tender_id)[:2])
    suppliers = list(suppliers_of(person, request.now)[:2])
    if not drafts and len(suppliers) == 1 and FrozenHolders.objects.filter(tender=tender_id).exists():
        return redirect("bids:workspace", tender_id, suppliers[0].pk)
    return redirect(page, drafts[0].pk) if len(drafts) == 1 else redirect("bids:start", tender_id)


@signed_in
def mine(request: Request) -> HttpResponse:
    """The bids of the person's suppliers: in the making, and handed in."""
    person = signed_in_person(request)
    in_the_making, never_handed_in, cancelled = drafts_by_time(person, request.now)
    context = {
        "drafts": in_the_making,
        "never_handed_in": never_handed_in,
        "cancelled": cancelled,
        "submissions": submissions_visible_to(person, request.now),
    }
    return render(request, "bids/mine.html", context)


@signed_in
def overview(request: Request, draft_id: UUID) -> HttpResponse:
    """The one page that says what is done and what is missing; when the time is out, what came of the bid."""
    draft, offer = draft_of(request, draft_id)
    asks = asked(draft.tender)
    handed_in = handed_in_by(draft, signed_in_person(request), request.now)
    if is_out_of_time(draft.tender, request.now):
        answers = [(row, offer.replies.get(row.pk), offer.promises.get(row.pk)) for row in asks.requirements]
        context = {
            "draft": draft,
            "offer": offer,
            "handed_in": handed_in,
            "answers": [each for each in answers if each[1] or each[2]],
        }
        return render(request, "bids/time_out.html", context)
    points = checklist(asks.asks, offer)
    parts = [(part, [point for point in points if point.part == part]) for part in Part if part != Part.FILES]
    context = {
        "draft": draft,
        "offer": offer,
        "files": [(item, offer.files_of(item.pk), _points_of(points, item.title)) for item in asks.items],
        "espd": offer.files_of(None),
        "parts": parts,
        "missing": [point for point in points if point.state == "no"],
        "handed_in": handed_in.in_time,
        "is_changed": _is_changed(draft, handed_in.in_time),
    }
    return render(request, "bids/overview.html", context)


def _is_changed(draft: BidDraft, submission: Submission | None) -> bool:
    """Whether the documents ask something new since the draft was last read, or since its bid was handed in."""
    latest = latest_snapshot(draft.tender)
    read = {draft.snapshot.edition, answered_by(submission).edition if submission else draft.snapshot.edition}
    return latest is not None and read != {latest.edition}


def _points_of(points: Any, title: str) -> list[Any]:
    return [point for point in points if point.part == Part.FILES and point.text.values.get("item") == title]


@signed_in
def upload(request: Request, draft_id: UUID, item_id: UUID | None = None) -> HttpResponse:
    """Upload a file for one item of the documents, or the ESPD."""
    draft, offer = draft_of(request, draft_id)
    item = get_object_or_404(content_items(draft.tender).filter(is_price=False), pk=item_id) if item_id else None
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            actions.upload_file(
                draft=draft,
                item=item,
                name=file.name,
                media_type=file.media_type,
                data=file.upload,
                pages=file.pages,
                by=signed_in_person(request),
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused, field="file")
        else:
            messages.success(request, gettext("The file is uploaded and sealed."))
            return redirect("bids:overview", draft.pk)
    context = {
        "draft": draft,
        "item": item,
        "criteria": scored_in(item) if item else [],
        "form": form,
        "stored": offer.files_of(item_id),
        "is_out_of_time": is_out_of_time(draft.tender, request.now),
        "file_limit": settings.BID_FILE_MAX_BYTES // 1_000_000,
    }
    return render(request, "bids/upload.html", context, status=form.status)


@signed_in
def draft_file(request: Request, draft_id: UUID, file_id: UUID) -> HttpResponse | FileResponse:
    """Fetch a file of one's own draft; POST takes it out of the bid."""
    draft, offer = draft_of(request, draft_id)
    row = get_object_or_404(DraftFile.objects.select_related("sealed"), pk=file_id, draft=draft, removed_at=None)
    row.draft = draft
    person = signed_in_person(request)
    if request.method == "POST":
        actions.remove_file(file=row, by=person, at=request.now)
        messages.success(request, gettext("The file is taken out of the bid."))
        return redirect("bids:overview", draft.pk)
    note = next(file for file in offer.files if file.id == row.pk)
    return as_download(read_draft_file(row, by=person, at=request.now), note.name)


def _save(
    request: Request, draft: BidDraft, form: DraftForm, part: Part, change: Callable[[Offer], Offer]
) -> HttpResponse | None:
    """Save a part and lead back to the overview; None when it was refused and the page must be shown again."""
    return _carry_out(
        request,
        draft,
        form,
        lambda person: actions.save_part(
            draft=draft, part=part, change=change, version=form.cleaned_data["version"], by=person, at=request.now
        ),
    )


def _carry_out(
    request: Request, draft: BidDraft, form: DraftForm, verb: Callable[[Person], object]
) -> HttpResponse | None:
    person = signed_in_person(request)
    try:
        verb(person)
    except actions.ChangedElsewhereError as refused:
        form.refuse(refused)
        form.stand_on(get_object_or_404(drafts_visible_to(person, request.now), pk=draft.pk).version)
    except RefusedError as refused:
        form.refuse(refused)
    else:
        messages.success(request, gettext("Saved and sealed."))
        return redirect("bids:overview", draft.pk)
    return None


def _page(request: Request, draft: BidDraft, template: str, form: DraftForm, **context: Any) -> HttpResponse:
    """Show a part; after a conflict with what stands stored beside what was typed."""
    stored = draft_of(request, draft.pk)[1] if form.is_conflict else None
    context |= {
        "draft": draft,
        "form": form,
        "stored": stored,
        "is_out_of_time": is_out_of_time(draft.tender, request.now),
    }
    return render(request, template, context, status=CONFLICT if form.is_conflict else form.status)


@signed_in
def requirements(request: Request, draft_id: UUID) -> HttpResponse:
    """Answer the requirements and write promises."""
    draft, offer = draft_of(request, draft_id)
    form = RequirementsForm(
        request.POST or None, asked=asked(draft.tender), offer=offer, initial={"version": draft.version}
    )
    if form.is_valid():
        saved = _save(
            request,
            draft,
            form,
            Part.REQUIREMENTS,
            lambda stored: replace(
                stored,
                replies=form.replies,
                promises=form.promises,
                accepts_terms=form.cleaned_data.get("accepts_terms", False),
            ),
        )
        if saved:
            return saved
    return _page(request, draft, "bids/requirements.html", form)


@signed_in
def people(request: Request, draft_id: UUID) -> HttpResponse:
    """The people that the bid names, each with the months that the CV shows."""
    draft, offer = draft_of(request, draft_id)
    return render(
        request,
        "bids/people.html",
        {
            "draft": draft,
            "people": [(number, each, months(each, draft)) for number, each in enumerate(offer.people, start=1)],
            "next_number": len(offer.people) + 1,
            "is_out_of_time": is_out_of_time(draft.tender, request.now),
        },
    )


def months(person: CvPerson, draft: BidDraft) -> int:
    """Return the completed months that a CV shows on the last day for bids; what overlaps counts once."""
    on = local_date(draft.tender.deadline_at or draft.saved_at, draft.tender.procurement.country)
    rows = (Assignment(entry.starts_on, entry.ends_on) for entry in person.entries)
    return experience(rows, rule=CountingRule.COMPLETED_MONTHS, counted_on=on).value


@signed_in
def person(request: Request, draft_id: UUID, number: int) -> HttpResponse:
    """One named person with earlier assignments; the number after the last one is a new person."""
    draft, offer = draft_of(request, draft_id)
    if not 1 <= number <= len(offer.people) + 1:
        raise Http404
    known = offer.people[number - 1] if number <= len(offer.people) else CvPerson("")
    data = with_new_row(request.POST, "form") if "add-row" in request.POST else request.POST or None
    form = PersonForm(data, initial={"version": draft.version, "name": known.name})
    entries = EntryFormSet(
        data,
        initial=[
            {
                "client": entry.client,
                "starts_on": entry.starts_on,
                "ends_on": entry.ends_on,
                "description": entry.description,
            }
            for entry in known.entries
        ],
    )
    if "add-row" not in request.POST and form.is_valid() and entries.is_valid():
        saved = _save(
            request, draft, form, Part.PEOPLE, lambda stored: _with_person(stored, number, person_of(form, entries))
        )
        if saved:
            return saved
    return _page(request, draft, "bids/person.html", form, entries=entries, number=number, known=known)


def _with_person(offer: Offer, number: int, person: CvPerson) -> Offer:
    everybody = list(offer.people)
    everybody[number - 1 : number] = [person]
    return replace(offer, people=tuple(everybody))


@signed_in
def remove_person(request: Request, draft_id: UUID, number: int) -> HttpResponse:
    """Take a named person out of the bid."""
    draft, offer = draft_of(request, draft_id)
    form = VersionForm(request.POST or None, initial={"version": draft.version})
    if form.is_valid() and 1 <= number <= len(offer.people):
        kept = tuple(each for index, each in enumerate(offer.people, start=1) if index != number)
        saved = _save(request, draft, form, Part.PEOPLE, lambda stored: replace(stored, people=kept))
        if saved:
            return saved
    return redirect("bids:people", draft.pk)


@signed_in
def price(request: Request, draft_id: UUID) -> HttpResponse:
    """The price, in a package of its own; or yes to the one that the documents fix."""
    draft, offer = draft_of(request, draft_id)
    fixed = draft.tender.fixed_price
    if fixed is not None:
        return _fixed_price(request, draft, offer, fixed)
    form = PriceForm(request.POST or None, initial={"version": draft.version, "price": offer.price})
    if form.is_valid():
        saved = _save(
            request, draft, form, Part.PRICE, lambda stored: replace(stored, price=form.cleaned_data["price"])
        )
        if saved:
            return saved
    return _page(request, draft, "bids/price.html", form)


def _fixed_price(request: Request, draft: BidDraft, offer: Offer, fixed: Decimal) -> HttpResponse:
    """Ask whether the supplier accepts the fixed price; a yes is to that amount, and lapses when the amount changes."""
    form = FixedPriceForm(
        request.POST or None,
        price=fixed_price_of(draft.tender),
        initial={"version": draft.version, "seen": fixed, "accepts": offer.accepted_price == fixed},
    )
    if form.is_valid():
        saved = _carry_out(
            request,
            draft,
            form,
            lambda person: actions.accept_fixed_price(
                draft=draft,
                seen=form.cleaned_data["seen"],
                version=form.cleaned_data["version"],
                by=person,
                at=request.now,
            ),
        )
        if saved:
            return saved
        if form.cleaned_data["seen"] != fixed:
            form.ask_anew(fixed, fixed_price_of(draft.tender))
    return _page(request, draft, "bids/fixed_price.html", form, fixed_price=fixed_price_of(draft.tender))


@signed_in
def declaration(request: Request, draft_id: UUID) -> HttpResponse:
    """The self-declaration, filled in here or as an ESPD."""
    draft, offer = draft_of(request, draft_id)
    given = offer.declaration
    form = DeclarationForm(
        request.POST or None,
        initial={
            "version": draft.version,
            "how": given.how,
            "no_crime": given.no_crime,
            "taxes_paid": given.taxes_paid,
            "no_other_ground": given.no_other_ground,
            "explanation": given.explanation,
            "signatory": given.signatory,
            "signatory_title": given.signatory_title,
        },
    )
    if form.is_valid():
        saved = _save(
            request, draft, form, Part.DECLARATION, lambda stored: replace(stored, declaration=form.declaration)
        )
        if saved and form.declaration.how == "espd" and not offer.files_of(None):
            return redirect("bids:espd", draft.pk)
        if saved:
            return saved
    return _page(request, draft, "bids/declaration.html", form)


@signed_in
def parties(request: Request, draft_id: UUID) -> HttpResponse:
    """Joint bids, companies that are relied upon, and subcontractors, on one page."""
    draft, offer = draft_of(request, draft_id)
    data = with_new_row(request.POST, "form") if "add-row" in request.POST else request.POST or None
    form = VersionForm(data, initial={"version": draft.version})
    rows = CompanyFormSet(
        data,
        initial=[
            {
                "role": company.role,
                "name": company.name,
                "registration_number": company.registration_number,
                "does": company.does,
            }
            for company in offer.companies
        ],
    )
    if "add-row" not in request.POST and form.is_valid() and rows.is_valid():
        saved = _save(request, draft, form, Part.PARTIES, lambda stored: replace(stored, companies=companies_of(rows)))
        if saved:
            return saved
    return _page(request, draft, "bids/parties.html", form, rows=rows)
