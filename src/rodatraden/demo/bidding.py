"""The walked procurement while bids come in, and its opening."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid5

from rodatraden.bids.actions import (
    close_for_bids,
    save_part,
    start_draft,
    submit_bid,
    upload_file,
)
from rodatraden.bids.models import BidDraft
from rodatraden.bids.queries import asked
from rodatraden.core.offer import CvEntry, CvPerson, Declaration, DeclarationHow, Offer, Part, PromiseText, Reply
from rodatraden.core.paging import count_pages
from rodatraden.core.sealing.holders import Holds
from rodatraden.demo import keys, texts
from rodatraden.demo.case import MINUTE, Case, Story, declare
from rodatraden.demo.cast import SUPPLIERS
from rodatraden.demo.days import after, at
from rodatraden.demo.pdf import pdf
from rodatraden.procurements.actions import clear_conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.tenders.models import ContentItem, Tender


@dataclass(frozen=True)
class Stamp:
    """When the last byte of a bid had come, for the verbs that ask the request's arrival."""

    at: datetime
    source: str = "demo"


def bids_come_in(case: Case, arrivals: Sequence[tuple[str, datetime]], *, unfinished: str = "") -> Story:
    """Each supplier writes its bid and hands it in; `unfinished` only begins to write."""
    for supplier, arrival in arrivals:
        now = yield arrival - timedelta(hours=1)
        draft = _write_bid(case, supplier, now)
        now = yield arrival
        if supplier != unfinished:
            key = uuid5(draft.pk, "submit").hex
            submit_bid(draft=_fresh(draft, case.tender), by=case.cast.bidder(supplier), arrival=Stamp(now), key=key)


def are_opened(case: Case, deadline_on: date) -> Story:
    """The box is closed at the deadline; Jonas and Ingrid unlock, which opens all bids in one act, and everybody declares anew."""
    now = yield at(deadline_on, "12:01")
    close_for_bids(tender=case.tender, by=None, at=now)
    now = yield at(deadline_on, "13:02")
    unlocking = keys.begin(case, "jonas", Holds.BID, now)
    now = yield at(deadline_on, "13:05")
    keys.end(case, "ingrid", unlocking, now)
    now = yield at(after(deadline_on, 1), "08:30")
    procurement = case.procurement
    for person in case.team:
        now += MINUTE
        is_per = person == case.cast["per"]
        text = texts.CONFLICT if is_per else ""
        declaration = declare(procurement, person, now, text=text)
        if is_per:
            conflict = declaration
    now = yield at(after(deadline_on, 1), "10:15")
    conflict.procurement = case.procurement
    clear_conflict(declaration=conflict, measure=texts.MEASURE, by=case.cast["maria"], at=now)


def _write_bid(case: Case, supplier: str, now: datetime) -> BidDraft:
    """Upload the files and fill in everything that the documents ask for."""
    bidder, offer = case.cast.bidder(supplier), texts.OFFERS[supplier]
    tender = case.tender
    asks = asked(tender)
    draft = start_draft(tender=tender, supplier=case.cast.suppliers[supplier], by=bidder, at=now)
    for item in asks.items:
        data = _file(item, supplier, offer)
        upload_file(
            draft=_fresh(draft, tender),
            item=item,
            name=f"{item.title}.pdf",
            media_type="application/pdf",
            data=BytesIO(data),
            pages=count_pages(data, "x.pdf").pages,
            by=bidder,
            at=now,
        )
    labels = {row.label: row.pk for row in asks.requirements}
    ends_on = now.date() - timedelta(days=120)
    entry = CvEntry(
        client="Samordningsförbundet Norra Viken (påhittat)",
        starts_on=ends_on - timedelta(days=round(offer.months * 30.5)),
        ends_on=ends_on,
        description="Processcoachning av medarbetare, chefer och styrelse.",
    )

    def filled_in(stored: Offer) -> Offer:
        return replace(
            stored,
            replies={row.pk: Reply(is_met=True, text="Se cv, sidan 1.") for row in asks.musts},
            promises={labels[label]: PromiseText(text, "s. 1") for label, text in offer.promises.items()},
            people=(CvPerson(offer.consultant, (entry,)),),
            declaration=Declaration(
                how=DeclarationHow.HERE,
                no_crime=True,
                taxes_paid=True,
                no_other_ground=True,
                signatory=bidder.name,
                signatory_title=SUPPLIERS[supplier][1].title,
            ),
            accepts_terms=True,
            price=Decimal(offer.price),
        )

    draft = _fresh(draft, tender)
    return save_part(
        draft=draft, part=Part.REQUIREMENTS, change=filled_in, version=draft.version, by=bidder, at=now + MINUTE
    )


def _file(item: ContentItem, supplier: str, offer: texts.Offer) -> bytes:
    name = SUPPLIERS[supplier][0]
    if "Metod" in item.title:
        pages: tuple[str, ...] = offer.method
    elif "case" in item.title:
        pages = offer.case
    else:
        pages = (f"{offer.consultant}, {offer.months} månaders erfarenhet av processcoachning mellan myndigheter.",)
    return pdf(f"{item.title}, {name} (påhittat)", pages)


def _fresh(draft: BidDraft, tender: Tender) -> BidDraft:
    found = BidDraft.objects.select_related("supplier").get(pk=draft.pk)
    found.tender = tender
    return found
