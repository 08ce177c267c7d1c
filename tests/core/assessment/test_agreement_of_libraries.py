"""Agreement as libraries compute it: sixty made-up panels, with ties and gaps, that `bench/agreement.py` has asked them about."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from rodatraden.core.assessment.agreement import Kind, alpha, icc, kendall_w

ASKED = json.loads(Path(__file__).with_name("libraries.json").read_text(encoding="utf-8"))
LIBRARY = {Kind.ALPHA: "krippendorff", Kind.ICC: "pingouin", Kind.W: "scipy"}
MEASURES = {Kind.ALPHA: alpha, Kind.ICC: icc, Kind.W: kendall_w}


@pytest.mark.parametrize("kind", list(Kind))
def test_ours_is_what_the_library_says_to_twelve_decimals(kind: Kind) -> None:
    told = [panel for panel in ASKED["panels"] if kind in panel]
    assert ASKED["libraries"][LIBRARY[kind]]
    assert len(told) == (60 if kind is Kind.ALPHA else 40)
    for panel in told:
        ours = MEASURES[kind]([[None if each is None else Fraction(each) for each in row] for row in panel["scores"]])
        assert ours is not None, panel
        assert float(ours) == pytest.approx(panel[kind], abs=1e-12), panel


def test_what_was_asked_has_ties_gaps_and_panels_that_disagree() -> None:
    panels = [panel["scores"] for panel in ASKED["panels"]]
    columns = [column for rows in panels for column in zip(*rows, strict=True)]
    assert sum(len(set(column)) < len(column) for column in columns) > len(columns) / 2
    assert sum(None in row for rows in panels for row in rows) > len(panels)
    alphas = [panel["alpha_ordinal"] for panel in ASKED["panels"]]
    assert min(alphas) < 0
    assert max(alphas) > 0.5
