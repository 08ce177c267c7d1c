"""How often each is first, exactly where everything was counted and with an interval where it was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.exact import Exact, as_fraction, rounded_decimal, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rodatraden.core.evaluation.robustness.result import First

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class OfFirst:
    """How often one is first, of all that was counted; the ends of a 95 % interval (Wilson 1927) where it was drawn."""

    key: str
    value: Exact
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each bid is first alone, most often first; the rest is `level`, `nobody` or `not_computed`."""

    alone: tuple[OfFirst, ...]
    level: Exact
    nobody: Exact
    not_computed: Exact
    sentences: tuple[Message, ...]


def shares(found: Mapping[First, int], names: Mapping[str, str], *, is_drawn: bool) -> Shares:
    """Return the shares of `found`, how many times each was first; intervals when it `is_drawn`."""
    of = sum(found.values())
    times = {key: found.get((key,), 0) for key in names}
    order = sorted(times, key=lambda key: (-times[key], key))
    alone = tuple(_of_first(key, times[key], of, is_drawn=is_drawn) for key in order)
    level = sum(n for first, n in found.items() if first and len(first) > 1)
    rest = _share(level, of), _share(found.get((), 0), of), _share(found.get(None, 0), of)
    return Shares(alone, rest[0], rest[1], rest[2], tuple(_sentences(alone, rest, names)))


def _of_first(key: str, count: int, of: int, *, is_drawn: bool) -> OfFirst:
    drawn = Share(count, of)
    low, high = (drawn.low, drawn.high) if is_drawn else (None, None)
    return OfFirst(key, _share(count, of), low, high)


def _share(count: int, of: int) -> Exact:
    return simplest(Fraction(count, of))


def _sentences(
    alone: tuple[OfFirst, ...], rest: tuple[Exact, Exact, Exact], names: Mapping[str, str]
) -> Iterator[Message]:
    for share in alone:
        if share.value:
            percent = in_percent(share.value)
            if share.low is None or share.high is None:
                yield say("{name} is first in {percent} %.", name=names[share.key], percent=percent)
            else:
                yield say(
                    "{name} is first in {percent} %, 95 % interval {low} to {high} %.",
                    name=names[share.key], percent=percent, low=in_percent(share.low), high=in_percent(share.high),
                )  # fmt: skip
    level, nobody, not_computed = rest
    if level:
        yield say("Several are level in {percent} %.", percent=in_percent(level))
    if nobody:
        yield say("No bid is ranked in {percent} %.", percent=in_percent(nobody))
    if not_computed:
        yield say("{percent} % can't be computed.", percent=in_percent(not_computed))


def in_percent(share: Exact) -> Decimal:
    """Return a share in per cent with one decimal, to be read."""
    return rounded_decimal(as_fraction(share) * HUNDRED, 1, ROUND_HALF_UP)
