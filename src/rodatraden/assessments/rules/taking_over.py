"""Who takes over the lead of a round whose leader is no longer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.assessments.models import Subject
from rodatraden.assessments.rules.judging import JUDGES, may_judge_in
from rodatraden.assessments.rules.library import WRITERS
from rodatraden.assessments.rules.preparing import Role, is_real, still_belongs
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.parties.rules import roles_of
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import declaration_due, has_happened, may_work, team_roles

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.assessments.models import PanelMember, Round
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement


def leader_of(assessed: Round) -> PanelMember | None:
    """Return who leads the round, whether still there or not."""
    return next((m for m in assessed.panel.all() if m.role == Role.LEADER and m.removed_at is None), None)


def is_led(assessed: Round) -> bool:
    """Whether the leader is still there: of an organisation that takes part, or among those who may judge in the procurement.

    One who has only to declare interests anew is there. One who has declared a conflict that nobody has cleared is not.
    """
    leader = leader_of(assessed)
    if leader is None:
        return False
    return still_belongs(leader.person, assessed) if assessed.case is None else _is_there(leader.person, assessed.case)


def _is_there(person: Person, case: Procurement) -> bool:
    if not team_roles(person, case) & JUDGES:
        return False
    return bool(may_work(person, case)) or declaration_due(person, case) is not None


def may_take_over(person: Person, assessed: Round, at: datetime) -> Answer:
    """Answer whether `person` may take over the lead: when the leader has gone, one who could have led from the start.

    In a procurement its officers and evaluators with access (INV-15). Where nothing is bought whoever has a task of their own in
    the organisation whose round it is, and never one who answers for what is judged.
    """
    real = is_real(assessed)  # who leads the round leads its example with it
    if not real:
        return real
    leader = leader_of(assessed)
    if leader is not None and is_led(assessed):
        return no(say("{name} leads the round.", name=leader.person.name))
    if assessed.case is None:
        return _may_take_over_own(person, assessed, assessed.organisation, at)
    if has_happened(assessed.case, StageFact.Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    return may_judge_in(person, assessed.case)


def _may_take_over_own(person: Person, assessed: Round, organisation: Organisation | None, at: datetime) -> Answer:
    if organisation is None or not roles_of(person, organisation, at) & WRITERS:
        return no(
            say("Somebody with a task of their own in the organisation takes over, not an employee."), source="policy"
        )
    if Subject.objects.filter(item__round=assessed, reader=person).exists():
        return no(say("You answer for something that is judged here, so somebody else leads."), source="policy")
    return YES
