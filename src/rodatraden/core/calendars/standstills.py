"""Standstill: until when a contract may not be concluded, computed from the last notice sent (INV-21)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.calendars.days import EU_1182_NO, ONE_DAY, SE_1930_173, Calendar, days_after
from rodatraden.core.calendars.rows import (
    BOOK,
    Computed,
    Country,
    Kind,
    Regime,
    RuleBook,
    RuleDataError,
    RuleRow,
    Step,
    Unknown,
    data_text,
    read_tables,
)
from rodatraden.core.instants import local_date
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime


class Channel(StrEnum):
    """How a notice was sent; `LETTER` stands for anything that isn't electronic."""

    ELECTRONIC = "electronic"
    LETTER = "letter"


class Start(StrEnum):
    """What a standstill is counted from."""

    SENT = "sent"
    """The sending of the last notice of award."""
    PUBLISHED = "published"
    """The publication of a notice of intent."""
    DECIDED = "decided"
    """A court's decision."""
    NONE = "none"
    """There is no standstill."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One ground for a standstill, as a row of parameters; see `data/standstill.toml`."""

    id: str
    country: Country
    regime: Regime
    start: Start
    mandatory: bool
    extended: bool
    paragraph: str
    electronic: Kind | None = None
    letter: Kind | None = None

    @property
    def calendar(self) -> Calendar:
        return SE_1930_173 if self.country is Country.SE else EU_1182_NO


def parse_bases(text: str, *, name: str) -> dict[str, Basis]:
    """Return the bases of a data file by id.

    Raises:
        RuleDataError: a field is unknown, missing or of the wrong kind.
    """
    optional = {"electronic", "letter"}
    known = {field.name for field in fields(Basis)}
    bases = {}
    for entry in read_tables(text, table="basis", known=known, needed=known - optional, name=name):
        try:
            bases[entry["id"]] = Basis(
                **{
                    **entry,
                    "country": Country(entry["country"]),
                    "regime": Regime(entry["regime"]),
                    "start": Start(entry["start"]),
                    "electronic": Kind(entry["electronic"]) if "electronic" in entry else None,
                    "letter": Kind(entry["letter"]) if "letter" in entry else None,
                }
            )
        except ValueError as error:
            raise RuleDataError(f"{name}: {entry['id']}: {error}") from error
    return bases


BASES: Mapping[str, Basis] = parse_bases(data_text("standstill.toml"), name="standstill.toml")


@dataclass(frozen=True, slots=True)
class Sending:
    """One notice: when it was sent (None when it bounced or hasn't been sent) and how."""

    sent_at: datetime | None
    channel: Channel


@dataclass(frozen=True, slots=True)
class LastSending:
    """The day of the last notice, and the channel that makes the period longest."""

    sent_on: date
    channel: Channel


@dataclass(frozen=True, slots=True)
class Standstill:
    """A standstill: no contract up to and including `last_barred_on`; None when there is none."""

    basis: Basis
    last_barred_on: date | None
    earliest_signing_on: date

    @property
    def mandatory(self) -> bool:
        return self.basis.mandatory

    @property
    def extended_by_review(self) -> bool:
        """Whether an application for review in time keeps it going; never so for a voluntary one (INV-22)."""
        return self.basis.extended


def last_sending(sendings: Iterable[Sending], *, country: str) -> Computed[LastSending]:
    """Return the last day on which a notice was sent, and `LETTER` when any notice wasn't electronic.

    A notice that bounced has no sending date, so the standstill hasn't begun: the answer is unknown.
    """
    notices = tuple(sendings)
    instants = [notice.sent_at for notice in notices if notice.sent_at is not None]
    if not notices or len(instants) < len(notices):
        return Computed(
            Unknown(
                say("At least one notice hasn't been sent, or came back, so the standstill hasn't begun."),
                source="LOU 20 kap. 1 §" if country == Country.SE else "FOA § 25-2",
            ),
            (),
        )
    sent_on = local_date(max(instants), country)
    channel = Channel.LETTER if any(notice.channel == Channel.LETTER for notice in notices) else Channel.ELECTRONIC
    return Computed(
        LastSending(sent_on, channel),
        (Step(say("The last of {count} notices was sent on {sent_on}.", count=len(notices), sent_on=sent_on)),),
    )


def standstill(
    *, basis: str, sent_on: date, channel: str, stated_days: int | None = None, book: RuleBook = BOOK
) -> Computed[Standstill]:
    """Return until when a contract may not be concluded, and the first day on which it may.

    `sent_on` is the day the last notice was sent (or the notice of intent published, or the court decided).
    A longer period that the authority has stated binds it (LOU 20 kap. 1 §); a shorter one is of no effect.
    """
    ground = BASES[basis]
    if ground.start is Start.NONE:
        return Computed(Standstill(ground, None, sent_on), (Step(say("No standstill applies."), ground.paragraph),))
    length = _length(ground, channel=channel, sent_on=sent_on, stated_days=stated_days, book=book)
    if isinstance(length, Unknown):
        return Computed(length, ())
    days, row, steps = length
    last = days_after(sent_on, days, ground.calendar, row=row, book=book)
    steps += last.steps
    if isinstance(last.value, Unknown):
        return Computed(last.value, steps)
    signing = last.value + ONE_DAY
    steps += (
        Step(
            say(
                "No contract up to and including {last}; signing is possible from {signing}.",
                last=last.value,
                signing=signing,
            ),
            ground.paragraph,
        ),
    )
    return Computed(Standstill(ground, last.value, signing), steps)


def _length(
    ground: Basis, *, channel: str, sent_on: date, stated_days: int | None, book: RuleBook
) -> tuple[int, RuleRow | None, tuple[Step, ...]] | Unknown:
    """Return the days of a standstill, the rule row they come from and what was said on the way."""
    least = ground.electronic if channel == Channel.ELECTRONIC else ground.letter
    if least is None:
        if stated_days is None:
            return Unknown(
                say("The length of this standstill is the authority's own and hasn't been stated."),
                source=ground.paragraph,
            )
        return (
            stated_days,
            None,
            (Step(say("The authority has stated {days} days itself.", days=stated_days), ground.paragraph),),
        )
    row = book.rule(least, country=ground.country, regime=ground.regime, on=sent_on)
    if isinstance(row, Unknown):
        return row
    if stated_days is None or stated_days == row.days:
        return row.days, row, ()
    if stated_days > row.days:
        longer = say(
            "The authority has stated {days} days, longer than the law's {least}: that binds it.",
            days=stated_days,
            least=row.days,
        )
        return stated_days, row, (Step(longer, ground.paragraph, row.id),)
    shorter = say(
        "The authority has stated {days} days, shorter than the law's {least}: the law's count.",
        days=stated_days,
        least=row.days,
    )
    return row.days, row, (Step(shorter, ground.paragraph, row.id),)
