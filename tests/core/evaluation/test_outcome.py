from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import (
    Bid,
    Criterion,
    Gate,
    InputError,
    InputFault,
    Model,
    ModelError,
    Outcome,
    Price,
    PriceAddition,
    PriceUnit,
    Status,
    TieRule,
    Verdict,
    evaluate,
    inputs,
    read_inputs,
)

TEN = Scale(Decimal(0), Decimal(10))
SEED = Model(
    criteria=(Criterion("method", "Method", TEN), Criterion("case", "Case", TEN)),
    combination=PriceAddition(Decimal(100), Decimal(20)),
    gates=(Gate(Decimal(12)),),
    tie_rule=TieRule.HIGHER_QUALITY,
)
WITHOUT_RULE = replace(SEED, tie_rule=TieRule.NONE)


def bid(key: str, method: object, case: object, price: object, not_qualified: str | None = None) -> Bid:
    exact = {name: score if isinstance(score, Fraction) else Decimal(str(score)) for name, score in
             (("method", method), ("case", case))}  # fmt: skip
    return Bid(key, f"Bidder {key}", Decimal(str(price)), exact, not_qualified)


def places(outcome: Outcome) -> dict[str, int | None]:
    return {result.key: result.place for result in outcome.results}


def test_exact_ties_that_floats_would_get_wrong_are_ties() -> None:
    tenths = replace(WITHOUT_RULE, combination=PriceAddition(Decimal("0.1"), Decimal(20)), gates=())
    outcome = evaluate(tenths, [bid("a", 9, 10, "0.1"), bid("b", 10, 10, "0.2")])
    assert (outcome.value.verdict, outcome.value.keys) == (Verdict.TIE, ("a", "b"))


def test_a_tie_for_first_place_stops_without_a_published_rule() -> None:
    outcome = evaluate(WITHOUT_RULE, [bid("a", 9, 8, 1140), bid("b", 8, 8, 1040), bid("c", 8, 6, 960)])
    assert (outcome.value.verdict, outcome.value.winner, outcome.value.keys) == (Verdict.TIE, None, ("a", "b"))
    assert places(outcome) == {"a": 1, "b": 1, "c": 3}
    assert str(outcome.results[0].steps[-1].text) == "Place 1, shared with Bidder b"
    assert str(outcome.steps[-1].text) == (
        "Bidder a, Bidder b have the same, lowest evaluation price. "
        "No published rule sets them apart, so nobody is first."
    )


def test_the_published_rule_sets_a_tie_apart() -> None:
    outcome = evaluate(SEED, [bid("b", 8, 8, 1040), bid("a", 9, 8, 1140)])
    assert outcome.value.winner == "a"
    assert places(outcome) == {"a": 1, "b": 2}
    assert [str(step.text) for step in outcome.results[1].steps[-2:]] == [
        "Same evaluation price as Bidder a: higher points go first",
        "Place 2",
    ]
    assert str(outcome.steps[-1].text) == (
        "Bidder a and Bidder b have the same, lowest evaluation price. "
        "By the published rule Bidder a is first, with more points."
    )


def test_equal_in_price_and_points_is_a_tie_also_under_the_rule() -> None:
    outcome = evaluate(SEED, [bid("a", 9, 8, 1140), bid("b", 8, 9, 1140)])
    assert outcome.value.verdict is Verdict.TIE


def test_a_tie_below_first_place_stops_nothing() -> None:
    outcome = evaluate(WITHOUT_RULE, [bid("a", 9, 8, 900), bid("b", 8, 8, 1040), bid("c", 9, 8, 1140)])
    assert outcome.value.winner == "a"
    assert places(outcome) == {"a": 1, "b": 2, "c": 2}


@pytest.mark.parametrize(("case", "status"), [(3, Status.RANKED), (2, Status.BELOW_GATE)])
def test_the_gate_lets_exactly_its_minimum_pass(case: int, status: Status) -> None:
    assert evaluate(SEED, [bid("a", 9, case, 1000)]).results[0].status is status


def test_without_a_gate_every_qualified_bid_is_ranked() -> None:
    assert places(evaluate(replace(SEED, gates=()), [bid("a", 0, 0, 1000)])) == {"a": 1}


def test_inv_12_who_is_not_qualified_or_below_the_gate_has_no_place() -> None:
    outcome = evaluate(SEED, [bid("a", 10, 10, 1, "No proof of 24 months."), bid("b", 0, 10, 1), bid("c", 6, 6, 9000)])
    assert [(result.key, result.status.value, result.place) for result in outcome.results] == [
        ("c", "ranked", 1),
        ("b", "below_gate", None),
        ("a", "not_qualified", None),
    ]
    assert str(outcome.results[2].reason) == "Not qualified: No proof of 24 months."
    assert outcome.value.winner == "c"


@pytest.mark.parametrize("bids", [[], [bid("a", 1, 1, 900)], [bid("a", 10, 10, 900, "Late.")]])
def test_nobody_is_first_when_nobody_is_left(bids: list[Bid]) -> None:
    outcome = evaluate(SEED, bids)
    assert (outcome.value.verdict, outcome.value.winner) == (Verdict.NOBODY, None)
    assert str(outcome.steps[-1].text) == "No bid can be ranked."


def test_a_bid_that_is_out_needs_neither_scores_nor_price() -> None:
    out = Bid("a", "Bidder a", None, {}, "Excluded.")
    below = replace(bid("b", 1, 1, 1), price=None)
    assert [result.status.value for result in evaluate(SEED, [out, below]).results] == ["below_gate", "not_qualified"]


def test_thirds_from_an_imported_case_are_carried_exactly() -> None:
    scale = Scale(Decimal(0), Decimal(10), None)
    imported = replace(SEED, criteria=(Criterion("method", "Method", scale), Criterion("case", "Case", scale)))
    outcome = evaluate(imported, [bid("a", Fraction(26, 3), 8, 1140)])
    assert outcome.results[0].evaluation_price == Fraction(4420, 3)
    assert outcome.results[0].points == Fraction(50, 3)
    assert len(outcome.hash) == 64


def test_a_total_price_is_called_so() -> None:
    total = replace(SEED, price=Price(PriceUnit.TOTAL))
    texts = [str(step.text) for step in evaluate(total, [bid("a", 9, 8, 90_000)]).results[0].steps]
    assert "Total price in the bid" in texts


@pytest.mark.parametrize(
    ("bids", "fault", "key", "field", "sentence"),
    [
        (
            [bid("a", 9, 8, 1), bid("a", 9, 8, 2)],
            InputFault.DUPLICATE_BIDDER,
            "a",
            "",
            "Bidder a stands twice among the bids.",
        ),
        (
            [Bid("a", "A", Decimal(1), {"method": Decimal(9)})],
            InputFault.MISSING_SCORE,
            "a",
            "case",
            "A has no points on Case.",
        ),
        (
            [Bid("a", "A", Decimal(1), {"method": Decimal(9), "case": Decimal(9), "price": Decimal(9)})],
            InputFault.UNKNOWN_CRITERION,
            "a",
            "price",
            "A has points on something that is not a criterion: price.",
        ),
        ([bid("a", 11, 8, 1)], InputFault.SCORE_OUTSIDE, "a", "method", "11 is outside the scale, 0 to 10."),
        ([bid("a", 9, -1, 1)], InputFault.SCORE_OUTSIDE, "a", "case", "-1 is outside the scale, 0 to 10."),
        (
            [bid("a", 9, "8.5", 1)],
            InputFault.SCORE_OFF_STEP,
            "a",
            "case",
            "8.5 is between two steps; the scale has steps of 1.",
        ),
        (
            [Bid("a", "A", Decimal(1), {"method": 9.0, "case": Decimal(9)})],  # type: ignore[dict-item]
            InputFault.SCORE_NOT_EXACT,
            "a",
            "method",
            "9.0 is not an exact number.",
        ),
        (
            [Bid("a", "A", 1140.0, {})],  # type: ignore[arg-type]
            InputFault.PRICE_NOT_EXACT,
            "a",
            "price",
            "1140.0 is not an exact price.",
        ),
        (
            [bid("a", 9, 8, "NaN")],
            InputFault.PRICE_NOT_EXACT,
            "a",
            "price",
            "NaN is not an exact price.",
        ),
        (
            [bid("a", 9, 8, 0)],
            InputFault.PRICE_NOT_POSITIVE,
            "a",
            "price",
            "The price of Bidder a is 0. A price must be more than 0.",
        ),
        (
            [bid("a", 9, 8, "-0.01")],
            InputFault.PRICE_NOT_POSITIVE,
            "a",
            "price",
            "The price of Bidder a is -0.01. A price must be more than 0.",
        ),
        (
            [replace(bid("a", 9, 8, 1), price=None)],
            InputFault.MISSING_PRICE,
            "a",
            "price",
            "Bidder a has no price.",
        ),
        (
            [bid("a", 9, 8, 1, "  ")],
            InputFault.NO_REASON,
            "a",
            "not_qualified",
            "Bidder a is not qualified, but no reason is written.",
        ),
    ],
)
def test_a_bid_that_cannot_be_counted_stops_the_evaluation(
    bids: list[Bid], fault: InputFault, key: str, field: str, sentence: str
) -> None:
    with pytest.raises(InputError) as refused:
        evaluate(SEED, bids)
    found = refused.value
    assert (found.fault, found.bid, found.field, str(found.reason)) == (fault, key, field, sentence)


def test_a_model_with_a_stop_is_never_used() -> None:
    with pytest.raises(InputError) as refused:
        evaluate(replace(SEED, gates=(Gate(Decimal(21)),)), [])
    assert (refused.value.fault, refused.value.field) == (InputFault.UNUSABLE_MODEL, "gate")


points = st.integers(0, 10)
prices = st.decimals("0.01", 3000, places=2)
entries = st.tuples(points, points, prices)
tenders = st.lists(entries, min_size=1, max_size=6).map(
    lambda rows: [bid(str(index), *row) for index, row in enumerate(rows)]
)
models = st.sampled_from([SEED, WITHOUT_RULE, replace(SEED, gates=())])


def better(outcome: Outcome, one: str, other: str) -> bool:
    """Whether `one` stands before `other`; a bid without place stands after all that have one."""
    found = places(outcome)
    infinity = len(found) + 1
    return (found[one] or infinity) < (found[other] or infinity)


@given(models, tenders, st.integers(0, 5))
def test_the_order_of_the_bids_does_not_matter(model: Model, bids: list[Bid], cut: int) -> None:
    outcome = evaluate(model, bids)
    for order in (bids[::-1], bids[cut:] + bids[:cut]):
        assert evaluate(model, order) == outcome
        assert evaluate(model, order).hash == outcome.hash


@given(models, tenders, st.integers(0, 5))
def test_inv_10_every_lower_price_gives_a_strictly_better_evaluation_price(
    model: Model, bids: list[Bid], cut: int
) -> None:
    outcome = evaluate(model, bids)
    for result in outcome.results:
        if result.evaluation_price is None:
            continue
        chosen = next(each for each in bids if each.key == result.key)
        cheaper = replace(chosen, price=Decimal(chosen.price or 0) / (cut + 2))
        again = evaluate(model, [*(each for each in bids if each.key != result.key), cheaper])
        found = next(each for each in again.results if each.key == result.key)
        assert found.evaluation_price is not None
        assert found.evaluation_price < result.evaluation_price
        assert (found.place or 0) <= (result.place or 0)


@given(models, tenders, st.sampled_from(["method", "case"]))
def test_more_points_are_never_worse(model: Model, bids: list[Bid], criterion: str) -> None:
    before = places(evaluate(model, bids))
    chosen = bids[0]
    raised = min(Decimal(10), Decimal(str(chosen.scores[criterion])) + 1)
    improved = replace(chosen, scores={**chosen.scores, criterion: raised})
    after = places(evaluate(model, [improved, *bids[1:]]))
    assert (after[chosen.key] or 99) <= (before[chosen.key] or 99)


@given(models, tenders)
def test_inv_11_the_order_of_two_never_depends_on_a_third(model: Model, bids: list[Bid]) -> None:
    together = evaluate(model, bids)
    for one, other in combinations(bids, 2):
        alone = evaluate(model, [one, other])
        assert better(alone, one.key, other.key) == better(together, one.key, other.key)
        assert better(alone, other.key, one.key) == better(together, other.key, one.key)


@given(models, tenders)
def test_first_place_is_the_lowest_evaluation_price_and_no_better_bid_is_passed_over(
    model: Model, bids: Sequence[Bid]
) -> None:
    outcome = evaluate(model, bids)
    ranked = [result for result in outcome.results if result.evaluation_price is not None]
    if not ranked:
        assert outcome.value.verdict is Verdict.NOBODY
        return
    lowest = min(result.evaluation_price for result in ranked if result.evaluation_price is not None)
    assert {result.evaluation_price for result in ranked if result.key in outcome.value.keys} == {lowest}
    assert (outcome.value.verdict is Verdict.FIRST) == (len(outcome.value.keys) == 1)


@given(tenders)
def test_the_hash_of_the_inputs_sees_values_not_how_they_were_written(bids: list[Bid]) -> None:
    rewritten = [
        replace(
            each,
            price=Decimal(f"{each.price:f}0"),
            scores={key: Fraction(score) for key, score in reversed(list(each.scores.items()))},
        )
        for each in bids
    ]
    assert evaluate(SEED, rewritten).inputs_hash == evaluate(SEED, bids).inputs_hash
    changed = [replace(bids[0], price=Decimal(str(bids[0].price)) + 1), *bids[1:]]
    assert evaluate(SEED, changed).inputs_hash != evaluate(SEED, bids).inputs_hash


@given(models, tenders)
def test_a_frozen_outcome_can_be_computed_again_from_its_inputs(model: Model, bids: list[Bid]) -> None:
    third = replace(bids[0], key="x", scores={"method": Fraction(26, 3)}, not_qualified="Late.")
    frozen = canonical_json(inputs(model, [*bids, third]))
    again = evaluate(*read_inputs(read_canonical(frozen)))
    assert again.hash == evaluate(model, [*bids, third]).hash


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "1e3"}, "inputs.bids[0].price"),
        ({"scores": []}, "inputs.bids[0].scores"),
        ({"scores": {"method": "1/0"}}, "inputs.bids[0].scores.method"),
        ({"key": ""}, "inputs.bids[0].key"),
        ({"more": 1}, "inputs.bids[0].more"),
    ],
)
def test_inputs_that_were_never_frozen_are_refused(change: dict[str, object], field: str) -> None:
    frozen = read_canonical(canonical_json(inputs(SEED, [bid("a", 9, 8, 1140)])))
    frozen["bids"][0].update(change)  # type: ignore[index]
    with pytest.raises(ModelError) as refused:
        read_inputs(frozen)
    assert refused.value.field == field
