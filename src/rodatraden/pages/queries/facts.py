"""What has happened to a procurement, with what follows from the rows of later rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.contracts.models import Contract
from rodatraden.core.thread import FactKind, Happened
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from rodatraden.core.thread import Fact
    from rodatraden.procurements.models import Procurement


def facts_of(procurement: Procurement) -> list[Fact]:
    """Return the recorded facts, and those that rows tell: requirements are written, a contract is drawn up.

    No row says when the first requirement was written; the phase needs only that it was, so it counts from the start.
    """
    facts: list[Fact] = list(procurement.facts.all())
    if Requirement.objects.filter(tender__procurement=procurement).exists():
        facts.append(Happened(FactKind.DOCUMENTS_STARTED, procurement.created_at))
    drawn_up = Contract.objects.filter(tender__procurement=procurement).values_list("drawn_up_at", flat=True).first()
    if drawn_up is not None:
        facts.append(Happened(FactKind.CONTRACT_DRAWN_UP, drawn_up))
    return facts
