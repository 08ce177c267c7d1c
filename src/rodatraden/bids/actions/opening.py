"""The opening: two appointed officials, one act, all bids (LOU 12 kap. 10 §, INV-03, INV-04); later the prices."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import DataError, transaction

from rodatraden.bids.actions.box import lock_box
from rodatraden.bids.actions.filing import file_bid, file_prices, file_protocol
from rodatraden.bids.models import (
    Assignment,
    Bid,
    BidFile,
    BidPrice,
    NamedPerson,
    Opening,
    Promise,
    RequirementAnswer,
)
from rodatraden.bids.queries.boxed import (
    Fault,
    UnreadableError,
    in_the_box,
    not_in_the_opening,
    price_in,
    understood,
)
from rodatraden.bids.queries.changed import answered_by
from rodatraden.bids.queries.observing import listed_observers
from rodatraden.bids.queries.sealed import open_sealed, package_of, registered_price
from rodatraden.bids.queries.seen import opened_bids
from rodatraden.bids.rules import (
    Kind,
    has_keys,
    may_attest,
    may_confirm_opening,
    may_open_prices,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.message import say
from rodatraden.core.paging import MEDIA_TYPES, PageFault, count_pages
from rodatraden.core.sealing.holders import Holds
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import record_event, store_chunks
from rodatraden.records.queries import head_of, ledger_size, log_holds
from rodatraden.tenders.models import ContentItem, Requirement, Snapshot, Tender

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.bids.models import Submission
    from rodatraden.bids.queries.boxed import Unsealed
    from rodatraden.bids.queries.sealed import Unlocked
    from rodatraden.core.offer import Offer, OfferFile
    from rodatraden.core.sealing import PackedFile
    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile

PROTOCOL_FORMAT = "rodatraden-opening-protocol-1"


def wait_for_another(tender: Tender, *, by: Person, at: datetime) -> Opening:
    """Write down that `by` is the first of two, in place of who was before; the rule has let them."""
    asked = {"asked_by": by, "asked_at": at}
    nothing_stated = {"is_external": False, "tool": "", "stated_at": None, "outside_protocol": None}
    opening, _ = Opening.objects.update_or_create(tender=tender, defaults=asked | nothing_stated)
    record_event("opening_asked_for", of=opening, by=by, at=at, case=tender.procurement_id)
    return opening


def confirm_opening(*, opening: Opening, by: Person, at: datetime, keys: Unlocked) -> list[Bid]:
    """Confirm, as the second official, and open all bids in one act; rows of content are made only here.

    `keys` are what two holders have unlocked (`unlock_last`). A package that cannot be read is a fact of the protocol and
    stops no other. Late, replaced and withdrawn bids stay sealed (INV-05). Prices stay sealed until the quality consensus is locked (INV-13).

    Raises:
        RefusedError: `by` is not another appointed official with access, the request is no longer valid, or the
            keys are those of another list.
    """
    written: list[StoredFile] = []
    try:
        with transaction.atomic():
            tender = _alone(opening.tender)
            opening = (
                Opening.objects.select_for_update(of=("self",), no_key=True)
                .select_related("asked_by")
                .get(pk=opening.pk)
            )
            opening.tender = tender
            require(may_confirm_opening(by, opening, at))
            require(log_holds())
            require(has_keys(tender, keys.holders_sha256))
            bids = [
                _open(submission, number, keys, by=by, at=at, written=written)
                for number, submission in enumerate(in_the_box(tender), start=1)
            ]
            opening.confirmed_by, opening.opened_at = by, at
            opening.protocol = _protocol(opening, bids, keys)
            opening.save(update_fields=["confirmed_by", "opened_at", "protocol"])
            for bid in bids:
                file_bid(bid, by=by, at=at, written=written)
            file_protocol(opening, by=by, at=at, written=written)
            record_fact(
                procurement=tender.procurement,
                kind=Kind.OPENED,
                by=by,
                at=at,
                what={"protocol": sha256_hex(opening.protocol.encode())},
            )
    except BaseException:
        for file in written:
            default_storage.delete(file.location)
        raise
    return bids


def attest_list(*, opening: Opening, by: Person, at: datetime) -> Opening:
    """Attest the list of opened bids, as one of the two who opened them (LOU 12 kap. 10 § st. 2).

    Raises:
        RefusedError: `by` did not open the bids, has no access, or has attested the list already.
    """
    with transaction.atomic():
        opening = (
            Opening.objects.select_for_update(of=("self",), no_key=True)
            .select_related("tender__procurement")
            .get(pk=opening.pk)
        )
        require(may_attest(by, opening))
        if by.pk == opening.asked_by_id:
            opening.first_attested_at = at
        else:
            opening.second_attested_at = at
        opening.save(update_fields=["first_attested_at", "second_attested_at"])
        record_event(
            "opening_list_attested",
            of=opening,
            by=by,
            at=at,
            case=opening.tender.procurement_id,
            what={"protocol": sha256_hex(opening.protocol.encode())},
        )
    return opening


def open_prices(*, tender: Tender, by: Person, at: datetime, keys: Unlocked | None = None) -> list[BidPrice]:
    """Open the prices of all bids, once the quality consensus is locked (INV-13).

    A bid whose price cannot be read gets none. `keys` are what two holders have unlocked; none are needed for bids that were
    opened in another tool.

    Raises:
        RefusedError: `by` may not, the quality is not locked yet, the log does not hold (INV-32), or holders have not
            unlocked the prices.
    """
    with transaction.atomic():
        tender = _alone(tender)
        require(may_open_prices(by, tender.procurement))
        require(log_holds())
        require(has_keys(tender, keys.holders_sha256 if keys else ""))
        prices = []
        for bid in opened_bids(tender).select_related("price_package", "submission__upload"):
            with suppress(UnreadableError):
                prices.append(BidPrice.objects.create(bid=bid, amount=_price(bid, keys), opened_at=at))
        Opening.objects.filter(tender=tender).update(prices_opened_at=at)
        file_prices(tender, prices, keys=keys.told() if keys else None, by=by, at=at)
        record_fact(procurement=tender.procurement, kind=Kind.PRICES_OPENED, by=by, at=at)
    return prices


def _price(bid: Bid, keys: Unlocked | None) -> Decimal:
    if bid.submission is None:
        assert bid.price_package is not None, "bids state a price, or the rule has refused"
        return registered_price(bid.price_package, bid.tender_id)
    with TemporaryFile() as scratch:
        return price_in(open_sealed(bid.submission, Holds.PRICE, keys.of(bid.submission_id) if keys else None, scratch))


def pass_prices(*, tender: Tender, by: Person, at: datetime) -> None:
    """Go past the opening of the prices where the documents fix the price: there is nothing to open, and the log says so.

    Called in the transaction that locks the quality, in the name of who locks it.
    """
    record_fact(
        procurement=tender.procurement,
        kind=Kind.PRICES_OPENED,
        by=by,
        at=at,
        what={"fixed_price": tender.fixed_price, "unit": tender.price_unit},
    )


def write_content(
    bid: Bid,
    offer: Offer,
    files: Mapping[UUID, StoredFile],
    pages_over: frozenset[UUID],
    *,
    faults: Mapping[UUID, PageFault] = MappingProxyType({}),
) -> None:
    """Make the rows of content of an opened bid; what names a requirement or an item that is not asked for stays in the index."""
    requirements = Requirement.objects.filter(tender=bid.tender, struck_at=None).in_bulk()
    RequirementAnswer.objects.bulk_create(
        RequirementAnswer(bid=bid, requirement=requirements[key], is_met=reply.is_met, text=reply.text)
        for key, reply in offer.replies.items()
        if key in requirements and reply.is_met is not None
    )
    Promise.objects.bulk_create(
        Promise(bid=bid, requirement=requirements[key], text=promise.text, page_reference=promise.page_reference)
        for key, promise in offer.promises.items()
        if key in requirements and promise.text.strip()
    )
    for each in offer.people:
        person = NamedPerson.objects.create(bid=bid, name=each.name)
        Assignment.objects.bulk_create(
            Assignment(
                person=person,
                client=entry.client,
                description=entry.description,
                starts_on=entry.starts_on,
                ends_on=entry.ends_on,
            )
            for entry in each.entries
        )
    BidFile.objects.bulk_create(
        BidFile(
            bid=bid,
            content_item_id=file.item,
            file=files[file.id],
            pages=file.pages,
            is_over_limit=file.item in pages_over,
            fault=faults.get(file.id, ""),
        )
        for file in offer.files
        if file.item is not None and file.id in files
    )


def over_limit(tender: Tender, offer: Offer) -> frozenset[UUID]:
    """Return the items whose files have more pages together than the documents allow."""
    limits = ContentItem.objects.filter(tender=tender).exclude(max_pages=None).values_list("pk", "max_pages")
    return frozenset(
        item for item, most in limits if sum(file.pages or 0 for file in offer.files_of(item)) > (most or 0)
    )


def _alone(tender: Tender) -> Tender:
    """Hold the box alone and return the tender as it stands now, with what the rules read."""
    lock_box(tender.pk, alone=True)
    return Tender.objects.select_related("procurement__diary_case").get(pk=tender.pk)


def _open(
    submission: Submission,
    number: int,
    keys: Unlocked,
    *,
    by: Person,
    at: datetime,
    written: list[StoredFile],
) -> Bid:
    bid = Bid(
        id=uuid4(),
        tender=submission.tender,
        submission=submission,
        supplier=submission.supplier,
        number=number,
        received_at=submission.received_at,
        opened_at=at,
        snapshot=answered_by(submission),
    )
    try:
        with TemporaryFile() as scratch, _rows_of_their_own():
            found = understood(open_sealed(submission, Holds.BID, keys.of(submission.pk), scratch))
            _write_bid(bid, found, by=by, at=at, written=written)
    except UnreadableError as error:
        bid.index, bid.declaration_file = {"unreadable": str(error.fault)}, None
        bid.save(force_insert=True)
    return bid


@contextmanager
def _rows_of_their_own() -> Iterator[None]:
    """Let what the database refuses of one bid be a fault of that bid, and stop no other."""
    try:
        with transaction.atomic():
            yield
    except DataError as error:
        raise UnreadableError(Fault.MALFORMED) from error


def _write_bid(bid: Bid, found: Unsealed, *, by: Person, at: datetime, written: list[StoredFile]) -> None:
    items = set(ContentItem.objects.filter(tender=bid.tender).values_list("pk", flat=True))
    files, counted = {}, []
    faults: dict[UUID, PageFault] = {}
    for each in found.offer.files:
        if each.item is None or each.item in items:
            file, fault = _as_it_is(each, found.files[each.id])
            faults |= {file.id: fault} if fault else {}
            counted.append(file)
            chunks = found.files[file.id].chunks()
            files[file.id] = store_chunks(chunks, name=file.name, media_type=file.media_type, by=by, at=at)
            written.append(files[file.id])
            if file.item is None:
                bid.declaration_file = files[file.id]
    bid.index = found.index
    bid.save(force_insert=True)
    offer = replace(found.offer, files=tuple(counted))
    write_content(bid, offer, files, over_limit(bid.tender, offer), faults=faults)


def _as_it_is(file: OfferFile, packed: PackedFile) -> tuple[OfferFile, PageFault | None]:
    """Return the file with its kind and pages read from its bytes, and what is wrong with it.

    What the bidder's program says of them binds nobody; a fault is told and stops nothing.
    """
    with TemporaryFile() as plain:
        for chunk in packed.chunks():
            plain.write(chunk)
        plain.seek(0)
        count = count_pages(plain, file.name)
    kind = MEDIA_TYPES[count.kind] if count.kind else "application/octet-stream"
    return replace(file, media_type=kind, pages=None if count.fault else count.pages), count.fault


def _protocol(opening: Opening, bids: Sequence[Bid], keys: Unlocked) -> str:
    """Draw up the list of the opening: what was opened, by whom, and what the log was at that instant."""
    tender = opening.tender
    snapshot = Snapshot.objects.filter(tender=tender).order_by("-number")[0]
    closed = StageFact.objects.get(procurement=tender.procurement_id, kind=Kind.CLOSED)
    if opening.confirmed_by is None:
        raise RefusedError(no(say("Two officials open the bids together. Another one than you must confirm.")))
    head = head_of(ledger_size())
    return canonical_json(
        {
            "format": PROTOCOL_FORMAT,
            "tender": tender.pk,
            "snapshot": {"number": snapshot.number, "sha256": snapshot.sha256},
            "deadline_at": tender.deadline_at,
            "closed_at": closed.at,
            "opened_at": opening.opened_at,
            "opened_by": [
                {"person": opening.asked_by.pk, "name": opening.asked_by.name, "at": opening.asked_at},
                {"person": opening.confirmed_by.pk, "name": opening.confirmed_by.name, "at": opening.opened_at},
            ],
            "observers": listed_observers(opening),
            "keys": keys.told(),
            "fixed_price": tender.fixed_price,
            "bids": [_listed(bid) for bid in bids],
            "not_opened": not_in_the_opening(tender),
            "ledger": {"size": head.size, "root": head.root},
        }
    ).decode()


def _listed(bid: Bid) -> dict[str, object]:
    submission = bid.submission
    files = bid.files.select_related("file", "content_item").order_by("content_item__number", "id")
    return {
        "number": bid.number,
        "supplier": {"id": bid.supplier_id, "name": bid.supplier.name},
        "received_at": bid.received_at,
        "submission": submission.pk if submission else None,
        "answers_version": bid.snapshot.number if bid.snapshot else None,
        "package": _named(submission, Holds.BID),
        "price_package": _named(submission, Holds.PRICE),
        "unreadable": bid.index.get("unreadable"),
        "files": [
            {
                "item": file.content_item.number,
                "name": file.file.name,
                "size": file.file.size,
                "sha256": file.file.sha256,
                "pages": file.pages,
                **({"fault": file.fault} if file.fault else {}),
                "over_limit": file.is_over_limit,
            }
            for file in files
        ],
    }


def _named(submission: Submission | None, holds: Holds) -> str | None:
    """Return the fingerprint of a package as its receipt has it."""
    if submission is None:
        return None
    package = package_of(submission, holds)
    return package.sha256 if package else None
