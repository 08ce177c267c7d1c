from decimal import Decimal

import pytest

from rodatraden.core.evaluation import Criterion, ModelError, StepTable
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.worked import check_page, lines


def test_the_worked_example_of_the_page() -> None:
    check_page("step_table.md")


def test_months_are_counted_and_then_looked_up() -> None:
    assert lines("17-step-table", "B")[:4] == [
        ("2021-01-01 to 2025-01-31: 49 completed months", None),
        ("49 months together", "49"),
        ("Metod: 8 of 10", "8"),
        ("Erfarenhet i månader: 49, in the step from 49", "10"),
    ]


def steps(*rows: tuple[str, str | None, str]) -> list[dict[str, object]]:
    return [
        {"from": low, "points": points} | ({} if below is None else {"below": below}) for low, below, points in rows
    ]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (steps(("0", "24", "0"), ("20", None, "5")), "The steps from 0 and from 20 overlap."),
        (steps(("0", None, "0"), ("24", None, "5")), "The steps from 0 and from 24 overlap."),
        (steps(("24", None, "5"), ("0", "24", "0")), "The steps from 24 and from 0 overlap."),
        (steps(("0", "24", "0"), ("25", None, "5")), "Between 24 and 25 there is a gap without points."),
        (steps(("5", "5", "1")), "The step from 5 ends before it begins."),
        ([], "A step table needs at least one step."),
    ],
)
def test_a_gap_or_an_overlap_is_refused_with_its_place(rows: list[dict[str, object]], sentence: str) -> None:
    with pytest.raises(ModelError) as refused:
        StepTable.from_json(rows, "t")
    assert (refused.value.field, str(refused.value.reason)) == ("t", sentence)
    assert refused.value.value == repr(rows)[:200]


@pytest.mark.parametrize("rows", [steps(("1", None, "5")), steps(("0", "600", "5"))])
def test_a_table_covers_the_whole_scale(rows: list[dict[str, object]]) -> None:
    written = {"key": "m", "label": "Months", "lowest": "0", "highest": "600", "step": "1", "table": rows}
    with pytest.raises(ModelError) as refused:
        Criterion.from_json(written, "c")
    assert (refused.value.field, str(refused.value.reason)) == ("c.table", "The steps do not cover the whole scale.")


@pytest.mark.parametrize(("measure", "points"), [("0", 0), ("23.99", 0), ("24", 5), ("48", 5), ("49", 10), ("600", 10)])
def test_a_step_holds_from_its_first_value_up_to_the_next(measure: str, points: int) -> None:
    table = StepTable.from_json(steps(("0", "24", "0"), ("24", "49", "5"), ("49", None, "10")), "t")
    assert table.step_of(as_fraction(Decimal(measure))).points == points
    assert (table.lowest, table.highest) == (0, 10)
    assert StepTable.from_json(table.to_json(), "t") == table
