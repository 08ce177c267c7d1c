"""Read a model from parsed JSON without forgiveness: each field named, each value of its type, nothing more."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum

    from rodatraden.core.exact import Exact

    Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_TEXT = 200
_FRACTION = re.compile(r"-?\d{1,15}/[1-9]\d{0,14}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class ModelError(ValueError):
    """A stored model can't be read: `field` says where (`criteria[0].highest`), `value` what stood there."""

    def __init__(self, field: str, value: object, reason: Message) -> None:
        self.field = field
        self.value = repr(value)[:LONGEST_TEXT]
        self.reason = reason
        super().__init__(f"{field}: {reason} ({self.value})")


class PartError(ValueError):
    """A part of a model contradicts itself; `reason` says how, and whoever reads the part adds where it stood."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def read_object(value: object, field: str, keys: Collection[str], optional: Collection[str] = ()) -> dict[str, object]:
    """Return `value` when it is an object with all of `keys`, and nothing else but what is `optional`."""
    if not isinstance(value, dict):
        raise ModelError(field, value, say("This must be an object."))
    for key in keys:
        if key not in value:
            raise ModelError(f"{field}.{key}", None, say("This is missing."))
    for key in value:
        if key not in keys and key not in optional:
            raise ModelError(f"{field}.{key}", value[key], say("This is not part of a model."))
    return value


def read_named(value: object, field: str) -> dict[str, object]:
    """Return `value` when it is an object, whatever it names."""
    if not isinstance(value, dict):
        raise ModelError(field, value, say("This must be an object."))
    return value


def read_list(value: object, field: str) -> list[object]:
    """Return `value` when it is a list."""
    if not isinstance(value, list):
        raise ModelError(field, value, say("This must be a list."))
    return value


def read_text(value: object, field: str) -> str:
    """Return `value` when it is text that says something, at most 200 characters."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise ModelError(field, value, say("This must be a text of 1 to {most} characters.", most=LONGEST_TEXT))
    return value


def read_number(value: object, field: str) -> Decimal:
    """Return `value` when it is a whole number, or text such as "0.5"; a float has been rounded and is refused."""
    written = value
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        written = f"{Decimal(value):f}"
    if not isinstance(written, str) or not _NUMBER.fullmatch(written):
        raise ModelError(field, value, say("This must be a number written in full."))
    return Decimal(written)


def read_above_zero(value: object, field: str) -> Decimal:
    """Return `value` when it is a number above 0."""
    number = read_number(value, field)
    if number <= 0:
        raise ModelError(field, value, say("This must be more than 0."))
    return number


def read_whole(value: object, field: str, lowest: int, highest: int) -> int:
    """Return `value` when it is a whole number from `lowest` to `highest`."""
    number = read_number(value, field)
    if number != int(number) or not lowest <= number <= highest:
        reason = say("This must be a whole number from {lowest} to {highest}.", lowest=lowest, highest=highest)
        raise ModelError(field, value, reason)
    return int(number)


def read_exact(value: object, field: str) -> Exact:
    """Return `value` when it is a number, or a fraction such as "26/3"."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        return Fraction(value)
    return read_number(value, field)


def read_flag(value: object, field: str) -> bool:
    """Return `value` when it is true or false."""
    if not isinstance(value, bool):
        raise ModelError(field, value, say("This must be true or false."))
    return value


def read_day(value: object, field: str) -> date:
    """Return the day that `value` names, written as 2027-02-28."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ModelError(field, value, say("This must be a day, written as 2027-02-28."))


def read_choice(value: object, field: str, choices: type[Choice]) -> Choice:
    """Return the choice that `value` names."""
    for choice in choices:
        if choice.value == value:
            return choice
    known = ", ".join(choice.value for choice in choices)
    raise ModelError(field, value, say("This must be one of: {known}.", known=known))


def written(**parts: object) -> dict[str, object]:
    """Return the parts that are used: what is not used is not written, so a new part changes no older hash."""
    return {
        name: part for name, part in parts.items() if part is not None and part is not False and part not in ([], {})
    }
