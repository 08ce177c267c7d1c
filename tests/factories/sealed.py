"""Bids that suppliers seal themselves: holders with keys, a sealed bid handed in, and two who unlock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from rodatraden.bids import actions
from rodatraden.bids.queries import asked, key_holders
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.offer import CvPerson, Offer, OfferFile, PromiseText, Reply, index_of, price_of
from rodatraden.core.sealing import NewFile
from rodatraden.core.sealing.bid import Begun, seal_package
from rodatraden.core.sealing.bundle import Piece, part_name, write_bundle
from rodatraden.core.sealing.hand_in import Enclosed, lay_hand_in
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.manifest import Manifest
from rodatraden.core.sealing.parts import Part
from rodatraden.core.sealing.wraps import read_wraps
from rodatraden.tenders.queries import latest_snapshot
from tests.factories.bids import CV, DECLARED, Stamp, make_bidder, next_key, pdf, supplier_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from rodatraden.bids.models import SealedUpload, Submission
    from rodatraden.core.sealing.wraps import Wraps
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


@dataclass(frozen=True)
class SealedBid:
    """A bid as the bidder's own program sealed it: its parts by name, the wraps and index of each package, and the manifest."""

    id: UUID
    parts: Mapping[str, bytes]
    enclosed: Mapping[Holds, Enclosed]
    manifest: Manifest

    @property
    def handed_in(self) -> bytes:
        """What hands it in when its parts have come."""
        return lay_hand_in(self.manifest.canonical(), self.enclosed)


def offer_for(
    tender: Tender,
    *,
    price: Decimal | str = Decimal(1000),
    files: Mapping[UUID, bytes] | None = None,
    promises: Mapping[UUID, str] | None = None,
    people: tuple[CvPerson, ...] = CV,
) -> tuple[Offer, list[NewFile]]:
    """A complete offer, every item a one-page PDF (or `files` by item id), and its files under the names in the index."""
    asks = asked(tender)
    packed, listed = [], []
    for item in asks.items:
        file = NewFile.of(str(uuid4()), (files or {}).get(item.pk, pdf(item.title)))
        packed.append(file)
        listed.append(
            OfferFile(UUID(file.name), item.pk, f"{item.title}.pdf", "application/pdf", file.size, file.sha256, pages=1)
        )
    said = {row.pk: f"Vi håller {row.label}." for row in asks.requirements} if promises is None else promises
    offer = Offer(
        replies={row.pk: Reply(is_met=True, text="Se cv, sidan 1.") for row in asks.musts},
        promises={key: PromiseText(text, "s. 2") for key, text in said.items()},
        people=people,
        declaration=DECLARED,
        files=tuple(listed),
        accepts_terms=True,
        price=None if tender.has_fixed_price else Decimal(price),
        accepted_price=tender.fixed_price,
    )
    return offer, packed


def seal_bid(
    tender: Tender,
    *,
    price: Decimal | str = Decimal(1000),
    replaces: UUID | None = None,
    change: Callable[[dict[str, Any]], object] = lambda index: None,
    sealing: tuple[Offer, Sequence[NewFile]] | None = None,
    wrapped: Callable[[Wraps], Wraps] = lambda wraps: wraps,
    own_recipient: str | None = None,
    **offered: Any,
) -> SealedBid:
    """A complete bid, sealed to those who hold the keys; `change` and `wrapped` change index and wraps as another's program might.

    `own_recipient` is the bidder's own key. `offered` is what `offer_for` takes, `sealing` what is sealed in place of what that gives.
    """
    holders, snapshot, bid = key_holders(tender), latest_snapshot(tender), uuid4()
    assert holders is not None
    assert snapshot is not None
    offer, files = sealing or offer_for(tender, price=price, **offered)
    parts: dict[str, bytes] = {}
    packages, enclosed = {}, {}

    def kept(number: int, _: Part, data: bytes) -> None:
        parts[part_name(number)] = data

    for holds in holders.layers:
        content = (
            index_of(offer)
            if holds is Holds.BID
            else price_of(offer.price, currency=tender.currency, unit=tender.price_unit)
        )
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
            own_recipient=own_recipient,
        )
        wraps = wrapped(read_wraps(sealed.wraps)).canonical()
        enclosed[holds] = Enclosed(wraps, sealed.index)
        packages[holds] = replace(sealed.package, wraps_sha256=sha256_hex(wraps))
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
    return SealedBid(bid, parts, enclosed, manifest)


def junk_wraps(wraps: Wraps) -> Wraps:
    """The wraps as somebody makes them whose bid is handed in and can't be read: each as long as it should be, and none opens."""
    return replace(wraps, wraps={pair: bytes(reversed(data)) for pair, data in wraps.wraps.items()})


def bundle_of(sealed: SealedBid) -> bytes:
    """The sealed bid as the one file that the command line writes."""
    packages = sealed.manifest.packages
    stored = [data for _, data in sorted(sealed.parts.items())]
    into = BytesIO()
    write_bundle(
        into,
        manifest=lambda _: sealed.manifest,
        begun={
            holds: Begun(package.recipient, sealed.enclosed[holds].wraps, sealed.enclosed[holds].index)
            for holds, package in packages.items()
        },
        count=len(stored),
        parts=[Piece.of(Part(sha256_hex(data), len(data)), data) for data in stored],
    )
    return into.getvalue()


def upload(tender: Tender, sealed: SealedBid, *, bidder: Person, at: datetime) -> SealedUpload:
    """Send every part of a sealed bid; it is not handed in by that."""
    started = actions.start_upload(tender=tender, supplier=supplier_of(bidder), bid=sealed.id, by=bidder, at=at)
    for name, data in sealed.parts.items():
        actions.store_part(upload=started, name=name, chunks=[data], by=bidder, at=at)
    return started


def give_bid(
    tender: Tender,
    *,
    supplier: str = "Mellanrum Samverkan AB",
    bidder: Person | None = None,
    at: datetime | None = None,
    **sealed_as: Any,
) -> Submission:
    """A complete bid, sealed by its bidder and handed in at `at` (an hour before the deadline unless said).

    `sealed_as` is what `seal_bid` takes.
    """
    bidder = bidder or make_bidder(supplier)
    at = at or tender.deadline_at - timedelta(hours=1)
    sealed = seal_bid(tender, **sealed_as)
    started = upload(tender, sealed, bidder=bidder, at=at)
    return actions.hand_in_sealed(
        upload=started, handed_in=sealed.handed_in, by=bidder, arrival=Stamp(at), key=next_key()
    )
