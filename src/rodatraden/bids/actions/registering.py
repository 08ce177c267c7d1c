"""Bids that were received and opened in another tool: registered after their opening, every later step works the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

import pyrage
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.bids.actions.box import lock_box, make_layer
from rodatraden.bids.actions.filing import BID_SECRECY, file_bid
from rodatraden.bids.actions.opening import over_limit, write_content
from rodatraden.bids.models import Bid, Opening, Submission
from rodatraden.bids.queries.boxed import CHUNK, measure
from rodatraden.bids.queries.sealed import key_holders, layer_recipient
from rodatraden.bids.rules import Kind, may_confirm_statement, may_register_bid, may_state_opening, page
from rodatraden.core.answer import YES, Answer, RefusedError, no, require
from rodatraden.core.canonical import canonical_json
from rodatraden.core.message import say
from rodatraden.core.offer import (
    Company,
    CvPerson,
    Declaration,
    Offer,
    OfferFile,
    PromiseText,
    Reply,
    index_of,
    price_of,
)
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.actions import register_organisation
from rodatraden.parties.models import Organisation
from rodatraden.parties.models import registration_number as kept_number
from rodatraden.procurements.actions import record_fact
from rodatraden.records.actions import record_event, register_document, store_bytes, store_chunks
from rodatraden.records.models import DiaryDocument, StoredFile
from rodatraden.records.queries import log_holds
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import ContentItem


PRICE_BYTES = 1024
"""What every registered price is filled up to with spaces before it is sealed, so that its length tells nothing of it."""


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """A file from another tool: its protocol of the opening, or (`OutsideBidFile`) a part of a bid."""

    name: str
    media_type: str
    data: BinaryIO


@dataclass(frozen=True, slots=True)
class OutsideBidFile(OutsideFile):
    """A file of a bid that was received in another tool, with the pages counted from its bytes."""

    item: ContentItem
    pages: int | None


def state_opening(
    *, tender: Tender, opened_at: datetime, tool: str, protocol: OutsideFile, by: Person, at: datetime
) -> Opening:
    """State, as the first of two officials, that the bids were opened in another tool; nothing is opened by it.

    `protocol` is the other tool's own record of the opening. A statement that nobody has confirmed can be made anew.

    Raises:
        RefusedError: `by` is not an appointed official with access, bids lie in the box here, or the time is not between
            the deadline and now.
    """
    stored: StoredFile | None = None
    try:
        with transaction.atomic():
            tender = _tender_alone(tender)
            require(may_state_opening(by, tender, at))
            require(_may_be_elsewhere(tender, opened_at, at))
            stored = store_chunks(
                _chunks(protocol.data), name=protocol.name, media_type=protocol.media_type, by=by, at=at
            )
            opening, _ = Opening.objects.update_or_create(
                tender=tender,
                defaults={
                    "asked_by": by,
                    "asked_at": at,
                    "is_external": True,
                    "tool": tool,
                    "stated_at": opened_at,
                    "outside_protocol": stored,
                },
            )
            record_event(
                "outside_opening_stated",
                of=opening,
                by=by,
                at=at,
                case=tender.procurement_id,
                what={"tool": tool, "opened_at": opened_at, "protocol": stored.sha256},
            )
    except BaseException:
        if stored:
            default_storage.delete(stored.location)
        raise
    return opening


def confirm_stated_opening(*, opening: Opening, by: Person, at: datetime) -> Opening:
    """Confirm, as the second official, that the bids were opened in another tool as the first has stated (INV-03).

    Raises:
        RefusedError: `by` is not another appointed official with access, or there is no statement any more.
    """
    with transaction.atomic():
        tender = _tender_alone(opening.tender)
        opening = (
            Opening.objects.select_for_update(of=("self",), no_key=True)
            .select_related("asked_by", "outside_protocol")
            .get(pk=opening.pk)
        )
        opening.tender = tender
        require(may_confirm_statement(by, opening, at))
        require(log_holds())
        opening.confirmed_by, opening.opened_at = by, opening.stated_at
        opening.save(update_fields=["confirmed_by", "opened_at"])
        register_document(
            case=tender.procurement.diary_case,
            direction=DiaryDocument.Direction.DRAWN_UP,
            subject=gettext("Protocol of the opening in another tool"),
            by=by,
            at=at,
            file=opening.outside_protocol,
            secrecy_note=BID_SECRECY,
        )
        record_fact(
            procurement=tender.procurement,
            kind=Kind.OPENED,
            by=by,
            at=at,
            what={"tool": opening.tool, "opened_at": opening.opened_at},
        )
    return opening


def register_opened_bid(
    *,
    tender: Tender,
    supplier_name: str,
    registration_number: str = "",
    email: str = "",
    received_at: datetime,
    price: Decimal | None = None,
    accepts_price: bool = False,
    files: Sequence[OutsideBidFile] = (),
    replies: Mapping[UUID, Reply] | None = None,
    promises: Mapping[UUID, PromiseText] | None = None,
    people: Sequence[CvPerson] = (),
    companies: Sequence[Company] = (),
    declaration: Declaration | None = None,
    espd: OutsideFile | None = None,
    accepts_terms: bool = False,
    by: Person,
    at: datetime,
) -> Bid:
    """Register a bid that was received and opened in another tool; its price is sealed until the prices are opened.

    Where the documents fix the price, the bid has none: `accepts_price` says whether it accepts that one. `espd` is the
    self-declaration where it came as a file.

    Raises:
        RefusedError: `by` may not, the bid came too late, the supplier has a bid already, or a price is missing, or
            given where it is fixed.
    """
    brought = [*files, *([espd] if espd else [])]
    offer = Offer(
        replies=dict(replies or {}),
        promises=dict(promises or {}),
        people=tuple(people),
        companies=tuple(companies),
        declaration=declaration or Declaration(),
        accepts_terms=accepts_terms,
        accepted_price=tender.fixed_price if accepts_price else None,
        files=tuple(_noted(file) for file in brought),
    )
    stored: dict[UUID, StoredFile] = {}
    filed: list[StoredFile] = []
    try:
        with transaction.atomic():
            tender = Tender.objects.select_related("procurement__diary_case").get(pk=tender.pk)
            opened_at = _opened_elsewhere(tender, received_at, by=by)
            require(_may_price(tender, price))
            supplier = _supplier(supplier_name, registration_number, email, tender=tender, by=by, at=at)
            for note, file in zip(offer.files, brought, strict=True):
                stored[note.id] = store_chunks(
                    _chunks(file.data), name=file.name, media_type=file.media_type, by=by, at=at
                )
            bid = Bid.objects.create(
                tender=tender,
                supplier=supplier,
                number=(Bid.objects.filter(tender=tender).aggregate(last=Max("number"))["last"] or 0) + 1,
                received_at=received_at,
                opened_at=opened_at,
                price_package=_sealed_price(tender, price, by=by, at=at),
                declaration_file=next((stored[note.id] for note in offer.files_of(None)), None),
                index=index_of(offer),
            )
            write_content(bid, offer, stored, over_limit(tender, offer))
            file_bid(bid, by=by, at=at, written=filed)
            record_event("opened_bid_registered", of=bid, by=by, at=at, is_sealed=True)
    except BaseException:
        for each in (*stored.values(), *filed):
            default_storage.delete(each.location)
        raise
    return bid


def _noted(file: OutsideFile) -> OfferFile:
    """Return what the bid says of a file: which item it answers, none where it is the ESPD."""
    digest, size = measure(file.data)
    item, pages = (file.item.pk, file.pages) if isinstance(file, OutsideBidFile) else (None, None)
    return OfferFile(uuid4(), item, file.name, file.media_type, size, digest, pages)


def _may_price(tender: Tender, price: Decimal | None) -> Answer:
    """Answer whether a bid may come with this price: its own where bids state one, none where the documents fix it."""
    if tender.has_fixed_price and price is not None:
        return no(say("The price is fixed in the documents, so the bid has none of its own."), mend="price")
    if not tender.has_fixed_price and price is None:
        return no(say("Fill in the price."), mend="price")
    return YES


def _sealed_price(tender: Tender, price: Decimal | None, *, by: Person, at: datetime) -> StoredFile | None:
    """Store the price sealed to the server's key for prices, all of one length; None where the documents fix the price."""
    if tender.has_fixed_price:
        return None
    told = canonical_json(price_of(price, currency=tender.currency, unit=tender.price_unit))
    assert len(told) <= PRICE_BYTES, "a price has at most 14 digits, and a unit of ours"
    recipient = pyrage.x25519.Recipient.from_str(_price_recipient(tender))
    sealed = pyrage.encrypt(told.ljust(PRICE_BYTES), [recipient])
    return store_bytes(sealed, origin=StoredFile.Origin.SEALED, by=by, at=at)


def _price_recipient(tender: Tender) -> str:
    """Return the public half of the server's key for the prices: that of the frozen list, or one made for the first bid.

    A key is made only when nothing is sealed to one, so that a file that is gone is put back and never replaced.

    Raises:
        RefusedError: earlier prices are sealed to a key whose file is gone.
    """
    holders = key_holders(tender)
    if holders is not None:
        return holders.layers[Holds.PRICE]
    if Bid.objects.filter(tender=tender, price_package__isnull=False).exists():
        return layer_recipient(tender.pk, Holds.PRICE)
    return make_layer(tender.pk, Holds.PRICE)


def _may_be_elsewhere(tender: Tender, opened_at: datetime, at: datetime) -> Answer:
    """Answer whether the bids can have been opened elsewhere at `opened_at`: none in the box here, after the deadline."""
    if Submission.objects.filter(tender=tender, is_late=False, withdrawn_at=None).exists():
        return no(
            say("This procurement cannot be registered as opened elsewhere. Open its box here."),
            mend=page("bids:opening", tender.procurement),
        )
    if tender.deadline_at is None or not tender.deadline_at <= opened_at <= at:
        return no(
            say("The bids were opened after the deadline and before now. Mend the time of the opening."),
            mend="opened_at",
        )
    return YES


def _tender_alone(tender: Tender) -> Tender:
    """Hold the box alone: nobody hands in, asks or confirms meanwhile."""
    lock_box(tender.pk, alone=True)
    return Tender.objects.select_related("procurement__diary_case").get(pk=tender.pk)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(CHUNK), b"")


def _opened_elsewhere(tender: Tender, received_at: datetime, *, by: Person) -> datetime:
    """Return when the bids were opened in another tool; one registration at a time."""
    opening = Opening.objects.select_for_update(no_key=True).filter(tender=tender).first()
    require(may_register_bid(by, tender))
    if (
        opening is None
        or opening.opened_at is None
        or tender.deadline_at is None
        or not received_at < tender.deadline_at
    ):
        raise RefusedError(
            no(
                say("The bid came after the deadline. A late bid is not opened with the others."),
                source="LOU 4 kap. 1 §",
            )
        )
    return opening.opened_at


def _supplier(
    name: str, registration_number: str, email: str, *, tender: Tender, by: Person, at: datetime
) -> Organisation:
    """Return the supplier with that number, or register it; a name alone is never taken for an organisation we know.

    What somebody typed when they registered an account proves nothing: the bid is never theirs before an official has
    confirmed the number.
    """
    country = tender.procurement.country
    number, _ = kept_number(registration_number, country)
    found = Organisation.objects.filter(country=country, registration_number=number).first() if number else None
    if found and not found.is_proven and found.memberships.exists():
        raise RefusedError(
            no(
                say(
                    "An account has this number, but nobody has confirmed that it is theirs. Confirm it first, or "
                    "register the bid without the number: then the account does not get it."
                ),
                mend=reverse("parties:confirm_number", args=[found.pk]),
                source="policy",
            )
        )
    if found and Bid.objects.filter(tender=tender, supplier=found).exists():
        raise RefusedError(no(say("{name} has a bid here already.", name=found.name)))
    return found or register_organisation(
        name=name,
        kind=Organisation.Kind.SUPPLIER,
        by=by,
        at=at,
        country=country,
        registration_number=registration_number,
        email=email,
    )
