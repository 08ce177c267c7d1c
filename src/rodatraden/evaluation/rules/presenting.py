"""Who draws, moves, times, notes and sees presentations, and when; what the documents must say of them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.assessments.models import PanelMember
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.evaluation.rules.evaluating import Kind, Role, may_check, may_see_checks
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.rules import has_happened, has_judged, may_act_as, team_roles

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.evaluation.models import Presentation
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


def may_see_presentations(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees how the bids are presented: officers and evaluators, everybody in the team later."""
    return may_see_checks(person, procurement)


def may_draw(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may draw the order of the presentations: the officer, while the quality can still be judged.

    Not where the bids are judged without names: who presents is seen.
    """
    check = may_check(person, procurement)
    if not check:
        return check
    if has_happened(procurement, Kind.CONSENSUS_LOCKED):
        return no(say("The quality is judged and locked. Nothing is presented after that."), source="policy")
    if has_happened(procurement, Kind.NAMES_HIDDEN):
        return no(say("The bids are judged without names, and who presents a bid is seen."), source="policy")
    return YES


def may_hold(person: Person, presentation: Presentation, procurement: Procurement) -> Answer:
    """Answer whether `person` may move, time and note a presentation: the officer, until the quality is locked."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if presentation.cancelled_at is not None:
        return no(say("The presentation is cancelled."))
    if has_happened(procurement, Kind.CONSENSUS_LOCKED):
        return no(say("The quality is judged and locked. Nothing is presented after that."), source="policy")
    return YES


def may_move(person: Person, presentation: Presentation, procurement: Procurement) -> Answer:
    """Answer whether `person` may move or cancel a presentation: who holds it, until it has begun."""
    holds = may_hold(person, presentation, procurement)
    if holds and presentation.started_at is not None:
        return no(say("The presentation has begun."))
    return holds


def may_read_notes(person: Person, presentation: Presentation, procurement: Procurement) -> Answer:
    """Answer whether `person` reads what was said and shown: who sees presentations; with a price only once prices are open.

    Until then an officer who judges nothing reads it, and who wrote it down, who knows it (INV-13).
    """
    sees = may_see_presentations(person, procurement)
    if not sees or not is_closed_by_price(presentation, procurement) or presentation.noted_by_id == person.pk:
        return sees
    if Role.OFFICER in team_roles(person, procurement) and not _judges(person, procurement):
        return sees
    return no(say("A price came up. What was said is shown when the prices are open."), source="policy")


def is_closed_by_price(presentation: Presentation, procurement: Procurement) -> bool:
    """Whether what was said holds a price, and the prices are not open; then nobody judges by it (INV-13)."""
    return presentation.holds_price and not has_happened(procurement, Kind.PRICES_OPENED)


def may_note(person: Person, presentation: Presentation, procurement: Procurement) -> Answer:
    """Answer whether `person` may write down what was said: who holds it, and reads what stands there already.

    Who could write over what is closed would be the one who wrote it down, and read the file that another attached.
    """
    return may_hold(person, presentation, procurement) and may_read_notes(person, presentation, procurement)


def _judges(person: Person, procurement: Procurement) -> bool:
    """Whether `person` is or was an evaluator, or sits on the panel, the leader too, who writes down what it agrees on."""
    seats = PanelMember.objects.filter(round__tender_round__tender__procurement=procurement, person=person)
    return has_judged(person, procurement) or seats.exclude(role=PanelMember.Role.OBSERVER).exists()


def may_present(person: Person, presentation: Presentation, at: datetime) -> Answer:
    """Answer whether `person` sees when and where a bid is presented: who bids for its supplier."""
    return may_bid_for(person, presentation.bid.supplier, at)
