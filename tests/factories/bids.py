"""Bids: written, handed in, opened by two and, when the quality is locked, their prices.

`sealed.give_bid` makes a complete bid for whatever the tender asks, `open_box` lets the case's two officials open all of them
and everybody in the team declare their interests anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, BidDraft, BidPrice, Submission
from rodatraden.bids.queries import asked
from rodatraden.bids.rules import SETTLING, needs_no_keys
from rodatraden.core.offer import (
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
    Offer,
    Part,
    PromiseText,
    Reply,
)
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.models import Membership, Organisation, Person
from tests.factories.keys import unlock
from tests.factories.memory import numbers
from tests.factories.parties import make_person, make_supplier
from tests.factories.procurements import Case, declare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from rodatraden.tenders.models import ContentItem, Tender

_key = numbers()

CV = (CvPerson("Elin Hagström", (CvEntry("Region Prov", date(2023, 1, 1), date(2025, 6, 30), "Processledning"),)),)
DECLARED = Declaration(
    how=DeclarationHow.HERE,
    no_crime=True,
    taxes_paid=True,
    no_other_ground=True,
    signatory="Elin Hagström",
    signatory_title="VD",
)


@dataclass(frozen=True)
class Stamp:
    """When the last byte of a request had come."""

    at: datetime
    source: str = "test-clock"


def next_key() -> str:
    return f"key-{next(_key)}"


def make_bidder(name: str = "Mellanrum Samverkan AB", *, supplier: Organisation | None = None) -> Person:
    """A person who bids for a supplier; reach the supplier with `supplier_of`."""
    supplier = supplier or make_supplier(name)
    return make_person(f"Bidder of {name}", organisation=supplier, role=Membership.Role.BIDDER)


def supplier_of(bidder: Person) -> Organisation:
    return bidder.memberships.get(role=Membership.Role.BIDDER).organisation


def pdf(text: str = "", pages: int = 1) -> bytes:
    """A small PDF with that many empty pages and the text as its title."""
    kids = " ".join(f"{n + 3} 0 R" for n in range(pages))
    parts = [
        "1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj",
        f"2 0 obj <</Type /Pages /Kids [{kids}] /Count {pages}>> endobj",
        *(
            f"{n + 3} 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>>>> endobj"
            for n in range(pages)
        ),
    ]
    body = "%PDF-1.4\n"
    offsets = []
    for part in parts:
        offsets.append(len(body.encode()))
        body += part + "\n"
    start = len(body.encode())
    rows = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    body += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{rows}"
    body += f"trailer <</Size {len(parts) + 1} /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n%{text}\n"
    return body.encode()


def write_draft(
    tender: Tender,
    *,
    bidder: Person | None = None,
    price: Decimal | str = Decimal(1000),
    files: Mapping[UUID, bytes] | None = None,
    promises: Mapping[UUID, str] | None = None,
    people: tuple[CvPerson, ...] = CV,
    at: datetime | None = None,
) -> BidDraft:
    """A complete draft: every item a one-page PDF (or `files` by item id), every must met, a promise for each requirement."""
    bidder = bidder or make_bidder()
    at = at or tender.deadline_at - timedelta(hours=2)
    draft = actions.start_draft(tender=tender, supplier=supplier_of(bidder), by=bidder, at=at)
    asks = asked(tender)
    for item in asks.items:
        upload(draft, item, (files or {}).get(item.pk, pdf(f"{item.title}")), by=bidder, at=at)
    said = {row.pk: f"Vi håller {row.label}." for row in asks.requirements} if promises is None else promises
    offer = Offer(
        replies={row.pk: Reply(is_met=True, text="Se cv, sidan 1.") for row in asks.musts},
        promises={key: PromiseText(text, "s. 2") for key, text in said.items()},
        people=people,
        declaration=DECLARED,
        accepts_terms=True,
        price=None if tender.has_fixed_price else Decimal(price),
        accepted_price=tender.fixed_price,
    )
    return save(draft, lambda stored: replace(offer, files=stored.files, saved=stored.saved), by=bidder, at=at)


def save(draft: BidDraft, change, *, part: Part = Part.REQUIREMENTS, by: Person, at: datetime) -> BidDraft:
    fresh = BidDraft.objects.get(pk=draft.pk)
    return actions.save_part(draft=draft, part=part, change=change, version=fresh.version, by=by, at=at)


def upload(
    draft: BidDraft, item: ContentItem | None, data: bytes, *, by: Person, at: datetime, pages: int = 1, name=""
):
    return actions.upload_file(
        draft=draft,
        item=item,
        name=name or (f"{item.title}.pdf" if item else "espd.pdf"),
        media_type="application/pdf",
        data=BytesIO(data),
        pages=pages,
        by=by,
        at=at,
    )


def hand_in(draft: BidDraft, *, by: Person, at: datetime, key: str = "") -> Submission:
    fresh = BidDraft.objects.select_related("tender__procurement", "supplier").get(pk=draft.pk)
    return actions.submit_bid(draft=fresh, by=by, arrival=Stamp(at), key=key or next_key())


def give_written_bid(
    tender: Tender,
    *,
    supplier: str = "Mellanrum Samverkan AB",
    bidder: Person | None = None,
    price: Decimal | str = Decimal(1000),
    files: Mapping[UUID, bytes] | None = None,
    promises: Mapping[UUID, str] | None = None,
    people: tuple[CvPerson, ...] = CV,
    at: datetime | None = None,
) -> Submission:
    """A complete bid that is written on the pages and sealed by the server, handed in as `sealed.give_bid` does."""
    bidder = bidder or make_bidder(supplier)
    at = at or tender.deadline_at - timedelta(hours=1)
    draft = write_draft(tender, bidder=bidder, price=price, files=files, promises=promises, people=people, at=at)
    return hand_in(draft, by=bidder, at=at)


def close_box(tender: Tender, *, at: datetime | None = None) -> None:
    actions.close_for_bids(tender=tender, by=None, at=at or tender.deadline_at + SETTLING)


def open_box(case: Case, tender: Tender, *, at: datetime | None = None, redeclare: bool = True) -> Sequence[Bid]:
    """Close the box and let the case's two officials open it at `at` (an hour after the deadline unless said).

    Everybody in the team then declares their interests anew, so that they have access; `redeclare=False` leaves that.
    """
    at = at or tender.deadline_at + timedelta(hours=1)
    first, last = case.openers[:2]
    close_box(tender, at=at)
    bids = unlock(tender, first, last, at=at)
    if redeclare:
        for person in case.everybody:
            declare(case, person, at=at + timedelta(minutes=2))
    return bids


def open_prices(case: Case, tender: Tender, *, at: datetime | None = None) -> Sequence[BidPrice]:
    """Let the two officials unlock the prices at `at`; the quality consensus must have been locked before.

    Those of bids that were opened in another tool are opened by the officer.
    """
    at = at or datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
    if needs_no_keys(tender):
        return actions.open_prices(tender=tender, by=case.officer, at=at)
    first, last = case.openers[:2]
    return unlock(tender, first, last, at=at - timedelta(minutes=1), holds=Holds.PRICE)
