"""A stored report read back, so that what took long to count is told again without counting; examples are not stored."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from rodatraden.core.evaluation.reading import ModelError, read_flag, read_list, read_object, read_text, read_whole
from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.stress.budget import Budget, Spending
from rodatraden.core.evaluation.stress.disagreement import Disagreement
from rodatraden.core.evaluation.stress.gates import Gates
from rodatraden.core.evaluation.stress.market import read_market
from rodatraden.core.evaluation.stress.monotone import Held, Property
from rodatraden.core.evaluation.stress.own_price import OwnPrice
from rodatraden.core.evaluation.stress.power import PRICE, Power
from rodatraden.core.evaluation.stress.quantiles import Spread
from rodatraden.core.evaluation.stress.report import FORMAT, MOST, Report
from rodatraden.core.evaluation.stress.sensitivity import Rate
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.stress.third_bid import Cover, Flip
from rodatraden.core.evaluation.stress.ties import Ties
from rodatraden.core.evaluation.stress.win_map import WinMap
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rodatraden.core.evaluation.model import Model

    Part = TypeVar("Part")

COUNTED = 2**53 - 1
HIGHEST_SEED = COUNTED
DERIVED = ("value", "low", "high")
"""What a stored share says beside its counts, from which it follows."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def read_report(value: object, model: Model) -> Report:
    """Return the report that `value`, parsed JSON, was written from, apart from its examples; labels are the model's.

    Raises:
        ModelError: a field is missing, unknown or of the wrong kind, or the report is of another model.
    """
    found = read_object(
        value, "report", ("format", *(each for each in Report.__slots__ if each != "model_hash"), "model")
    )
    if found["format"] != FORMAT:
        raise ModelError("report.format", found["format"], say("This must be {expected}.", expected=FORMAT))
    if found["model"] != model.hash:
        raise ModelError("report.model", found["model"], say("The report is of another model."))
    thrown_out = read_object(found["thrown_out"], "report.thrown_out", (), tuple(ReferenceSet))
    return Report(
        model_hash=model.hash,
        market=read_market(found["market"], "report.market"),
        tenders=read_whole(found["tenders"], "report.tenders", 1, MOST),
        seed=read_whole(found["seed"], "report.seed", 0, HIGHEST_SEED),
        budget=_if(found, "budget", Budget.from_json),
        win_map=_win_map(found["win_map"], "report.win_map"),
        worth=_spread(found["worth"], "report.worth"),
        dropped=Flip(_share(found["dropped"], "report.dropped")),
        thrown_out={
            each: _share(thrown_out[each], f"report.thrown_out.{each}") for each in ReferenceSet if each in thrown_out
        },
        cover=_cover(found["cover"], "report.cover"),
        own_price=_if(found, "own_price", _own_price),
        properties=_each(found, "properties", _held),
        gates=_if(found, "gates", _gates),
        ties=_ties(found["ties"], "report.ties"),
        disagreement=_if(found, "disagreement", _disagreement),
        power=_powers(found, model),
        rates=_each(found, "rates", _rate),
        spending=_if(found, "spending", _spending),
    )


def _if(found: Mapping[str, object], name: str, read: Callable[[object, str], Part]) -> Part | None:
    return None if found[name] is None else read(found[name], f"report.{name}")


def _each(found: Mapping[str, object], name: str, read: Callable[[object, str], Part]) -> tuple[Part, ...]:
    field = f"report.{name}"
    return tuple(read(each, f"{field}[{n}]") for n, each in enumerate(read_list(found[name], field)))


def _number(value: object, field: str) -> Decimal:
    """Return a figure of the report; unlike a typed one it may have any number of decimals."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    raise ModelError(field, value, say("This must be a number written in full."))


def _number_or_none(value: object, field: str) -> Decimal | None:
    return None if value is None else _number(value, field)


def _count(value: object, field: str) -> int:
    return read_whole(value, field, 0, COUNTED)


def _share(value: object, field: str) -> Share:
    return _counted(read_object(value, field, ("count", "of", *DERIVED)), field)


def _counted(found: Mapping[str, object], field: str) -> Share:
    return Share(_count(found["count"], f"{field}.count"), _count(found["of"], f"{field}.of"))


def _spread(value: object, field: str) -> Spread:
    found = read_object(value, field, ("low", "middle", "high", "of"))
    low, middle, high = (_number_or_none(found[name], f"{field}.{name}") for name in ("low", "middle", "high"))
    return Spread(low, middle, high, _count(found["of"], f"{field}.of"))


def _win_map(value: object, field: str) -> WinMap:
    found = read_object(value, field, ("prices", "points", "won", "of"))
    prices, points = (
        tuple(_number(each, f"{field}.{name}") for each in read_list(found[name], f"{field}.{name}"))
        for name in ("prices", "points")
    )
    won, of = (_table(found[name], f"{field}.{name}") for name in ("won", "of"))
    shape = [max(len(prices) - 1, 0)] * max(len(points) - 1, 0)
    if not [len(row) for row in won] == [len(row) for row in of] == shape:
        raise ModelError(field, shape, say("The map has other rows and columns than its edges say."))
    shares = (map(Share, *rows) for rows in zip(won, of, strict=True))
    return WinMap(prices, points, tuple(map(tuple, shares)))


def _table(value: object, field: str) -> list[list[int]]:
    return [[_count(each, field) for each in read_list(row, field)] for row in read_list(value, field)]


def _cover(value: object, field: str) -> Cover:
    found = read_object(value, field, ("count", "of", *DERIVED, "price", "quality"))
    price, quality = (_number_or_none(found[name], f"{field}.{name}") for name in ("price", "quality"))
    return Cover(Flip(_counted(found, field)), price, quality)


def _own_price(value: object, field: str) -> OwnPrice:
    found = read_object(value, field, ("without_effect", "left"))
    return OwnPrice(_share(found["without_effect"], f"{field}.without_effect"), _spread(found["left"], f"{field}.left"))


def _held(value: object, field: str) -> Held:
    found = read_object(value, field, ("property", "broken"))
    asked = next((each for each in Property if each.value == found["property"]), None)
    if asked is None:
        raise ModelError(f"{field}.property", found["property"], say("This is not part of a report."))
    return Held(asked, _share(found["broken"], f"{field}.broken"))


def _gates(value: object, field: str) -> Gates:
    found = read_object(value, field, Gates.__slots__)
    return Gates(**{name: _share(found[name], f"{field}.{name}") for name in Gates.__slots__})


def _ties(value: object, field: str) -> Ties:
    found = read_object(value, field, Ties.__slots__)
    return Ties(**{name: _share(found[name], f"{field}.{name}") for name in Ties.__slots__})


def _disagreement(value: object, field: str) -> Disagreement:
    found = read_object(value, field, Disagreement.__slots__)
    spreads, panels = (
        [
            read_object(each, f"{field}.{name}[{n}]", (key, "count", "of", *DERIVED))
            for n, each in enumerate(read_list(found[name], f"{field}.{name}"))
        ]
        for name, key in (("by_spread", "points"), ("by_panel", "assessors"))
    )
    enough = found["enough"]
    return Disagreement(
        tuple(
            (_number(each["points"], f"{field}.by_spread"), _counted(each, f"{field}.by_spread")) for each in spreads
        ),
        tuple((_count(each["assessors"], f"{field}.by_panel"), _counted(each, f"{field}.by_panel")) for each in panels),
        _number(found["panel_points"], f"{field}.panel_points"),
        None if enough is None else _count(enough, f"{field}.enough"),
    )


def _powers(found: Mapping[str, object], model: Model) -> tuple[Power, ...]:
    labels = {PRICE: PRICE, **{each.key: each.label for each in model.criteria}}

    def power(value: object, field: str) -> Power:
        read = read_object(value, field, ("key", "stated", "realised", "changes"))
        key = read_text(read["key"], f"{field}.key")
        if key not in labels:
            raise ModelError(f"{field}.key", key, say("This is not part of a model."))
        stated, realised = (_number_or_none(read[name], f"{field}.{name}") for name in ("stated", "realised"))
        return Power(key, labels[key], stated, realised, _share(read["changes"], f"{field}.changes"))

    return _each(found, "power", power)


def _rate(value: object, field: str) -> Rate:
    found = read_object(value, field, Rate.__slots__)
    return Rate(
        _number(found["rate"], f"{field}.rate"),
        read_flag(found["is_published"], f"{field}.is_published"),
        _share(found["same"], f"{field}.same"),
    )


def _spending(value: object, field: str) -> Spending:
    found = read_object(value, field, Spending.__slots__)
    over, bought = found["over"], found["bought"]
    return Spending(
        _spread(found["price"], f"{field}.price"),
        None if over is None else _share(over, f"{field}.over"),
        None if bought is None else _spread(bought, f"{field}.bought"),
    )
