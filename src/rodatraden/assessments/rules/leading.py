"""What the leader does before the others judge: puts up training material and an example, and lets somebody follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.assessments.rules.judging import may_lead, may_see, may_set_due_day
from rodatraden.assessments.rules.preparing import (
    Role,
    calibration_of,
    is_real,
    member_as,
)
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.procurements.rules import may_work

if TYPE_CHECKING:
    from rodatraden.assessments.models import PanelMember, Round
    from rodatraden.parties.models import Person


def may_put_up_training(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may put up training material, or withdraw it: the leader, while others judge."""
    return may_set_due_day(person, assessed) and is_real(assessed)


def may_say_read(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may say that the training material is read: an assessor who has not handed in."""
    seen = may_see(person, assessed)
    if not seen:
        return seen
    member = member_as(person, assessed, Role.ASSESSOR)
    if member is None:
        return no(say("Only an assessor of this round says so."))
    if member.submitted_at is not None:
        return no(say("You have handed in your scores. They can no longer be changed."), source="policy")
    return YES


def may_put_up_example(person: Person, assessed: Round, *, has_begun: bool) -> Answer:
    """Answer whether `person` may put up an example: the leader, once, before anybody has begun to score (`has_begun`)."""
    leads = may_set_due_day(person, assessed) and is_real(assessed)
    if not leads:
        return leads
    chosen = getattr(assessed, "calibration", None)
    if chosen is not None and chosen.called_off_at is not None:
        return no(say("The example has been called off."))
    if chosen is not None and chosen.example_id is not None:
        return no(say("There is an example."), mend=reverse("assessments:calibration", args=[assessed.pk]))
    if has_begun:
        return no(say("Somebody has begun to score. An example comes before that."), source="policy")
    return YES


def may_open_after_example(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may say what the levels mean and open the real ones: the leader, when all have handed in."""
    leads = may_lead(person, assessed)
    if not leads:
        return leads
    calibration = calibration_of(assessed)
    if calibration is None or calibration.example is None:
        return no(say("There is no example in this round."))
    if calibration.opened_at is not None:
        return no(say("The real ones are open."))
    if calibration.example.individual_locked_at is None:
        return no(say("Not everybody has judged the example yet."), source="policy")
    return YES


def may_call_off_example(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may let the round go on without the example: the leader, until the real ones are open."""
    leads = may_lead(person, assessed)
    if not leads:
        return leads
    calibration = calibration_of(assessed)
    if calibration is None:
        return no(say("There is no example in this round."))
    return no(say("The real ones are open.")) if calibration.opened_at is not None else YES


def may_see_example(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` sees what everybody scored in the example: the panel, each when they have handed in.

    Blind as in any round (INV-14), and one who joins later judges it alone first, too.
    """
    seen = may_see(person, assessed)
    if not seen:
        return seen
    calibration = calibration_of(assessed)
    if calibration is None or calibration.example is None:
        return no(say("There is no example in this round."))
    if calibration.example.individual_locked_at is None:
        return no(
            say("The scores are shown when everybody has handed in theirs, so that each of you judges alone."),
            source="policy",
        )
    own = member_as(person, calibration.example, Role.ASSESSOR)
    if own is not None and own.submitted_at is None:
        return no(
            say("Judge the example first. Then you see what the others thought."),
            mend=reverse("assessments:round", args=[calibration.example_id]),
            source="policy",
        )
    return YES


def may_add_observer(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may let somebody follow the round: its leader."""
    return may_lead(person, assessed) and is_real(assessed)


def may_observe(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may follow the round without access to scores: nobody of the panel, with access (INV-15)."""
    if any(m.person_id == person.pk and m.removed_at is None for m in assessed.panel.all()):
        return no(say("{name} is in the panel of this round.", name=person.name))
    if assessed.case is None:
        return YES
    access = may_work(person, assessed.case)
    if access:
        return YES
    return no(
        say("{name} has no access to the procurement.", name=person.name),
        mend=reverse("procurements:team", args=[assessed.case_id]),
    )


def may_remove_observer(person: Person, member: PanelMember) -> Answer:
    """Answer whether `person` may end that somebody follows the round: its leader."""
    leads = may_lead(person, member.round)
    if leads and (member.role != Role.OBSERVER or member.removed_at is not None):
        return no(say("Only an observer of this round is removed here."))
    return leads
