"""A procurement with its whole team, everybody's interests declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rodatraden.parties.actions import appoint_key_holder
from rodatraden.parties.models import Membership, OpeningKey
from rodatraden.parties.rules import holders_of
from rodatraden.procurements.actions import appoint, create_procurement, declare_interests
from rodatraden.procurements.models import ConflictDeclaration, Procurement, TeamMember
from tests.factories.memory import remembered
from tests.factories.parties import START, drill, make_buyer, make_holder, make_key, make_person, secret_of

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Organisation, Person

Role = TeamMember.Role


@dataclass
class Case:
    """A procurement and the people of its team."""

    procurement: Procurement
    buyer: Organisation
    officer: Person
    need_owner: Person
    decider: Person
    contract_manager: Person
    openers: list[Person] = field(default_factory=list)
    evaluators: list[Person] = field(default_factory=list)

    @property
    def everybody(self) -> list[Person]:
        return [self.officer, self.need_owner, self.decider, self.contract_manager, *self.openers, *self.evaluators]


@remembered
def make_case(
    *, at: datetime = START, buyer: Organisation | None = None, evaluators: int = 2, declares: bool = True
) -> Case:
    """Start a procurement and appoint its team; with `declares` False only its officer is there, nothing declared."""
    buyer = buyer or make_buyer(at=at)
    officer = make_person("Officer", organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER, at=at)
    need_owner = make_person("Need owner", organisation=buyer, role=Membership.Role.NEED_OWNER, at=at)
    decider = make_person("Director", organisation=buyer, role=Membership.Role.DIRECTOR, at=at)
    manager = make_person("Contract manager", organisation=buyer, at=at)
    openers = [make_person(f"Opener {n}", organisation=buyer, at=at) for n in (1, 2)]
    assessors = [make_person(f"Evaluator {n + 1}", organisation=buyer, at=at) for n in range(evaluators)]
    procurement = create_procurement(buyer=buyer, title="Processcoachning", by=officer, at=at, is_fictional=True)
    case = Case(procurement, buyer, officer, need_owner, decider, manager, openers, assessors)
    if not declares:
        return case
    declare(case, officer, at=at)
    roles = [
        (need_owner, Role.NEED_OWNER),
        (decider, Role.DECIDER),
        (manager, Role.CONTRACT_MANAGER),
        *((person, Role.OPENER) for person in openers),
        *((person, Role.EVALUATOR) for person in assessors),
    ]
    for person, role in roles:
        appoint(procurement=procurement, person=person, role=role, by=officer, at=at)
        declare(case, person, at=at)
    return case


def declare(
    case: Case,
    person: Person,
    *,
    at: datetime = START,
    has_conflict: bool = False,
) -> ConflictDeclaration:
    return declare_interests(
        procurement=case.procurement,
        has_conflict=has_conflict,
        description="Släkt med en anbudsgivare" if has_conflict else "",
        by=person,
        at=at,
    )


def hold_keys(case: Case, *, in_browsers: bool = False, at: datetime = START) -> None:
    """The case's two officials and a colleague at a neighbour hold keys to the buyer's bids, and have practised by `at`.

    With `in_browsers` the officials' new keys are unlocked there, with the six words of the example.
    """
    held = {state.person.pk: state for state in holders_of(case.buyer, at)}
    for person, words in zip(case.openers, ("jonas", "ingrid"), strict=False):
        if person.pk not in held:
            appoint_key_holder(person=person, organisation=case.buyer, by=None, at=at)
        state = held.get(person.pk)
        key = state.key if state else OpeningKey.objects.filter(person=person, retired_at=None).first()
        if key is None:
            key = make_key(person, words=words if in_browsers else "", at=at).key
        if state is None or not state.is_ready:
            drill(key, secret_of(key), at=at)
    others = [state for state in held.values() if state.key and state.person not in case.openers]
    if not others:
        make_holder("Neighbour", case.buyer, at=at)
    elif not any(state.is_ready for state in others):
        drill(others[0].key, secret_of(others[0].key), at=at)
