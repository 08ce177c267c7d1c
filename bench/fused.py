"""Generating and scoring in one go, compiled by numba: no tender is ever stored, so memory sets no limit.

It measures what such a kernel would give, and is no part of the program. Its tenders come from a stream of its own:
SplitMix64 of start value, tender and bid. A score is a byte × 11 ÷ 256, so 0 to 10, each within 5 % of equally likely; a price
is one of 4096 equally likely quantiles of the lognormal that `evaluation.made` draws from. `drawn` makes the same tenders
with numpy, and `check` has `Scoring`, the program's own path, find the same winner in each.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from rodatraden.core.evaluation import PriceAddition
from rodatraden.core.evaluation.stress.scoring import NOBODY, TIE, Scoring
from rodatraden.core.evaluation.stress.tenders import Tenders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rodatraden.core.evaluation import Model

BIDS, CRITERIA, HIGHEST = 6, 8, 10
STEPS = np.uint64(HIGHEST + 1)
QUANTILES = 4096
PRICES = np.rint(
    np.exp([7 + 0.15 * NormalDist().inv_cdf((n + 0.5) / QUANTILES) for n in range(QUANTILES)])
).astype(np.int32)  # fmt: skip
GOLDEN, FIRST, SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
EVEN, LANES = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)
S8, S27, S30, S31, S48, S52 = (np.uint64(n) for n in (8, 27, 30, 31, 48, 52))
ONE, EACH = np.uint64(1), np.uint64(2 * BIDS)
BLOCK, OUT = 1024, np.int32(2**30)
LEVEL, NONE_LEFT = np.int32(BIDS), np.int32(BIDS + 1)


@nb.njit(nb.uint64(nb.uint64), inline="always", cache=True)
def mixed(counter: np.uint64) -> np.uint64:
    """Return SplitMix64's number for a counter."""
    z = counter * GOLDEN
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@nb.njit(nb.int64(nb.uint64), inline="always", cache=True)
def points_in(bits: np.uint64) -> np.int64:
    """Return the sum of eight scores, one from each byte: four at a time in lanes of 16 bits."""
    even = (((bits & EVEN) * STEPS) >> S8) & EVEN
    odd = ((((bits >> S8) & EVEN) * STEPS) >> S8) & EVEN
    return np.int64(((even + odd) * LANES) >> S48)


@nb.njit(cache=True)
def counted(n: int, seed: int, rule: tuple[int, int, int], prices: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return in how many of `n` tenders each bid is first, then in how many there is a tie, and nobody.

    `rule` holds kronor for each missing point, the points that are counted from, and the gate.
    """
    per_point, most, gate = rule
    found = np.zeros(BIDS + 2, np.int64)
    points, price = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    best, winner = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        best[:], winner[:] = OUT, NONE_LEFT
        for bid in range(BIDS):
            first = np.uint64(seed) + np.uint64(start) * EACH + np.uint64(2 * bid) + ONE
            for i in range(size):
                counter = first + np.uint64(i) * EACH
                points[i] = points_in(mixed(counter))
                price[i] = prices[np.int64(mixed(counter + ONE) >> S52)]
            for i in range(size):  # without branches, so that the compiler does several tenders at once
                cost = price[i] + np.int32(per_point) * (np.int32(most) - points[i])
                cost = cost if points[i] >= gate else OUT
                level = LEVEL if (cost == best[i]) & (winner[i] < LEVEL) else winner[i]
                winner[i] = np.int32(bid) if cost < best[i] else level
                best[i] = min(cost, best[i])
        for i in range(size):
            found[winner[i]] += 1
    return found


def run(model: Model, n: int, seed: int) -> NDArray[np.int64]:
    """Count the winners of `n` tenders under a price addition with a gate on all points together."""
    addition, gate = model.combination, model.gate
    assert isinstance(addition, PriceAddition)
    assert gate is not None
    return counted(n, seed, (int(addition.per_point), int(addition.target), int(gate.minimum)), PRICES)


def drawn(n: int, seed: int) -> Tenders:
    """Return the kernel's tenders as arrays, made by numpy."""
    with np.errstate(over="ignore"):
        counters = np.uint64(seed) + np.arange(1, 2 * BIDS * n + 1, dtype=np.uint64)
        z = counters * GOLDEN
        z = (z ^ (z >> S30)) * FIRST
        z = (z ^ (z >> S27)) * SECOND
        z ^= z >> S31
    pairs = z.reshape(n, BIDS, 2)
    shifts = np.arange(0, 64, 8, dtype=np.uint64)
    each = (pairs[:, :, 0, None] >> shifts) & np.uint64(255)
    rungs = ((each * STEPS) >> S8).astype(np.uint8)
    prices = PRICES[(pairs[:, :, 1] >> S52).astype(np.int64)].astype(np.float64)
    return Tenders(prices.T.copy(), np.ascontiguousarray(rungs.transpose(2, 1, 0)), np.ones((BIDS, n), np.bool_))


def check(model: Model, n: int, seed: int) -> None:
    """Have the program's own path find as many winners, ties and fields without a bid.

    Raises:
        ValueError: it finds others.
    """
    winner = Scoring(model).firsts(drawn(n, seed)).winner
    theirs = [int((winner == each).sum()) for each in (*range(BIDS), TIE, NOBODY)]
    ours = run(model, n, seed).tolist()
    if theirs != ours:
        msg = f"The kernel counts {ours}, the program {theirs}"
        raise ValueError(msg)
