"""Who follows up, records and mends, each answer with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.followup.models import CheckResult
from rodatraden.needs.rules import may_write
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.rules import may_act_as, may_work, team_roles
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.contracts.models import Contract
    from rodatraden.followup.models import Check, Deviation, NeedResult
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Role = TeamMember.Role
ActsBy = Requirement.ActsBy

THE_SUPPLIERS = frozenset({ActsBy.SUPPLIER, ActsBy.BOTH})
"""Whose deviations the supplier's people see."""


def may_follow_up(person: Person, contract: Contract) -> Answer:
    """Answer whether `person` sees how a contract is followed up: the buyer's team with access, never the supplier's people."""
    return may_work(person, contract.tender.procurement)


def may_record(person: Person, check: Check) -> Answer:
    """Answer whether `person` may record what a check found: its named person, or the contract manager."""
    procurement = check.contract.tender.procurement
    access = may_work(person, procurement)
    if not access:
        return access
    if person.pk == check.responsible_id or may_act_as(Role.CONTRACT_MANAGER, person, procurement):
        return YES
    return no(say("Only {name} or the contract manager records this check.", name=check.responsible.name))


def may_open_deviation(person: Person, result: CheckResult) -> Answer:
    """Answer whether `person` may open a deviation on a result: who may record it, when the term was not fully met."""
    recorder = may_record(person, result.check_of)
    if recorder and result.verdict == CheckResult.Verdict.MET:
        return no(say("The term was met, so there is no deviation."))
    return recorder


def may_see_deviation(person: Person, deviation: Deviation, at: datetime) -> Answer:
    """Answer whether `person` sees a deviation: the team; the supplier's own people, those that are theirs to mend."""
    contract = deviation.result.check_of.contract
    if deviation.acts_by in THE_SUPPLIERS and may_bid_for(person, contract.supplier, at):
        return YES
    return may_work(person, contract.tender.procurement)


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


def may_own(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` can own a deviation: somebody in the team, who sees to it that it is mended."""
    if team_roles(person, procurement):
        return YES
    return no(
        say("{name} is not in the team of this procurement. Choose somebody who is.", name=person.name), mend="owner"
    )


def may_blame(requirement: Requirement, acts_by: str) -> Answer:
    """Answer whether a deviation may be put on a party: what the buyer must do is never the supplier's deviation.

    A must requirement or an award criterion that names nobody is the supplier's promise.
    """
    if acts_by in blamable(requirement):
        return YES
    asked_of = ActsBy(requirement.acts_by or ActsBy.SUPPLIER)
    return no(
        say("In the contract, {who} must act for this term.", who=str(asked_of.label)), mend="acts_by", source="policy"
    )


def blamable(requirement: Requirement) -> tuple[Requirement.ActsBy, ...]:
    """Return on whom a deviation from a requirement can be put: whoever must act; where both must, on either or both."""
    asked_of = ActsBy(requirement.acts_by or ActsBy.SUPPLIER)
    return tuple(ActsBy) if asked_of == ActsBy.BOTH else (asked_of,)


def may_grow_need(person: Person, linked: NeedResult, at: datetime) -> Answer:
    """Answer whether `person` may write the need that a result leads to: who sees the result and writes needs."""
    access = may_work(person, linked.result.check_of.contract.tender.procurement)
    if not access:
        return access
    if linked.next_need_id:
        return no(say("The next need has been written already."))
    return may_write(person, linked.need.organisation, at)
