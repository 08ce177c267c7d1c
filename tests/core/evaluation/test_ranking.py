from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import TieRule
from rodatraden.core.evaluation.ranking import Contender, Place, rank

A = Contender("a", Decimal(1440), Fraction(17))
B = Contender("b", Decimal("1440.00"), Fraction(16))
C = Contender("c", Fraction(4320, 3), Fraction(17))
D = Contender("d", Decimal(1500), Fraction(20))


def test_the_lowest_evaluation_price_is_first_however_it_is_written() -> None:
    assert rank([D, C, B, A], TieRule.NONE) == (
        Place("a", 1, ("b", "c"), ()),
        Place("b", 1, ("a", "c"), ()),
        Place("c", 1, ("a", "b"), ()),
        Place("d", 4, (), ()),
    )


def test_higher_quality_sets_equal_prices_apart_and_nothing_else() -> None:
    assert rank([B, D, A], TieRule.HIGHER_QUALITY) == (
        Place("a", 1, (), ("b",)),
        Place("b", 2, (), ("a",)),
        Place("d", 3, (), ()),
    )
    assert [place.place for place in rank([A, C, B], TieRule.HIGHER_QUALITY)] == [1, 1, 3]


@pytest.mark.parametrize("rule", TieRule)
def test_nobody_is_ranked_when_there_is_nobody(rule: TieRule) -> None:
    assert rank([], rule) == ()
