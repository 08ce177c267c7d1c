"""What hangs on a score that assessors differ on, held to the exact engine and to what a pocket calculator says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rodatraden.core.evaluation import Corridor, Gate, TieRule
from rodatraden.core.evaluation.stress import at_stake
from tests.core.evaluation.stress.made import model_of

SEED_000 = model_of("seed-000")
METHOD, CASE = (criterion.key for criterion in SEED_000.criteria)


def given(**bids: tuple[tuple[int, ...], tuple[int, ...]]) -> dict[str, dict[str, list[Decimal]]]:
    return {
        bid: {key: list(map(Decimal, own)) for key, own in zip((METHOD, CASE), scores, strict=True)}
        for bid, scores in bids.items()
    }


def test_nothing_hangs_on_what_everybody_agrees_on() -> None:
    assert at_stake(SEED_000, given(a=((7, 7), (8, 8)), b=((9, 9), (5, 5)))) == {}


def test_only_what_differs_is_told_and_what_nobody_has_judged_is_left_out() -> None:
    found = at_stake(SEED_000, given(a=((7, 8), (8, 8)), b=((9, 9), (5, 6)), c=((), (1, 9))))
    assert set(found) == {("a", METHOD), ("b", CASE)}


@pytest.mark.parametrize(
    ("method", "case", "hangs"),
    [
        ((5, 7), (6, 6), True),  # 11 or 13 of the 12 that are needed
        ((5, 6), (6, 6), True),  # 11 or 12: exactly 12 goes on
        ((6, 7), (6, 6), False),  # 12 or 13
        ((4, 5), (6, 6), False),  # 10 or 11
        ((4, 5), (6, 7), True),  # 10 to 12, with the other one too
    ],
)
def test_the_gate_hangs_on_a_score_when_its_ends_lie_on_either_side(
    method: tuple[int, ...], case: tuple[int, ...], *, hangs: bool
) -> None:
    found = at_stake(SEED_000, given(a=(method, case), b=((9, 9), (9, 9))))
    assert found["a", METHOD].gate is hangs


def test_a_gate_on_another_criterion_does_not_hang_on_this_one() -> None:
    model = replace(SEED_000, gates=(Gate(Decimal(6), (CASE,)),))
    found = at_stake(model, given(a=((2, 9), (5, 7))))
    assert (found["a", METHOD].gate, found["a", CASE].gate) == (False, True)


def test_the_first_place_hangs_more_on_a_wide_spread_of_the_better_bid() -> None:
    found = at_stake(SEED_000, given(a=((3, 10), (9, 9)), b=((8, 8), (8, 8)), c=((6, 6), (6, 7))))
    wide, narrow = found["a", METHOD].first, found["c", CASE].first
    assert (wide.of, narrow.of) == (512, 512)
    assert wide.count > 3 * narrow.count > 0


def test_alone_nobody_can_take_the_first_place_but_the_gate_can() -> None:
    found = at_stake(SEED_000, given(a=((9, 10), (9, 9))))
    assert found["a", METHOD].first.count == 0
    found = at_stake(SEED_000, given(a=((1, 10), (5, 5))))
    assert found["a", METHOD].first.count == 512


def test_the_same_scores_give_the_same_answer_and_prices_of_bids_are_nowhere_asked_for() -> None:
    scores = given(a=((3, 10), (9, 9)), b=((8, 6), (8, 8)))
    assert at_stake(SEED_000, scores) == at_stake(SEED_000, scores)


def test_a_relative_model_is_computed_whole_and_ends_as_an_absolute_one_where_nothing_is_relative() -> None:
    """A corridor that holds only the best bid changes nothing but the way in which it is computed."""
    scores = given(a=((3, 10), (9, 8)), b=((8, 8), (8, 6)), c=((6, 6), (6, 7)))
    absolute = replace(SEED_000, tie_rule=TieRule.NONE)
    relative = replace(absolute, corridor=Corridor(Decimal("0.000001"), TieRule.LOWER_PRICE))
    assert relative.is_relative
    assert at_stake(relative, scores) == at_stake(absolute, scores)


def test_every_kind_of_model_tells() -> None:
    for name in ("08-linear-from-lowest", "12-rank", "13-ratio", "21-rounding"):
        model = model_of(name)
        ends = {each.key: [each.scale.lowest, each.scale.highest] for each in model.criteria}
        found = at_stake(model, {"a": ends, "b": ends, "c": ends})
        assert {share.first.of for share in found.values()} == {512}, name
        assert max(share.first.count for share in found.values()) > 0, name
