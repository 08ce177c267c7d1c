"""Agreement beside libraries: write what they say of made-up panels, for a test to hold ours against.

    /tmp/bench/bin/python bench/agreement.py

Run with a Python that has what `requirements-bench.lock` names (`bench/evaluation.py` says how). Krippendorff's alpha for ordered
scores is of `krippendorff`, ICC(A,1) of `pingouin`, Kendall's W of SciPy's Friedman test, which corrects for ties. None of them
is a part of the program, and the test needs none: it reads the file that is written here, tests/core/assessment/libraries.json.
"""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pingouin
from scipy.stats import friedmanchisquare

TARGET = Path(__file__).resolve().parents[1] / "tests/core/assessment/libraries.json"
SEED, WHOLE, WITH_GAPS = 20261130, 40, 20
LIBRARIES = ("krippendorff", "pingouin", "scipy")


def panel(chance: random.Random) -> list[list[int]]:
    """Return scores in rows of what is judged, a column for each of five to nine assessors who lean and differ."""
    n_judged, n_assessors, most = chance.randint(3, 12), chance.randint(5, 9), chance.choice([3, 5, 10])
    good = [chance.uniform(0, most) for _ in range(n_judged)]
    lean = [chance.uniform(-2, 2) for _ in range(n_assessors)]
    return [[min(most, max(0, round(each + by + chance.gauss(0, 1.5)))) for by in lean] for each in good]


def alpha(rows: list[list[int | None]]) -> float:
    """Krippendorff's alpha: the library takes a row for each assessor, and NaN for what is not judged."""
    data = np.array([[np.nan if each is None else each for each in row] for row in rows], dtype=float).T
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="ordinal"))


def icc(rows: list[list[int]]) -> float:
    """ICC(A,1), which older names call ICC2: single assessors, absolute agreement, assessors drawn by chance."""
    long = pd.DataFrame([(item, rater, float(each)) for item, row in enumerate(rows) for rater, each in enumerate(row)])
    long.columns = ["item", "rater", "score"]
    found = pingouin.intraclass_corr(data=long, targets="item", raters="rater", ratings="score").set_index("Type")
    return float(found["ICC"][next(name for name in ("ICC(A,1)", "ICC2") if name in found.index)])


def w(rows: list[list[int]]) -> float:
    """Kendall's W by way of Friedman's chi-square."""
    return float(friedmanchisquare(*rows).statistic) / (len(rows[0]) * (len(rows) - 1))


def main() -> None:
    """Ask the libraries, and write what they say."""
    chance = random.Random(SEED)  # noqa: S311 -- made-up scores
    found: list[dict[str, object]] = []
    for _ in range(WHOLE):
        rows = panel(chance)
        found.append(
            {"scores": rows, "alpha_ordinal": alpha(list(map(list, rows))), "icc_a1": icc(rows), "kendall_w": w(rows)}
        )
    for _ in range(WITH_GAPS):
        gaps = [[None if chance.random() < 0.2 else each for each in row] for row in panel(chance)]  # noqa: PLR2004 -- a fifth
        found.append({"scores": gaps, "alpha_ordinal": alpha(gaps)})
    of = {name: version(name) for name in LIBRARIES}
    lines = ",\n".join(json.dumps(each) for each in found)
    TARGET.write_text(f'{{"libraries": {json.dumps(of)}, "panels": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
