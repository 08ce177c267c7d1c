"""Bids that suppliers seal themselves: holders with keys, a sealed bid handed in, and two who unlock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from rodatraden.bids import actions
from rodatraden.bids.queries import asked, key_holders, sealed_bids, sheet_to_begin, sheet_to_end
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.offer import Offer, OfferFile, PromiseText, Reply, index_of, price_of
from rodatraden.core.sealing import NewFile
from rodatraden.core.sealing.bid import Begun, seal_package
from rodatraden.core.sealing.bundle import index_name, part_name, wraps_name, write_bundle
from rodatraden.core.sealing.holders import Holder, Holds
from rodatraden.core.sealing.manifest import Manifest
from rodatraden.core.sealing.parts import Part
from rodatraden.core.sealing.peels import peel_sheet
from rodatraden.parties.actions import appoint_key_holder
from rodatraden.tenders.queries import latest_snapshot
from tests.factories.bids import CV, DECLARED, Stamp, make_bidder, next_key, pdf, supplier_of
from tests.factories.parties import START, make_key, make_person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from rodatraden.bids.models import Bid, BidPrice, SealedUpload, Submission, Unlocking
    from rodatraden.parties.models import OpeningKey, Person
    from rodatraden.tenders.models import Tender
    from tests.factories.procurements import Case


@dataclass(frozen=True)
class Ring:
    """The keys that a tender's bids are sealed to: each person's, with its private half."""

    keys: Mapping[UUID, OpeningKey]
    secrets: Mapping[UUID, str]

    def of(self, person: Person) -> OpeningKey:
        return self.keys[person.pk]

    def secret_of(self, person: Person) -> str:
        return self.secrets[self.of(person).pk]


def give_keys(case: Case, tender: Tender, *, at: datetime = START) -> Ring:
    """The case's two officials and one who is no official hold the keys to the tender's bids, any two together."""
    people = [*case.openers[:2], make_person("Third holder", organisation=case.buyer)]
    for person in people:
        appoint_key_holder(person=person, organisation=case.buyer, by=None, at=at)
    made = [make_key(person, at=at) for person in people]
    holders = [Holder(each.key.pk, each.person.name, each.key.recipient) for each in made]
    actions.freeze_holders(tender=tender, holders=holders, by=case.officer, at=at)
    return Ring({each.person.pk: each.key for each in made}, {each.key.pk: each.secret for each in made})


@dataclass(frozen=True)
class SealedBid:
    """A bid as the bidder's own program sealed it: its parts by name, and the manifest."""

    id: UUID
    parts: Mapping[str, bytes]
    manifest: Manifest


def offer_for(tender: Tender, *, price: Decimal | str = Decimal(1000)) -> tuple[Offer, list[NewFile]]:
    """A complete offer, every item a one-page PDF, and its files under the names that the index gives them."""
    asks = asked(tender)
    files, listed = [], []
    for item in asks.items:
        data = pdf(item.title)
        file = NewFile.of(str(uuid4()), data)
        files.append(file)
        listed.append(
            OfferFile(UUID(file.name), item.pk, f"{item.title}.pdf", "application/pdf", file.size, file.sha256, pages=1)
        )
    offer = Offer(
        replies={row.pk: Reply(is_met=True, text="Se cv, sidan 1.") for row in asks.musts},
        promises={row.pk: PromiseText(f"Vi håller {row.label}.", "s. 2") for row in asks.requirements},
        people=CV,
        declaration=DECLARED,
        files=tuple(listed),
        accepts_terms=True,
        price=None if tender.has_fixed_price else Decimal(price),
        accepted_price=tender.fixed_price,
    )
    return offer, files


def seal_bid(
    tender: Tender,
    *,
    price: Decimal | str = Decimal(1000),
    replaces: UUID | None = None,
    change: Callable[[dict[str, Any]], object] = lambda index: None,
) -> SealedBid:
    """A complete bid, sealed to those who hold the keys; `change` changes its index as a program of another's might."""
    holders, snapshot, bid = key_holders(tender), latest_snapshot(tender), uuid4()
    assert holders is not None
    assert snapshot is not None
    offer, files = offer_for(tender, price=price)
    parts: dict[str, bytes] = {}
    packages = {}

    def kept(number: int, _: Part, data: bytes) -> None:
        parts[part_name(number)] = data

    for holds in holders.layers:
        content = index_of(offer) if holds is Holds.BID else price_of(offer.price, currency="SEK", unit="tim")
        if holds is Holds.BID:
            change(content)
        sealed = seal_package(
            content,
            files if holds is Holds.BID else (),
            holders=holders,
            bid=bid,
            holds=holds,
            nonce=uuid4().hex,
            store=kept,
        )
        parts |= {wraps_name(holds): sealed.wraps, index_name(holds): sealed.index}
        packages[holds] = sealed.package
    manifest = Manifest(
        tender.pk,
        bid,
        snapshot.sha256,
        holders.sha256,
        packages,
        "test",
        datetime(2026, 5, 1, 8, 0, tzinfo=UTC),
        replaces,
    )
    return SealedBid(bid, parts, manifest)


def bundle_of(sealed: SealedBid) -> bytes:
    """The sealed bid as the one file that the command line writes."""
    packages = sealed.manifest.packages
    stored = [data for name, data in sorted(sealed.parts.items()) if name.startswith("bid/parts/")]
    into = BytesIO()
    write_bundle(
        into,
        manifest=lambda _: sealed.manifest,
        begun={
            holds: Begun(package.recipient, sealed.parts[wraps_name(holds)], sealed.parts[index_name(holds)])
            for holds, package in packages.items()
        },
        count=len(stored),
        parts=[(Part(sha256_hex(data), len(data)), data) for data in stored],
    )
    return into.getvalue()


def upload(tender: Tender, sealed: SealedBid, *, bidder: Person, at: datetime) -> SealedUpload:
    """Send every part of a sealed bid; it is not handed in by that."""
    started = actions.start_upload(tender=tender, supplier=supplier_of(bidder), bid=sealed.id, by=bidder, at=at)
    for name, data in sealed.parts.items():
        actions.store_part(upload=started, name=name, chunks=[data], by=bidder, at=at)
    return started


def give_sealed_bid(
    tender: Tender,
    *,
    supplier: str = "Mellanrum Samverkan AB",
    bidder: Person | None = None,
    price: Decimal | str = Decimal(1000),
    replaces: UUID | None = None,
    change: Callable[[dict[str, Any]], object] = lambda index: None,
    at: datetime | None = None,
) -> Submission:
    """A complete sealed bid, handed in at `at` (an hour before the deadline unless said)."""
    bidder = bidder or make_bidder(supplier)
    at = at or tender.deadline_at - timedelta(hours=1)
    sealed = seal_bid(tender, price=price, replaces=replaces, change=change)
    started = upload(tender, sealed, bidder=bidder, at=at)
    return actions.hand_in_sealed(
        upload=started, manifest=sealed.manifest.canonical(), by=bidder, arrival=Stamp(at), key=next_key()
    )


def first_sheet(tender: Tender, ring: Ring, person: Person, *, holds: Holds = Holds.BID) -> bytes:
    """What a first holder hands back."""
    holders = key_holders(tender)
    assert holders is not None
    sheet = sheet_to_begin(holders, holds, ring.of(person).pk, sealed_bids(tender, holds))
    return peel_sheet(sheet, ring.secret_of(person)).canonical()


def last_sheet(unlocking: Unlocking, ring: Ring, person: Person) -> bytes:
    """What a last holder hands back."""
    return peel_sheet(sheet_to_end(unlocking, ring.of(person).pk), ring.secret_of(person)).canonical()


def unlock(
    tender: Tender, ring: Ring, first: Person, last: Person, *, at: datetime, holds: Holds = Holds.BID
) -> Sequence[Bid] | Sequence[BidPrice]:
    """Let two holders unlock one after the other, which opens."""
    unlocking = actions.unlock_first(
        tender=tender, holds=holds, sheet=first_sheet(tender, ring, first, holds=holds), by=first, at=at
    )
    after = at + timedelta(minutes=1)
    return actions.unlock_last(unlocking=unlocking, sheet=last_sheet(unlocking, ring, last), by=last, at=after)
