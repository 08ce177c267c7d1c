"""B2: every change of one score by one step."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import InputError, evaluate
from rodatraden.core.evaluation.robustness import EXPLAINS, Again, Joined, Panel
from rodatraden.core.evaluation.robustness.again import between_steps
from rodatraden.core.evaluation.robustness.single_changes import single_changes, single_individual_changes
from tests.core.evaluation.robustness.example import AGAIN, BIDS, JOINING, MODEL, PANEL, rows, shown
from tests.core.evaluation.robustness.families import KEY, MODELS, tenders


def test_the_worked_example() -> None:
    found = single_changes(AGAIN)
    assert (found.value, found.tried, found.first) == (4, 16, ("mellanrum",))
    assert [
        (turn.bid, turn.criterion, str(turn.score), str(turn.other), shown(turn.first)) for turn in found.turns
    ] == [(row["Bid"], row["Criterion"], row["Score"], row["Instead"], row["First"]) for row in rows("B2")]
    assert [str(each) for each in found.sentences] == [
        "4 of 16 changes of one consensus score by one step change first place.",
        str(EXPLAINS),
    ]
    assert str(found.turns[0].text) == "Metod of Lyckåstrand Process AB: 8 instead of 7."
    assert str(found.turns[0].consequence) == "Lyckåstrand Process AB would then have been first."


def test_one_assessor_weighs_less_than_the_consensus() -> None:
    found = single_individual_changes(AGAIN, JOINING, PANEL, Joined.MEAN)
    assert (found.value, found.tried, found.not_computed, found.first) == (0, 48, 0, ("mellanrum",))
    alone = Panel.of(MODEL, BIDS, {"anna": {"lyckastrand": {"metod": Decimal(7)}}})
    (turn,) = single_individual_changes(AGAIN, JOINING, alone, Joined.MEDIAN).turns
    assert (turn.assessor, turn.score, turn.other, turn.first) == ("anna", 7, 8, ("lyckastrand",))
    assert str(turn.text) == "anna on Metod of Lyckåstrand Process AB: 8 instead of 7."


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(MODELS)), tenders)
def test_the_count_is_the_number_of_changes_and_each_turn_is_what_the_engine_says(name: str, bids: list) -> None:
    model = MODELS[name]
    try:
        first = evaluate(model, bids).value.keys
    except InputError:
        assume(False)
    found = single_changes(Again(model, bids))
    judged = [bid for bid in bids if bid.not_qualified is None]
    at_an_end = sum(bid.scores[KEY] in {0, 20} for bid in judged)
    assert found.tried == 2 * len(judged) - at_an_end
    assert found.value == len(found.turns) <= found.tried
    for turn in found.turns:
        others = [bid for bid in bids if bid.key != turn.bid]
        (own,) = (bid for bid in bids if bid.key == turn.bid)
        assert abs(turn.other - turn.score) == Decimal("0.5")
        assert evaluate(model, [*others, replace(own, scores={KEY: turn.other})]).value.keys == turn.first != first


def test_a_scale_without_steps_has_no_step_to_change() -> None:
    assert single_changes(Again(between_steps(MODEL), BIDS)).tried == 0
    one = replace(MODEL.criteria[0], scale=Scale(Decimal(0), Decimal(10), None))
    assert single_changes(Again(replace(MODEL, criteria=(one, MODEL.criteria[1])), BIDS)).tried == 8


def test_a_change_that_cannot_be_computed_is_counted_apart() -> None:
    nearly = replace(BIDS[3], price=None, scores={"metod": Decimal(5), "case": Decimal(6)})
    found = single_changes(Again(MODEL, [BIDS[0], nearly]))
    assert (found.value, found.tried, found.not_computed) == (0, 8, 2)
    assert "2 of the changes can't be computed." in map(str, found.sentences)
