"""Which procedures are possible for a purchase: the first question of every case, answered with its steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars.cpv import Cpv, Nature
from rodatraden.core.calendars.procedures import PROCEDURES, Procedure
from rodatraden.core.calendars.rows import BOOK, NO_ROW, Country, Kind, Regime, RuleBook, Step, Unknown
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from rodatraden.core.message import Message


class Buyer(StrEnum):
    """Which threshold for goods and services a buyer has."""

    CENTRAL = "central"
    """A central government authority."""
    SUBCENTRAL = "subcentral"
    """A municipality, a region, a coordination association or another local body."""


class DirectGround(StrEnum):
    """The grounds of LOU 19 a:3-6 on which direct procurement is allowed at or above its limit."""

    NO_SUITABLE_TENDERS = "no_suitable_tenders"
    UNACCEPTABLE_TENDERS = "unacceptable_tenders"
    EXTREME_URGENCY = "extreme_urgency"
    SOLE_SUPPLIER = "sole_supplier"
    EXCEPTIONAL_REASONS = "exceptional_reasons"
    DURING_REVIEW = "during_review"


DIRECT_GROUNDS = {
    DirectGround.NO_SUITABLE_TENDERS: (say("No suitable tenders came in a competition under chapter 19"), "LOU 19 a:3"),
    DirectGround.UNACCEPTABLE_TENDERS: (
        say("Only invalid or unacceptable tenders came in a competition under chapter 19"),
        "LOU 19 a:4",
    ),
    DirectGround.EXTREME_URGENCY: (
        say("Extreme urgency that the authority neither caused nor could foresee"),
        "LOU 19 a:5 p 1",
    ),
    DirectGround.SOLE_SUPPLIER: (
        say("Circumstances as when negotiation without a notice is allowed above the threshold"),
        "LOU 19 a:5 p 2",
    ),
    DirectGround.EXCEPTIONAL_REASONS: (say("Exceptional reasons"), "LOU 19 a:5 p 3"),
    DirectGround.DURING_REVIEW: (
        say("An urgent need while a court reviews the procurement or the contract"),
        "LOU 19 a:6",
    ),
}
"""What each ground says, and its paragraph."""


@dataclass(frozen=True, slots=True)
class Applicable:
    """The procedures that are possible, why, and what the program doesn't know.

    `value` is in the order in which to offer them. While `unknown` isn't empty a person must state the missing part,
    with a reason, before one of them may be chosen.
    """

    value: tuple[Procedure, ...]
    steps: tuple[Step, ...]
    unknown: tuple[Unknown, ...]
    special: bool | None
    """Whether the service is a social or other special service (Annex 2); None = not known."""
    above: bool | None
    """Whether the value is at or above the EU or EEA threshold; None = not known."""


def applicable_procedures(
    *,
    country: Country,
    cpv: Cpv,
    value: Decimal,
    on: date,
    buyer: Buyer = Buyer.SUBCENTRAL,
    stated_above: bool | None = None,
    stated_special: bool | None = None,
    book: RuleBook = BOOK,
) -> Applicable:
    """Return which procedures are possible for a purchase of `cpv` with the estimated `value` on the day `on`.

    `value` is the total without VAT, options and renewals counted as used (LOU 5:3), in the country's currency.
    `stated_above` and `stated_special` are what a person has stated, with a reason kept elsewhere, where the program
    has no rule row; they never override a row.
    """
    if country is Country.SE:
        return _swedish(cpv=cpv, value=value, on=on, buyer=buyer, stated_above=stated_above, book=book)
    return _norwegian(
        cpv=cpv, value=value, on=on, buyer=buyer, stated_above=stated_above, stated_special=stated_special, book=book
    )


def _threshold_kind(cpv: Cpv, *, special: bool, buyer: Buyer) -> Kind:
    if special:
        return Kind.THRESHOLD_SPECIAL
    if cpv.nature is Nature.WORKS:
        return Kind.THRESHOLD_WORKS
    return Kind.THRESHOLD_CENTRAL if buyer is Buyer.CENTRAL else Kind.THRESHOLD_SUBCENTRAL


class _Inquiry:
    """One question on its way to an answer: what is asked about, the steps so far and what isn't known."""

    def __init__(self, *, country: Country, value: Decimal, on: date, book: RuleBook) -> None:
        self.country, self.value, self.on, self.book = country, value, on, book
        self.steps: list[Step] = []
        self.unknown: list[Unknown] = []

    def note(self, message: Message, paragraph: str) -> None:
        self.steps.append(Step(message, paragraph))

    def miss(self, message: Message, source: str) -> None:
        self.unknown.append(Unknown(message, source))

    def reaches(self, kind: Kind, regime: Regime) -> bool | None:
        """Return whether the value is at or above the amount of the rule row; None when there is no row."""
        row = self.book.rule(kind, country=self.country, regime=regime, on=self.on)
        if isinstance(row, Unknown):
            return None
        if self.value >= row.value:
            message = say(
                "{value} is at or above {limit} {currency}", value=self.value, limit=row.value, currency=str(row.unit)
            )
        else:
            message = say(
                "{value} is below {limit} {currency}", value=self.value, limit=row.value, currency=str(row.unit)
            )
        self.steps.append(Step(message, row.paragraph, row.id))
        return self.value >= row.value

    def reaches_threshold(self, kind: Kind, regime: Regime, *, stated: bool | None) -> bool | None:
        """Return whether the value reaches the EU or EEA threshold; without a rule row, what a person has stated."""
        above = self.reaches(kind, regime)
        source = "LOU 5:1" if self.country is Country.SE else "FOA § 5-3"
        if above is not None:
            return above
        if stated is None:
            self.miss(
                say(
                    "The program doesn't know the EU threshold in {currency} on {day}: state whether the value reaches it, and why",
                    currency="SEK" if self.country is Country.SE else "NOK",
                    day=self.on,
                ),
                source,
            )
        elif stated:
            self.note(say("A person has stated that the value reaches the EU threshold"), source)
        else:
            self.note(say("A person has stated that the value is below the EU threshold"), source)
        return stated

    def answer(self, procedures: Sequence[str], *, special: bool | None, above: bool | None) -> Applicable:
        return Applicable(
            tuple(PROCEDURES[name] for name in procedures), tuple(self.steps), tuple(self.unknown), special, above
        )


def _swedish(
    *, cpv: Cpv, value: Decimal, on: date, buyer: Buyer, stated_above: bool | None, book: RuleBook
) -> Applicable:
    inquiry = _Inquiry(country=Country.SE, value=value, on=on, book=book)
    if cpv.special:
        inquiry.note(say("{cpv} is in the list of social and other special services", cpv=str(cpv)), "LOU bilaga 2")
    else:
        inquiry.note(say("{cpv} isn't in the list of social and other special services", cpv=str(cpv)), "LOU bilaga 2")
    kind = _threshold_kind(cpv, special=cpv.special, buyer=buyer)
    above = inquiry.reaches_threshold(kind, Regime.LOU, stated=stated_above)
    procedures = []
    if cpv.special:
        inquiry.note(say("A special service follows chapter 19 whatever its value"), "LOU 19:1")
        procedures.append("se-below")
        direct = above is False
    else:
        if above is not False:
            inquiry.note(say("At or above the threshold chapters 4-17 apply: open procedure"), "LOU 1:4")
            procedures.append("se-open")
        if above is not True:
            inquiry.note(say("Below the threshold chapter 19 applies"), "LOU 19:1")
            procedures.append("se-below")
        reached = inquiry.reaches(Kind.DIRECT_LIMIT, Regime.LOU_DIRECT)
        if reached is None:
            inquiry.miss(NO_ROW, "LOU 19 a:2")
        direct = reached is False
    if direct:
        inquiry.note(say("Direct procurement is allowed for this value"), "LOU 19 a:2")
        procedures.append("se-direct")
    return inquiry.answer(procedures, special=cpv.special, above=above)


def _norwegian(
    *,
    cpv: Cpv,
    value: Decimal,
    on: date,
    buyer: Buyer,
    stated_above: bool | None,
    stated_special: bool | None,
    book: RuleBook,
) -> Applicable:
    inquiry = _Inquiry(country=Country.NO, value=value, on=on, book=book)
    entered = inquiry.reaches(Kind.ENTRY_VALUE, Regime.FOA)
    national = inquiry.reaches(Kind.NATIONAL_THRESHOLD, Regime.FOA) if entered else entered
    above: bool | None = False
    procedures: tuple[str, ...] = ()
    if national is None:
        above = None
        inquiry.miss(NO_ROW, "FOA §§ 1-1, 5-1")
    elif not entered:
        inquiry.note(say("Below this value the Norwegian act on public procurement doesn't apply"), "FOA § 1-1")
    elif not national:
        inquiry.note(say("Part I applies"), "FOA § 5-1 (1)")
        procedures = ("no-part-1",)
    else:
        kind = _threshold_kind(cpv, special=False, buyer=buyer)
        above = inquiry.reaches_threshold(kind, Regime.FOA, stated=stated_above)
        procedures = _norwegian_announced(
            inquiry, above=above, service=cpv.nature is Nature.SERVICES, special=stated_special
        )
    return inquiry.answer(procedures, special=stated_special, above=above)


def _norwegian_announced(
    inquiry: _Inquiry, *, above: bool | None, service: bool, special: bool | None
) -> tuple[str, ...]:
    """Return the procedures from the national threshold and up; a special service stays in part II at any value."""
    if above is False:
        inquiry.note(say("Part II applies"), "FOA § 5-1 (2)")
        return ("no-part-2",)
    if service and special:
        inquiry.note(say("A person has stated that this is a special service: part II applies"), "FOA § 5-1 (2)")
        return ("no-part-2",)
    if service and special is None:
        inquiry.miss(
            say("The program doesn't hold Norway's list of special services: state whether this is one, and why"),
            "FOA § 5-1",
        )
        return ("no-part-3-open", "no-part-2")
    inquiry.note(say("At or above the threshold part III applies"), "FOA § 5-1 (3)")
    return ("no-part-3-open",) if above else ("no-part-3-open", "no-part-2")


def direct_award_allowed(
    *,
    cpv: Cpv,
    value: Decimal,
    on: date,
    similar: Sequence[Decimal] = (),
    ground: DirectGround | None = None,
    buyer: Buyer = Buyer.SUBCENTRAL,
    stated_above: bool | None = None,
    book: RuleBook = BOOK,
) -> Answer:
    """Return whether direct procurement may be chosen in Sweden (INV-23).

    `similar` are the values of the similar purchases of the year, which count together with this one (LOU 5:11).
    At or above the limit a listed ground is needed, and a ground only helps below the EU threshold or for a service
    of Annex 2 (LOU 19 a:5, 19 a:7).
    """
    total = sum(similar, start=value)
    inquiry = _Inquiry(country=Country.SE, value=total, on=on, book=book)
    kind = _threshold_kind(cpv, special=cpv.special, buyer=buyer)
    above = inquiry.reaches_threshold(kind, Regime.LOU, stated=stated_above)
    reached = above if cpv.special else inquiry.reaches(Kind.DIRECT_LIMIT, Regime.LOU_DIRECT)
    if reached is False:
        return YES
    if ground is None:
        if reached is None:
            reason = inquiry.unknown[0].reason if inquiry.unknown else NO_ROW
            return no(reason, mend="value", source="LOU 19 a:2")
        return no(
            say(
                "Similar purchases of the year counted, the value is {total}: too much for direct procurement without a listed ground",
                total=total,
            ),
            mend="procedure",
            source="LOU 19 a:2, 5:11",
        )
    if cpv.special or above is False:
        return YES
    if above is None:
        return no(inquiry.unknown[0].reason, mend="value", source="LOU 19 a:5")
    return no(
        say("At or above the EU threshold a ground for direct procurement doesn't help"),
        mend="procedure",
        source="LOU 19 a:5, 19 a:7",
    )
