"""Rule rows: every amount and period of law, with its source and the dates between which it holds.

No other module of the program may hold a legal amount or period as a literal. A row that is missing gives
`Unknown` with a reason, never a guess and never an exception.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")


class Country(StrEnum):
    """Whose law a row belongs to; `EU` for amounts of the Union, `ANY` for the program's own policy."""

    SE = "SE"
    NO = "NO"
    EU = "EU"
    ANY = "ANY"


class Regime(StrEnum):
    """The body of rules in which a row holds."""

    LOU = "lou"
    """LOU as a whole (chapters 1-3, 5, 20 and 21 apply everywhere)."""
    LOU_ABOVE = "lou_above"
    """LOU chapters 4-17: at or above the EU threshold."""
    LOU_BELOW = "lou_below"
    """LOU chapter 19: below the threshold, and every service of Annex 2."""
    LOU_DIRECT = "lou_direct"
    """LOU chapter 19 a: direct procurement."""
    LOU_FRAMEWORK = "lou_framework"
    """LOU chapter 7: call-offs and mini-competitions within a framework agreement."""
    ACCESS = "access"
    """Public access to documents: TF 2 kap. and OSL, offentleglova."""
    FOA = "foa"
    """The Norwegian act and regulation on public procurement as a whole."""
    FOA_1 = "foa_1"
    FOA_2 = "foa_2"
    FOA_3 = "foa_3"
    DIRECTIVE = "directive_2014_24"
    REGULATION_1182 = "regulation_1182_71"
    """Regulation 1182/71: how periods are counted in Union law and, through the EEA, in Norway."""
    POLICY = "policy"
    """The program's own choice where law is silent."""


class Kind(StrEnum):
    """What a row says; the same kind has one row at a time in each country and regime."""

    THRESHOLD_CENTRAL = "threshold_central"
    """EU or EEA threshold for goods and services bought by central government."""
    THRESHOLD_SUBCENTRAL = "threshold_subcentral"
    """EU or EEA threshold for goods and services bought by municipalities, regions and other local bodies."""
    THRESHOLD_WORKS = "threshold_works"
    THRESHOLD_SPECIAL = "threshold_special"
    """EU or EEA threshold for the social and other special services (LOU Annex 2)."""
    DIRECT_LIMIT = "direct_limit"
    """Direct procurement is allowed below this amount (LOU 19 a kap. 2 §)."""
    DIRECT_DOCUMENTATION_LIMIT = "direct_documentation_limit"
    """Direct procurement above this amount must be documented (LOU 19 a kap. 11 §)."""
    RESULT_NOTICE_LIMIT = "result_notice_limit"
    """A direct procurement from this amount needs a result notice (LOU 19 a kap. 13 §)."""
    ENTRY_VALUE = "entry_value"
    """The Norwegian act applies from this amount (LOA section 2)."""
    NATIONAL_THRESHOLD = "national_threshold"
    """Norwegian procurements from this amount are announced (FOA section 5-1)."""
    TENDER_DAYS = "tender_days"
    """Days at least from dispatch of the notice to the deadline, when tenders may come on paper."""
    TENDER_DAYS_ELECTRONIC = "tender_days_electronic"
    TENDER_DAYS_PRIOR_NOTICE = "tender_days_prior_notice"
    TENDER_DAYS_URGENT = "tender_days_urgent"
    DOCUMENTS_EXTRA_DAYS = "documents_extra_days"
    """Days to add when the documents aren't all freely available electronically."""
    ANSWER_DAYS = "answer_days"
    """Answers to questions are given at least this many days before the deadline."""
    ANSWER_DAYS_URGENT = "answer_days_urgent"
    STANDSTILL_DAYS_ELECTRONIC = "standstill_days_electronic"
    STANDSTILL_DAYS_OTHER = "standstill_days_other"
    """Days of standstill when any recipient was notified otherwise than electronically."""
    STANDSTILL_DAYS_INTENT = "standstill_days_intent"
    """Days of standstill from the publication of a notice of intent."""
    STANDSTILL_DAYS_COURT = "standstill_days_court"
    """Days without contract after the court has decided the review case (LOU 20 kap. 10 §)."""
    REASONS_DAYS = "reasons_days"
    """Days at most to answer a supplier's written request for reasons."""
    ACCESS_DAYS = "access_days"
    """Working days within which a request for documents is answered; 0 is the day on which it came (TF 2 kap. 15-16 §§)."""
    RESULT_NOTICE_DAYS = "result_notice_days"
    DOCUMENTATION_DAYS = "documentation_days"
    REPORT_DAYS = "report_days"
    """Days at most after contract or cancellation until the individual report is done (LOU 12 kap. 16 §)."""
    FRAMEWORK_MAX_YEARS = "framework_max_years"
    CLIMATE_WEIGHT = "climate_weight"
    """Least weight of climate and environment among weighted award criteria (LOA section 5 b)."""
    CEILING_NOTICE = "ceiling_notice"
    CEILING_WARNING = "ceiling_warning"
    CEILING_ALARM = "ceiling_alarm"
    PERIOD_LEAST_WORKING_DAYS = "period_least_working_days"
    """Working days that a period must hold at least (Regulation 1182/71 article 3.5)."""
    PERIOD_LEAST_DAYS = "period_least_days"
    """The shortest period, in days, to which article 3.5 applies."""


class Unit(StrEnum):
    SEK = "SEK"
    NOK = "NOK"
    EUR = "EUR"
    DAYS = "days"
    YEARS = "years"
    PERCENT = "percent"


class Status(StrEnum):
    """How well a row is founded."""

    READ = "read"
    """The text of the source was read."""
    FROM_MEMORY = "from_memory"
    """Nobody has seen the source for this program yet; to be verified before it is relied on."""
    UNVERIFIED = "unverified"
    """Read at second hand, or a reading that a lawyer should confirm."""


class RuleDataError(ValueError):
    """A data file of rule rows is wrong; names the row and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One amount, period or share of law; holds from `valid_from` until the day before `valid_to`."""

    id: str
    country: Country
    regime: Regime
    kind: Kind
    paragraph: str
    value: Decimal
    unit: Unit
    valid_from: date
    valid_to: date | None
    source: str
    checked_on: date
    status: Status
    url: str = ""
    note: str = ""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def days(self) -> int:
        """Return the whole number of a row that counts days, years or percent."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Unknown:
    """What the program doesn't know, and why; never to be replaced by a guess."""

    reason: Message
    source: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of a calculation, the paragraph it rests on and the rule row it used."""

    message: Message
    paragraph: str = ""
    row_id: str = ""


@dataclass(frozen=True, slots=True)
class Computed(Generic[T]):
    """The outcome of a calculation and the steps that led to it; the value may be unknown with a reason."""

    value: T | Unknown
    steps: tuple[Step, ...]

    def known(self) -> T:
        """Return the value.

        Raises:
            RefusedError: the value is unknown; carries the reason.
        """
        if isinstance(self.value, Unknown):
            raise RefusedError(no(self.value.reason, source=self.value.source))
        return self.value


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rule rows that are in force together; made by `load_book`, or by hand in tests."""

    rows: tuple[RuleRow, ...]

    def rule(self, kind: Kind, *, country: str, regime: str, on: date) -> RuleRow | Unknown:
        """Return the row that holds on the day `on`, or what is unknown and why."""
        for row in self.rows:
            if row.kind == kind and row.country == country and row.regime == regime and row.holds_on(on):
                return row
        wanted = f"{country} {regime} {kind}"
        return Unknown(
            say("The program has no rule row for {wanted} on {day}, and doesn't guess.", wanted=wanted, day=on),
        )

    def row(self, row_id: str) -> RuleRow | Unknown:
        """Return the row with the id `row_id`, so that an old calculation can be explained again."""
        for row in self.rows:
            if row.id == row_id:
                return row
        return Unknown(say("The program has no rule row with the id {row_id}.", row_id=row_id))

    def without(self, *row_ids: str) -> RuleBook:
        """Return a book that lacks the named rows, to see what a missing row does."""
        return RuleBook(tuple(row for row in self.rows if row.id not in row_ids))


_FIELDS = {field.name for field in fields(RuleRow)}
_OPTIONAL = {"valid_to", "url", "note"}


def read_tables(text: str, *, table: str, known: set[str], needed: set[str], name: str) -> list[dict[str, Any]]:
    """Return the tables of a TOML data file after checking that each holds the `needed` and only the `known` fields.

    Raises:
        RuleDataError: not TOML, another table than `table`, an unknown, a missing or an empty field.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleDataError(f"{name}: not TOML: {error}") from error
    if set(data) != {table}:
        raise RuleDataError(f"{name}: holds {sorted(data)}, not only [[{table}]]")
    for entry in data[table]:
        label = f"{name}: {entry.get('id', 'a row without id')}"
        if unknown := set(entry) - known:
            raise RuleDataError(f"{label}: unknown field {sorted(unknown)}")
        if missing := {field for field in needed if entry.get(field) in (None, "")}:
            raise RuleDataError(f"{label}: missing {sorted(missing)}")
    tables: list[dict[str, Any]] = data[table]
    return tables


def parse_rows(text: str, *, name: str) -> tuple[RuleRow, ...]:
    """Return the rule rows of one data file.

    Raises:
        RuleDataError: a field is unknown, missing or of the wrong kind, or a row ends before it begins.
    """
    entries = read_tables(text, table="rule", known=_FIELDS, needed=_FIELDS - _OPTIONAL, name=name)
    return tuple(_parse_row(entry, name=name) for entry in entries)


def _parse_row(entry: Mapping[str, Any], *, name: str) -> RuleRow:
    label = f"{name}: {entry['id']}"
    if type(entry["value"]) is not int or entry["value"] < 0:
        raise RuleDataError(f"{label}: value must be a whole number that isn't negative")
    try:
        row = RuleRow(
            **{
                **entry,
                "country": Country(entry["country"]),
                "regime": Regime(entry["regime"]),
                "kind": Kind(entry["kind"]),
                "unit": Unit(entry["unit"]),
                "status": Status(entry["status"]),
                "value": Decimal(entry["value"]),
                "valid_to": entry.get("valid_to"),
            }
        )
    except ValueError as error:
        raise RuleDataError(f"{label}: {error}") from error
    for field in ("valid_from", "valid_to", "checked_on"):
        day = getattr(row, field)
        if day is not None and type(day) is not date:
            raise RuleDataError(f"{label}: {field} must be a date")
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise RuleDataError(f"{label}: ends before it begins")
    return row


def make_book(rows: Iterable[RuleRow]) -> RuleBook:
    """Return a book of `rows` after checking them against each other.

    Raises:
        RuleDataError: an id is used twice, or two rows say the same thing on the same day.
    """
    book = RuleBook(tuple(rows))
    ids: set[str] = set()
    for index, row in enumerate(book.rows):
        if row.id in ids:
            raise RuleDataError(f"{row.id}: the id is used twice")
        ids.add(row.id)
        for other in book.rows[:index]:
            same = (row.country, row.regime, row.kind) == (other.country, other.regime, other.kind)
            if same and (other.holds_on(row.valid_from) or row.holds_on(other.valid_from)):
                raise RuleDataError(f"{row.id}: holds on the same days as {other.id}")
    return book


def data_text(name: str) -> str:
    """Return the text of one of the package's data files."""
    return (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")


RULE_FILES = ("thresholds.toml", "periods.toml", "policy.toml")

BOOK = make_book(row for name in RULE_FILES for row in parse_rows(data_text(name), name=name))
"""The rule rows that the program ships with."""


def rule(kind: Kind, *, country: str, regime: str, on: date, book: RuleBook = BOOK) -> RuleRow | Unknown:
    """Return the rule row of `kind` that holds on the day `on`, or what is unknown and why (INV-34)."""
    return book.rule(kind, country=country, regime=regime, on=on)
