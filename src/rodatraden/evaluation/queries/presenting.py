"""How the bids are presented: what the documents say of it, the times, how equal they were, and what the panel reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from rodatraden.assessments.queries import Material
from rodatraden.bids.queries import suppliers_of
from rodatraden.core.message import Message, say
from rodatraden.core.thread import Task
from rodatraden.evaluation.models import BidItem, Presentation, PresentationPlan
from rodatraden.evaluation.rules import is_closed_by_price, may_read_notes
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import standing, with_case
from rodatraden.tenders.queries import latest_snapshot, read_snapshot
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.assessments.models import Item
    from rodatraden.bids.models import Bid
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

SHORTEST_QUOTE = 20
"""Characters; less could stand anywhere in the documents. Source: policy."""
WORD = "present"
"""What the sentence about presentations holds in Swedish, Norwegian and English alike."""
MINUTE = timedelta(minutes=1)


def is_announced(tender: Tender, quote: str, criterion: UUID | None = None) -> bool:
    """Whether the published documents say this of presentations, word for word; in the text of `criterion` where one is given."""
    snapshot = latest_snapshot(tender)
    wanted = _plain(quote)
    if snapshot is None or len(wanted) < SHORTEST_QUOTE or WORD not in wanted:
        return False
    content = read_snapshot(snapshot)
    place = (
        [content["documents"], content["requirements"], content["content_items"]]
        if criterion is None
        else [row for row in content["requirements"] if row["id"] == str(criterion)]
    )
    return any(wanted in _plain(text) for text in _texts(place))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def drawn_order(bids: Iterable[Bid], seed: str) -> list[Bid]:
    """Return the bids in the order that the seed draws: anybody who has the seed draws the same."""
    return sorted(bids, key=lambda bid: sha256(f"{seed} {bid.pk}".encode()).hexdigest())


def times_of(n: int, *, first_at: datetime, minutes: int, pause: int) -> list[datetime]:
    """Return when each of `n` presentations of `minutes` begins, with `pause` minutes between them."""
    return [first_at + number * (minutes + pause) * MINUTE for number in range(n)]


def plan_of(tender: Tender) -> PresentationPlan | None:
    """Return how the bids of a tender are presented, or None."""
    return PresentationPlan.objects.filter(tender=tender).select_related("criterion", "drawn_by").first()


def presentations_of(tender: Tender) -> list[Presentation]:
    """Return the presentations of a tender in the drawn order, with how each was moved."""
    found = Presentation.objects.filter(plan__tender=tender).select_related(
        "plan", "bid__supplier", "noted_by", "document__file"
    )
    return list(found.prefetch_related("changes__changed_by").order_by("number"))


@dataclass(frozen=True, slots=True)
class Run:
    """How long a presentation took, in whole minutes begun, and how many more than the documents allow."""

    presentation: Presentation
    minutes: int | None
    over: int


def runs_of(presentations: Sequence[Presentation]) -> list[Run]:
    """Return how long each presentation took."""
    found = []
    for each in presentations:
        minutes = None if each.took is None else -(-each.took // MINUTE)
        found.append(Run(each, minutes, max(0, (minutes or 0) - each.plan.minutes)))
    return found


def unequal(runs: Sequence[Run]) -> list[Message]:
    """Return what was not equal: who presented longer than announced, and by how much longer than the shortest."""
    timed = [run.minutes for run in runs if run.minutes is not None]
    return [
        say(
            "{supplier} presented for {minutes} minutes: {over} more than announced, {more} more than the shortest.",
            supplier=run.presentation.bid.supplier.name,
            minutes=run.minutes,
            over=run.over,
            more=run.minutes - min(timed),
        )
        for run in runs
        if run.over and run.minutes is not None
    ]


def own_presentations(person: Person, at: datetime) -> QuerySet[Presentation]:
    """Return the presentations of the bids that `person` bids for."""
    mine = Presentation.objects.filter(bid__supplier__in=suppliers_of(person, at).order_by())
    return with_case_of_presentation(mine).order_by("starts_at", "id")


def with_case_of_presentation(presentations: QuerySet[Presentation]) -> QuerySet[Presentation]:
    """Return the same presentations with what their rules and pages read."""
    case = "bid__tender__procurement"
    return presentations.select_related(
        "plan__criterion", "bid__supplier", "noted_by", "document__file", f"{case}__buyer", f"{case}__diary_case"
    ).prefetch_related("changes__changed_by", *standing(case))


def presentations_to_hold(person: Person, at: datetime) -> list[Task]:
    """Return the presentations that wait on `person` as somebody who bids."""
    waiting = own_presentations(person, at).filter(cancelled_at=None, started_at=None)
    return [
        Task(
            title=say("Present your bid"),
            for_person=person.pk,
            due=each.starts_at,
            url_name="evaluation:own_presentation",
            url_kwargs={"presentation_id": each.pk},
            case_title=each.bid.tender.procurement.title,
            kind="evaluation.present",
        )
        for each in waiting
    ]


def offer_presentations(
    sender: object, items: Sequence[Item], person: Person, at: datetime, **_: object
) -> dict[UUID, list[Material]]:
    """Return what was said at the presentation of each bid that is judged, at the one criterion that it is scored by.

    What is not scored is no material, so that no score can refer to it (INV-09); what holds a price is none to anybody before
    the prices are open, also to one who may read it elsewhere (INV-13).
    """
    del sender, at
    bids = dict(BidItem.objects.filter(item__in=items).values_list("bid", "item"))
    found = Presentation.objects.filter(bid__in=bids, plan__criterion__isnull=False, noted_at__isnull=False)
    offered: dict[UUID, list[Material]] = {item: [] for item in bids.values()}
    cases: dict[UUID, Procurement] = {}
    for each in found.select_related("plan", "bid__tender"):
        key = each.bid.tender.procurement_id
        if key not in cases:
            cases[key] = with_case(Procurement.objects.filter(pk=key)).get()
        if not is_closed_by_price(each, cases[key]) and may_read_notes(person, each, cases[key]):
            offered[bids[each.bid_id]].append(_as_material(each))
    return offered


def _as_material(presentation: Presentation) -> Material:
    parts = (presentation.notes, presentation.questions)
    return Material(
        name=gettext("The presentation"),
        note=moment(presentation.started_at or presentation.starts_at),
        text="\n\n".join(part for part in parts if part),
        criteria=frozenset({str(presentation.plan.criterion_id)}),
    )
