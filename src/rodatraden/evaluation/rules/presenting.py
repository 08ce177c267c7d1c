"""Who draws, moves, times, notes and sees presentations, and when; what the documents must say of them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.evaluation.rules.evaluating import Kind, Role, may_check, may_see_checks
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.rules import has_happened, may_act_as, team_roles

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

    The officer has written it and knows (INV-13).
    """
    sees = may_see_presentations(person, procurement)
    is_closed = presentation.holds_price and not has_happened(procurement, Kind.PRICES_OPENED)
    if sees and is_closed and Role.OFFICER not in team_roles(person, procurement):
        return no(say("A price came up. What was said is shown when the prices are open."), source="policy")
    return sees


def may_present(person: Person, presentation: Presentation, at: datetime) -> Answer:
    """Answer whether `person` sees when and where a bid is presented: who bids for its supplier."""
    return may_bid_for(person, presentation.bid.supplier, at)
