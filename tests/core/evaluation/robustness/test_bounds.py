"""B9: how far each bid can still come while the scoring goes on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Bid, Criterion, Gate, InputError, Model, StepTable, TableStep, TieRule, evaluate
from rodatraden.core.evaluation.robustness import bounds
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.robustness.example import BIDS, MODEL, rows
from tests.core.evaluation.robustness.families import ABSOLUTE, MODELS
from tests.core.evaluation.worked import by_hand


def without(bid: Bid, *keys: str) -> Bid:
    return replace(bid, scores={key: score for key, score in bid.scores.items() if key not in keys})


PARTLY = [BIDS[0], without(BIDS[1], "case"), without(BIDS[2], "case"), without(BIDS[3], "metod")]


def test_the_worked_example() -> None:
    late = [PARTLY[0], replace(PARTLY[1], scores={"metod": Decimal(5)}), PARTLY[2], PARTLY[3]]
    found = {each.key: each for each in bounds(MODEL, late).value}
    assert len(found) == len(rows("B9"))
    for row in rows("B9"):
        bound = found[row["Bid"]]
        for name in ("worst", "best"):
            value = getattr(bound, name)
            assert value is None if row[name] == "–" else value == by_hand(row[name])
        assert (", ".join(bound.missing) or "–", bound.can_be_first) == (row["Missing"], row["Can be first"] == "yes")
    told = [str(each) for each in bounds(MODEL, late).sentences]
    assert told[0].startswith("1 of 4 bids can't be first any more")
    assert told[1].startswith("To leave a bid unscored because it can't be first is allowed only if")


SMALL = Scale(Decimal(0), Decimal(2))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(ABSOLUTE),
    st.sampled_from(TieRule),
    st.integers(0, 3),
    st.lists(
        st.tuples(st.integers(1, 6), *[st.one_of(st.none(), st.integers(0, 2))] * 2), min_size=1, max_size=3
    ),
)  # fmt: skip
def test_they_are_what_every_way_to_fill_in_the_scores_gives(name: str, rule: TieRule, least: int, drawn: list) -> None:
    model = replace(
        MODELS[name],
        criteria=tuple(Criterion(key, key, SMALL) for key in ("a", "b")),
        gates=(Gate(Decimal(least)),),
        total=None,
        tie_rule=rule,
    )
    if hasattr(model.combination, "target"):
        model = replace(model, combination=replace(model.combination, target=Decimal(4)))
    bids = [
        Bid(str(n), str(n), Decimal(100 * price), {k: Decimal(v) for k, v in (("a", a), ("b", b)) if v is not None})
        for n, (price, a, b) in enumerate(drawn)
    ]
    try:
        found = bounds(model, bids)
    except InputError:
        assume(False)
    gaps = [(n, key) for n, bid in enumerate(bids) for key in ("a", "b") if key not in bid.scores]
    assume(len(gaps) <= 4)
    first, values = set(), {bid.key: [] for bid in bids}
    for scores in product(range(3), repeat=len(gaps)):
        filled = [replace(bid, scores=dict(bid.scores)) for bid in bids]
        for (n, key), score in zip(gaps, scores, strict=True):
            filled[n].scores[key] = Decimal(score)  # type: ignore[index]
        outcome = evaluate(model, filled)
        first |= set(outcome.value.keys)
        for result in outcome.results:
            if result.value is not None:
                values[result.key].append(as_fraction(result.value))
    for bound in found.value:
        assert bound.can_be_first is (bound.key in first)
        assert bound.below is (not values[bound.key])
        if values[bound.key]:
            ends = (min(values[bound.key]), max(values[bound.key]))
            best, worst = ends if model.combination.best == "lowest" else reversed(ends)
            assert bound.best == best
            assert bound.worst in {None, worst}


def test_without_prices_only_the_gates_can_tell() -> None:
    blind = [replace(bid, price=None) for bid in (PARTLY[0], replace(PARTLY[1], scores={"metod": Decimal(1)}))]
    first, second = bounds(MODEL, blind).value
    assert (first.key, first.can_be_first, first.below, first.best) == ("lyckastrand", False, True, None)
    assert (second.key, second.can_be_first, second.best) == ("mellanrum", True, None)
    assert str(first.text) == "Lyckåstrand Process AB can't pass the gates any more."


def test_steps_that_fall_give_their_most_in_the_middle() -> None:
    steps = StepTable((
        TableStep(Decimal(0), Decimal(1), Decimal(3)),
        TableStep(Decimal(1), Decimal(2), Decimal(9)),
        TableStep(Decimal(2), None, Decimal(5)),
    ))  # fmt: skip
    one = Criterion("a", "A", SMALL, table=steps)
    model: Model = replace(
        MODEL, criteria=(one,), gates=(), total=None, combination=MODELS["05-quality-only"].combination
    )
    (found,) = bounds(model, [Bid("x", "X", None, {})]).value
    assert (found.fewest, found.most, found.worst, found.best) == (3, 9, 3, 9)


@pytest.mark.parametrize("name", ["09-min-max", "14-corridor"])
def test_a_relative_model_has_no_bounds(name: str) -> None:
    found = bounds(MODELS[name], [])
    assert found.value == ()
    assert str(found.sentences[0]) == "The model compares bids with each other, so no bid has bounds of its own."


def test_points_below_0_have_no_bounds_in_a_ratio() -> None:
    below = StepTable((TableStep(Decimal(0), None, Decimal(-1)),))
    model = replace(MODELS["13-ratio"], criteria=(Criterion("a", "A", SMALL, table=below),))
    assert bounds(model, []).value == ()


def test_a_score_off_its_scale_is_refused() -> None:
    with pytest.raises(InputError):
        bounds(MODEL, [replace(PARTLY[1], scores={"metod": Decimal(11)})])
