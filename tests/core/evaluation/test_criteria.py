from decimal import Decimal
from fractions import Fraction

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion, highest_total
from rodatraden.core.evaluation.criteria import total

TEN = Scale(Decimal(0), Decimal(10), Decimal("0.5"))
THREE = tuple(Criterion(name.lower(), name, TEN) for name in ("Method", "Case", "Interview"))


def test_points_are_added_two_at_a_time() -> None:
    points, steps = total(THREE, {"case": Decimal(8), "method": Decimal("9.50"), "interview": Decimal(0)})
    assert points == Fraction(35, 2)
    assert [(str(step.text), str(step.value)) for step in steps] == [
        ("Method: 9.5 of 10", "9.5"),
        ("Case: 8 of 10", "8"),
        ("Interview: 0 of 10", "0"),
        ("Points: 9.5 + 8", "17.5"),
        ("Points: 17.5 + 0", "17.5"),
    ]


def test_one_criterion_needs_no_sum() -> None:
    points, steps = total(THREE[:1], {"method": Decimal(7)})
    assert points == 7
    assert [str(step.text) for step in steps] == ["Method: 7 of 10"]


def test_the_most_that_can_be_had_is_the_sum_of_the_scales() -> None:
    assert highest_total(THREE) == 30
    assert highest_total(()) == 0
