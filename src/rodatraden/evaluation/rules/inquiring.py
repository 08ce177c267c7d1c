"""Who may ask bidders about their bids, answer and take a stand, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.urls import reverse

from rodatraden.bids.models import Bid
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.evaluation.models import Inquiry
from rodatraden.evaluation.rules.evaluating import Kind, Role, may_check, may_see_checks, may_see_outcome
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.rules import has_happened, may_act_as

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

PURPOSE_SOURCES = {
    Inquiry.Purpose.CLARIFICATION: "LOU 4 kap. 9 §, 19 kap. 15 §",
    Inquiry.Purpose.LOW_PRICE: "LOU 16 kap. 7 §, 19 kap. 18 §",
    Inquiry.Purpose.EXCLUSION: "LOU 13 kap. 4 §, 19 kap. 17 §",
    Inquiry.Purpose.PROOF: "LOU 15 kap. 4 §",
}


next_asked = Signal()
"""Sent with `procurement: Procurement` by `next_bid`; the room that decides the award answers with the bid that it is about to
be decided for, or None where an award is in force or no single bid is next."""


def next_bid(procurement: Procurement) -> Bid | None:
    """Return the bid that the award is about to be decided for: the intended winner of the frozen outcome."""
    answers: list[Any] = next_asked.send(sender=type(procurement), procurement=procurement)
    return next((bid for _receiver, bid in answers if isinstance(bid, Bid)), None)


def may_see_inquiries(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` comes to what bidders are asked: officers and evaluators, everybody in the team later."""
    return may_see_checks(person, procurement)


def may_see_inquiry(person: Person, inquiry: Inquiry, procurement: Procurement) -> Answer:
    """Answer whether `person` in the team sees a question and its answer: what is about a price, once prices are open (INV-13).

    Who is asked for proof is first, which is known from the prices too.
    """
    if inquiry.purpose in {Inquiry.Purpose.LOW_PRICE, Inquiry.Purpose.PROOF}:
        return may_see_outcome(person, procurement)
    return may_see_inquiries(person, procurement)


def may_ask_bidders(person: Person, procurement: Procurement, purpose: str = Inquiry.Purpose.CLARIFICATION) -> Answer:
    """Answer whether `person` may ask bidders: the officer, from the opening on; of prices, once they are open.

    From the frozen outcome until the award decision only the intended winner is asked: for proof, to clear it up, or to
    comment on a ground for exclusion (LOU 13 kap. 7 §, 15 kap. 4 §).
    """
    asks = _asks(person, procurement, purpose)
    if asks and has_happened(procurement, Kind.OUTCOME_FROZEN) and next_bid(procurement) is None:
        return no(
            say("There is nobody to ask: the award is decided, or no single bid is next."),
            mend=reverse("awards:decision", args=[procurement.pk]),
        )
    return asks


def _asks(person: Person, procurement: Procurement, purpose: str) -> Answer:
    is_frozen = has_happened(procurement, Kind.OUTCOME_FROZEN)
    if purpose == Inquiry.Purpose.PROOF and not is_frozen:
        return no(
            say("Proof is asked of the intended winner, when the outcome is frozen."),
            mend=reverse("evaluation:outcome", args=[procurement.pk]),
            source=PURPOSE_SOURCES[Inquiry.Purpose.PROOF],
        )
    if purpose == Inquiry.Purpose.LOW_PRICE or not is_frozen:
        check = may_check(person, procurement)
        return _knows_prices(procurement) if check and purpose == Inquiry.Purpose.LOW_PRICE else check
    officer = may_act_as(Role.OFFICER, person, procurement)
    if officer and has_happened(procurement, Kind.CONTRACT_SIGNED):
        return no(say("The contract has been concluded."), source="LOU 20 kap. 6 §")
    return officer


def _knows_prices(procurement: Procurement) -> Answer:
    """Answer whether a price can be asked about: bids state their own, and they are open."""
    if procurement.tender.has_fixed_price:
        return no(say("No bid can be too cheap here: the documents fix the price, the same for all."), source="policy")
    if not has_happened(procurement, Kind.PRICES_OPENED):
        return no(say("The prices have not been opened yet."), source="policy")
    return YES


def may_answer_inquiry(person: Person, inquiry: Inquiry, at: datetime) -> Answer:
    """Answer whether `person` may answer a question: who bids for its supplier, once, until it is assessed.

    What comes after its time is marked late, and can still be assessed.
    """
    bids = may_bid_for(person, inquiry.bid.supplier, at)
    if not bids:
        return bids
    if inquiry.answered_at is not None:
        return no(say("The question is answered. What you have answered stays."))
    if inquiry.assessed_at is not None:
        return no(say("The time is over, and the question is assessed."))
    return YES


def may_assess_inquiry(person: Person, inquiry: Inquiry, procurement: Procurement, at: datetime) -> Answer:
    """Answer whether `person` may say what comes of a question: the officer, once it is answered or its time has passed.

    Nothing is rejected or excluded without a question, a time and an assessment (INV-17, INV-18). No bid falls away for want of
    proof before the time for it is over: each proof can be accepted earlier, by itself.
    """
    asks = _asks(person, procurement, inquiry.purpose)
    if not asks:
        return asks
    if inquiry.assessed_at is not None:
        return no(say("The question is assessed already."))
    if not inquiry.is_due(at):
        return no(
            say("The bidder has time to answer until {when}.", when=inquiry.answer_by),
            source=PURPOSE_SOURCES[Inquiry.Purpose(inquiry.purpose)],
        )
    return YES
