"""The verb that puts a ready-made award criterion into the documents, with its part of the bid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.needs.queries import standing as standing_needs
from rodatraden.procurements.models import TeamMember
from rodatraden.tenders.actions.documents import add_content_item
from rodatraden.tenders.actions.holding import hold_draft
from rodatraden.tenders.actions.requirements import add_requirement
from rodatraden.tenders.models import Requirement
from rodatraden.tenders.queries import ready_made
from rodatraden.tenders.rules.access import may_edit

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Role = TeamMember.Role


def add_ready_made(*, tender: Tender, name: str, by: Person, at: datetime) -> Requirement:
    """Add a ready-made award criterion and the part of the bid that answers it.

    Its texts are proposals until a person has read and accepted them: a case has to fit the assignment. It is followed
    up by the contract manager, and answers to the need of the procurement where there is but one; which need it is of
    several, a person says.

    Raises:
        RefusedError: `by` may not edit, the documents are published, or there is nothing by that name.
    """
    require(may_edit(by, tender.procurement))
    wanted = ready_made(name)
    if wanted is None:
        raise RefusedError(no(say("There is no ready-made criterion by that name.")))
    needs = list(standing_needs(tender.procurement))
    managers = [m.person for m in tender.procurement.team.all() if m.role == Role.CONTRACT_MANAGER and not m.removed_at]
    with transaction.atomic():
        hold_draft(tender.pk, by)
        row = add_requirement(
            tender=tender,
            kind=Requirement.Kind.CRITERION,
            needs=needs if len(needs) == 1 else [],
            steps=wanted.steps,
            follow_up_by=managers[0] if managers else None,
            proposed=["follow_up_how", "follow_up_when", "question", "text"],
            by=by,
            at=at,
            **wanted.requirement,
        )
        add_content_item(tender=tender, criteria=[row], by=by, at=at, **wanted.content_item)
    return row
