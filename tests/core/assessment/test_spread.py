import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from rodatraden.core.assessment import Scale, spread

TEN = Scale(Decimal(0), Decimal(10))


def scores(*points: int) -> list[Decimal]:
    return [Decimal(point) for point in points]


@pytest.mark.parametrize(
    ("given", "value"),
    [((9, 8, 9), 1), ((8, 5, 7), 3), ((8, 8, 7), 1), ((5, 5), 0)],
)
def test_three_assessors_get_only_the_raw_spread(given: tuple[int, ...], value: int) -> None:
    found = spread(TEN, scores(*given))
    assert found is not None
    assert (found.value, found.share) == (value, None)
    assert [str(step) for step in found.steps] == [f"Spread: {max(given)} − {min(given)} = {value}"]


def test_from_five_assessors_on_it_is_told_as_a_share_of_the_scale() -> None:
    assert spread(TEN, scores(2, 3, 4, 8)).share is None  # type: ignore[union-attr]
    found = spread(TEN, scores(2, 3, 4, 8, 5))
    assert found is not None
    assert (found.value, found.share, found.n_assessors) == (6, Decimal("0.6"), 5)
    assert str(found.steps[-1]) == "Share of the scale: 6 / 10 = 0.6"


def test_a_share_that_decimals_cannot_hold_stays_exact() -> None:
    found = spread(Scale(Decimal(1), Decimal(4)), scores(1, 2, 2, 2, 2))
    assert found is not None
    assert found.share == Fraction(1, 3)


@pytest.mark.parametrize("given", [(), (7,)])
def test_nobody_differs_alone(given: tuple[int, ...]) -> None:
    assert spread(TEN, scores(*given)) is None


def test_a_score_outside_the_scale_is_never_counted() -> None:
    with pytest.raises(ValueError, match="outside the scale"):
        spread(TEN, scores(3, 11))


PAGE = (Path(__file__).parents[3] / "docs/rules/assessment.md").read_text()


@pytest.mark.parametrize(
    ("given", "value", "share"), re.findall(r"^\| ([\d, ]+) \| 0–10 \| (\d+) \| (\S+) \|$", PAGE, re.MULTILINE)
)
def test_the_table_of_the_page(given: str, value: str, share: str) -> None:
    found = spread(TEN, [Decimal(score) for score in given.split(", ")])
    assert found is not None
    assert (str(found.value), str(found.share or "–")) == (value, share)
