"""Evaluation and simulation beside their peers: `python bench/evaluation.py [--json] [--plot FILE.svg]`.

Run with a Python that has what `requirements-bench.lock` names: pymcdm and bid-evaluation are peers, numba compiles `fused.py`,
and none of them is a part of the program
(`python3 -m venv /tmp/bench && /tmp/bench/bin/pip install -r requirements-bench.lock`). One thread, best of five, everything in one run. The task is the reference's R: six bids on eight criteria of 0 to
10, a price addition and a gate. Targets: 10 million tenders a second and 1,000 times pymcdm; 10 times bid-evaluation on the
same case; the whole report of 10,000 tenders in 0.3 s; cost in proportion to tenders, bids and criteria; under 300 MB for 10
million tenders.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Bid, Criterion, Gate, Model, PriceAddition, evaluate
from rodatraden.core.evaluation.case import read_case
from rodatraden.core.evaluation.stress import Parametric, around, stress
from rodatraden.core.evaluation.stress.batch import SIZE, drawn
from rodatraden.core.evaluation.stress.scoring import Scoring
from rodatraden.core.evaluation.stress.tenders import Tenders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[1]
BIDS, CRITERIA, TENDERS, ROUNDS = 6, 8, 1_000_000, 5
PEER_TENDERS = 300
SEED = 20260316
MEGA = 1_000_000


def task(criteria: int = CRITERIA) -> Model:
    """Return task R's model: criteria of 0 to 10, 100 kr for each missing point, a gate at 60 per cent."""
    scale = Scale(Decimal(0), Decimal(10))
    most = Decimal(10 * criteria)
    return Model(
        tuple(Criterion(f"k{n}", f"K{n}", scale) for n in range(criteria)),
        PriceAddition(Decimal(100), most),
        gates=(Gate(most * 6 / 10),),
    )


def made(n: int, bids: int = BIDS, criteria: int = CRITERIA) -> Tenders:
    """Return `n` tenders, all bids present, as they lie in memory before they are scored."""
    chance = np.random.default_rng(SEED)
    prices = np.rint(chance.lognormal(7, 0.15, (bids, n)))
    return Tenders(prices, chance.integers(0, 11, (criteria, bids, n), np.uint8), np.ones((bids, n), np.bool_))


def scored(scoring: Scoring, tenders: Tenders) -> None:
    """Score tenders in pieces that fit in the processor's cache, as the simulation does."""
    for start in range(0, tenders.n, SIZE):
        piece = slice(start, start + SIZE)
        scoring.firsts(Tenders(tenders.prices[:, piece], tenders.rungs[:, :, piece], tenders.present[:, piece]))


def best(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the shortest of several times, in seconds."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


def bandwidth() -> float:
    """Return how many bytes a second one thread reads from memory."""
    array = np.ones(32 * MEGA)
    return array.nbytes / best(array.sum)


def scoring_figures() -> dict[str, float]:
    """Measure simulated scoring beside pymcdm and beside what memory allows."""
    from pymcdm.methods import WSM  # noqa: PLC0415 -- a peer, only here

    model, tenders = task(), made(TENDERS)
    ours = TENDERS / best(lambda: scored(Scoring(model), tenders))
    matrices = [
        np.column_stack([tenders.rungs[:, :, n].T + 1.0, tenders.prices[:, n]])  # the peer refuses 0 points
        for n in range(PEER_TENDERS)
    ]
    weights, kinds = np.full(CRITERIA + 1, 1 / (CRITERIA + 1)), np.array([1] * CRITERIA + [-1])
    method = WSM()
    peer = PEER_TENDERS / best(lambda: [method(each, weights, kinds).argmax() for each in matrices])
    moved = tenders.prices.nbytes + tenders.rungs.nbytes + tenders.present.nbytes
    limit = bandwidth() / (moved / TENDERS)
    return {
        "tenders_per_second": ours,
        "pymcdm_per_second": peer,
        "times_pymcdm": ours / peer,
        "memory_bound_per_second": limit,
        "share_of_memory_bound": ours / limit,
    }


def fused_figures() -> dict[str, float]:
    """Measure a kernel that draws and scores in one go beside drawing and scoring as the program does."""
    import fused  # noqa: PLC0415 -- compiled by numba, only here

    model, market = task(), Parametric(Decimal(1100), bids=Decimal(BIDS), fewest=BIDS, most=BIDS)
    fused.check(model, 200_000, SEED)
    ours = 10 * SIZE / best(lambda: [drawn(Scoring(model), market, SIZE, SEED, number) for number in range(10)])
    kernel = 10 * MEGA / best(lambda: fused.run(model, 10 * MEGA, SEED))
    return {"tenders_per_second": kernel, "drawn_and_scored_per_second": ours, "times": kernel / ours}


def exact_figures() -> dict[str, float]:
    """Measure the exact evaluation with its sentences beside bid-evaluation on the same case: lowest ÷ price and eight criteria."""
    import pandas as pd  # noqa: PLC0415 -- comes with a peer, only here
    from bid_evaluation import Evaluator  # noqa: PLC0415 -- a peer, only here

    model = replace(
        read_case((ROOT / "examples/cases/07-third-bid.json").read_bytes()).lots[0].model,
        criteria=task().criteria,
        total=None,
    )
    tenders = made(1)
    prices = [int(price) for price in tenders.prices[:, 0]]
    scores = [{f"k{k}": int(tenders.rungs[k, bid, 0]) for k in range(CRITERIA)} for bid in range(BIDS)]
    bids = [
        Bid(str(n), f"Bid {n}", Decimal(prices[n]), {key: Decimal(score) for key, score in scores[n].items()})
        for n in range(BIDS)
    ]

    def ours() -> list[str]:
        return [str(step.text) for result in evaluate(model, bids).results for step in result.steps]

    frame = pd.DataFrame([{"price": price, **own} for price, own in zip(prices, scores, strict=True)])

    def peer() -> object:
        asked = Evaluator().min_ratio("price", weight=0.6)
        for n in range(CRITERIA):
            asked = asked.direct(f"k{n}", weight=0.4 / CRITERIA, input_scale=10)
        return asked.evaluate(frame)

    mine, theirs = best(ours, 50), best(peer, 20)
    return {"ours_ms": mine * 1000, "bid_evaluation_ms": theirs * 1000, "times_bid_evaluation": theirs / mine}


def report_figures() -> dict[str, float]:
    """Measure the whole report of 10,000 tenders for an absolute model and for the slowest relative ones."""
    found = {}
    for name in ("seed-000", "07-proportional", "09-min-max", "12-rank", "14-corridor"):
        model = read_case((ROOT / f"examples/cases/{name}.json").read_bytes()).lots[0].model
        found[name] = best(lambda model=model: stress(model, around(model)))
    return found


def growth_figures() -> dict[str, list[tuple[int, float]]]:
    """Measure scoring as tenders, bids and criteria grow, each alone."""
    return {
        "tenders (thousands)": [
            (n, best(lambda n=n: scored(Scoring(task()), made_once(n * 1000)))) for n in (125, 250, 500, 1000)
        ],
        "bids": [(n, best(lambda n=n: scored(Scoring(task()), made_once(200_000, bids=n)))) for n in (2, 4, 8, 16)],
        "criteria": [
            (n, best(lambda n=n: scored(Scoring(task(n)), made_once(200_000, criteria=n)))) for n in (2, 4, 8, 16)
        ],
    }


_MADE: dict[tuple[int, int, int], Tenders] = {}


def made_once(n: int, bids: int = BIDS, criteria: int = CRITERIA) -> Tenders:
    """Return tenders that are drawn outside what is timed."""
    if (n, bids, criteria) not in _MADE:
        _MADE.clear()
        _MADE[n, bids, criteria] = made(n, bids, criteria)
    return _MADE[n, bids, criteria]


def memory_figures(tenders: int) -> dict[str, float]:
    """Measure the report of many tenders in a process of its own: its time and the most memory that it held."""
    start = perf_counter()
    run = subprocess.run(
        [sys.executable, __file__, "--only-report", str(tenders)], capture_output=True, text=True, check=True
    )
    return {"seconds": perf_counter() - start, "mb": float(run.stdout)}


def only_report(tenders: int) -> None:
    """Make one large report and say how many MB the process has held at most."""
    stress(task(), Parametric(Decimal(1100)), tenders=tenders)
    # What `resource` tells counts the process that started this one too.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")))


def plot(growth: dict[str, list[tuple[int, float]]]) -> str:
    """Return the growth as SVG: time in ms, each curve with a straight line from its first point."""
    width, height, pad = 260, 200, 44
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * len(growth)}" height="{height}" font-size="11">']
    for column, (name, points) in enumerate(growth.items()):
        left = column * width
        most_x, most_y = points[-1][0], max(seconds for _n, seconds in points)

        def at(n: float, seconds: float, left: int = left, most_x: int = most_x, most_y: float = most_y) -> str:
            x = left + pad + n / most_x * (width - pad - 16)
            return f"{x:.1f},{height - pad - seconds / most_y * (height - pad - 24):.1f}"

        path = " ".join(at(*point) for point in points)
        straight = f"{at(0, 0)} {at(most_x, most_y)}"
        parts += [
            f'<text x="{left + pad}" y="14">{name}</text>',
            f'<polyline points="{straight}" fill="none" stroke="#999" stroke-dasharray="4 3"/>',
            f'<polyline points="{path}" fill="none" stroke="#a11" stroke-width="2"/>',
            *(
                f'<text x="{at(n, 0).split(",")[0]}" y="{height - pad + 16}" text-anchor="middle">{n}</text>'
                for n, _seconds in points
            ),
            f'<text x="{left + pad - 4}" y="30" text-anchor="end">{most_y * 1000:.0f} ms</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def rows(found: dict[str, dict[str, float]]) -> list[str]:
    """Return the table."""
    table = [f"{'what':<44} {'figure':>16}"]
    for part, figures in found.items():
        table += [f"{f'{part}: {name}':<44} {value:>16,.3f}" for name, value in figures.items()]
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or JSON."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("--json", action="store_true")
    reader.add_argument("--plot", type=Path)
    reader.add_argument("--only-report", type=int, help=argparse.SUPPRESS)
    options = reader.parse_args(arguments)
    if options.only_report:
        only_report(options.only_report)
        return
    found = {
        "scoring": scoring_figures(),
        "drawn and scored in one go": fused_figures(),
        "exact": exact_figures(),
        "report of 10,000": report_figures(),
        "report of 10 million": memory_figures(10 * MEGA),
    }
    growth = growth_figures()
    if options.plot:
        options.plot.write_text(plot(growth), encoding="utf-8")
    found |= {f"seconds by {name}": {str(n): seconds for n, seconds in points} for name, points in growth.items()}
    print(json.dumps(found, indent=2) if options.json else "\n".join(rows(found)))


if __name__ == "__main__":
    main()
