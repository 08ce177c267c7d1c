"""What has happened to a procurement, with what follows from the rows of later rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Subquery

from rodatraden.assessments.models import PanelMember, Round
from rodatraden.assessments.rules import may_judge_in
from rodatraden.core.thread import FactKind, Happened
from rodatraden.tenders.models import Requirement, Tender

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.core.thread import Fact
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


@dataclass(frozen=True, slots=True)
class Later:
    """What later rooms hold of a procurement: whether requirements are written, its contract, the round `person` sees."""

    has_requirements: bool = False
    contract_id: UUID | None = None
    drawn_up_at: datetime | None = None
    round_id: UUID | None = None


def later(person: Person, procurement: Procurement) -> Later:
    """Return what later rooms hold of `procurement`, in one query."""
    panel = PanelMember.objects.filter(round=OuterRef("pk"), person=person, removed_at=None)
    rounds = Round.objects.filter(Exists(panel), case=procurement).order_by("-started_at", "id")
    found = (
        Tender.objects.filter(procurement=procurement)
        .order_by()
        .values_list(
            Exists(Requirement.objects.filter(tender=OuterRef("pk"))),
            F("contract__pk"),
            F("contract__drawn_up_at"),
            Subquery(rounds.values("pk")[:1]),
        )
        .first()
    )
    if found is None:
        return Later()
    has_requirements, contract_id, drawn_up_at, round_id = found
    return Later(has_requirements, contract_id, drawn_up_at, round_id if may_judge_in(person, procurement) else None)


def facts_of(procurement: Procurement, held: Later) -> list[Fact]:
    """Return the recorded facts, and those that rows tell: requirements are written, a contract is drawn up.

    No row says when the first requirement was written; the phase needs only that it was, so it counts from the start.
    """
    facts: list[Fact] = list(procurement.facts.all())
    if held.has_requirements:
        facts.append(Happened(FactKind.DOCUMENTS_STARTED, procurement.created_at))
    if held.drawn_up_at is not None:
        facts.append(Happened(FactKind.CONTRACT_DRAWN_UP, held.drawn_up_at))
    return facts
