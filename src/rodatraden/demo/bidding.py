"""The walked procurement while bids come in, and its opening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.urls import reverse

from rodatraden.bids.actions import (
    appoint_observer,
    attest_list,
    close_for_bids,
    hand_in_sealed,
    say_followed,
    start_upload,
    store_part,
    take_observation,
)
from rodatraden.bids.queries import asked, key_holders, observer_as
from rodatraden.bids.rules import opening_of
from rodatraden.core.offer import (
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
    Offer,
    OfferFile,
    PromiseText,
    Reply,
    index_of,
    price_of,
)
from rodatraden.core.paging import count_pages
from rodatraden.core.sealing import NewFile
from rodatraden.core.sealing.bid import seal_package
from rodatraden.core.sealing.bundle import part_name
from rodatraden.core.sealing.hand_in import Enclosed, lay_hand_in
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.manifest import Manifest
from rodatraden.demo import keys, texts
from rodatraden.demo.case import MINUTE, Case, Story, declare
from rodatraden.demo.cast import CHAMBER, OBSERVER, SUPPLIERS
from rodatraden.demo.days import after, at
from rodatraden.demo.pdf import pdf
from rodatraden.procurements.actions import clear_conflict
from rodatraden.tenders.queries import latest_snapshot
from rodatraden.ui import links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rodatraden.core.sealing.parts import Part
    from rodatraden.tenders.models import ContentItem, Tender


@dataclass(frozen=True)
class Stamp:
    """When the last byte of a bid had come, for the verbs that ask the request's arrival."""

    at: datetime
    source: str = "demo"
    is_synchronised: bool | None = None
    error_ms: int | None = None


def bids_come_in(case: Case, arrivals: Sequence[tuple[str, datetime]]) -> Story:
    """Each supplier seals its bid, as the program on their own computer does, and hands it in."""
    for supplier, arrival in arrivals:
        bidder, organisation = case.cast.bidder(supplier), case.cast.suppliers[supplier]
        now = yield arrival - timedelta(hours=1)
        offer, files = _offer(case, supplier, now)
        now = yield arrival
        bid, parts, handed_in = _seal(case.tender, offer, files, now)
        upload = start_upload(tender=case.tender, supplier=organisation, bid=bid, by=bidder, at=now)
        for name, data in parts.items():
            store_part(upload=upload, name=name, chunks=[data], by=bidder, at=now)
        key = uuid5(bid, "hand in").hex
        hand_in_sealed(upload=upload, handed_in=handed_in, by=bidder, arrival=Stamp(now), key=key)


def is_observed(case: Case, day: date) -> Story:
    """A supplier has asked for it, nobody here knows which: Vera, whom a chamber of commerce has appointed, gets her link and takes it."""
    vera, token = case.cast[OBSERVER.key], links.new_code()
    now = yield at(day, "09:10")
    observer = appoint_observer(
        tender=case.tender,
        name=vera.name,
        chamber=CHAMBER,
        email=vera.email,
        token=token,
        link=f"{settings.SITE_URL}{reverse('bids:observation_code')}#{token}",
        is_mailed=True,
        by=case.cast["jonas"],
        at=now,
    )
    now = yield at(day, "13:40")
    take_observation(observer=observer, by=vera, at=now)


def are_opened(case: Case, deadline_on: date, *, is_watched: bool = False) -> Story:
    """The box is closed at the deadline; Jonas and Ingrid unlock, which opens all bids in one act, and everybody declares anew.

    Both attest the list, when they have declared. Where it `is_watched` Vera has said her word of it, and Ingrid has not attested yet: so there is
    something left to do, and Vera's page is still there to be seen.
    """
    now = yield at(deadline_on, "12:02")
    close_for_bids(tender=case.tender, by=None, at=now)
    now = yield at(deadline_on, "13:02")
    unlocking = keys.begin(case, "jonas", Holds.BID, now)
    now = yield at(deadline_on, "13:05")
    keys.end(case, "ingrid", unlocking, now)
    if is_watched:
        now = yield at(deadline_on, "13:19")
        vera = case.cast[OBSERVER.key]
        observer = observer_as(vera, case.tender.pk)
        assert observer is not None, "she has been let in"
        say_followed(observer=observer, remark=texts.OBSERVED, by=vera, at=now)
    now = yield at(after(deadline_on, 1), "08:30")
    procurement = case.procurement
    for person in case.team:
        now += MINUTE
        is_per = person == case.cast["per"]
        text = texts.CONFLICT if is_per else ""
        declaration = declare(procurement, person, now, text=text)
        if is_per:
            conflict = declaration
    for who, hour in (("jonas", "09:20"), ("ingrid", "09:40")):
        if is_watched and who == "ingrid":
            continue
        now = yield at(after(deadline_on, 1), hour)
        opening = opening_of(case.tender)
        assert opening is not None, "it has been opened"
        attest_list(opening=opening, by=case.cast[who], at=now)
    now = yield at(after(deadline_on, 1), "10:15")
    conflict.procurement = case.procurement
    clear_conflict(declaration=conflict, measure=texts.MEASURE, by=case.cast["maria"], at=now)


def _offer(case: Case, supplier: str, now: datetime) -> tuple[Offer, list[NewFile]]:
    """Return everything that the documents ask for, with the files under the names that the sealed index gives them."""
    bidder, offer = case.cast.bidder(supplier), texts.OFFERS[supplier]
    asks = asked(case.tender)
    packed, listed = [], []
    for item in asks.items:
        data = _file(item, supplier, offer)
        file = NewFile.of(str(uuid4()), data)
        packed.append(file)
        pages = count_pages(data, "x.pdf").pages
        listed.append(
            OfferFile(
                UUID(file.name), item.pk, f"{item.title}.pdf", "application/pdf", file.size, file.sha256, pages=pages
            )
        )
    labels = {row.label: row.pk for row in asks.requirements}
    ends_on = now.date() - timedelta(days=120)
    entry = CvEntry(
        client="Samordningsförbundet Norra Viken (påhittat)",
        starts_on=ends_on - timedelta(days=round(offer.months * 30.5)),
        ends_on=ends_on,
        description="Processcoachning av medarbetare, chefer och styrelse.",
    )
    written = Offer(
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
        files=tuple(listed),
        accepts_terms=True,
        price=Decimal(offer.price),
    )
    return written, packed


def _seal(
    tender: Tender, offer: Offer, files: Sequence[NewFile], now: datetime
) -> tuple[UUID, Mapping[str, bytes], bytes]:
    """Seal a bid to those who hold the keys; its number, its parts by name, and what hands it in."""
    holders, snapshot, bid = key_holders(tender), latest_snapshot(tender), uuid4()
    assert holders is not None, "nothing is published before there are holders"
    assert snapshot is not None, "bids come in when the documents are published"
    parts: dict[str, bytes] = {}

    def kept(number: int, _: Part, data: bytes) -> None:
        parts[part_name(number)] = data

    packages, enclosed = {}, {}
    for holds in Holds:
        is_bid = holds is Holds.BID
        content = index_of(offer) if is_bid else price_of(offer.price, currency=tender.currency, unit=tender.price_unit)
        sealed = seal_package(
            content,
            files if is_bid else (),
            holders=holders,
            bid=bid,
            holds=holds,
            nonce=uuid4().hex,
            store=kept,
        )
        enclosed[holds] = Enclosed(sealed.wraps, sealed.index)
        packages[holds] = sealed.package
    manifest = Manifest(tender.pk, bid, snapshot.sha256, holders.sha256, packages, "exempel", now)
    return bid, parts, lay_hand_in(manifest.canonical(), enclosed)


def _file(item: ContentItem, supplier: str, offer: texts.Offer) -> bytes:
    name = SUPPLIERS[supplier][0]
    if "Metod" in item.title:
        pages: tuple[str, ...] = offer.method
    elif "case" in item.title:
        pages = offer.case
    else:
        pages = (f"{offer.consultant}, {offer.months} månaders erfarenhet av processcoachning mellan myndigheter.",)
    return pdf(f"{item.title}, {name} (påhittat)", pages)
