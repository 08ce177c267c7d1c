"""Sentences that the core speaks before anybody knows the reader's language.

The core has no translator. It names a sentence by its English msgid and hands over the
values; the page translates the sentence first and formats the values for the reader after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in a sentence, which names the currency: written with both öre digits when there are öre."""

    value: Decimal | Fraction | int

    def __str__(self) -> str:
        """Return the bare number, for logs and tests."""
        return str(self.value)


Value = str | int | Decimal | Fraction | Amount | date | datetime


class Message(NamedTuple):
    """A sentence as English msgid with named values, to be translated where it is shown.

    A tuple, since a calculation says hundreds and a frozen dataclass takes twice as long to make.
    """

    text: str
    values: Mapping[str, Value]

    def __str__(self) -> str:
        """Return the English sentence with the values put in, for logs and tests."""
        return self.text.format_map(self.values)


def say(text: str, /, **values: Value) -> Message:
    """Return the sentence `text` with `values`; `text` is a literal, so that it can be collected for translation."""
    return Message(text, MappingProxyType(values))
