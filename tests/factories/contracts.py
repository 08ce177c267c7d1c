"""A contract: `make_contract()` gives the world, and the contract signed by both on the first allowed day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.awards.rules import computed_standstill
from rodatraden.contracts.actions import call_off, draw_up_contract, register_signature
from rodatraden.contracts.models import CallOff, Contract, Signature
from rodatraden.contracts.queries import with_contract
from rodatraden.contracts.rules import signed_on
from rodatraden.parties.models import Person
from tests.factories.awards import make_awarded
from tests.factories.bids import pdf
from tests.factories.memory import remembered
from tests.factories.tenders import ADDITION

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Combination
    from tests.factories.evaluation import World

Party = Signature.Party
Place = CallOff.Place
SIGNERS = ((Party.SUPPLIER, "Elin Hagström"), (Party.BUYER, "Director"))


def noon(on: date) -> datetime:
    """The middle of a day, for what happens on it."""
    return datetime.combine(on, time(12, 0), tzinfo=UTC)


def draw_up(world: World, *, at: datetime | None = None) -> Contract:
    """The officer draws up the contract when the bidders have been notified."""
    at = at or world.tender.award.decided_at
    return fresh(draw_up_contract(tender=world.fresh_tender(), by=world.case.officer, at=at))


def sign(world: World, contract: Contract, *, on: date | None = None) -> Contract:
    """Both parties sign on `on`, the first allowed day unless said, and the signed PDF is kept."""
    on = on or computed_standstill(world.tender).known().earliest_signing_on
    for party, signer in SIGNERS:
        register_signature(
            contract=contract,
            party=party,
            signed_on_day=on,
            signer=signer,
            pdf=pdf("Avtal", pages=3) if party == Party.BUYER else None,
            file_name="avtal.pdf",
            by=world.case.officer,
            at=noon(on),
        )
    return fresh(contract)


def fresh(contract: Contract) -> Contract:
    """The contract as the database has it now."""
    return with_contract(Contract.objects.filter(pk=contract.pk)).get()


@remembered
def make_contract(
    *,
    notified_at: datetime | None = None,
    on: date | None = None,
    weighing: Combination = ADDITION,
    language: str = "sv",
) -> tuple[World, Contract]:
    """A whole world up to a concluded contract."""
    world = make_awarded(notified_at=notified_at, weighing=weighing, language=language)
    return world, sign(world, draw_up(world, at=notified_at), on=on)


def order(
    world: World,
    contract: Contract,
    *,
    hours: Decimal | int | str = 10,
    starts_on: date | None = None,
    ends_on: date | None = None,
    description: str = "Uppstart och kartläggning av hinder",
    at: datetime | None = None,
) -> CallOff:
    """The director orders hours, digitally; on the first day of the contract unless said."""
    first = signed_on(fresh(contract))
    starts_on = starts_on or first
    return call_off(
        contract=contract,
        description=description,
        place=Place.DIGITAL,
        platform="Teams",
        starts_on=starts_on,
        ends_on=ends_on or starts_on,
        hours=Decimal(hours),
        by=world.case.decider,
        at=at or noon(first),
    )


def supplier_person(contract: Contract) -> Person:
    """Somebody who bids for the supplier that has the contract."""
    return Person.objects.get(memberships__organisation=contract.supplier, memberships__role="bidder")
