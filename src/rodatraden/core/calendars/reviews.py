"""What review cases do to a standstill: which of them extend it, until when, and which end the award itself (INV-19, INV-22)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.calendars.days import ONE_DAY
from rodatraden.core.calendars.rows import BOOK, Computed, Country, RuleBook, Step, Unknown
from rodatraden.core.calendars.standstills import Channel, Standstill, standstill
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

AFTER_COURT = {Country.SE: "SE_COURT_DECISION"}
"""The basis of the days without contract after a court has decided, by country; in Norway there are none (FOA § 25-3)."""


class Ending(StrEnum):
    """How a court ended a review case."""

    DISMISSED = "dismissed"
    """The application was rejected on its merits or not tried."""
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    """Something must be corrected before the procurement may be ended."""
    REMADE = "remade"
    """The procurement must be made again."""


AGAINST = frozenset({Ending.CORRECTED, Ending.REMADE})
"""Endings after which no contract can be concluded on the decision that was tried."""


@dataclass(frozen=True, slots=True)
class Review:
    """One review case as far as it matters for a contract.

    `suspends` says whether the law lets such a case, when it came in time, extend a standstill by itself: a case in
    the first court that tries the procurement. `barred_on` and `lifted_on` are the days of an interim order.
    """

    name: str
    received_on: date
    suspends: bool
    decided_on: date | None = None
    ending: Ending | None = None
    barred_on: date | None = None
    lifted_on: date | None = None

    @property
    def is_running(self) -> bool:
        return self.decided_on is None


def extends(review: Review, found: Standstill) -> bool:
    """Return whether a case extends a standstill by itself: one of law, by a case that came before its end.

    LOU 20 kap. 8 och 11 §§, FOA § 25-3. A voluntary standstill is never extended (INV-22).
    """
    in_time = found.last_barred_on is not None and review.received_on <= found.last_barred_on
    return review.suspends and found.extended_by_review and in_time


def after_reviews(
    found: Computed[Standstill], reviews: Iterable[Review], *, book: RuleBook = BOOK
) -> Computed[Standstill]:
    """Return a standstill with what its review cases do to it.

    Unknown while a case that extends it or an interim order runs, and when a court has found against the award: then
    no contract is concluded on this decision at all. Otherwise the last barred day is the latest of all.
    """
    known = tuple(reviews)
    if isinstance(found.value, Unknown) or not known:
        return found
    plain, steps, last = found.value, found.steps, found.value.last_barred_on
    for review in known:
        if review.ending in AGAINST:
            return Computed(_against(review, plain), steps)
    for review in known:
        counted = _after_one(review, plain, book=book)
        steps += counted.steps
        if isinstance(counted.value, Unknown):
            return Computed(counted.value, steps)
        barred = counted.value.last_barred_on
        if barred is not None and (last is None or last < barred):
            last = barred
    if last is None:
        return Computed(plain, steps)
    return Computed(replace(plain, last_barred_on=last, earliest_signing_on=last + ONE_DAY), steps)


def _after_one(review: Review, plain: Standstill, *, book: RuleBook) -> Computed[Standstill]:
    """Return until when one case bars a contract: the plain standstill again when it does not."""
    is_swedish = plain.basis.country is Country.SE
    by_itself = extends(review, plain)
    if review.is_running and review.barred_on is not None and review.lifted_on is None:
        order = say(
            "The court has decided that no contract may be concluded for the time being: {case}.", case=review.name
        )
        return Computed(Unknown(order, source="LOU 20 kap. 9 §" if is_swedish else "FOA § 25-3"), ())
    if review.is_running and by_itself:
        runs = say(
            "A review case runs, so the standstill goes on until the court has decided: {case}.", case=review.name
        )
        return Computed(Unknown(runs, source="LOU 20 kap. 8 §" if is_swedish else "FOA § 25-3"), ())
    ended_on = review.decided_on if by_itself or (review.barred_on and review.lifted_on is None) else review.lifted_on
    if ended_on is None:
        loose = say("This case does not extend the standstill: {case}.", case=review.name)
        return Computed(plain, (Step(loose, "LOU 20 kap. 8 §" if is_swedish else "FOA § 25-3"),))
    basis = AFTER_COURT.get(plain.basis.country)
    if basis is None:
        done = say("The court decided on {day}: {case}.", day=ended_on, case=review.name)
        return Computed(plain, (Step(done, "FOA § 25-3"),))
    return standstill(basis=basis, sent_on=ended_on, channel=Channel.ELECTRONIC, book=book)


def _against(review: Review, plain: Standstill) -> Unknown:
    source = "LOU 20 kap. 6 §" if plain.basis.country is Country.SE else "FOA § 25-3"
    if review.ending is Ending.REMADE:
        return Unknown(
            say(
                "The court has decided that the procurement is made again: {case}. No contract is concluded.",
                case=review.name,
            ),
            source=source,
        )
    return Unknown(
        say(
            "The court has decided that the procurement is corrected: {case}. No contract is concluded on this decision.",
            case=review.name,
        ),
        source=source,
    )
