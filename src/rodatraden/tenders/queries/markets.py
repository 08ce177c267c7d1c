"""Earlier procurements as markets: a later room, which knows the bids, answers; here nobody knows what a bid is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.core.evaluation import Model, PriceUnit
    from rodatraden.core.evaluation.stress import Made
    from rodatraden.parties.models import Person

markets_asked = Signal()
"""Sent with `tender: Tender` and `person: Person` by `earlier_tenders`; the later room that knows what has been decided answers
with a list of `EarlierTender`, within what the person may see there. Bidders are never named."""


@dataclass(frozen=True, slots=True)
class EarlierTender:
    """The judged bids of an earlier procurement, without names: what was compared, and how far up each scale they came."""

    procurement: UUID
    title: str
    decided_at: datetime
    unit: PriceUnit
    currency: str
    bids: tuple[Made, ...]


def earlier_tenders(tender: Tender, model: Model, person: Person) -> list[EarlierTender]:
    """Return the earlier procurements whose bids `model` can be tried on, latest first.

    Only prices for the same unit in the same currency say anything of each other: an hour is no fixed price.
    """
    offered: list[EarlierTender] = []
    for _, found in markets_asked.send(sender=Tender, tender=tender, person=person):
        answered: Any = found  # Django's stubs know text only
        offered += answered
    alike = (each for each in offered if (each.unit, each.currency) == (model.price.unit, model.price.currency))
    return sorted(alike, key=lambda each: (each.decided_at, str(each.procurement)), reverse=True)
