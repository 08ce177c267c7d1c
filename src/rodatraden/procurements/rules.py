"""Who may do what in a procurement, each answer with its reason.

Access is phase × person × procurement: a member of the team, with a conflict declaration that is current and
without an unresolved conflict (FL 16–18 §§, INV-15).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.procurements.models import ConflictDeclaration, StageFact, TeamMember

if TYPE_CHECKING:
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Role = TeamMember.Role
Kind = StageFact.Kind
Moment = ConflictDeclaration.Moment

ROLE_NEEDED = {
    Role.OFFICER: say("Only the procurement officer of this procurement can do this."),
    Role.NEED_OWNER: say("Only a need owner of this procurement can do this."),
    Role.EVALUATOR: say("Only an evaluator of this procurement can do this."),
    Role.OPENER: say("Only an appointed opening official of this procurement can do this."),
    Role.DECIDER: say("Only the decision maker of this procurement can do this."),
    Role.CONTRACT_MANAGER: say("Only the contract manager of this procurement can do this."),
    Role.OBSERVER: say("Only an observer of this procurement can do this."),
}


def team_roles(person: Person, procurement: Procurement) -> frozenset[str]:
    """Return the roles that `person` holds in the procurement's team now."""
    return frozenset(
        member.role for member in procurement.team.all() if member.person_id == person.pk and member.removed_at is None
    )


def has_happened(procurement: Procurement, kind: StageFact.Kind) -> bool:
    """Whether the fact `kind` has been recorded."""
    return any(fact.kind == kind for fact in procurement.facts.all())


def may_see(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees that the procurement exists here: its title, its team, their own declaration."""
    if team_roles(person, procurement):
        return YES
    return no(say("You are not in the team of this procurement. Ask the procurement officer to appoint you."))


def declaration_due(person: Person, procurement: Procurement) -> ConflictDeclaration.Moment | None:
    """Return which conflict declaration `person` still owes, or None; it is renewed when the bidders are known."""
    made = {d.moment for d in procurement.conflict_declarations.all() if d.person_id == person.pk}
    if Moment.BEFORE_ACCESS not in made:
        return Moment.BEFORE_ACCESS
    if has_happened(procurement, Kind.OPENED) and Moment.AFTER_OPENING not in made:
        return Moment.AFTER_OPENING
    return None


def may_work(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` has access to what the procurement holds (INV-15)."""
    seen = may_see(person, procurement)
    if not seen:
        return seen
    if declaration_due(person, procurement):
        return no(
            say("Declare your interests in this procurement first."),
            mend="procurements:declare",
            source="förvaltningslagen 16–18 §§",
        )
    mine = (d for d in procurement.conflict_declarations.all() if d.person_id == person.pk)
    if any(d.has_conflict and d.cleared_at is None for d in mine):
        return no(
            say("You have declared a conflict of interest that nobody has decided on yet."),
            mend="procurements:team",
            source="förvaltningslagen 16–18 §§",
        )
    return YES


def may_act_as(role: TeamMember.Role, person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` has access and holds `role` in a procurement that has not been cancelled."""
    access = may_work(person, procurement)
    if not access:
        return access
    if role not in team_roles(person, procurement):
        return no(ROLE_NEEDED[role], mend="procurements:team")
    if has_happened(procurement, Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    return YES


def may_edit(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may change the procurement itself: its officer, before the documents are published."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if has_happened(procurement, Kind.PUBLISHED):
        return no(
            say("The documents have been published and are frozen. What changes now is a published change."),
            source="LOU 11 kap. 8 §",
        )
    return YES


def may_appoint(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may change the team: its officer, at any time."""
    return may_act_as(Role.OFFICER, person, procurement)
