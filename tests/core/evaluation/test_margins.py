"""What a bid would have needed to be first, and that it is enough and no less is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Bid, Criterion, Gate, Margin, Model, PriceAddition, TieRule, evaluate, margins
from rodatraden.core.evaluation.margins import MOST_SUMS, PointsTold, sums_of
from rodatraden.core.evaluation.model import PER_HOUR
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.lint.cases import case_of, combination, criterion
from tests.core.evaluation.lint.cases import model as change_of_model
from tests.core.evaluation.worked import read

MODEL = Model(
    criteria=tuple(Criterion(key, key.title(), Scale(Decimal(0), Decimal(10))) for key in ("metod", "case")),
    combination=PriceAddition(per_point=Decimal(100), target=Decimal(20)),
    gates=(Gate(Decimal(12)),),
)


def bid(key: str, price: int, metod: int, case: int) -> Bid:
    return Bid(key, key.upper(), Decimal(price), {"metod": Decimal(metod), "case": Decimal(case)})


BIDS = [bid("a", 1140, 9, 8), bid("b", 1000, 7, 8), bid("c", 960, 8, 6), bid("d", 790, 5, 6)]


def test_the_worked_example() -> None:
    found = {each.key: each for each in margins(MODEL, BIDS, evaluate(MODEL, BIDS))}
    assert {key: (each.behind, each.price, each.points) for key, each in found.items()} == {
        "b": (60, 940, 16),
        "c": (120, 840, 16),
        "d": (None, None, 14),
    }


@pytest.mark.parametrize(
    ("price", "rule", "points", "first"),
    [
        ("939.99", TieRule.NONE, 15, ("b",)),
        ("940", TieRule.NONE, 15, ("a", "b")),
        ("940", TieRule.HIGHER_QUALITY, 15, ("a",)),
    ],
)
def test_the_price_of_a_margin_is_where_first_place_begins(
    price: str, rule: TieRule, points: int, first: tuple[str, ...]
) -> None:
    model = replace(MODEL, tie_rule=rule)
    bids = [BIDS[0], replace(BIDS[1], price=Decimal(price))]
    outcome = evaluate(model, bids)
    assert outcome.value.keys == first
    assert points == next(each.points for each in outcome.results if each.key == "b")


def test_more_points_win_when_equal_by_the_published_rule() -> None:
    model = replace(MODEL, tie_rule=TieRule.HIGHER_QUALITY)
    bids = [bid("a", 1000, 8, 8), bid("b", 1000, 9, 8), bid("c", 1300, 10, 9)]
    (c, a) = margins(model, bids, evaluate(model, bids))
    assert (a.key, a.wins_when_equal, a.price) == ("a", False, 900)
    assert (c.key, c.wins_when_equal, c.price) == ("c", True, 1200)


def test_without_a_first_or_without_steps_nothing_is_said() -> None:
    tied = [bid("a", 1000, 8, 8), bid("b", 1000, 8, 8)]
    assert margins(MODEL, tied, evaluate(MODEL, tied)) == ()
    free = replace(
        MODEL, criteria=tuple(replace(each, scale=Scale(Decimal(0), Decimal(10), None)) for each in MODEL.criteria)
    )
    assert {each.points for each in margins(free, BIDS, evaluate(free, BIDS))} == {None}


# Every absolute family: the stated change is enough, and one öre or one step less is not

ABSOLUTE = (
    "01-lowest-price",
    "03-price-deduction",
    "04-percentage-addition",
    "05-quality-only",
    "06-absolute-linear",
    "06-clipped",
    "13-ratio",
    "20-outside-reference",
    "22-price-per-point",
    "26-tie-lower-price",
)
"""The absolute cases with one criterion of 0 to 20 points in halves."""
RULES = st.sampled_from(list(TieRule))
rows = st.tuples(st.decimals(50, 3000, places=2), st.integers(1, 40).map(lambda halves: Decimal(halves) / 2))
ORE = Decimal("0.01")


def changed(bids: list[Bid], key: str, **change: object) -> list[Bid]:
    return [replace(each, **change) if each.key == key else each for each in bids]


def check(model: Model, bids: list[Bid], margin: Margin) -> None:
    own = next(each for each in bids if each.key == margin.key)

    def wins(**change: object) -> bool:
        return evaluate(model, changed(bids, own.key, **change)).value.winner == own.key

    if margin.price is not None:
        price = Decimal(str(margin.price))
        assert wins(price=price) is margin.wins_when_equal
        assert not wins(price=price + ORE)
        assert price - ORE <= 0 or wins(price=price - ORE)
    elif margin.behind is not None and model.combination.needs_price:
        assert not wins(price=ORE)
    if margin.points is not None:
        points = Decimal(str(margin.points))
        assert wins(scores={"kvalitet": points})
        assert not wins(scores={"kvalitet": points - Decimal("0.5")})
    else:
        assert not wins(scores={"kvalitet": Decimal(20)})
    assert margin.scores == ({} if margin.points is None else {"kvalitet": margin.points})
    assert margin.points_told is (PointsTold.NONE if margin.points is None else PointsTold.SMALLEST)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(ABSOLUTE), RULES, st.lists(rows, min_size=2, max_size=4))
def test_the_stated_change_wins_and_one_ore_or_one_step_less_does_not(name: str, rule: TieRule, drawn: list) -> None:
    model = replace(read(name).lots[0].model, tie_rule=rule, price=PER_HOUR)
    bids = [Bid(str(n), str(n), price, {"kvalitet": points}) for n, (price, points) in enumerate(drawn)]
    outcome = evaluate(model, bids)
    found = margins(model, bids, outcome, by_criterion=True)
    assert bool(found) is (outcome.value.winner is not None)
    for margin in found:
        check(model, bids, margin)


@settings(max_examples=80, deadline=None)
@given(
    RULES,
    st.sampled_from([(), (Gate(Decimal(6), ("case",)),)]),
    st.sampled_from([Decimal("0.5"), Decimal("0.000001")]),
    st.lists(st.tuples(st.sampled_from([900, 1000]), st.integers(4, 10), st.integers(4, 10)), min_size=2, max_size=4),
)
def test_no_points_are_said_to_be_enough_only_where_all_points_are_not(
    rule: TieRule, gates: tuple[Gate, ...], step: Decimal, drawn: list[tuple[int, int, int]]
) -> None:
    criteria = tuple(replace(each, scale=replace(each.scale, step=step)) for each in MODEL.criteria)
    model = replace(MODEL, tie_rule=rule, gates=gates, criteria=criteria)
    bids = [bid(str(n), *each) for n, each in enumerate(drawn)]
    for margin in margins(model, bids, evaluate(model, bids)):
        most = {each.key: each.scale.highest for each in criteria}
        wins = evaluate(model, changed(bids, margin.key, scores=most)).value.winner == margin.key
        assert margin.more_points_win is wins
        assert wins or margin.points is None


def test_a_sum_is_told_by_a_tie_rule_of_criteria_in_order_only_where_there_is_one() -> None:
    """Equal prices and the lowest price wins: the criteria decide between the two, and one criterion is its own sum."""
    lot = read("01-lowest-price").lots[0]
    model = replace(lot.model, tie_rule=TieRule.CRITERIA_IN_ORDER, price=PER_HOUR)
    bids = [Bid(key, key, Decimal(50), {"kvalitet": Decimal(score)}) for key, score in (("a", "0.5"), ("b", "12"))]
    (margin,) = margins(model, bids, evaluate(model, bids), by_criterion=True)
    assert (margin.points, margin.scores, margin.more_points_win) == (
        Decimal("12.5"),
        {"kvalitet": Decimal("12.5")},
        True,
    )
    several = replace(model, criteria=MODEL.criteria)
    bids = [Bid("a", "a", Decimal(50), {"metod": Decimal(7), "case": Decimal(9)})]
    bids += [Bid("b", "b", Decimal(50), {"metod": Decimal(8), "case": Decimal(5)})]
    (margin,) = margins(several, bids, evaluate(several, bids), by_criterion=True)
    assert (margin.points, margin.scores, margin.points_told) == (None, {"metod": 8}, PointsTold.ONE_BY_ONE)


# What is told of a sum


def of_scales(*scales: tuple[int, str]) -> tuple[Criterion, ...]:
    """Criteria from 0 to so many points in such steps."""
    return tuple(
        Criterion(f"k{n}", f"K{n}", Scale(Decimal(0), Decimal(highest), Decimal(step)))
        for n, (highest, step) in enumerate(scales)
    )


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["1", "0.5", "0.25", "0.2"])), max_size=3))
def test_the_sums_are_those_of_every_combination_each_once(scales: list[tuple[int, str]]) -> None:
    criteria = of_scales(*scales)
    combinations = product(*(each.scale.values for each in criteria))
    assert sums_of(criteria) == sorted({sum(map(Fraction, each), Fraction(0)) for each in combinations})


def test_a_sum_is_one_that_the_criteria_add_up_to_when_each_is_rounded() -> None:
    """11.5 and 4.5 are 12 and 5 when whole: no bid gets 16.5, and none is told that it would have been enough."""
    rounding = {"where": "criterion", "decimals": "0", "way": "half_up"}
    case = case_of(
        "seed-000", change_of_model(roundings=[rounding]), criterion(0, step="0.5"), criterion(1, step="0.5")
    )
    model = replace(case.lots[0].model, tie_rule=TieRule.NONE)
    bids = [bid("a", 1000, 8, 8), bid("b", 1000, 7, 8)]
    (margin,) = margins(model, bids, evaluate(model, bids))
    assert margin.points == 17


MANY = {
    "four of 0 to 100 in halves": (of_scales(*[(100, "0.5")] * 4), 801),
    "eleven of 0 to 100": (of_scales(*[(100, "1")] * 11), 1101),
    "two of 0 to 400": (of_scales(*[(400, "1")] * 2), 801),
}


@pytest.mark.parametrize("name", MANY)
def test_a_threshold_is_told_however_many_combinations_make_the_sums(name: str) -> None:
    criteria, count = MANY[name]
    assert len(sums_of(criteria)) == count
    most = sum(each.scale.highest for each in criteria)
    model = replace(MODEL, criteria=criteria, gates=(), combination=PriceAddition(Decimal(10), most))
    first, second = ({each.key: each.scale.highest / part for each in criteria} for part in (1, 2))
    bids = [Bid("a", "A", Decimal(3000), first), Bid("b", "B", Decimal(2900), second)]
    (margin,) = margins(model, bids, evaluate(model, bids))
    step = criteria[0].scale.step
    assert step is not None
    assert (margin.points, margin.points_told) == (most - 10 + step, PointsTold.SMALLEST)


@pytest.mark.parametrize(
    "scales",
    [
        [(1000, "0.01"), (1000, "0.01")],  # 200 001 sums and 10 000 million combinations
        [(20_000, "1"), (2000, "1")],  # 22 001 sums, but 40 million additions
        [(10, "0.000001")],
    ],
)
def test_criteria_with_too_many_sums_say_that_none_was_counted(scales: list[tuple[int, str]]) -> None:
    criteria = of_scales(*scales)
    assert sums_of(criteria) == []
    most = sum(each.scale.highest for each in criteria)
    model = replace(MODEL, criteria=criteria, gates=(), combination=PriceAddition(Decimal(10), most))
    scores = ({each.key: Decimal(score) for each in criteria} for score in (1, 0))
    bids = [Bid(key, key, Decimal(100), each) for key, each in zip("ab", scores, strict=True)]
    (margin,) = margins(model, bids, evaluate(model, bids))
    assert (margin.key, margin.points, margin.points_told) == ("b", None, PointsTold.NOT_COUNTED)


def test_many_sums_are_told_up_to_the_limit_and_not_above_it() -> None:
    assert len(sums_of(of_scales((1, "1"), (MOST_SUMS - 2, "1")))) == MOST_SUMS
    assert sums_of(of_scales((1, "1"), (MOST_SUMS - 1, "1"))) == []


SCORE = st.integers(0, 3)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([TieRule.CRITERIA_IN_ORDER, TieRule.HIGHER_QUALITY, TieRule.NONE]),
    st.lists(st.tuples(st.sampled_from([900, 1000, 1100]), SCORE, SCORE), min_size=2, max_size=3),
)
def test_a_sum_is_enough_however_it_comes_about_and_called_the_smallest_only_when_it_is(
    rule: TieRule, drawn: list[tuple[int, int, int]]
) -> None:
    criteria = tuple(replace(each, scale=Scale(Decimal(0), Decimal(3))) for each in MODEL.criteria)
    combined = PriceAddition(per_point=Decimal(100), target=Decimal(6))
    model = replace(MODEL, tie_rule=rule, gates=(), criteria=criteria, combination=combined)
    bids = [bid(str(n), *each) for n, each in enumerate(drawn)]
    for margin in margins(model, bids, evaluate(model, bids)):
        if margin.points is None:
            continue
        for metod, case in product(range(4), repeat=2):
            scores = {"metod": Decimal(metod), "case": Decimal(case)}
            wins = evaluate(model, changed(bids, margin.key, scores=scores)).value.winner == margin.key
            if metod + case >= margin.points:
                assert wins
            elif wins:
                assert margin.points_told is PointsTold.ENOUGH


def test_an_equal_value_that_the_criteria_in_order_decide_is_told_beside_the_sum_that_is_always_enough() -> None:
    model = replace(MODEL, tie_rule=TieRule.CRITERIA_IN_ORDER)
    bids = [bid("a", 1000, 8, 8), bid("b", 1000, 7, 8)]
    (margin,) = margins(model, bids, evaluate(model, bids))
    assert (margin.points, margin.points_told) == (17, PointsTold.ENOUGH)  # 9 + 7 would have won, 7 + 9 not
    bids = [bid("a", 1000, 8, 8), bid("b", 1050, 7, 8)]
    (margin,) = margins(model, bids, evaluate(model, bids))
    assert (margin.points, margin.points_told) == (17, PointsTold.SMALLEST)


@pytest.mark.parametrize(
    "roundings",
    [
        [{"where": "price", "decimals": "0", "way": "half_up"}],
        [{"where": "value", "decimals": "0", "way": "down"}],
    ],
)
def test_rounding_counts_in_a_margin_as_in_the_outcome(roundings: list[dict[str, str]]) -> None:
    case = case_of("03-price-deduction", change_of_model(roundings=roundings, tie_rule="higher_quality"))
    model, bids = case.lots[0].model, list(case.lots[0].bids)
    for margin in margins(model, bids, evaluate(model, bids), by_criterion=True):
        check(model, bids, margin)


def test_a_price_that_would_have_to_be_rounded_to_nothing_is_no_price() -> None:
    case = case_of(
        "01-lowest-price", change_of_model(roundings=[{"where": "price", "decimals": "0", "way": "half_up"}])
    )
    model = case.lots[0].model
    bids = [Bid(key, key, price, {"kvalitet": Decimal(20)}) for key, price in (("a", Decimal(1)), ("b", Decimal(2)))]
    (margin,) = margins(model, bids, evaluate(model, bids))
    assert (margin.key, margin.behind, margin.price) == ("b", 1, None)


def test_behind_is_counted_so_that_more_is_worse_whichever_end_is_best() -> None:
    lot = read("06-absolute-linear").lots[0]
    outcome = evaluate(lot.model, lot.bids)
    values = {result.key: as_fraction(result.value) for result in outcome.results}
    for margin in margins(lot.model, lot.bids, outcome):
        assert margin.behind is not None
        assert as_fraction(margin.behind) == values[outcome.value.winner or ""] - values[margin.key] > 0


def test_with_lines_and_currencies_the_margin_is_of_the_compared_price() -> None:
    lot = read("24-price-lines-currency").lots[0]
    (margin,) = margins(lot.model, lot.bids, evaluate(lot.model, lot.bids))
    assert (margin.key, margin.price, margin.wins_when_equal, margin.points) == ("B", 588200, False, None)


def test_each_criterion_alone_and_the_sum_of_several_with_other_steps() -> None:
    case = case_of("seed-000", criterion(1, step="2.5"))
    bids = [
        Bid("a", "A", Decimal(1000), {"metod": Decimal(9), "case": Decimal("7.5")}),
        Bid("b", "B", Decimal(1000), {"metod": Decimal(8), "case": Decimal(5)}),
    ]
    model = case.lots[0].model
    (margin,) = margins(model, bids, evaluate(model, bids), by_criterion=True)
    assert margin.points == 17  # 16.5 is level; 7 + 10 is the next sum
    assert margin.scores == {"case": 10}  # metod alone gives at most 15


def test_a_step_table_is_told_at_its_steps() -> None:
    lot = read("17-step-table").lots[0]
    found = {each.key: each for each in margins(lot.model, lot.bids, evaluate(lot.model, lot.bids), by_criterion=True)}
    assert found["A"].scores == {"erfarenhet": 49}
    bids = [
        replace(each, scores={**each.scores, "erfarenhet": Decimal(49)}, assignments={}) if each.key == "A" else each
        for each in lot.bids
    ]
    assert evaluate(lot.model, bids).value.winner == "A"


def test_a_bid_below_the_gate_is_told_the_points_that_pass_and_win() -> None:
    (margin,) = (each for each in margins(MODEL, BIDS, evaluate(MODEL, BIDS), by_criterion=True) if each.key == "d")
    assert (margin.points, margin.scores) == (14, {"metod": 8, "case": 9})
    priceless = [replace(each, price=None) if each.key == "d" else each for each in BIDS]
    assert "d" not in {each.key for each in margins(MODEL, priceless, evaluate(MODEL, priceless))}


def test_a_relative_model_has_no_margins_since_all_values_would_move() -> None:
    lot = read("07-proportional").lots[0]
    assert margins(lot.model, lot.bids, evaluate(lot.model, lot.bids)) == ()


def test_a_gate_on_one_criterion_leaves_the_scores_and_tells_no_sum() -> None:
    model = replace(MODEL, gates=(Gate(Decimal(6), ("case",)),))
    for margin in margins(model, BIDS, evaluate(model, BIDS), by_criterion=True):
        assert margin.points is None
        for key, score in margin.scores.items():
            bid_ = next(each for each in BIDS if each.key == margin.key)
            for less, is_first in ((0, True), (1, False)):
                scores = {**bid_.scores, key: as_fraction(score) - less}
                assert (evaluate(model, changed(BIDS, bid_.key, scores=scores)).value.winner == bid_.key) is is_first


def test_criteria_without_steps_have_no_lowest_sum() -> None:
    fine = case_of("seed-000", criterion(0, step="0.000001"), combination())
    lot = fine.lots[0]
    assert {each.points for each in margins(lot.model, lot.bids, evaluate(lot.model, lot.bids))} == {None}


def test_the_table_of_the_page() -> None:
    """docs/rules/margins.md, its worked example."""
    lot = read("seed-000").lots[0]
    found = margins(lot.model, lot.bids, evaluate(lot.model, lot.bids), by_criterion=True)
    told = {each.key: (each.price, each.wins_when_equal, each.points, dict(each.scores)) for each in found}
    assert told == {
        "lyckastrand": (940, False, 16, {"metod": 8, "case": 9}),
        "nordvala": (840, False, 16, {"metod": 10, "case": 8}),
        "eketorp": (None, False, 14, {"metod": 8, "case": 9}),
    }
