"""The sheets of a workbook and their columns: each column names the field of the case file that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.case import Case
    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.exact import Exact

MODEL, BIDS, ASSIGNMENTS, RESULT, DATA = "Modell", "Anbud", "Uppdrag", "Resultat", "Data"


class Holds(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    AMOUNT = "amount"
    SCORE = "score"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field, its heading and hint for people, and whether a sheet may lack it."""

    field: str
    heading: Message
    hint: Message | None
    holds: Holds
    is_optional: bool = False
    criterion: Criterion | None = None


def sheet_name(kind: str, case: Case, n: int) -> str:
    """Return the name of the sheet of part `n` of a case; a case without lots has one without number."""
    return f"{kind} {n + 1}" if case.has_lots else kind


def bid_columns(model: Model) -> tuple[Column, ...]:
    """Return the columns of the sheet where the bids are filled in."""
    return tuple(_bid_columns(model))


def _bid_columns(model: Model) -> Iterator[Column]:
    yield Column("key", say("Bidder, short name"), say("the same in every lot; each bidder once"), Holds.TEXT)
    yield Column("name", say("Bidder's full name"), say("may be empty"), Holds.TEXT, is_optional=True)
    if model.combination.needs_price:
        for line in model.price.lines:
            yield Column(f"prices.{line.key}", _label(line.label), say("price in {currency} for one", currency=model.price.currency), Holds.AMOUNT)  # fmt: skip
        if not model.price.lines:
            yield Column("price", say("Price"), say("in {currency}", currency=model.price.currency), Holds.AMOUNT)
        if model.price.rates:
            currencies = ", ".join(currency for currency, _rate in model.price.rates)
            yield Column("currency", say("Currency"), say("if another: {currencies}", currencies=currencies), Holds.TEXT, is_optional=True)  # fmt: skip
    for criterion in model.criteria:
        scale = criterion.scale
        hint = say("{lowest} to {highest}", lowest=scale.lowest, highest=scale.highest)
        if scale.step is not None:
            hint = say("{lowest} to {highest} in steps of {step}", lowest=scale.lowest, highest=scale.highest, step=scale.step)  # fmt: skip
        if criterion.months is not None:
            hint = say("leave empty and fill in the sheet {sheet}", sheet=ASSIGNMENTS)
        field = f"scores.{criterion.key}"
        yield Column(field, _label(criterion.label), hint, Holds.SCORE, criterion=criterion)
    yield Column("not_qualified", say("Not qualified because"), say("empty when the bid is judged"), Holds.TEXT, is_optional=True)  # fmt: skip


def in_column(bid: Bid, column: Column) -> Exact | str | None:
    """Return what a bid has in a column; None where the cell is empty."""
    part, _, key = column.field.partition(".")
    match part:
        case "scores":
            return bid.scores.get(key)
        case "prices":
            return bid.prices.get(key)
        case "name":
            return None if bid.name == bid.key else bid.name
        case _:
            value: Exact | str | None = getattr(bid, part)
            return value


ASSIGNMENT_COLUMNS = (
    Column("key", say("Bidder, short name"), say("as on the sheet {sheet}", sheet=BIDS), Holds.TEXT),
    Column("criterion", say("Criterion"), say("its key, as on the sheet {sheet}", sheet=BIDS), Holds.TEXT),
    Column("first", say("First day"), say("such as 2027-02-28"), Holds.DAY),
    Column("last", say("Last day"), say("empty while it goes on"), Holds.DAY),
)


def _label(text: str) -> Message:
    return Message("{label}", {"label": text})
