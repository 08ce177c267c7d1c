from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.evaluation import Best, Corridor, ModelError, TieRule, evaluate, margins
from rodatraden.core.evaluation.ranking import Contender, Place, rank
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.message import Message
from tests.core.evaluation.worked import check_page, lines, read

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


def test_the_worked_example_of_the_page() -> None:
    check_page("ranking.md")


def test_the_lower_price_sets_equal_values_apart() -> None:
    assert lines("26-tie-lower-price", "B")[-2:] == [
        ("Same value as Anbud A: the lower price goes first", "1100"),
        ("Place 2", None),
    ]


ORDERED = "28-tie-criteria-in-order"


def test_the_criteria_in_order_set_bids_with_the_same_points_apart() -> None:
    assert lines(ORDERED, "A")[-2:] == [
        ("Same value as Anbud B: the criteria are compared in order", None),
        ("Place 2", None),
    ]
    (lot,) = read(ORDERED).lots
    outcome = evaluate(lot.model, lot.bids)
    assert "more points on the first criterion that sets them apart" in outcome.steps[-1].text.text
    assert said_of(worded(lot.model)[-1]) == "Metod, Case"


def said_of(message: Message) -> object:
    return message.values["criteria"]


def contender(key: str, points: list[int]) -> Contender:
    by_criterion = {str(n): Fraction(each) for n, each in enumerate(points)}
    return Contender(key, Decimal(sum(points)), Fraction(sum(points)), None, by_criterion)


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=6))
def test_in_order_means_sum_first_then_each_criterion_and_only_twins_share_a_place(drawn: list[list[int]]) -> None:
    given_bids = [contender(f"{n:02}", points) for n, points in enumerate(drawn)]
    found = rank(given_bids, TieRule.CRITERIA_IN_ORDER, Best.HIGHEST)
    order = sorted(drawn, key=lambda points: (-sum(points), [-each for each in points]))
    by_key = dict(zip((each.key for each in given_bids), drawn, strict=True))
    assert [by_key[place.key] for place in found] == order
    for place in found:
        assert {tuple(by_key[each]) for each in place.level_with} <= {tuple(by_key[place.key])}
        assert place.place == 1 + order.index(by_key[place.key])


def test_a_bid_that_would_only_be_equal_is_not_said_to_have_won() -> None:
    """Where the criteria are compared in order a sum does not tell who is first of equal ones."""
    (lot,) = read(ORDERED).lots
    outcome = evaluate(lot.model, lot.bids)
    found = {margin.key: margin for margin in margins(lot.model, lot.bids, outcome, by_criterion=True)}
    assert (found["A"].points, found["C"].points) == (Decimal(18), Decimal(18))
    assert found["A"].scores == {"metod": Decimal(9), "case": Decimal(10)}
    assert found["C"].scores == {"metod": Decimal(9)}


def test_a_corridor_is_never_decided_by_the_order_of_criteria() -> None:
    with pytest.raises(ModelError):
        Corridor.from_json({"percent": "10", "decided_by": "criteria_in_order"}, "corridor")


def test_a_corridor_is_counted_from_the_best_value_whichever_end_is_best() -> None:
    ten = Corridor(Decimal(10), TieRule.HIGHER_QUALITY)
    assert (ten.limit(Fraction(15), Best.HIGHEST), ten.limit(Fraction(100), Best.LOWEST)) == (
        Fraction("13.5"),
        Fraction(110),
    )
    assert ten.limit(Fraction(-100), Best.LOWEST) == -90


def test_within_the_corridor_the_decider_goes_before_the_value() -> None:
    one = [Contender(key, Decimal(value), Fraction(points), Fraction(price), {"case": Fraction(case)})
           for key, value, points, price, case in (("a", 100, 10, 100, 3), ("b", 109, 12, 109, 1), ("c", 111, 20, 111, 9))]  # fmt: skip
    orders = {
        decider: [place.key for place in rank(one, TieRule.NONE, Best.LOWEST, Corridor(Decimal(10), *decider))]
        for decider in (
            (TieRule.HIGHER_QUALITY, None),
            (TieRule.HIGHER_QUALITY, "case"),
            (TieRule.LOWER_PRICE, None),
        )
    }
    assert list(orders.values()) == [["b", "a", "c"], ["a", "b", "c"], ["a", "b", "c"]]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"percent": "0", "decided_by": "higher_quality"}, "k.percent"),
        ({"percent": "100", "decided_by": "higher_quality"}, "k.percent"),
        ({"percent": "10", "decided_by": "none"}, "k.decided_by"),
        ({"percent": "10", "decided_by": "lower_price", "criterion": "case"}, "k.decided_by"),
    ],
)
def test_a_corridor_that_cannot_be_read_names_its_field(value: object, field: str) -> None:
    with pytest.raises(ModelError) as refused:
        Corridor.from_json(value, "k")
    assert refused.value.field == field
