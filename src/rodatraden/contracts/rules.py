"""Who draws up, signs, orders, delivers and extends, how long a contract runs and what its ceiling still holds.

Each answer comes with its reason. Every rule reads what `queries.with_contract` has fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.awards.rules import is_notified
from rodatraden.contracts.models import CallOff, Contract, Signature
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import (
    BOOK,
    PROCEDURES,
    Country,
    Regime,
    RuleRow,
    ceiling_level,
    check_days,
    contract_period,
)
from rodatraden.core.calendars import Kind as RuleKind
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.numbers import swedish_amount, swedish_number
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_act_as, may_work, team_roles
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Role = TeamMember.Role
Kind = StageFact.Kind
When = Requirement.When

CEILING_SOURCE = "HFD 2022 ref. 4"
REPLACEMENT_SOURCE = "LOU 17 kap. 10 och 14 §§"
MONTHS_BETWEEN = {When.QUARTERLY: 3, When.HALF_YEARLY: 6, When.YEARLY: 12}
WARNINGS = (RuleKind.CEILING_NOTICE, RuleKind.CEILING_WARNING, RuleKind.CEILING_ALARM)
FULL = 100
"""A whole, in percent."""
REPORTERS = frozenset({Role.CONTRACT_MANAGER, Role.DECIDER})
"""Who on the buyer's side takes delivery."""


def signed_on(contract: Contract) -> date | None:
    """Return the day on which the last party signed, or None while one has not: then the contract is not concluded."""
    signatures = list(contract.signatures.all())
    if {signature.party for signature in signatures} != set(Signature.Party.values):
        return None
    return max(signature.signed_on for signature in signatures)


def today(contract: Contract, at: datetime) -> date:
    """Return the day of `at` where the contract belongs."""
    return local_date(at, contract.tender.procurement.country)


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
    if not is_notified(procurement.tender):
        return no(
            say("The bidders have not been notified of the award yet."),
            mend=reverse("awards:notices", args=[procurement.pk]),
            source="LOU 12 kap. 12 §",
        )
    drawn_up = Contract.objects.filter(tender__procurement=procurement).first()
    if drawn_up is not None and drawn_up.bid_id == procurement.tender.award.winner_id:
        return no(say("The contract has been drawn up already."))
    if has_happened(procurement, Kind.CONTRACT_SIGNED):
        return no(say("The contract has been concluded."))
    if procurement.tender.ceiling is None:
        return no(say("No ceiling was published, so nothing could be called off."), source=CEILING_SOURCE)
    return YES


def may_register_signature(person: Person, contract: Contract) -> Answer:
    """Answer whether `person` may register signatures: the officer, until both parties have signed."""
    officer = may_act_as(Role.OFFICER, person, contract.tender.procurement)
    if not officer:
        return officer
    if signed_on(contract) is not None:
        return no(say("Both parties have signed already."))
    return rests_on_award(contract)


def rests_on_award(contract: Contract) -> Answer:
    """Answer whether the award that the contract was drawn up from is still the one in force."""
    tender = contract.tender
    if hasattr(tender, "award") and tender.award.winner_id == contract.bid_id:
        return YES
    return no(
        say(
            "The award that this contract was drawn up from has been revoked. Draw up a new one when the next is notified."
        ),
        mend=reverse("awards:decision", args=[tender.procurement_id]),
        source="LOU 20 kap. 1 §",
    )


def is_concluded(contract: Contract) -> Answer:
    """Answer whether both parties have signed."""
    if signed_on(contract) is not None:
        return YES
    return no(
        say("The contract has not been signed by both parties yet."),
        mend=reverse("contracts:sign", args=[contract.pk]),
        source="LOU 20 kap. 1 §",
    )


def may_direct(person: Person, contract: Contract) -> Answer:
    """Answer whether `person` leads the contract: the director alone, who prioritises all call-offs, once it is signed.

    Source: seed 000 section 5.
    """
    director = may_act_as(Role.DECIDER, person, contract.tender.procurement)
    return director and is_concluded(contract)


def may_call_off(person: Person, contract: Contract, at: datetime) -> Answer:
    """Answer whether `person` may order under the contract: the director, until the agreed term has ended (INV-24)."""
    director = may_direct(person, contract)
    if not director:
        return director
    agreed = term_of(contract)
    if agreed and today(contract, at) > agreed[1]:
        return no(
            say("The contract ended on {last}. Nothing more can be ordered under it.", last=agreed[1]),
            source="LOU 7 kap. 3 §",
        )
    if not ceiling_of(contract, today(contract, at)).left:
        return no(say("The ceiling has been reached. Nothing more can be ordered."), source=CEILING_SOURCE)
    return YES


def may_cancel(person: Person, order: CallOff) -> Answer:
    """Answer whether `person` may cancel a call-off: the director, once, while something has not been delivered."""
    return may_direct(person, order.contract) and can_be_cancelled(order)


def can_be_cancelled(order: CallOff) -> Answer:
    """Answer whether something of a call-off is left to cancel."""
    if order.cancelled_at is not None:
        return no(say("The call-off has been cancelled already."))
    if order.delivered_hours == order.hours:
        return no(say("All of it has been delivered, so there is nothing to cancel."))
    return YES


def may_deliver(person: Person, contract: Contract, at: datetime) -> Answer:
    """Answer whether `person` may hand over what a call-off produced, or say how many hours of it are done.

    The supplier's own people, and on the buyer's side those who take delivery: contract manager and director.
    """
    concluded = is_concluded(contract)
    if not concluded or may_bid_for(person, contract.supplier, at):
        return concluded
    access = may_work(person, contract.tender.procurement)
    if not access:
        return access
    if REPORTERS & team_roles(person, contract.tender.procurement):
        return YES
    return no(
        say("Only the supplier, the contract manager and the director can do this."),
        mend=reverse("procurements:team", args=[contract.tender.procurement_id]),
        source="policy",
    )


def may_report(person: Person, order: CallOff, at: datetime) -> Answer:
    """Answer whether `person` may say how many hours are delivered: who delivers, until the call-off is cancelled."""
    return may_deliver(person, order.contract, at) and takes_hours(order)


def takes_hours(order: CallOff) -> Answer:
    """Answer whether delivered hours can still be written to a call-off.

    What had been delivered when it was cancelled stays committed, so nothing is added to it afterwards (INV-24).
    """
    if order.cancelled_at is not None:
        return no(say("The call-off has been cancelled. What had been delivered then stands."))
    return YES


def may_extend(person: Person, contract: Contract, at: datetime) -> Answer:
    """Answer whether `person` may take up the next option: the director, while the period before it runs.

    So each option is a decision of its own, made with what is known then and before it is too late. Source: policy
    within LOU 7 kap. 2 § and 17 kap. 10 §.
    """
    director = may_direct(person, contract)
    if not director:
        return director
    taken = periods_taken(contract)
    if taken >= contract.periods:
        return no(say("All options have been taken up. The contract can't be longer."), source="LOU 7 kap. 2 §")
    running, on = period_of(contract, taken), today(contract, at)
    if running and on > running[1]:
        return no(
            say("The running period ended on {last}. An option is taken up before that.", last=running[1]),
            source="LOU 17 kap. 10 §",
        )
    if running and on < running[0]:
        return no(
            say(
                "Period {number} begins on {first}. The next option is decided on from then.",
                number=taken,
                first=running[0],
            ),
            source="policy",
        )
    return YES


def periods_taken(contract: Contract) -> int:
    """Return how many periods have been agreed on: the first, and each option that was taken up."""
    return 1 + len(contract.extensions.all())


def period_of(contract: Contract, number: int) -> tuple[date, date] | None:
    """Return the first and last day of period `number`, counted from the day the last party signed; None before that."""
    signed = signed_on(contract)
    if signed is None:
        return None
    return _counted(signed, contract.period_months, contract.period_months * (number - 1))


def term_of(contract: Contract) -> tuple[date, date] | None:
    """Return the first and last day of what has been agreed on so far: the first period and the options taken up."""
    signed = signed_on(contract)
    return _counted(signed, contract.period_months * periods_taken(contract)) if signed else None


def year_of(contract: Contract, on: date) -> tuple[date, date] | None:
    """Return the first and last day of the contract year that holds the day `on`; None outside the longest term."""
    signed = signed_on(contract)
    if signed is None:
        return None
    year_long = MONTHS_BETWEEN[When.YEARLY]
    for after in range(0, contract.periods * contract.period_months, year_long):
        year = _counted(signed, year_long, after)
        if year[0] <= on <= year[1]:
            return year
    return None


def follow_up_days(contract: Contract, requirement: Requirement) -> tuple[date, ...]:
    """Return the days on which a requirement is followed up, within what has been agreed on so far.

    Nothing before the contract is concluded, nor for a follow-up that lacks its months.
    """
    signed, agreed = signed_on(contract), term_of(contract)
    when, months = requirement.follow_up_when, requirement.follow_up_months or 0
    if signed is None or agreed is None or not when or (when == When.AFTER_MONTHS and not months):
        return ()
    return check_days(
        signed_on=signed,
        agreed_until_on=agreed[1],
        calendar=PROCEDURES[contract.tender.procurement.procedure].calendar,
        every_months=MONTHS_BETWEEN.get(When(when), 0),
        after_months=months if when == When.AFTER_MONTHS else 0,
    )


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What has been committed of a ceiling, in the contract's currency without VAT.

    `level` is the highest warning reached, of the rule rows in force.
    """

    ceiling: Decimal
    committed: Decimal
    level: RuleKind | None

    @property
    def left(self) -> Decimal:
        """What can still be ordered."""
        return self.ceiling - self.committed

    @property
    def share(self) -> Decimal:
        """How much of the ceiling is committed, between 0 and 1."""
        return self.committed / self.ceiling


def ceiling_of(contract: Contract, on: date, *, more: Decimal = Decimal(0)) -> Ceiling:
    """Return how much of the ceiling is committed, or would be with an order of `more` (INV-24)."""
    committed = sum((order.committed for order in contract.call_offs.all()), more)
    return Ceiling(
        contract.ceiling,
        committed,
        ceiling_level(committed=committed, ceiling=contract.ceiling, on=on).known(),
    )


def warning_shares(on: date) -> list[Decimal]:
    """Return the shares of a ceiling, between 0 and 1, at which it warns; what has no rule row is left out."""
    rows = (BOOK.rule(kind, country=Country.ANY, regime=Regime.POLICY, on=on) for kind in WARNINGS)
    return [row.value / FULL for row in rows if isinstance(row, RuleRow)]


def year_committed(contract: Contract, on: date) -> Decimal:
    """Return what is committed in the contract year that holds the day `on`; an order counts where it begins."""
    year = year_of(contract, on)
    if year is None:
        return Decimal(0)
    within = (order for order in contract.call_offs.all() if year[0] <= order.starts_on <= year[1])
    return sum((order.committed for order in within), Decimal(0))


def may_order(  # noqa: PLR0911 -- one for each thing that an order says
    contract: Contract,
    on: date,
    *,
    description: str,
    place: str,
    starts_on: date,
    ends_on: date,
    hours: Decimal,
    location: str = "",
    platform: str = "",
) -> Answer:
    """Answer whether an order like this can be made on the day `on` (INV-24).

    It says what is ordered, where on site or on which designated platform, lies within what has been agreed on so far,
    and the ceiling still holds it.
    """
    agreed = term_of(contract)
    if agreed is None:
        return is_concluded(contract)
    if not description.strip():
        return no(say("Write what is ordered."), mend="description")
    if hours <= 0:
        return no(say("Write how many hours are ordered, more than 0."), mend="hours")
    if place == CallOff.Place.DIGITAL and not platform.strip():
        return no(say("Write which digital platform you designate."), mend="platform", source="Bilaga 1, 1.2")
    if place == CallOff.Place.ON_SITE and not location.strip():
        return no(say("Write where the work is done."), mend="location")
    if ends_on < starts_on:
        return no(say("The last day lies before the first."), mend="ends_on")
    if not agreed[0] <= starts_on <= ends_on <= agreed[1]:
        return no(
            say(
                "What has been agreed runs from {first} to {last}. Order within those days.",
                first=agreed[0],
                last=agreed[1],
            ),
            mend="starts_on" if starts_on < agreed[0] else "ends_on",
            source="LOU 7 kap. 3 §",
        )
    return holds(contract, hours, on)


def holds(contract: Contract, hours: Decimal, on: date) -> Answer:
    """Answer whether the ceiling still holds an order of so many hours at the contract's price (INV-24)."""
    amount, left = hours * contract.price, ceiling_of(contract, on).left
    if amount <= left:
        return YES
    most = (left / contract.price).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return no(
        say(
            "The order comes to {amount}, and {left} is left under the ceiling: at most {most} hours.",
            amount=swedish_amount(amount),
            left=swedish_amount(left),
            most=swedish_number(most),
        ),
        mend="hours",
        source=CEILING_SOURCE,
    )


def _counted(signed: date, months: int, after_months: int = 0) -> tuple[date, date]:
    period = contract_period(signed_on=signed, months=months, after_months=after_months).known()
    return period.first_on, period.last_on
