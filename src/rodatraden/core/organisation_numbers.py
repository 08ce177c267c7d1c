"""Organisation numbers of Sweden and Norway, and the personal numbers that must never pass for one in a text.

A Swedish sole trader has its owner's personal number as organisation number: it identifies the supplier and is never
published. A Norwegian sole trader has a number of its own. Open question 12.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

SWEDEN, NORWAY = "SE", "NO"


class NumberKind(StrEnum):
    """What a registration number names: an organisation, or a person who trades alone."""

    ORGANISATION = "organisation"
    SOLE_TRADER = "sole_trader"


@dataclass(frozen=True, slots=True)
class OrganisationNumber:
    """A checked number; `value` is ten digits in Sweden and nine in Norway, without signs between them."""

    value: str
    country: str
    kind: NumberKind

    @property
    def shown(self) -> str:
        """Return the number as people in its country write it."""
        if self.country == NORWAY:
            return f"{self.value[:3]} {self.value[3:6]} {self.value[6:]}"
        return f"{self.value[:6]}-{self.value[6:]}"

    @property
    def published(self) -> str:
        """Return what may be published: nothing for a sole trader, whose number is a personal number."""
        return "" if self.kind is NumberKind.SOLE_TRADER else self.shown


@dataclass(frozen=True, slots=True)
class OrganisationNumberProblem:
    """Why a text is no organisation number."""

    reason: Message


def parse_organisation_number(text: str, country: str = SWEDEN) -> OrganisationNumber | OrganisationNumberProblem:
    """Return the organisation number that `text` holds.

    Sweden: ten digits, with or without hyphen and the prefix 16; the tenth is the check digit (Luhn), and the third is
    2 or more, or the number is a personal number. Norway: nine digits, the ninth by weights modulo 11.

    Raises:
        ValueError: the country has no rule here.
    """
    plain = re.sub(r"[\s\u00a0-]", "", text).upper()
    match country:
        case "SE":
            return _swedish(plain)
        case "NO":
            return _norwegian(plain.removeprefix("NO").removesuffix("MVA"))
    raise ValueError(f"no rule for organisation numbers in {country}")


def _swedish(plain: str) -> OrganisationNumber | OrganisationNumberProblem:
    found = re.fullmatch(r"(16|18|19|20)?(\d{10})", plain, re.ASCII)
    if not found:
        return OrganisationNumberProblem(say("A Swedish organisation number has ten digits, for example 556016-0680."))
    century, digits = found[1] or "", found[2]
    if not _luhn(digits):
        return OrganisationNumberProblem(say("The last digit does not fit the others. Check the number."))
    if _is_swedish_birth(digits) and century != "16":
        return OrganisationNumber(digits, SWEDEN, NumberKind.SOLE_TRADER)
    if int(digits[2]) < 2 or century not in {"", "16"}:  # noqa: PLR2004 -- the third digit tells it from a date
        return OrganisationNumberProblem(say("This is neither an organisation number nor a sole trader's number."))
    return OrganisationNumber(digits, SWEDEN, NumberKind.ORGANISATION)


def _norwegian(plain: str) -> OrganisationNumber | OrganisationNumberProblem:
    if not re.fullmatch(r"[89]\d{8}", plain, re.ASCII):
        return OrganisationNumberProblem(
            say("A Norwegian organisation number has nine digits and begins with 8 or 9, for example 974 760 673.")
        )
    if not _modulo_11(plain, (3, 2, 7, 6, 5, 4, 3, 2, 1)):
        return OrganisationNumberProblem(say("The last digit does not fit the others. Check the number."))
    return OrganisationNumber(plain, NORWAY, NumberKind.ORGANISATION)


HIDDEN = "XXXXXX-XXXX"
"""What stands where a personal number stood."""

_CANDIDATE = re.compile(
    r"(?<!\d)(?:(?P<swedish>(?:18|19|20)?\d{6}[-+−–\s]?\d{4})|(?P<norwegian>\d{6}[-−–\s]?\d{5}))(?!\d)"
)


def personal_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield where personal numbers stand in `text`.

    Swedish personal and coordination numbers (ten or twelve digits, a possible date, day + 60 for coordination numbers,
    Luhn) and Norwegian birth and D numbers (eleven digits, a possible date, day + 40 for D numbers, two check digits). So
    organisation, diary and TED numbers pass, unless one happens to be a personal number too.
    """
    for found in _CANDIDATE.finditer(text):
        digits = "".join(str(int(sign)) for sign in found[0] if sign.isdecimal())
        is_personal = _is_norwegian_birth(digits) if found["norwegian"] else _is_swedish_birth(digits[-10:])
        if is_personal:
            yield found.span()


def hide_personal_numbers(text: str) -> str:
    """Return `text` with every personal number written over."""
    pieces, done = [], 0
    for start, end in personal_numbers(text):
        pieces += [text[done:start], HIDDEN]
        done = end
    return "".join([*pieces, text[done:]])


def without_personal_numbers(text: str) -> Answer:
    """Return yes when `text` holds no personal number; the refusal never repeats the number."""
    if next(personal_numbers(text), None) is None:
        return YES
    reason = say("The text holds a personal number. Take it away: write what it is about, not who.")
    return no(reason, source="Dataskyddslagen 3 kap. 10 §")


def _luhn(digits: str) -> bool:
    """Return whether the last of `digits` is their check digit: every other digit doubled, digit sums added."""
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _modulo_11(digits: str, weights: tuple[int, ...]) -> bool:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def _is_swedish_birth(digits: str) -> bool:
    """Return whether ten digits with a check digit begin with year, month and day, or day + 60 (29 February is a day)."""
    month, day = int(digits[2:4]), int(digits[4:6])
    return _luhn(digits) and (_is_day(month, day) or _is_day(month, day - 60))


def _is_norwegian_birth(digits: str) -> bool:
    day, month = int(digits[:2]), int(digits[2:4])
    return (
        (_is_day(month, day) or _is_day(month, day - 40))
        and _modulo_11(digits[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1))
        and _modulo_11(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    )


LEAP_YEAR = 2000


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(LEAP_YEAR, month)[1]  # noqa: PLR2004 -- months of a year
