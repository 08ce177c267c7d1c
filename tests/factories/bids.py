"""Bids: written, handed in, opened by two and, when the quality is locked, their prices.

`sealed.give_bid` makes a complete bid for whatever the tender asks, `open_box` lets the case's two officials open all of them
and everybody in the team declare their interests anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from rodatraden.bids import actions
from rodatraden.bids.rules import SETTLING, is_opened_elsewhere
from rodatraden.core.offer import (
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
)
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.models import Membership, Organisation, Person
from tests.factories.keys import unlock
from tests.factories.memory import numbers
from tests.factories.parties import make_person, make_supplier
from tests.factories.procurements import Case, declare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.bids.models import Bid, BidPrice
    from rodatraden.tenders.models import Tender

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
    is_synchronised: bool | None = None
    error_ms: int | None = None


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
    if is_opened_elsewhere(tender):
        return actions.open_prices(tender=tender, by=case.officer, at=at)
    first, last = case.openers[:2]
    return unlock(tender, first, last, at=at - timedelta(minutes=1), holds=Holds.PRICE)
