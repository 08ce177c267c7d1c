"""How well assessors agree, with its uncertainty; from five assessors on, since with fewer nothing can be told apart.

Three measures, exact in fractions: ICC(A,1), absolute agreement of single assessors (McGraw and Wong 1996); Krippendorff's
alpha for ordered scores, which takes what is not judged (Krippendorff 2011); Kendall's W for the order that they give, with
correction for ties (Siegel 1956). All are 1 when everybody agrees, and undefined when there is nothing to tell apart.

The interval is a bootstrap over what was judged: it says how much hangs on just these bids, in floats, and decides nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.assessment.spread import FEWEST_FOR_SHARE
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED = 20260316
"""The seed of every draw unless another is asked for; it is shown beside what was drawn."""
FEWEST_JUDGED = 3
"""With two things judged a resample holds only one of them half of the time. Source: policy."""
MOST_ENUMERATED = 6
"""Up to so many things judged every resample is counted (462 of 6); above that they are drawn."""
DRAWS = 2000
ENDS = (0.025, 0.975)
TINY = 1e-9
MOST_AT_ONCE = 2_000_000
"""Numbers held at the same time."""
SHOWN = Decimal("0.001")


class Kind(StrEnum):
    """What is measured."""

    ICC = "icc_a1"
    ALPHA = "alpha_ordinal"
    W = "kendall_w"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure; `value` is None when it can't be told, and so are the ends of its 95 % interval."""

    kind: Kind
    value: Exact | None
    low: Decimal | None
    high: Decimal | None
    text: Message


@dataclass(frozen=True, slots=True)
class Agreement:
    """`value` are the measures, none with fewer than five assessors; `widest` is the largest spread of one thing judged.

    `seed` is None when every resample was counted.
    """

    value: tuple[Measure, ...]
    n_assessors: int
    n_judged: int
    widest: Exact | None
    seed: int | None
    sentences: tuple[Message, ...]


def agreement(
    ratings: Sequence[Sequence[Exact | None]], *, kinds: Sequence[Kind] = tuple(Kind), seed: int = SEED
) -> Agreement:
    """Return how well the assessors agree: a row for each thing judged, a column for each assessor, None for not judged."""
    rows = [[None if each is None else as_fraction(each) for each in row] for row in ratings]
    n_assessors = sum(any(each is not None for each in column) for column in zip(*rows, strict=True))
    judged = [[each for each in row if each is not None] for row in rows]
    spreads = [max(row) - min(row) for row in judged if len(row) > 1]
    widest = simplest(max(spreads)) if spreads else None
    spread = None if widest is None else say("Largest difference between two assessors: {spread}.", spread=widest)
    if n_assessors < FEWEST_FOR_SHARE:
        unknown = say("How well they agree can't be determined with fewer than {fewest} assessors.", fewest=FEWEST_FOR_SHARE)  # fmt: skip
        return Agreement((), n_assessors, len(rows), widest, None, tuple(each for each in (unknown, spread) if each))
    is_drawn = len(rows) > MOST_ENUMERATED
    counts, weights = _resamples(len(rows), seed)
    measures = tuple(_measure(kind, rows, counts, weights) for kind in kinds)
    drawn = say("Intervals from {n} draws with the start value {seed}.", n=DRAWS, seed=str(seed)) if is_drawn else None
    sentences = (*(each.text for each in measures), spread, drawn)
    return Agreement(
        measures, n_assessors, len(rows), widest, seed if is_drawn else None, tuple(each for each in sentences if each)
    )


def icc(rows: Sequence[Sequence[Fraction | None]]) -> Fraction | None:
    """Return ICC(A,1); None when somebody has not judged something, or nothing varies."""
    full = _complete(rows)
    if full is None:
        return None
    n, k = len(full), len(full[0])
    grand = sum((sum(row, Fraction(0)) for row in full), Fraction(0)) / (n * k)
    of_rows = sum(((sum(row, Fraction(0)) / k - grand) ** 2 for row in full), Fraction(0)) * k
    columns = list(zip(*full, strict=True))
    of_columns = sum(((sum(each, Fraction(0)) / n - grand) ** 2 for each in columns), Fraction(0)) * n
    every = sum(((each - grand) ** 2 for row in full for each in row), Fraction(0))
    rest = (every - of_rows - of_columns) / ((n - 1) * (k - 1))
    of_rows, of_columns = of_rows / (n - 1), of_columns / (k - 1)
    below = of_rows + (k - 1) * rest + (of_columns - rest) * k / n
    return (of_rows - rest) / below if below else None


def alpha(rows: Sequence[Sequence[Fraction | None]]) -> Fraction | None:
    """Return Krippendorff's alpha for ordered scores; None when there is nothing to compare, or nothing varies."""
    together: defaultdict[tuple[Fraction, Fraction], Fraction] = defaultdict(Fraction)
    for row in rows:
        judged = [each for each in row if each is not None]
        for n, one in enumerate(judged):
            for other in judged[:n] + judged[n + 1 :]:
                together[one, other] += Fraction(1, len(judged) - 1)
    each: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    for (one, _other), times in together.items():
        each[one] += times
    rising = sorted(each)
    below, passed = {}, Fraction(0)
    for value in rising:
        below[value] = passed + each[value] / 2
        passed += each[value]
    observed = sum((times * (below[one] - below[other]) ** 2 for (one, other), times in together.items()), Fraction(0))
    expected = sum(
        (each[one] * each[other] * (below[one] - below[other]) ** 2 for one in rising for other in rising), Fraction(0)
    )
    return 1 - (passed - 1) * observed / expected if expected else None


def kendall_w(rows: Sequence[Sequence[Fraction | None]]) -> Fraction | None:
    """Return Kendall's W; None when somebody has not judged something, or nobody sets anything apart."""
    full = _complete(rows)
    if full is None:
        return None
    n, k = len(full), len(full[0])
    sums, tied = [Fraction(0)] * n, 0
    for column in zip(*full, strict=True):
        times = Counter(column)
        tied += sum(each**3 - each for each in times.values())
        for index, score in enumerate(column):
            sums[index] += sum(other < score for other in column) + Fraction(times[score] + 1, 2)
    apart = sum(((each - Fraction(k * (n + 1), 2)) ** 2 for each in sums), Fraction(0))
    most = k**2 * (n**3 - n) - k * tied
    return 12 * apart / most if most else None


def _complete(rows: Sequence[Sequence[Fraction | None]]) -> list[list[Fraction]] | None:
    full = [[each for each in row if each is not None] for row in rows]
    is_whole = len(full) > 1 and all(len(one) == len(other) > 1 for one, other in zip(full, rows, strict=True))
    return full if is_whole else None


_EXACT: dict[Kind, Callable[[Sequence[Sequence[Fraction | None]]], Fraction | None]] = {
    Kind.ICC: icc,
    Kind.ALPHA: alpha,
    Kind.W: kendall_w,
}


def _measure(kind: Kind, rows: Sequence[Sequence[Fraction | None]], counts: Floats, weights: Floats) -> Measure:
    value = _EXACT[kind](rows)
    if value is None:
        return Measure(kind, None, None, None, _unknown(kind))
    low, high = _interval(_RESAMPLED[kind], rows, counts, weights) if len(rows) >= FEWEST_JUDGED else (None, None)
    shown = Decimal(float(value)).quantize(SHOWN)
    if low is None or high is None:
        return Measure(kind, simplest(value), None, None, _alone(kind, shown))
    return Measure(kind, simplest(value), low, high, _within(kind, shown, low, high))


def _within(kind: Kind, value: Decimal, low: Decimal, high: Decimal) -> Message:
    match kind:
        case Kind.ICC:
            return say("ICC(A,1): {value}, 95 % interval {low} to {high}.", value=value, low=low, high=high)
        case Kind.ALPHA:
            return say("Krippendorff's alpha: {value}, 95 % interval {low} to {high}.", value=value, low=low, high=high)
        case Kind.W:
            return say("Kendall's W: {value}, 95 % interval {low} to {high}.", value=value, low=low, high=high)


def _alone(kind: Kind, value: Decimal) -> Message:
    match kind:
        case Kind.ICC:
            return say("ICC(A,1): {value}. Too little was judged for an interval.", value=value)
        case Kind.ALPHA:
            return say("Krippendorff's alpha: {value}. Too little was judged for an interval.", value=value)
        case Kind.W:
            return say("Kendall's W: {value}. Too little was judged for an interval.", value=value)


def _unknown(kind: Kind) -> Message:
    match kind:
        case Kind.ICC:
            return say("ICC(A,1) can't be determined: nothing varies, or somebody has not judged everything.")
        case Kind.ALPHA:
            return say("Krippendorff's alpha can't be determined: nothing varies.")
        case Kind.W:
            return say("Kendall's W can't be determined: nothing is set apart, or somebody has not judged everything.")


def _resamples(n: int, seed: int) -> tuple[Floats, Floats]:
    """Return how many times each of `n` things stands in each resample (R, n), and the chance of the resample (R,)."""
    if n > MOST_ENUMERATED:
        drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=DRAWS)
        return drawn.astype(np.float64), np.full(DRAWS, 1 / DRAWS)
    every = np.array([np.bincount(each, minlength=n) for each in combinations_with_replacement(range(n), n)])
    orders = np.array([ways(row) for row in every.tolist()], dtype=np.float64)
    return every.astype(np.float64), orders / orders.sum()


def ways(counts: Sequence[int]) -> int:
    """Return in how many orders so many of each can be drawn."""
    found, drawn = 1, 0
    for count in counts:
        for n in range(1, count + 1):
            drawn += 1
            found = found * drawn // n
    return found


def _interval(
    measure: Callable[[Floats, Floats], Floats],
    rows: Sequence[Sequence[Fraction | None]],
    counts: Floats,
    weights: Floats,
) -> tuple[Decimal | None, Decimal | None]:
    table = np.array([[np.nan if each is None else float(each) for each in row] for row in rows])
    with np.errstate(invalid="ignore", divide="ignore"):
        found = measure(table, counts)
    known = np.isfinite(found)
    if weights[known].sum() < 1 / 2:
        return None, None
    order = np.argsort(found[known], kind="stable")
    passed = np.cumsum(weights[known][order])
    ends = np.searchsorted(passed, np.array(ENDS) * passed[-1])
    low, high = (Decimal(float(each)).quantize(SHOWN) for each in found[known][order][np.minimum(ends, len(order) - 1)])
    return low, high


def _iccs(table: Floats, counts: Floats) -> Floats:
    n, k = table.shape
    means = table.mean(axis=1)
    grand = counts @ means / n
    of_rows = k * (counts @ means**2 - n * grand**2)
    of_columns = n * ((_summed(counts, table) / n - grand[:, None]) ** 2).sum(axis=1)
    every = counts @ (table**2).sum(axis=1) - n * k * grand**2
    rest = (every - of_rows - of_columns) / ((n - 1) * (k - 1))
    of_rows, of_columns = of_rows / (n - 1), of_columns / (k - 1)
    below = of_rows + (k - 1) * rest + (of_columns - rest) * k / n
    return _divided(of_rows - rest, below)


def _alphas(table: Floats, counts: Floats) -> Floats:
    values = np.unique(table[np.isfinite(table)])
    each = (table[:, :, None] == values).sum(axis=1).astype(np.float64)
    judged = each.sum(axis=1)
    pairs = each[:, :, None] * (each[:, None, :] - np.eye(len(values))) / np.maximum(judged - 1, 1)[:, None, None]
    pairs = pairs.reshape(len(table), -1)
    size = max(MOST_AT_ONCE // len(values) ** 2, 1)
    return np.concatenate([_alphas_of(pairs, counts[n : n + size], len(values)) for n in range(0, len(counts), size)])


def _alphas_of(pairs: Floats, counts: Floats, n_values: int) -> Floats:
    together = _summed(counts, pairs).reshape(-1, n_values, n_values)
    each = together.sum(axis=2)
    middle = np.cumsum(each, axis=1) - each / 2
    distance = (middle[:, :, None] - middle[:, None, :]) ** 2
    observed = (together * distance).sum(axis=(1, 2))
    expected = (each[:, :, None] * each[:, None, :] * distance).sum(axis=(1, 2))
    found: Floats = 1 - (each.sum(axis=1) - 1) * _divided(observed, expected)
    return found


def _ws(table: Floats, counts: Floats) -> Floats:
    n, k = table.shape
    sums, tied = np.zeros_like(counts), np.zeros(len(counts))
    for column in table.T:
        equal = _summed(counts, (column[:, None] == column).astype(np.float64))
        sums += _summed(counts, (column[:, None] < column).astype(np.float64)) + (equal + 1) / 2
        tied += (counts * (equal**2 - 1)).sum(axis=1)
    apart = (counts * (sums - k * (n + 1) / 2) ** 2).sum(axis=1)
    return _divided(12 * apart, k**2 * (n**3 - n) - k * tied)


def _summed(counts: Floats, table: Floats) -> Floats:
    """Return the sums of the rows of `table` that stand so many times (R, K).

    Not as a product of matrices: what shares that among threads takes longer to wake them than to sum.
    """
    found: Floats = np.einsum("rn,nk->rk", counts, table)
    return found


def _divided(above: Floats, below: Floats) -> Floats:
    found: Floats = np.where(np.abs(below) < TINY, np.nan, above / np.where(np.abs(below) < TINY, 1, below))
    return found


_RESAMPLED: dict[Kind, Callable[[Floats, Floats], Floats]] = {Kind.ICC: _iccs, Kind.ALPHA: _alphas, Kind.W: _ws}
