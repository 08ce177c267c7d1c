"""Who follows up, records and mends, each answer with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.rules import may_act_as, may_work
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from rodatraden.followup.models import Check, Deviation
    from rodatraden.parties.models import Person

Role = TeamMember.Role
ActsBy = Requirement.ActsBy


def may_record(person: Person, check: Check) -> Answer:
    """Answer whether `person` may record what a check found: its named person, or the contract manager."""
    procurement = check.contract.tender.procurement
    access = may_work(person, procurement)
    if not access:
        return access
    if person.pk == check.responsible_id or may_act_as(Role.CONTRACT_MANAGER, person, procurement):
        return YES
    return no(say("Only {name} or the contract manager records this check.", name=check.responsible.name))


def may_close(person: Person, deviation: Deviation) -> Answer:
    """Answer whether `person` may close a deviation: its owner, or the contract manager."""
    if deviation.closed_at is not None:
        return no(say("The deviation has been closed already."))
    procurement = deviation.result.check_of.contract.tender.procurement
    access = may_work(person, procurement)
    if not access:
        return access
    if person.pk == deviation.owner_id or may_act_as(Role.CONTRACT_MANAGER, person, procurement):
        return YES
    return no(say("Only {name} or the contract manager closes this deviation.", name=deviation.owner.name))


def may_blame(requirement: Requirement, acts_by: str) -> Answer:
    """Answer whether a deviation may be put on a party: what the buyer must do is never the supplier's deviation.

    A must requirement or an award criterion that names nobody is the supplier's promise.
    """
    asked_of = requirement.acts_by or ActsBy.SUPPLIER
    if asked_of in (acts_by, ActsBy.BOTH):
        return YES
    return no(
        say("In the contract, {who} must act for this term.", who=str(ActsBy(asked_of).label)),
        mend="acts_by",
        source="policy",
    )
