"""The published result as open data: one line for each bid and criterion."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from rodatraden.core.exact import Exact
    from rodatraden.publication.queries import PublicResult

HEADINGS = (
    "bidder",
    "status",
    "place",
    "criterion",
    "points",
    "reason",
    "total_points",
    "price",
    "evaluation_price",
    "currency",
    "value",
    "unit",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(result: PublicResult, currency: str) -> str:
    """Return the result as CSV with decimal points; text that a spreadsheet would run as a formula is quoted."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for line in result.bids:
        found = line.result
        common = [
            found.points if found.points is None else _plain(found.points),
            line.price,
            None if found.evaluation_price is None else _plain(found.evaluation_price),
            currency,
            None if found.value is None else _plain(found.value),
            found.unit,
        ]
        for score in line.scores:
            writer.writerow(
                [
                    _text(found.name),
                    found.status.value,
                    found.place,
                    _text(score.criterion),
                    _plain(score.points),
                    _text(score.reason),
                    *common,
                ]
            )
        if not line.scores:
            writer.writerow([_text(found.name), found.status.value, found.place, None, None, None, *common])
    return written.getvalue()


def _plain(value: Exact) -> str:
    """Write an exact number; one without finite decimals as a fraction."""
    fraction = as_fraction(value)
    return str(fraction.numerator) if fraction.denominator == 1 else str(value)


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value
