"""The thread of one procurement, joined from the pieces that the rooms offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.awards.models import AwardDecision
from rodatraden.bids.queries import thread_pieces as bids
from rodatraden.bids.rules import may_see_bids
from rodatraden.contracts.queries import thread_pieces as contracts
from rodatraden.core.thread import Station, join, phase
from rodatraden.followup.queries import thread_pieces as followup
from rodatraden.needs.queries import thread_pieces as needs
from rodatraden.pages.queries.facts import facts_of
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.tenders.queries import thread_pieces as tenders

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rodatraden.core.thread import Link, Node, Thread
    from rodatraden.pages.queries.casepages import OpenPage
    from rodatraden.pages.queries.facts import Later
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Pieces = tuple[list["Node"], list["Link"]]

MENDED_ON = {
    Station.NEED: "needs:list",
    Station.REQUIREMENT: "tenders:requirements",
    Station.PROMISE: "tenders:requirements",
    Station.TERM: "contracts:detail",
    Station.CHECK: "followup:plan",
    Station.RESULT: "followup:plan",
}
"""On which page a break at each station is mended, where its room has not named a place."""


def thread_of(person: Person, procurement: Procurement, held: Later, at: datetime) -> Thread:
    """Return the thread as far as `person` may see it: promises, and what follows them, from the award decision on."""
    pieces: list[Pieces] = [needs(procurement), tenders(procurement)]
    if has_happened(procurement, StageFact.Kind.DECIDED) and may_see_bids(person, procurement):
        decision = AwardDecision.objects.select_related("winner").filter(in_force_of__procurement=procurement).first()
        pieces += [
            bids(procurement, decision.winner if decision else None),
            contracts(procurement),
            followup(procurement, at),
        ]
    nodes = [node for found, _ in pieces for node in found]
    links = [link for _, found in pieces for link in found]
    return join(nodes, links, stage=phase(facts_of(procurement, held), at))


def mend_addresses(pages: Iterable[OpenPage]) -> dict[str, str]:
    """Return where a break at each station is mended, among the pages that the person may open."""
    urls = {page.url_name: page.url for page in pages}
    return {station.value: urls[name] for station, name in MENDED_ON.items() if name in urls}
