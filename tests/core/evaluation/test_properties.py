"""What holds for every model that can be put together: tried on all families with bids by chance."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from statistics import median

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import (
    Bid,
    InputError,
    InputFault,
    Model,
    Outcome,
    PriceAddition,
    PriceDeduction,
    evaluate,
    inputs,
    read_inputs,
)
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.worked import CASES, by_hand, outcome, read

FAMILIES = (
    "01-lowest-price",
    "03-price-deduction",
    "04-percentage-addition",
    "05-quality-only",
    "06-absolute-linear",
    "06-clipped",
    "07-proportional",
    "08-linear-from-lowest",
    "09-min-max",
    "10-mean",
    "11-median",
    "12-rank",
    "13-ratio",
    "14-corridor",
    "15-quality-of-best",
    "20-outside-reference",
    "26-tie-lower-price",
)
"""The cases with one criterion of 0 to 20 points in halves, so that the same bids can be tried in all."""
MODELS = {name: read(name).lots[0].model for name in FAMILIES}

names = st.sampled_from(FAMILIES)
rows = st.tuples(st.decimals(1, 3000, places=2), st.integers(0, 40).map(lambda halves: Decimal(halves) / 2))
tenders = st.lists(rows, min_size=1, max_size=6).map(
    lambda drawn: [Bid(str(n), f"Bid {n}", price, {"kvalitet": points}) for n, (price, points) in enumerate(drawn)]
)
few = settings(max_examples=60)


def result_of(model: Model, bids: Sequence[Bid]) -> Outcome:
    """Evaluate, leaving aside the tenders that a published formula has no answer for."""
    try:
        return evaluate(model, bids)
    except InputError as error:
        assume(error.fault is not InputFault.UNDEFINED)
        raise


def places(found: Outcome) -> dict[str, int]:
    """Return each bid's place; one without place stands last."""
    return {result.key: result.place or len(found.results) + 1 for result in found.results}


@few
@given(names, tenders, st.randoms(use_true_random=False))
def test_the_order_of_the_bids_does_not_matter(name: str, bids: list[Bid], chance) -> None:
    shuffled = chance.sample(bids, len(bids))
    found = result_of(MODELS[name], bids)
    assert evaluate(MODELS[name], shuffled) == found
    assert evaluate(MODELS[name], shuffled).hash == found.hash


MONOTONE = [name for name in FAMILIES if MODELS[name].combination.always_counts and MODELS[name].corridor is None]


def test_the_models_that_claim_that_every_lower_price_counts() -> None:
    assert set(FAMILIES) - set(MONOTONE) == {"06-clipped", "10-mean", "11-median", "12-rank", "14-corridor"}


@few
@given(st.sampled_from(MONOTONE), tenders, st.integers(2, 9))
def test_inv_10_a_cheaper_bid_never_does_worse_where_the_model_claims_it(name: str, bids: list[Bid], cut: int) -> None:
    before = places(result_of(MODELS[name], bids))
    cheaper = [replace(bids[0], price=Decimal(bids[0].price or 0) / cut), *bids[1:]]
    assert places(result_of(MODELS[name], cheaper))[bids[0].key] <= before[bids[0].key]


@few
@given(names, tenders, st.integers(1, 40))
def test_raising_a_score_never_hurts(name: str, bids: list[Bid], halves: int) -> None:
    before = places(result_of(MODELS[name], bids))
    raised = min(as_fraction(bids[0].scores["kvalitet"]) + Fraction(halves, 2), Fraction(20))
    better = [replace(bids[0], scores={"kvalitet": raised}), *bids[1:]]
    assert places(result_of(MODELS[name], better))[bids[0].key] <= before[bids[0].key]


def scaled(model: Model, by: Decimal) -> Model:
    """Return a model with every amount in it times `by`, as in another currency; fixed references have none here."""
    weighing = model.combination
    match weighing:
        case PriceAddition(per_point, target):
            return replace(model, combination=PriceAddition(per_point * by, target))
        case PriceDeduction(per_point, None, floor):
            return replace(model, combination=PriceDeduction(per_point * by, None, floor))
    return model


WITHOUT_FIXED = [name for name in FAMILIES if "fixed" not in str(MODELS[name].to_json())]


@few
@given(st.sampled_from(WITHOUT_FIXED), tenders, st.decimals("0.01", 50, places=2))
def test_another_currency_changes_no_place_where_nothing_is_rounded(name: str, bids: list[Bid], by: Decimal) -> None:
    model = MODELS[name]
    assert model.roundings == ()
    before = places(result_of(model, bids))
    changed = [replace(bid, price=Decimal(bid.price or 0) * by) for bid in bids]
    assert places(result_of(scaled(model, by), changed)) == before


ABSOLUTE = [name for name in FAMILIES if not MODELS[name].is_relative]


@few
@given(st.sampled_from(ABSOLUTE), tenders)
def test_inv_11_in_absolute_models_the_order_of_two_never_depends_on_a_third(name: str, bids: list[Bid]) -> None:
    together = places(evaluate(MODELS[name], bids))
    for one, other in combinations(bids, 2):
        alone = places(evaluate(MODELS[name], [one, other]))
        assert (alone[one.key] < alone[other.key]) == (together[one.key] < together[other.key])


@few
@given(names, tenders)
def test_recomputing_from_stored_input_gives_the_same_hash(name: str, bids: list[Bid]) -> None:
    found = result_of(MODELS[name], bids)
    stored = canonical_json(inputs(MODELS[name], bids))
    again = evaluate(*read_inputs(read_canonical(stored)))
    assert (again.inputs_hash, again.hash) == (found.inputs_hash, found.hash)
    rewritten = [replace(bid, price=Decimal(f"{bid.price:f}0")) for bid in bids]
    assert evaluate(MODELS[name], rewritten).hash == found.hash


Prices = Mapping[str, Fraction]


def weighed(share: Callable[[Fraction, list[Fraction]], Fraction]) -> Callable[..., Fraction]:
    sixty, forty = Fraction(6, 10), Fraction(4, 10)
    return lambda p, q, ps, _qs: sixty * share(p, ps) + forty * q / 20


def clip(share: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(1), share))


def mean(ps: list[Fraction]) -> Fraction:
    return sum(ps, Fraction(0)) / len(ps)


FORMULAS: dict[str, Callable[..., Fraction]] = {
    "01-lowest-price": lambda p, _q, _ps, _qs: p,
    "03-price-deduction": lambda p, q, _ps, _qs: p - 100 * q,
    "04-percentage-addition": lambda p, q, _ps, _qs: p * (1 + Fraction(8, 100) * (20 - q)),
    "05-quality-only": lambda _p, q, _ps, _qs: q,
    "06-absolute-linear": weighed(lambda p, _: (1700 - p) / (1700 - 700)),
    "06-clipped": weighed(lambda p, _: clip((1700 - p) / 1000)),
    "07-proportional": weighed(lambda p, ps: min(ps) / p),
    "08-linear-from-lowest": weighed(lambda p, ps: 1 - (p - min(ps)) / min(ps)),
    "09-min-max": weighed(lambda p, ps: (max(ps) - p) / (max(ps) - min(ps))),
    "10-mean": weighed(lambda p, ps: clip(Fraction(1, 2) + (mean(ps) - p) / (2 * mean(ps)))),
    "11-median": lambda p, q, ps, _qs: p - Fraction(5, 100) * median(ps) * q,
    "12-rank": weighed(lambda p, ps: 1 - Fraction(sorted(ps).index(p), max(len(ps) - 1, 1))),
    "13-ratio": lambda p, q, _ps, _qs: q / p,
    "14-corridor": lambda p, q, _ps, _qs: q / p,
    "15-quality-of-best": lambda p, q, ps, qs: Fraction(6, 10) * min(ps) / p + Fraction(4, 10) * q / max(qs),
    "20-outside-reference": weighed(lambda p, _: Fraction(1, 2) + (1000 - p) / 1000),
    "26-tie-lower-price": lambda p, q, _ps, _qs: p + 100 * (20 - q),
}
"""Each family in one line of its textbook, without the parts of the engine."""


def test_every_family_has_its_formula() -> None:
    assert set(FORMULAS) == set(FAMILIES)


@few
@given(names, tenders)
def test_the_exact_path_agrees_with_the_textbook_formula(name: str, bids: list[Bid]) -> None:
    found = result_of(MODELS[name], bids)
    prices = {bid.key: as_fraction(bid.price) for bid in bids}
    points = {bid.key: as_fraction(bid.scores["kvalitet"]) for bid in bids}
    for result in found.results:
        if result.value is not None:
            p, q = prices[result.key], points[result.key]
            expected = FORMULAS[name](p, q, list(prices.values()), list(points.values()))
            assert as_fraction(result.value) == expected


SUM = re.compile(r"[\d.()/+−×÷^ -]*\d [+−×÷] [\d.()/+−×÷^ -]*")


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.json") if path.stem != "25-lots"))
def test_every_number_can_be_followed_with_a_pocket_calculator(name: str) -> None:
    """Each line that holds a sum is computed again from its own words, and gives the number that stands beside it."""
    followed = 0
    for result in outcome(name).results:
        for step in result.steps:
            said = re.sub(r" \([a-z ,]+\)$", "", str(step.text).rpartition(": ")[2].replace(" % of ", " ÷ 100 × "))
            if step.value is not None and SUM.fullmatch(said):
                assert by_hand(said) == as_fraction(step.value), (result.key, str(step.text))
                followed += 1
    assert followed or name in {"01-lowest-price", "05-quality-only"}
