"""CPV codes: form, check digit, kind of contract and the lists of services that have rules of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.calendars.rows import RuleDataError, Status, data_text, read_tables
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORM = re.compile(r"([0-9]{8})(?:-([0-9]))?")
_SPACES = re.compile(r"[ \t\u00a0]+")
_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)
"""Weights of the check digit. They were found from the codes of LOU Annex 2, and give every check digit printed there;
Regulation 213/2008 doesn't say how the digit is made."""
SOURCE = "förordning (EG) nr 213/2008"


class ServiceList(StrEnum):
    """The lists of services that have rules of their own."""

    SE_ANNEX_2 = "se_annex_2"
    """LOU bilaga 2: social and other special services."""
    NO_ANNEX_2 = "no_annex_2"
    """FOA vedlegg 2: special services."""
    NO_ANNEX_3 = "no_annex_3"
    """FOA vedlegg 3: health and social services."""


class Nature(StrEnum):
    """What a contract is mainly about."""

    SUPPLIES = "supplies"
    SERVICES = "services"
    WORKS = "works"


@dataclass(frozen=True, slots=True, order=True)
class Cpv:
    """A code of the Common Procurement Vocabulary, eight digits; written with its check digit."""

    digits: str

    def __str__(self) -> str:
        return f"{self.digits}-{check_digit(self.digits)}"

    @property
    def nature(self) -> Nature:
        """Return works for division 45, services for 50 and up, supplies else (48, software packages, among them)."""
        division = self.digits[:2]
        if division == WORKS_DIVISION:
            return Nature.WORKS
        return Nature.SERVICES if division >= FIRST_SERVICE_DIVISION else Nature.SUPPLIES

    def listed(self, services: ServiceList) -> bool:
        """Return whether the service is in the list; a code in it stands for itself, a range for all within."""
        return any(first <= self.digits <= last for first, last in SERVICE_LISTS[services])


WORKS_DIVISION = "45"
FIRST_SERVICE_DIVISION = "50"


def check_digit(digits: str) -> str:
    """Return the ninth digit of the CPV code that begins with these eight."""
    return str(sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 10)


def parse_cpv(text: str) -> Cpv:
    """Return the code that a person has typed: eight digits, with or without the check digit; spaces don't matter.

    Raises:
        RefusedError: not of that form, or the check digit doesn't fit the eight digits.
    """
    match = _FORM.fullmatch(_SPACES.sub("", text))
    if match is None:
        raise RefusedError(
            no(say("A CPV code is eight digits, then perhaps a hyphen and a check digit."), mend="cpv", source=SOURCE)
        )
    digits, given = match.groups()
    if given is not None and given != check_digit(digits):
        raise RefusedError(
            no(
                say(
                    "The check digit of {digits} is {right}, not {given}: look for a slip of the pen.",
                    digits=digits,
                    right=check_digit(digits),
                    given=given,
                ),
                mend="cpv",
                source=SOURCE,
            )
        )
    return Cpv(digits)


@dataclass(frozen=True, slots=True)
class CpvName:
    """The Swedish name of a code, and how well it's founded."""

    cpv: Cpv
    name: str
    status: Status


def parse_lists(text: str, *, name: str) -> dict[ServiceList, tuple[tuple[str, str], ...]]:
    """Return the first and last code of each range, by list; a code alone is a range of one.

    Raises:
        RuleDataError: a field is unknown or missing, a code has a wrong check digit, or a range is turned around.
    """
    fields = {"id", "codes", "source", "checked_on"}
    lists = {}
    for entry in read_tables(text, table="list", known=fields, needed=fields, name=name):
        ranges = []
        for written in entry["codes"]:
            try:
                first, *rest = (parse_cpv(end) for end in written.split("..", 1))
            except RefusedError as error:
                raise RuleDataError(f"{name}: {written}: {error}") from error
            last = rest[0] if rest else first
            if last < first:
                raise RuleDataError(f"{name}: {written}: the range is turned around")
            ranges.append((first.digits, last.digits))
        try:
            lists[ServiceList(entry["id"])] = tuple(ranges)
        except ValueError as error:
            raise RuleDataError(f"{name}: {error}") from error
    return lists


def parse_names(text: str, *, name: str) -> dict[str, CpvName]:
    """Return the names of a data file by the eight digits.

    Raises:
        RuleDataError: a field is unknown or missing, or a code has a wrong check digit.
    """
    fields = {"id", "name", "status"}
    names = {}
    for entry in read_tables(text, table="code", known=fields, needed=fields, name=name):
        try:
            cpv = parse_cpv(entry["id"])
            names[cpv.digits] = CpvName(cpv, entry["name"], Status(entry["status"]))
        except (RefusedError, ValueError) as error:
            raise RuleDataError(f"{name}: {entry['id']}: {error}") from error
    return names


SERVICE_LISTS: Mapping[ServiceList, tuple[tuple[str, str], ...]] = parse_lists(
    data_text("services.toml"), name="services.toml"
)
CPV_NAMES: Mapping[str, CpvName] = parse_names(data_text("cpv.toml"), name="cpv.toml")
"""Swedish names of the codes that the templates and the demo use; not the whole vocabulary."""
