"""Opening a sealed box: the keys that a tender's bids are sealed to, and two holders who unlock with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from rodatraden.bids import actions
from rodatraden.bids.queries import key_holders, sealed_bids, sheet_to_begin, sheet_to_end
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import peel_sheet
from rodatraden.parties.models import OpeningKey
from rodatraden.tenders.models import Tender
from tests.factories.parties import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from rodatraden.bids.models import Bid, BidPrice, Unlocking
    from rodatraden.parties.models import Person


@dataclass(frozen=True)
class Ring:
    """The keys that a tender's bids are sealed to: each person's, with its private half."""

    keys: Mapping[UUID, OpeningKey]

    def of(self, person: Person) -> OpeningKey:
        return self.keys[person.pk]

    def secret_of(self, person: Person) -> str:
        return secret_of(self.of(person))


def ring_of(tender: Tender) -> Ring:
    """The keys of those to whom the tender's bids have been sealed since its documents were published."""
    holders = key_holders(tender)
    assert holders is not None
    listed = [each.key for each in holders.holders]
    return Ring({key.user.pk: key for key in OpeningKey.objects.filter(pk__in=listed).select_related("person")})


def first_sheet(tender: Tender, ring: Ring, person: Person, *, holds: Holds = Holds.BID) -> bytes:
    """What a first holder hands back."""
    holders = key_holders(tender)
    assert holders is not None
    sheet = sheet_to_begin(holders, holds, ring.of(person).pk, sealed_bids(tender, holds))
    return peel_sheet(sheet, ring.secret_of(person)).canonical()


def last_sheet(unlocking: Unlocking, ring: Ring, person: Person) -> bytes:
    """What a last holder hands back."""
    return peel_sheet(sheet_to_end(unlocking, ring.of(person).pk), ring.secret_of(person)).canonical()


def begin(tender: Tender, person: Person, *, at: datetime, holds: Holds = Holds.BID) -> Unlocking:
    """Let `person` unlock first; somebody who holds no key tries with another's."""
    tender = Tender.objects.select_related("procurement").get(pk=tender.pk)  # as a page reads it
    ring = ring_of(tender)
    sheet = first_sheet(tender, ring, _with_key(ring, person), holds=holds)
    return actions.unlock_first(tender=tender, holds=holds, sheet=sheet, by=person, at=at)


def end(unlocking: Unlocking, person: Person, *, at: datetime) -> Sequence[Bid] | Sequence[BidPrice]:
    """Let `person` unlock last, which opens; somebody who holds no key tries with another's."""
    ring = ring_of(unlocking.tender)
    sheet = last_sheet(unlocking, ring, _with_key(ring, person))
    return actions.unlock_last(unlocking=unlocking, sheet=sheet, by=person, at=at)


def _with_key(ring: Ring, person: Person) -> Person:
    return person if person.pk in ring.keys else next(iter(ring.keys.values())).user


def unlock(
    tender: Tender, first: Person, last: Person, *, at: datetime, holds: Holds = Holds.BID
) -> Sequence[Bid] | Sequence[BidPrice]:
    """Let two holders unlock, the last a minute after the first, which opens."""
    return end(begin(tender, first, at=at, holds=holds), last, at=at + timedelta(minutes=1))
