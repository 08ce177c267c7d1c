"""Who comes to a procurement at all, and what everybody who works there may do; the package hands it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.procurements.models import ConflictDeclaration, StageFact, TeamMember

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Role = TeamMember.Role
Kind = StageFact.Kind
Moment = ConflictDeclaration.Moment

READERS = frozenset({Role.OFFICER, Role.OPENER, Role.EVALUATOR})
"""Who sees what concerns the bids between the opening and the award decision. Source: OSL 19 kap. 3 §."""
CONFLICT_SOURCE = "FL 16–18 §§"
DECLARE_FIRST = say("Declare your interests in this procurement first.")
"""The refusal that sends people to the declaration; what they wanted to see comes after it."""

ROLE_NEEDED = {
    Role.OFFICER: say("Only the procurement officer of this procurement can do this."),
    Role.NEED_OWNER: say("Only a need owner of this procurement can do this."),
    Role.EVALUATOR: say("Only an evaluator of this procurement can do this."),
    Role.OPENER: say("Only an appointed opening official of this procurement can do this."),
    Role.DECIDER: say("Only the decision maker of this procurement can do this."),
    Role.CONTRACT_MANAGER: say("Only the contract manager of this procurement can do this."),
    Role.OBSERVER: say("Only an observer of this procurement can do this."),
}


def rows_of(procurement: Procurement, name: str) -> Any:
    """Return the rows of a relation as `.all()` of it does; those that have been fetched without a manager made for them.

    Rules are asked dozens of times for a page, hundreds for a list of cases, and a manager costs as much as all the rest.
    """
    fetched: dict[str, Any] = getattr(procurement, "_prefetched_objects_cache", {})
    return fetched[name] if name in fetched else getattr(procurement, name).all()


def team_roles(person: Person, procurement: Procurement) -> frozenset[str]:
    """Return the roles that `person` holds in the procurement's team now."""
    who = person.pk  # asked for once: pages ask these rules about every case and every page of it
    return frozenset(
        [each.role for each in rows_of(procurement, "team") if each.removed_at is None and each.person_id == who]
    )


def has_happened(procurement: Procurement, kind: StageFact.Kind) -> bool:
    """Whether the fact `kind` has been recorded."""
    return kind in [fact.kind for fact in rows_of(procurement, "facts")]


def may_see(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees that the procurement exists here: its title, its team, their own declaration."""
    if team_roles(person, procurement):
        return YES
    return no(say("You are not in the team of this procurement. Ask the procurement officer to appoint you."))


def moment_now(procurement: Procurement) -> ConflictDeclaration.Moment:
    """Return which declaration one that is made now is: after the opening the bidders are known."""
    return Moment.AFTER_OPENING if has_happened(procurement, Kind.OPENED) else Moment.BEFORE_ACCESS


def declared_by(person: Person, procurement: Procurement) -> list[ConflictDeclaration]:
    """Return what `person` has declared in the procurement, from what has been fetched with it."""
    who = person.pk
    return [each for each in rows_of(procurement, "conflict_declarations") if each.person_id == who]


def declaration_due(person: Person, procurement: Procurement) -> ConflictDeclaration.Moment | None:
    """Return which conflict declaration `person` still owes, or None; it is renewed when the bidders are known."""
    return due_of(declared_by(person, procurement), procurement)


def due_of(made: Sequence[ConflictDeclaration], procurement: Procurement) -> ConflictDeclaration.Moment | None:
    moment = moment_now(procurement)
    return None if moment in [each.moment for each in made] else moment


def may_work(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` has access to what the procurement holds (INV-15)."""
    seen = may_see(person, procurement)
    if not seen:
        return seen
    mine = declared_by(person, procurement)
    if due_of(mine, procurement):
        return no(DECLARE_FIRST, mend=page_of("procurements:declare", procurement), source=CONFLICT_SOURCE)
    if any(each.has_conflict and each.cleared_at is None for each in mine):
        return no(
            say("You have declared a conflict of interest that nobody has decided on yet."),
            mend=page_of("procurements:team", procurement),
            source=CONFLICT_SOURCE,
        )
    return YES


def may_follow(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees how far the case has come: who has access, and who only has to declare anew."""
    access = may_work(person, procurement)
    if access or declaration_due(person, procurement) != Moment.AFTER_OPENING or not team_roles(person, procurement):
        return access
    mine = declared_by(person, procurement)
    return YES if mine and not any(each.has_conflict and each.cleared_at is None for each in mine) else access


def may_know_bidders(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` reads who has bid, and no more: interests are declared anew with the names at hand.

    The access list after the opening, everybody in the team from the award decision on (FL 16–18 §§, OSL 19 kap. 3 §).
    """
    if not has_happened(procurement, Kind.OPENED):
        return no(say("The bids have not been opened yet."))
    follows = may_follow(person, procurement)
    if not follows or has_happened(procurement, Kind.DECIDED) or team_roles(person, procurement) & READERS:
        return follows
    return no(
        say("Until the award decision only officers, opening officials and evaluators see what concerns the bids."),
        source="OSL 19 kap. 3 §",
    )


def judges_without_names(person: Person, procurement: Procurement) -> bool:
    """Whether `person` reads the bids under letters only: an evaluator and no more, until the consensus is locked.

    Who has bid they know, since interests are declared with the names at hand (FL 16–18 §§); whose bid is whose they don't.
    """
    if not has_happened(procurement, Kind.NAMES_HIDDEN) or has_happened(procurement, Kind.CONSENSUS_LOCKED):
        return False
    return team_roles(person, procurement) & READERS == {Role.EVALUATOR}


NAMES_COME_LATER = say("The bids are judged without names. Whose they are is shown when the consensus is locked.")


def may_act_as(role: TeamMember.Role, person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` has access and holds `role` in a procurement that has not been cancelled."""
    access = may_work(person, procurement)
    if not access:
        return access
    if role not in team_roles(person, procurement):
        return no(ROLE_NEEDED[role], mend=page_of("procurements:team", procurement), source="policy")
    if has_happened(procurement, Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    return YES


def may_see_secret_documents(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees the rows of the diary that are secret until the award decision (INV-02).

    How many bids there are is secret too, so such a row is left out as a whole (OSL 5 kap. 2 §, 19 kap. 3 §).
    """
    access = may_work(person, procurement)
    if not access or has_happened(procurement, Kind.DECIDED):
        return access
    if team_roles(person, procurement) & READERS:
        return YES
    return no(
        say("Until the award decision only officers, opening officials and evaluators see what concerns the bids."),
        source="OSL 19 kap. 3 §",
    )


def may_export_diary(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may take the diary with its files out of here: its officer, also when all is over."""
    access = may_work(person, procurement)
    if not access:
        return access
    if Role.OFFICER not in team_roles(person, procurement):
        return no(ROLE_NEEDED[Role.OFFICER], mend=page_of("procurements:team", procurement), source="policy")
    return YES


def may_let_out(person: Person | None, procurement: Procurement) -> Answer:
    """Answer whether `person` lets out a file in which a virus scanner found something: who answers for the case.

    That is its officer or its contract manager, also when all is over: what came must be possible to archive.
    """
    if person is None or not team_roles(person, procurement) & {Role.OFFICER, Role.CONTRACT_MANAGER}:
        return no(
            say("Only the procurement officer or the contract manager of the case can let the file out."),
            source="policy",
        )
    return may_work(person, procurement)


def page_of(name: str, procurement: Procurement) -> str:
    return reverse(name, args=[procurement.pk])
