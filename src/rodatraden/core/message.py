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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | int | Decimal | Fraction | date | datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence as English msgid with named values, to be translated where it is shown."""

    text: str
    values: Mapping[str, Value]

    def __str__(self) -> str:
        """Return the English sentence with the values put in, for logs and tests."""
        return self.text.format(**self.values)


def say(text: str, /, **values: Value) -> Message:
    """Return the sentence `text` with `values`; `text` is a literal, so that it can be collected for translation."""
    return Message(text, MappingProxyType(values))
