"""What has happened to a procurement, with what follows from the rows of later rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.assessments.models import PanelMember
from rodatraden.assessments.rules import may_judge_in
from rodatraden.contracts.models import Contract
from rodatraden.core.thread import FactKind, Happened
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened, may_work
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.core.thread import Fact
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Kind = StageFact.Kind


@dataclass(frozen=True, slots=True)
class Later:
    """What later rooms hold of a procurement: whether it is drafted, its contract, the round `person` sees."""

    has_requirements: bool = False
    contract_id: UUID | None = None
    drawn_up_at: datetime | None = None
    round_id: UUID | None = None


def later(person: Person, procurement: Procurement) -> Later:
    """Return what later rooms hold of `procurement`: of each only once its time has come, in at most two queries.

    What is published has requirements; bids are judged after the opening, a contract is drawn up after the award.
    """
    if not has_happened(procurement, Kind.PUBLISHED):
        return Later(has_requirements=Requirement.objects.filter(tender__procurement=procurement).exists())
    contract_id, drawn_up_at = _contract_of(procurement)
    return Later(
        has_requirements=True, contract_id=contract_id, drawn_up_at=drawn_up_at, round_id=_round_of(person, procurement)
    )


def _contract_of(procurement: Procurement) -> tuple[UUID | None, datetime | None]:
    """Return the contract's key, and when it was drawn up."""
    if not has_happened(procurement, Kind.NOTIFIED):
        return None, None
    drawn_up = Contract.objects.filter(tender__procurement=procurement).values_list("pk", "drawn_up_at")
    return drawn_up.first() or (None, None)


def _round_of(person: Person, procurement: Procurement) -> UUID | None:
    """Return the latest round of the procurement in whose panel `person` is, if the panel is still open to them."""
    if not has_happened(procurement, Kind.OPENED) or not may_work(person, procurement):
        return None
    mine = PanelMember.objects.filter(
        round__case=procurement, round__calibrates=None, person=person, removed_at=None
    ).order_by("-round__started_at", "round_id")
    if not may_judge_in(person, procurement):
        mine = mine.filter(role=PanelMember.Role.OBSERVER)
    return mine.values_list("round_id", flat=True).first()


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
