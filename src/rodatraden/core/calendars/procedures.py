"""Procedures as rows of parameters: the same program runs them all."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars.days import EU_1182_NO, EU_1182_SE, Calendar
from rodatraden.core.calendars.rows import Country, Kind, Regime, RuleDataError, Status, data_text, read_tables
from rodatraden.core.calendars.standstills import BASES
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping


class Opening(StrEnum):
    """Whether two persons open the tenders because the law says so (LOU 12 kap. 10 §) or as the program's policy."""

    TWO_PERSONS_STATUTORY = "two_persons_statutory"
    TWO_PERSONS_POLICY = "two_persons_policy"


class NoticePlace(StrEnum):
    """Where the procurement is announced; the program hands over and never publishes itself."""

    TED = "ted"
    """A registered database that forwards to TED."""
    REGISTERED_DATABASE = "registered_database"
    DOFFIN = "doffin"
    DOFFIN_AND_TED = "doffin_and_ted"
    NONE = "none"


class Chapter17(StrEnum):
    """Whether the rules on changes of a contract bind (LOU chapter 17, FOA chapter 28) or serve as guidance."""

    BINDING = "binding"
    GUIDANCE = "guidance"
    AS_FRAMEWORK = "as_framework"
    """As for the framework agreement that is called off from."""


LABELS: Mapping[str, Message] = {
    "se-open": say("Open procedure"),
    "se-below": say("Procurement under chapter 19"),
    "se-direct": say("Direct procurement"),
    "se-call-off": say("Call-off from a framework agreement"),
    "se-mini-competition": say("Mini-competition within a framework agreement"),
    "no-part-1": say("Norway: purchase under part I"),
    "no-part-2": say("Norway: open competition under part II"),
    "no-part-2-special": say("Norway: special services from the EEA threshold, part II"),
    "no-part-3-open": say("Norway: open competition under part III"),
}
"""What a person calls each procedure."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure; the kinds are looked up as rule rows in its country and regime on the day that matters."""

    id: str
    country: Country
    regime: Regime
    paragraph: str
    valid_from: date
    """The first day of the rules that the row stands for."""
    electronic: bool
    """Whether tenders are received electronically only."""
    standstill: str
    """The id of the procedure's own basis in `BASES`."""
    opening: Opening
    espd: bool
    """Whether the self-declaration has the Commission's form."""
    notice: NoticePlace
    negotiation: bool
    """Whether negotiation about the tenders is allowed."""
    chapter_17: Chapter17
    status: Status
    standstill_choices: tuple[str, ...] = ()
    """The ids of the bases that may be chosen instead of the procedure's own."""
    tender_days: Kind | None = None
    """None where the law asks for a reasonable time and names no number of days."""
    tender_days_electronic: Kind | None = None
    tender_days_prior_notice: Kind | None = None
    tender_days_urgent: Kind | None = None
    documents_extra_days: Kind | None = None
    answer_days: Kind | None = None
    answer_days_urgent: Kind | None = None
    result_notice_days: Kind | None = None
    result_notice_limit: Kind | None = None
    """The amount from which a result notice is needed; None = from the first krona."""
    reasons_days: Kind | None = None
    documentation_days: Kind | None = None
    report_days: Kind | None = None
    framework_max_years: Kind | None = None
    """None where the law sets no limit to the term of a framework agreement."""

    @property
    def label(self) -> Message:
        return LABELS[self.id]

    @property
    def calendar(self) -> Calendar:
        """Return the calendar in which tender periods and duties are counted."""
        return EU_1182_SE if self.country is Country.SE else EU_1182_NO

    @property
    def standstill_mandatory(self) -> bool:
        return BASES[self.standstill].mandatory

    def standstill_choice(self, basis: str) -> Answer:
        """Return whether the standstill `basis` may be chosen (INV-22).

        A voluntary standstill, or none, can't stand where the law asks for one; and only what law lets a review
        extend may be shown as extended, so a mandatory basis can't be borrowed either.
        """
        if basis == self.standstill or basis in self.standstill_choices:
            return YES
        if self.standstill_mandatory:
            return no(
                say("The law asks for a standstill here, so a voluntary one or none can't be chosen."),
                mend="procedure",
                source=BASES[self.standstill].paragraph,
            )
        return no(
            say("That standstill belongs to another procedure."),
            mend="procedure",
            source=BASES[self.standstill].paragraph,
        )


_KINDS = {
    "tender_days",
    "tender_days_electronic",
    "tender_days_prior_notice",
    "tender_days_urgent",
    "documents_extra_days",
    "answer_days",
    "answer_days_urgent",
    "result_notice_days",
    "result_notice_limit",
    "reasons_days",
    "documentation_days",
    "report_days",
    "framework_max_years",
}
_OPTIONAL = _KINDS | {"standstill_choices"}


def parse_procedures(text: str, *, name: str) -> dict[str, Procedure]:
    """Return the procedures of a data file by id.

    Raises:
        RuleDataError: a field is unknown, missing or of the wrong kind, or a procedure has no label.
    """
    known = {field.name for field in fields(Procedure)}
    procedures: dict[str, Procedure] = {}
    for entry in read_tables(text, table="procedure", known=known, needed=known - _OPTIONAL, name=name):
        label = f"{name}: {entry['id']}"
        if entry["id"] not in LABELS or not {entry["standstill"], *entry.get("standstill_choices", ())} <= set(BASES):
            raise RuleDataError(f"{label}: has no label, or its standstill isn't known")
        if entry["id"] in procedures:
            raise RuleDataError(f"{label}: the id is used twice")
        procedures[entry["id"]] = _parse_procedure(entry, label=label)
    return procedures


def _parse_procedure(entry: Mapping[str, Any], *, label: str) -> Procedure:
    if type(entry["valid_from"]) is not date:
        raise RuleDataError(f"{label}: valid_from must be a date")
    try:
        return Procedure(
            **{
                **entry,
                "country": Country(entry["country"]),
                "regime": Regime(entry["regime"]),
                "opening": Opening(entry["opening"]),
                "notice": NoticePlace(entry["notice"]),
                "chapter_17": Chapter17(entry["chapter_17"]),
                "status": Status(entry["status"]),
                "standstill_choices": tuple(entry.get("standstill_choices", ())),
                **{field: Kind(entry[field]) for field in _KINDS if field in entry},
            }
        )
    except ValueError as error:
        raise RuleDataError(f"{label}: {error}") from error


PROCEDURES: Mapping[str, Procedure] = parse_procedures(data_text("procedures.toml"), name="procedures.toml")
"""Every procedure by id."""
