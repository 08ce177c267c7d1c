"""Decided procurements as markets for the stress test of `tenders`: what was compared, never who offered it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core import evaluation as core
from rodatraden.core.canonical import read_canonical
from rodatraden.core.evaluation.bids import price_of, scores_of
from rodatraden.core.evaluation.stress import Made
from rodatraden.core.evaluation.stress.market import MOST_BIDS
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.evaluation.rules import may_use_as_market
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.queries import accessible_to, fact_at, standing
from rodatraden.tenders.queries import EarlierTender

if TYPE_CHECKING:
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


def offer_markets(sender: object, tender: Tender, person: Person, **_: object) -> list[EarlierTender]:
    """Return the decided procurements of the same buyer that `person` may try the model of `tender` on.

    Their bids are those that were judged, also those below a gate, by price: their order tells nothing of who they are. Without a compared price, without criteria, or with more
    bids than a made-up tender holds, there is nothing to try a model on.
    """
    del sender
    frozen = (
        FrozenOutcome.objects.filter(
            tender__procurement__in=accessible_to(person), tender__procurement__buyer=tender.procurement.buyer_id
        )
        .select_related("tender__procurement")
        .prefetch_related(*standing("tender__procurement"))
        .order_by("frozen_at", "id")
    )
    allowed = [each for each in frozen if may_use_as_market(person, each.tender.procurement, for_=tender.procurement)]
    return [market for market in map(_market, allowed) if market is not None]


def _market(frozen: FrozenOutcome) -> EarlierTender | None:
    procurement = frozen.tender.procurement
    decided_at = fact_at(procurement, StageFact.Kind.DECIDED)
    model, bids = core.read_inputs(read_canonical(frozen.inputs.encode()))
    judged = [bid for bid in bids if bid.not_qualified is None]
    usable = model.combination.needs_price and model.criteria and 0 < len(judged) <= MOST_BIDS
    if decided_at is None or not usable:
        return None
    return EarlierTender(
        procurement=procurement.pk,
        title=procurement.title,
        decided_at=decided_at,
        unit=model.price.unit,
        currency=model.price.currency,
        bids=tuple(
            sorted(
                (Made.of(price_of(model, bid)[0], scores_of(model, bid)[0], model.criteria) for bid in judged),
                key=lambda made: (made.price, made.quality),
            )
        ),
    )
