"""A concluded contract: `make_contract()` gives the world, the contract signed by both on the first allowed day."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from rodatraden.awards.rules import computed_standstill
from rodatraden.contracts.actions import draw_up_contract, register_signature
from rodatraden.contracts.models import Contract, Signature
from rodatraden.contracts.queries import with_contract
from tests.factories.awards import make_awarded
from tests.factories.bids import pdf

if TYPE_CHECKING:
    from datetime import date

    from tests.factories.evaluation import World

Party = Signature.Party


def sign(world: World, contract: Contract, *, on: date | None = None) -> Contract:
    """Both parties sign on `on`, the first allowed day unless said, and the signed PDF is kept."""
    on = on or computed_standstill(world.tender).known().earliest_signing_on
    at = datetime.combine(on, time(12, 0), tzinfo=UTC)
    for party, signer in ((Party.SUPPLIER, "Elin Hagström"), (Party.BUYER, "Director")):
        register_signature(
            contract=fresh(contract),
            party=party,
            signed_on_day=on,
            signer=signer,
            pdf=pdf("Avtal", pages=3) if party == Party.BUYER else None,
            file_name="avtal.pdf",
            by=world.case.officer,
            at=at,
        )
    return fresh(contract)


def fresh(contract: Contract) -> Contract:
    """The contract as the database has it now."""
    return with_contract(Contract.objects.filter(pk=contract.pk)).get()


def make_contract(*, notified_at: datetime | None = None, on: date | None = None) -> tuple[World, Contract]:
    """A whole world up to a concluded contract."""
    world = make_awarded(notified_at=notified_at)
    officer = world.case.officer
    at = world.tender.award.decided_at
    contract = draw_up_contract(tender=world.fresh_tender(), by=officer, at=notified_at or at)
    return world, sign(world, contract, on=on)
