"""Which procedures are possible for a purchase: the first question of every case, answered with its steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars.cpv import Cpv, Nature, ServiceList
from rodatraden.core.calendars.procedures import PROCEDURES, Procedure
from rodatraden.core.calendars.rows import BOOK, Country, Kind, Regime, RuleBook, RuleRow, Step, Unknown
from rodatraden.core.message import Amount, say

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
    """The grounds of LOU 19 a kap. 3–6 §§ on which direct procurement is allowed at or above its limit."""

    NO_SUITABLE_TENDERS = "no_suitable_tenders"
    UNACCEPTABLE_TENDERS = "unacceptable_tenders"
    EXTREME_URGENCY = "extreme_urgency"
    SOLE_SUPPLIER = "sole_supplier"
    EXCEPTIONAL_REASONS = "exceptional_reasons"
    DURING_REVIEW = "during_review"


DIRECT_GROUNDS = {
    DirectGround.NO_SUITABLE_TENDERS: (
        say("No suitable tenders came in a competition under chapter 19"),
        "LOU 19 a kap. 3 §",
    ),
    DirectGround.UNACCEPTABLE_TENDERS: (
        say("Only invalid or unacceptable tenders came in a competition under chapter 19"),
        "LOU 19 a kap. 4 §",
    ),
    DirectGround.EXTREME_URGENCY: (
        say("Extreme urgency that the authority neither caused nor could foresee"),
        "LOU 19 a kap. 5 § p 1",
    ),
    DirectGround.SOLE_SUPPLIER: (
        say("Circumstances as when negotiation without a notice is allowed above the threshold"),
        "LOU 19 a kap. 5 § p 2",
    ),
    DirectGround.EXCEPTIONAL_REASONS: (say("Exceptional reasons"), "LOU 19 a kap. 5 § p 3"),
    DirectGround.DURING_REVIEW: (
        say("An urgent need while a court reviews the procurement or the contract"),
        "LOU 19 a kap. 6 §",
    ),
}
"""What each ground says, and its paragraph."""


@dataclass(frozen=True, slots=True)
class Applicable:
    """The procedures that are possible, why, and what the program doesn't know.

    `value` is in the order in which to offer them; those in `certain` hold whatever the unknown part turns out to be.
    """

    value: tuple[Procedure, ...]
    certain: tuple[Procedure, ...]
    steps: tuple[Step, ...]
    unknown: tuple[Unknown, ...]
    special: bool
    """Whether the service is a social or other special service (LOU bilaga 2, FOA vedlegg 2 and 3)."""
    above: bool | None
    """Whether the value is at or above the EU or EEA threshold; None = not known."""

    def allows(self, procedure: Procedure) -> Answer:
        """Return whether the procedure may be chosen.

        Where something is unknown a person must state it first, with a reason. For direct procurement on a listed
        ground, and with the similar purchases of the year, ask `direct_award_allowed` instead.
        """
        if procedure in self.certain:
            return YES
        if procedure not in self.value:
            return no(
                say("This procedure isn't possible for this value and this CPV code."),
                mend="procedure",
                source=procedure.paragraph,
            )
        return no(self.unknown[0].reason, mend="estimated_value", source=self.unknown[0].source)


def applicable_procedures(
    *,
    country: str,
    cpv: Cpv,
    value: Decimal,
    on: date,
    buyer: str = Buyer.SUBCENTRAL,
    stated_above: bool | None = None,
    book: RuleBook = BOOK,
) -> Applicable:
    """Return which procedures are possible for a purchase of `cpv` with the estimated `value` on the day `on`.

    `value` is the total without VAT, options and renewals counted as used (LOU 5 kap. 3 §), in the country's currency.
    `stated_above` is what a person has stated, with a reason kept elsewhere, where the program has no rule row for the
    threshold; it never overrides a row.
    """
    inquiry = _Inquiry(country=country, cpv=cpv, value=value, on=on, buyer=buyer, book=book)
    if country == Country.SE:
        return _swedish(inquiry, stated_above=stated_above)
    return _norwegian(inquiry, stated_above=stated_above)


class _Inquiry:
    """One question on its way to an answer: what is asked about, the steps so far and what isn't known."""

    def __init__(self, *, country: str, cpv: Cpv, value: Decimal, on: date, buyer: str, book: RuleBook) -> None:
        self.country, self.cpv, self.value, self.on, self.buyer, self.book = country, cpv, value, on, buyer, book
        self.steps: list[Step] = []
        self.unknown: list[Unknown] = []

    def note(self, message: Message, paragraph: str) -> None:
        self.steps.append(Step(message, paragraph))

    def reaches(self, kind: Kind, regime: Regime) -> bool | None:
        """Return whether the value is at or above the amount of the rule row; None, kept as unknown, without a row."""
        row = self.book.rule(kind, country=self.country, regime=regime, on=self.on)
        if isinstance(row, Unknown):
            self.unknown.append(row)
            return None
        amounts: dict[str, Amount | str] = {
            "value": Amount(self.value),
            "limit": Amount(row.value),
            "currency": row.unit.value,
        }
        if self.value >= row.value:
            message = say("{value} is at or above {limit} {currency}.", **amounts)
        else:
            message = say("{value} is below {limit} {currency}.", **amounts)
        self.steps.append(Step(message, row.paragraph, row.id))
        return self.value >= row.value

    def reaches_threshold(self, *, special: bool, stated: bool | None) -> bool | None:
        """Return whether the value reaches the EU or EEA threshold; without a rule row, what a person has stated."""
        kind = self._threshold(special=special)
        regime = Regime.LOU if self.country == Country.SE else Regime.FOA
        above = self.reaches(kind, regime)
        if above is not None:
            return above
        missing = self.unknown.pop()
        euro = self.book.rule(kind, country=Country.EU, regime=Regime.DIRECTIVE, on=self.on)
        if isinstance(euro, RuleRow):
            self.steps.append(
                Step(
                    say(
                        "The threshold is {limit} EUR; the amount in the country's own currency isn't known here.",
                        limit=Amount(euro.value),
                    ),
                    euro.paragraph,
                    euro.id,
                )
            )
        if stated is None:
            reason = say(
                "The EU threshold in the country's currency on {day} isn't known here: state whether the value reaches it, and why.",
                day=self.on,
            )
            self.unknown.append(Unknown(reason, missing.source))
        elif stated:
            self.note(say("A person has stated that the value reaches the EU threshold."), "policy")
        else:
            self.note(say("A person has stated that the value is below the EU threshold."), "policy")
        return stated

    def _threshold(self, *, special: bool) -> Kind:
        if special:
            return Kind.THRESHOLD_SPECIAL
        if self.cpv.nature is Nature.WORKS:
            return Kind.THRESHOLD_WORKS
        if self.buyer == Buyer.CENTRAL:
            self.note(say("Counted with the threshold of a central government authority."), "policy")
            return Kind.THRESHOLD_CENTRAL
        self.note(say("Counted with the threshold of a municipality, a region or another local body."), "policy")
        return Kind.THRESHOLD_SUBCENTRAL

    def answer(
        self, *names: str, special: bool, above: bool | None, certain: Sequence[str] | None = None
    ) -> Applicable:
        """Return the answer; without `certain` all are certain when nothing is unknown, and none else.

        Of older law than a procedure's row stands for, nothing is known.
        """
        procedures = [PROCEDURES[name] for name in names]
        held = [procedure for procedure in procedures if procedure.valid_from <= self.on]
        if len(held) < len(procedures):
            reason = say("The rules that held on {day} aren't held here.", day=self.on)
            self.unknown.append(Unknown(reason, procedures[0].paragraph))
        if certain is None:
            certain = () if self.unknown else names
        return Applicable(
            tuple(held),
            tuple(procedure for procedure in held if procedure.id in certain),
            tuple(self.steps),
            tuple(self.unknown),
            special,
            above,
        )


def _swedish(inquiry: _Inquiry, *, stated_above: bool | None) -> Applicable:
    cpv = inquiry.cpv
    special = cpv.listed(ServiceList.SE_ANNEX_2)
    if special:
        inquiry.note(say("{cpv} is in the list of social and other special services.", cpv=str(cpv)), "LOU bilaga 2")
    else:
        inquiry.note(say("{cpv} isn't in the list of social and other special services.", cpv=str(cpv)), "LOU bilaga 2")
    inquiry.note(say("Another CPV code can lead to other rules: keep the reason for the choice."), "policy")
    above = inquiry.reaches_threshold(special=special, stated=stated_above)
    if special:
        inquiry.note(say("A special service follows chapter 19 whatever its value."), "LOU 19 kap. 1 §")
        if above is False:
            inquiry.note(say("Below its threshold a special service may be bought directly."), "LOU 19 a kap. 2 §")
            _note_documentation(inquiry)
            return inquiry.answer("se-below", "se-direct", special=True, above=above)
        return inquiry.answer("se-below", special=True, above=above, certain=("se-below",))
    names: tuple[str, ...] = ()
    if above is not False:
        inquiry.note(say("At or above the threshold chapters 4–17 apply: open procedure."), "LOU 1 kap. 4 §")
        names += ("se-open",)
    if above is not True:
        inquiry.note(say("Below the threshold chapter 19 applies."), "LOU 19 kap. 1 §")
        names += ("se-below",)
    certain = names if above is not None else ()
    if inquiry.reaches(Kind.DIRECT_LIMIT, Regime.LOU_DIRECT) is False:
        inquiry.note(say("Below the limit direct procurement is allowed."), "LOU 19 a kap. 2 §")
        _note_documentation(inquiry)
        names, certain = (*names, "se-direct"), (*certain, "se-direct")
    return inquiry.answer(*names, special=False, above=above, certain=certain)


def _note_documentation(inquiry: _Inquiry) -> None:
    """Say whether a direct procurement of this value must be documented as it goes: strictly above the limit."""
    row = inquiry.book.rule(
        Kind.DIRECT_DOCUMENTATION_LIMIT, country=Country.SE, regime=Regime.LOU_DIRECT, on=inquiry.on
    )
    if isinstance(row, Unknown):
        inquiry.note(row.reason, "LOU 19 a kap. 11 §")
    elif inquiry.value > row.value:
        sentence = say(
            "Above {limit} {currency} a direct procurement is documented as it goes.",
            limit=Amount(row.value),
            currency=row.unit.value,
        )
        inquiry.steps.append(Step(sentence, row.paragraph, row.id))


def _norwegian(inquiry: _Inquiry, *, stated_above: bool | None) -> Applicable:
    health = inquiry.cpv.listed(ServiceList.NO_ANNEX_3)
    special = health or inquiry.cpv.listed(ServiceList.NO_ANNEX_2)
    entered = inquiry.reaches(Kind.ENTRY_VALUE, Regime.FOA)
    if entered is None:
        return inquiry.answer(special=special, above=None)
    if not entered:
        inquiry.note(say("Below this value the Norwegian act on public procurement doesn't apply."), "FOA § 1-1")
        return inquiry.answer(special=special, above=False)
    if health:
        return _norwegian_health(inquiry, stated_above=stated_above)
    national = inquiry.reaches(Kind.NATIONAL_THRESHOLD, Regime.FOA)
    if national is None:
        return inquiry.answer(special=special, above=None)
    if not national:
        inquiry.note(say("Part I applies."), "FOA § 5-1 (1)")
        return inquiry.answer("no-part-1", special=special, above=False)
    above = inquiry.reaches_threshold(special=special, stated=stated_above)
    names: tuple[str, ...] = ()
    if above is not False and special:
        inquiry.note(say("Part II applies to special services also from the threshold."), "FOA § 5-1 (2)")
        names += ("no-part-2-special",)
    if above is not False and not special:
        inquiry.note(say("From the threshold part III applies."), "FOA § 5-1 (3)")
        names += ("no-part-3-open",)
    if above is not True:
        inquiry.note(say("Below the threshold part II applies."), "FOA § 5-1 (2)")
        names += ("no-part-2",)
    return inquiry.answer(*names, special=special, above=above)


def _norwegian_health(inquiry: _Inquiry, *, stated_above: bool | None) -> Applicable:
    """Health and social services follow part I, and from the threshold part IV, which the program doesn't run."""
    above = inquiry.reaches_threshold(special=True, stated=stated_above)
    if above is False:
        inquiry.note(say("Health and social services follow part I below their threshold."), "FOA § 5-1 (2)")
        return inquiry.answer("no-part-1", special=True, above=above)
    inquiry.note(say("Health and social services follow part IV, which isn't built here."), "FOA § 5-1 (4)")
    return inquiry.answer(special=True, above=above)


def direct_award_allowed(
    *,
    cpv: Cpv,
    value: Decimal,
    on: date,
    similar: Sequence[Decimal] = (),
    ground: str | None = None,
    buyer: str = Buyer.SUBCENTRAL,
    stated_above: bool | None = None,
    book: RuleBook = BOOK,
) -> Answer:
    """Return whether direct procurement may be chosen in Sweden (INV-23).

    `similar` are the values of the similar purchases of the year, which count together with this one (LOU 5 kap. 11 §).
    At or above the limit a listed ground is needed. It helps only below the EU threshold (LOU 19 a kap. 5 §, 19 a kap. 7 §); for a
    service of Annex 2 at any value, a need during review apart.
    """
    total = sum(similar, start=value)
    inquiry = _Inquiry(country=Country.SE, cpv=cpv, value=total, on=on, buyer=buyer, book=book)
    special = cpv.listed(ServiceList.SE_ANNEX_2)
    if special:
        reached = inquiry.reaches_threshold(special=True, stated=stated_above)
    else:
        reached = inquiry.reaches(Kind.DIRECT_LIMIT, Regime.LOU_DIRECT)
    if reached is False:
        return YES
    if ground is None:
        return _without_ground(inquiry, total=total)
    if special and ground != DirectGround.DURING_REVIEW:
        return YES
    above = reached if special else inquiry.reaches_threshold(special=False, stated=stated_above)
    if above is None:
        return no(inquiry.unknown[-1].reason, mend="estimated_value", source="LOU 19 a kap. 5 §")
    if above:
        return no(
            say("At or above the EU threshold a ground for direct procurement doesn't help."),
            mend="procedure",
            source="LOU 19 a kap. 5 §, 19 a kap. 7 §",
        )
    return YES


def _without_ground(inquiry: _Inquiry, *, total: Decimal) -> Answer:
    if inquiry.unknown:
        return no(inquiry.unknown[0].reason, mend="estimated_value", source="LOU 19 a kap. 2 §")
    return no(
        say(
            "Together with the similar purchases of the year the value is {total}: too much for direct procurement without a listed ground.",
            total=Amount(total),
        ),
        mend="procedure",
        source="LOU 19 a kap. 2 §, 5 kap. 11 §",
    )
