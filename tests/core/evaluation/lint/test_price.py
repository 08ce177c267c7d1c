"""Does every lower price pay? Each fault with a case that has it, one that nearly has, and bids that show it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rodatraden.core.evaluation import evaluate
from rodatraden.core.evaluation.lint import Example, Remark, Severity
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.lint.cases import case_of, check, combination, documents, found, model

BETWEEN = {
    "curve": "between",
    "reference": {"kind": "fixed", "amount": "700"},
    "to": {"kind": "fixed", "amount": "1700"},
}
LINES = [{"key": "a", "label": "A", "quantity": "10"}, {"key": "b", "label": "B", "quantity": "2"}]


def example_of(remark: Remark) -> Example:
    assert remark.example is not None
    return remark.example


def test_inv_10_a_clipped_scale_is_an_error_with_two_bids_that_show_it() -> None:
    clipped = case_of("06-absolute-linear", combination(price_points={**BETWEEN, "ceiling": "1"}))
    remark = check("price_without_effect", clipped, case_of("06-absolute-linear"))
    assert (remark.severity, remark.source.text, remark.source.is_verified) == (
        Severity.ERROR,
        "HFD 2022 ref. 41",
        True,
    )
    (tried,) = example_of(remark).tried
    outcome = evaluate(clipped.lots[0].model, tried.bids)
    a, b = sorted(outcome.results, key=lambda result: result.key)
    assert (a.points, a.value) == (b.points, b.value)
    assert a.price is not None
    assert b.price is not None
    assert a.price < b.price <= 700


@pytest.mark.parametrize("name", ["06-clipped", "09-min-max", "10-mean", "12-rank"])
def test_inv_10_families_in_which_a_lower_price_can_give_nothing(name: str) -> None:
    remark = check("price_without_effect", case_of(name), case_of("07-proportional"))
    for tried in example_of(remark).tried:
        assert evaluate(tried.model, tried.bids).hash == tried.outcome.hash


@pytest.mark.parametrize("name", ["seed-000", "01-lowest-price", "03-price-deduction", "04-percentage-addition",
                                  "08-linear-from-lowest", "13-ratio", "16-life-cycle-cost", "20-outside-reference"])  # fmt: skip
def test_families_in_which_every_lower_price_pays(name: str) -> None:
    assert found("price_without_effect", case_of(name)) == []


def test_a_deduction_with_a_floor_is_found_where_it_clips() -> None:
    remark = check(
        "price_without_effect",
        case_of("03-price-deduction", combination(floor="-100")),
        case_of("03-price-deduction"),
    )
    (tried,) = example_of(remark).tried
    assert {result.value for result in tried.outcome.results} == {-100}


def test_a_clip_that_no_tried_bid_reaches_is_still_told() -> None:
    far = case_of("08-linear-from-lowest", combination(price_points={
        "curve": "linear", "reference": {"kind": "lowest"}, "at": "1", "slope": "1", "floor": "-90",
    }))  # fmt: skip
    remark = check("price_clipped", far, case_of("08-linear-from-lowest"))
    assert remark.severity is Severity.WARNING
    assert found("price_clipped", case_of("06-clipped")) == []  # there it is shown, and an error


def test_inv_10_within_a_corridor_the_better_value_can_lose() -> None:
    by_price = model(corridor={"percent": "10", "decided_by": "lower_price"})
    remark = check("price_in_corridor", case_of("14-corridor"), case_of("14-corridor", by_price))
    (tried,) = example_of(remark).tried
    b, a = tried.outcome.results
    assert (b.key, a.key) == ("B", "A")
    assert as_fraction(a.value) > as_fraction(b.value)


def test_coarse_rounding_is_told_and_fine_rounding_is_not() -> None:
    def rounded(decimals: str) -> dict[str, str]:
        return {"where": "price_share", "decimals": decimals, "way": "half_up"}

    remark = check(
        "price_rounded",
        case_of("06-absolute-linear", model(roundings=[rounded("2")])),
        case_of("06-absolute-linear", model(roundings=[rounded("4")])),
    )
    (tried,) = example_of(remark).tried
    a, b = sorted(tried.outcome.results, key=lambda result: result.key)
    assert a.value == b.value
    assert as_fraction(b.price) - as_fraction(a.price) > as_fraction(b.price) * Fraction(1, 1000)


def test_a_price_that_need_not_be_delivered_can_decide() -> None:
    lines = model(price={"unit": "total", "lines": LINES})
    remark = check(
        "unbound_line",
        case_of("24-price-lines-currency", lambda value: value.update(bids=[]), lines, documents(unbound_lines=["b"])),
        case_of("24-price-lines-currency", lambda value: value.update(bids=[]), lines, documents(unbound_lines=[])),
    )
    assert remark.source.is_verified is False
    (tried,) = example_of(remark).tried
    assert tried.outcome.value.winner == "A"
    delivered = {bid.key: as_fraction(bid.prices["a"]) * 10 for bid in tried.bids}
    assert delivered["A"] > delivered["B"]


def test_a_line_that_must_be_delivered_alone_has_no_example() -> None:
    lines = model(price={"unit": "total", "lines": LINES[:1]})
    case = case_of(
        "24-price-lines-currency", lambda value: value.update(bids=[]), lines, documents(unbound_lines=["a"])
    )
    (remark,) = found("unbound_line", case)
    assert remark.example is None
