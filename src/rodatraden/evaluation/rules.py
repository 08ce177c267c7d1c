"""Who may check, judge and compute, and when; each answer with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import declaration_due, has_happened, may_act_as, may_work, team_roles

if TYPE_CHECKING:
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Role = TeamMember.Role
Kind = StageFact.Kind
CHECKERS = frozenset({Role.OFFICER, Role.EVALUATOR})


def may_see_checks(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees what was checked in the bids: officers and evaluators, everybody in the team later."""
    access = may_work(person, procurement)
    if not access:
        return access
    if not has_happened(procurement, Kind.OPENED):
        return no(say("The bids have not been opened yet."), source="OSL 19 kap. 3 §")
    if not has_happened(procurement, Kind.DECIDED) and not team_roles(person, procurement) & CHECKERS:
        return no(say("Until the award decision only officers and evaluators see this."), source="OSL 19 kap. 3 §")
    return YES


def may_check(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may check requirements in the bids: the officer, between opening and frozen outcome."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if not has_happened(procurement, Kind.OPENED):
        return no(say("The bids have not been opened yet."), source="LOU 12 kap. 10 §")
    if has_happened(procurement, Kind.OUTCOME_FROZEN):
        return no(say("The outcome is frozen. The checks it rests on can no longer be changed."))
    return YES


def may_start_round(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may start the judging: the officer, when every evaluator has declared anew (INV-15)."""
    check = may_check(person, procurement)
    if not check:
        return check
    evaluators = [m.person for m in procurement.team.all() if m.role == Role.EVALUATOR and m.removed_at is None]
    if not evaluators:
        return no(say("Appoint at least one evaluator first."), mend="procurements:team")
    for evaluator in evaluators:
        if declaration_due(evaluator, procurement):
            return no(
                say(
                    "{name} has not declared their interests anew, now that the bidders are known.", name=evaluator.name
                ),
                mend="procurements:team",
                source="förvaltningslagen 16–18 §§",
            )
        if not may_work(evaluator, procurement):
            return no(
                say("{name} has an unresolved conflict of interest.", name=evaluator.name),
                mend="procurements:team",
                source="förvaltningslagen 16–18 §§",
            )
    return YES


def may_see_outcome(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees prices and ranking: the access list once the prices are open, the team once decided."""
    access = may_work(person, procurement)
    if not access:
        return access
    if not has_happened(procurement, Kind.PRICES_OPENED):
        return no(say("Prices stay closed until the team has agreed on the quality and locked it."), source="policy")
    readers = {Role.OFFICER, Role.OPENER, Role.EVALUATOR, Role.DECIDER}
    if not has_happened(procurement, Kind.DECIDED) and not team_roles(person, procurement) & readers:
        return no(
            say("Until the award decision only those who evaluate and decide see this."), source="OSL 19 kap. 3 §"
        )
    return YES


def may_freeze(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may compute and freeze the outcome: the officer, when the prices are open."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if has_happened(procurement, Kind.OUTCOME_FROZEN):
        return no(say("The outcome is frozen already."))
    if not has_happened(procurement, Kind.PRICES_OPENED):
        return no(say("The prices have not been opened yet."), mend="evaluation:outcome")
    return YES
