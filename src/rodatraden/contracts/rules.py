"""Who signs, orders and sees a contract, each answer with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import contract_period
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_act_as, may_work

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.contracts.models import Contract
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Role = TeamMember.Role
Kind = StageFact.Kind


def signed_on(contract: Contract) -> date | None:
    """Return the day on which the last party signed, or None while one has not: then the contract is not concluded."""
    signatures = list(contract.signatures.all())
    parties = {signature.party for signature in signatures}
    return max(s.signed_on for s in signatures) if parties == {"buyer", "supplier"} else None


def may_see(person: Person, contract: Contract, at: datetime) -> Answer:
    """Answer whether `person` sees the contract: the procurement's team with access, and the supplier's own people."""
    if may_bid_for(person, contract.supplier, at):
        return YES
    return may_work(person, contract.tender.procurement)


def may_draw_up(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may draw up the contract: the officer, once all bidders have been notified."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if not has_happened(procurement, Kind.NOTIFIED):
        return no(
            say("The bidders have not been notified of the award yet."),
            mend="awards:notices",
            source="LOU 12 kap. 12 §",
        )
    return YES


def may_register_signature(person: Person, contract: Contract) -> Answer:
    """Answer whether `person` may register signatures: the officer, until both parties have signed."""
    officer = may_act_as(Role.OFFICER, person, contract.tender.procurement)
    if not officer:
        return officer
    if signed_on(contract) is not None:
        return no(say("Both parties have signed already."))
    return YES


def may_call_off(person: Person, contract: Contract) -> Answer:
    """Answer whether `person` may order under the contract: the director alone, who leads and prioritises all call-offs.

    Source: seed 000 section 5.
    """
    director = may_act_as(Role.DECIDER, person, contract.tender.procurement)
    if not director:
        return director
    if signed_on(contract) is None:
        return no(say("The contract has not been signed by both parties yet."), mend="contracts:sign")
    return YES


def may_extend(person: Person, contract: Contract, at: datetime) -> Answer:
    """Answer whether `person` may take up the next option: the director, before the running period ends."""
    director = may_call_off(person, contract)
    if not director:
        return director
    taken = 1 + contract.extensions.count()
    if taken >= contract.periods:
        return no(say("All options have been taken up. The contract can't be longer."), source="LOU 7 kap. 2 §")
    running = period_of(contract, taken)
    if running and local_date(at) > running[1]:
        return no(
            say("The running period ended on {last}. An option is taken up before that.", last=running[1]),
            source="LOU 17 kap. 10 §",
        )
    return YES


def period_of(contract: Contract, number: int) -> tuple[date, date] | None:
    """Return the first and last day of period `number`, counted from the day the last party signed; None before that."""
    signed = signed_on(contract)
    if signed is None:
        return None
    found = contract_period(
        signed_on=signed, months=contract.period_months, after_months=contract.period_months * (number - 1)
    ).known()
    return found.first_on, found.last_on


def term_of(contract: Contract) -> tuple[date, date] | None:
    """Return the first and last day of what has been agreed on so far: the first period and the options taken up."""
    first, last = period_of(contract, 1), period_of(contract, 1 + contract.extensions.count())
    return (first[0], last[1]) if first and last else None
