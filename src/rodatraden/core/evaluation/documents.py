"""What the procurement documents say around the model: what lint compares the model with. It decides no award.

Everything may be left out; what is left out is not checked, except where the documents' silence is the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.calendars import Country
from rodatraden.core.evaluation.gate import Gate
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_above_zero,
    read_choice,
    read_day,
    read_flag,
    read_list,
    read_object,
    read_text,
    read_whole,
    written,
)
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal
    from typing import TypeVar

    Part = TypeVar("Part")

LONGEST_CONTRACT = 600
"""Months. Source: policy."""


class AskedAs(StrEnum):
    """What something that is asked for does: it must be met, it gives points, or it is a term of the contract."""

    MUST = "must"
    SCORE = "score"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that the documents ask for.

    `criterion` is the model's criterion that gives its points, `about` the fact that it is about, `level` the lowest that
    is accepted of a must, and `is_beyond` says that points are given only for what lies above that level.
    """

    label: str
    asked_as: AskedAs | None = None
    criterion: str | None = None
    about: str | None = None
    level: str | None = None
    is_beyond: bool = False

    @classmethod
    def from_json(cls, value: object, field: str) -> Asked:
        """Read one thing that is asked for.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("label",), ("as", "criterion", "about", "level", "beyond"))
        return cls(
            label=read_text(found["label"], f"{field}.label"),
            asked_as=None if found.get("as") is None else read_choice(found["as"], f"{field}.as", AskedAs),
            criterion=_text(found, "criterion", field),
            about=_text(found, "about", field),
            level=_text(found, "level", field),
            is_beyond=read_flag(found.get("beyond", False), f"{field}.beyond"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what the file says."""
        return {
            "label": self.label,
            **written(
                **{"as": self.asked_as and self.asked_as.value},
                criterion=self.criterion, about=self.about, level=self.level, beyond=self.is_beyond,
            ),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """A right that the buyer keeps, in the words of the documents, and the published measure that limits it."""

    text: str
    measure: str | None = None

    @classmethod
    def from_json(cls, value: object, field: str) -> Clause:
        """Read a clause.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("text",), ("measure",))
        return cls(read_text(found["text"], f"{field}.text"), _text(found, "measure", field))

    def to_json(self) -> dict[str, object]:
        """Return what the file says."""
        return {"text": self.text, **written(measure=self.measure)}


@dataclass(frozen=True, slots=True)
class Documents:
    """What the documents say.

    `gates` are those that the documents describe, with the criteria that they name. `rejects` are grounds for rejecting
    a bid, `changes` clauses for changing the contract. `unbound_lines` are price lines that need not be delivered.
    `climate` are the criteria about climate and environment, `instead_of_climate` why there are none.
    """

    country: Country = Country.SE
    published_on: date | None = None
    value: Decimal | None = None
    cpv: str | None = None
    months: int | None = None
    asked: tuple[Asked, ...] = ()
    gates: tuple[Gate, ...] = ()
    rejects: tuple[Clause, ...] = ()
    has_voluntary_standstill: bool = False
    price_adjustment: str | None = None
    changes: tuple[Clause, ...] = ()
    unbound_lines: tuple[str, ...] = ()
    climate: tuple[str, ...] = ()
    instead_of_climate: str | None = None

    @classmethod
    def from_json(cls, value: object, field: str) -> Documents:
        """Read what the documents say.

        Raises:
            ModelError: a field is unknown or of the wrong kind.
        """
        found = read_object(value, field, (), FIELDS)
        day, worth, months = (found.get(name) for name in ("published_on", "value", "months"))
        country = read_choice(found.get("country", Country.SE.value), f"{field}.country", Country)
        if country not in {Country.SE, Country.NO}:
            raise ModelError(f"{field}.country", country.value, say("This must be one of: {known}.", known="SE, NO"))
        return cls(
            country=country,
            published_on=None if day is None else read_day(day, f"{field}.published_on"),
            value=None if worth is None else read_above_zero(worth, f"{field}.value"),
            cpv=_text(found, "cpv", field),
            months=None if months is None else read_whole(months, f"{field}.months", 1, LONGEST_CONTRACT),
            asked=_list(found, "asked", field, Asked.from_json),
            gates=_list(found, "gates", field, Gate.from_json),
            rejects=_list(found, "rejects", field, Clause.from_json),
            has_voluntary_standstill=read_flag(found.get("voluntary_standstill", False), f"{field}.voluntary_standstill"),
            price_adjustment=_text(found, "price_adjustment", field),
            changes=_list(found, "changes", field, Clause.from_json),
            unbound_lines=_list(found, "unbound_lines", field, read_text),
            climate=_list(found, "climate", field, read_text),
            instead_of_climate=_text(found, "instead_of_climate", field),
        )  # fmt: skip

    def to_json(self) -> dict[str, object]:
        """Return what the file says; what is not used is not written."""
        return written(
            country=None if self.country is Country.SE else self.country.value,
            published_on=self.published_on,
            value=self.value,
            cpv=self.cpv,
            months=None if self.months is None else str(self.months),
            asked=[each.to_json() for each in self.asked],
            gates=[each.to_json() for each in self.gates],
            rejects=[each.to_json() for each in self.rejects],
            voluntary_standstill=self.has_voluntary_standstill,
            price_adjustment=self.price_adjustment,
            changes=[each.to_json() for each in self.changes],
            unbound_lines=list(self.unbound_lines),
            climate=list(self.climate),
            instead_of_climate=self.instead_of_climate,
        )


FIELDS = (
    "country", "published_on", "value", "cpv", "months", "asked", "gates", "rejects", "voluntary_standstill",
    "price_adjustment", "changes", "unbound_lines", "climate", "instead_of_climate",
)  # fmt: skip


def _text(found: dict[str, object], name: str, field: str) -> str | None:
    return None if found.get(name) is None else read_text(found[name], f"{field}.{name}")


def _list(found: dict[str, object], name: str, field: str, read: Callable[[object, str], Part]) -> tuple[Part, ...]:
    listed = read_list(found.get(name, []), f"{field}.{name}")
    return tuple(read(each, f"{field}.{name}[{n}]") for n, each in enumerate(listed))
