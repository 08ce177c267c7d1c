"""What the command says: Swedish from the catalogue of `ui`, read without Django so that it answers at once."""

from __future__ import annotations

import gettext
from datetime import date
from decimal import ROUND_HALF_UP
from pathlib import Path
from typing import TYPE_CHECKING

from rodatraden.config.place import is_about_space
from rodatraden.core.exact import as_fraction, decimal_places, rounded_decimal
from rodatraden.core.message import Amount
from rodatraden.core.numbers import NBSP, swedish_number, swedish_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rodatraden.core.exact import Exact
    from rodatraden.core.message import Message, Value

_LOCALE = Path(__file__).resolve().parents[1] / "ui/locale"
_ = gettext.translation("django", localedir=_LOCALE, languages=["sv"], fallback=True).gettext

SHORT = 6  # decimals that a pocket calculator shows
READABLE = 24  # signs of a number
GROUPED_FROM = 10_000  # as in ui.words: years and numbers of bids are not grouped


def said(message: Message) -> str:
    """Say what the core says, in Swedish; days as 2027-02-28."""
    return _(message.text).format(**{name: _written(value) for name, value in message.values.items()})


def _written(value: Value) -> str:
    match value:
        case str():
            return value
        case date():
            return value.isoformat()
        case Amount():
            return _exact(value.value, swedish_sum) or _near(value.value)
        case int() if abs(value) < GROUPED_FROM:
            return str(value)
        case _:
            return _exact(value) or _near(value)


def number(value: Exact, written: Callable[[Exact | int], str] = swedish_number) -> str:
    """Write a result exactly, and where that is long or a fraction, what a pocket calculator shows."""
    places = decimal_places(as_fraction(value))
    exact = _exact(value, written)
    return exact if exact and places is not None and places <= SHORT else f"{exact}{NBSP}{_near(value)}".strip()


def _exact(value: Exact | int, written: Callable[[Exact | int], str] = swedish_number) -> str:
    """Return the whole number, or nothing when it is too long to read, such as a discount factor of year 30."""
    shown = written(value)
    return shown if len(shown) <= READABLE else ""


def _near(value: Exact | int) -> str:
    return f"≈{NBSP}{swedish_number(rounded_decimal(as_fraction(value), SHORT, ROUND_HALF_UP))}"


class StopError(Exception):
    """Why the command stops, as a sentence for the person at the terminal."""


def because_of_space(error: BaseException) -> str | None:
    """Return the sentence about a full disk when that is what lies behind `error`, else None."""
    if any(is_about_space(cause) for cause in _chain(error)):
        return _("The disk is full. Free some space and run the same command again. Nothing is lost.")
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
