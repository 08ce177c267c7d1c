"""Who may score, see scores and write down consensus, each answer with its reason (INV-13, INV-14).

Individual scores are blind until everybody has handed in theirs: our policy where the law is silent, so that each
assessor judges alone. Nothing alters a score once the round's individual part is locked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.assessments.models import PanelMember
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say

if TYPE_CHECKING:
    from rodatraden.assessments.models import Round
    from rodatraden.parties.models import Person

Role = PanelMember.Role


def member_as(person: Person, assessed: Round, role: PanelMember.Role) -> PanelMember | None:
    """Return the person's place in the panel with `role`, or None."""
    return next(
        (m for m in assessed.panel.all() if m.person_id == person.pk and m.role == role and m.removed_at is None), None
    )


def may_see(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` sees the round: its panel."""
    if any(m.person_id == person.pk and m.removed_at is None for m in assessed.panel.all()):
        return YES
    return no(say("Only the panel of this round can see it."))


def may_score(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may write scores: an assessor who has not handed in, in a round that is not locked."""
    member = member_as(person, assessed, Role.ASSESSOR)
    if member is None:
        return no(say("Only an assessor of this round gives scores."))
    if member.submitted_at is not None:
        return no(say("You have handed in your scores. They can no longer be changed."), source="policy")
    if assessed.individual_locked_at is not None:
        return no(say("The individual scores are locked."), source="policy")
    return YES


def may_see_all_scores(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may see what the others scored: the panel, once the individual part is locked."""
    seen = may_see(person, assessed)
    if not seen:
        return seen
    if assessed.individual_locked_at is None:
        return no(say("The scores are shown when everybody has handed in theirs."), source="policy")
    return YES


def may_lead(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` leads the round."""
    if member_as(person, assessed, Role.LEADER):
        return YES
    return no(say("Only the leader of the round can do this."))


def may_record_consensus(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may write down what the panel agreed on: its leader, between the two locks."""
    leads = may_lead(person, assessed)
    if not leads:
        return leads
    if assessed.individual_locked_at is None:
        return no(say("Consensus begins when everybody has handed in their own scores."), source="policy")
    if assessed.consensus_locked_at is not None:
        return no(say("The consensus is locked."), source="LOU 16 kap. 2 §")
    return YES
