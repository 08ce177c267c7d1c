from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion, ModelError, Rounding, Where, highest_total
from rodatraden.core.evaluation.criteria import points_of, total
from tests.core.evaluation.worked import check_page, lines

TEN = Scale(Decimal(0), Decimal(10), Decimal("0.5"))
THREE = tuple(Criterion(name.lower(), name, TEN) for name in ("Method", "Case", "Interview"))


def test_points_are_added_two_at_a_time() -> None:
    each, scored = points_of(THREE, {"case": Decimal(8), "method": Decimal("9.50"), "interview": Decimal(0)})
    points, summed = total(each)
    steps = scored + summed
    assert points == Fraction(35, 2)
    assert [(str(step.text), str(step.value)) for step in steps] == [
        ("Method: 9.5 of 10", "9.5"),
        ("Case: 8 of 10", "8"),
        ("Interview: 0 of 10", "0"),
        ("Points: 9.5 + 8", "17.5"),
        ("Points: 17.5 + 0", "17.5"),
    ]


def test_one_criterion_needs_no_sum() -> None:
    each, scored = points_of(THREE[:1], {"method": Decimal(7)})
    points, steps = total(each)
    assert steps == ()
    assert points == 7
    assert [str(step.text) for step in scored] == ["Method: 7 of 10"]


def test_the_most_that_can_be_had_is_the_sum_of_the_scales() -> None:
    assert highest_total(THREE) == 30
    assert highest_total(()) == 0


def test_the_worked_example_of_the_page() -> None:
    check_page("criteria.md")


def test_a_worth_weighs_a_score_and_the_whole_is_renormalised_as_published() -> None:
    told = lines("18-maturity", "A")
    assert told[:2] == [("Ledarskap: 60 of 100", "60"), ("Ledarskap: 60 ÷ 100 × 120", "72")]
    assert ("Points of 1000: 254 × 1000 ÷ 500", "508") in told


def test_a_criterion_is_rounded_only_where_the_model_says_so() -> None:
    third = Criterion("k", "K", Scale(Decimal(0), Decimal(3)), worth=Decimal(10))
    assert third.points(Decimal(1))[0] == Fraction(10, 3)
    assert third.points(Decimal(1), (Rounding(Where.CRITERION, 2),))[0] == Fraction("3.33")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"worth": "0"}, "c.worth"),
        ({"worth": "10", "table": [{"from": "0", "points": "1"}]}, "c.worth"),
        ({"months": {"rule": "weeks", "counted_on": "2026-05-04"}}, "c.months.rule"),
        ({"months": {"rule": "days", "counted_on": "4 maj 2026"}}, "c.months.counted_on"),
        ({"months": {"rule": "days", "counted_on": "2026-02-30"}}, "c.months.counted_on"),
        ({"weight": "10"}, "c.weight"),
    ],
)
def test_what_cannot_be_read_names_its_field(change: dict[str, object], field: str) -> None:
    written = {"key": "k", "label": "K", "lowest": "0", "highest": "10", "step": "1", **change}
    with pytest.raises(ModelError) as refused:
        Criterion.from_json(written, "c")
    assert refused.value.field == field
