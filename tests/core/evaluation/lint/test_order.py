"""Third bids, ties and what quality is worth: found where they are, and shown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rodatraden.core.evaluation import Verdict, evaluate
from rodatraden.core.evaluation.lint import Severity
from rodatraden.core.message import Amount
from tests.core.evaluation.lint.cases import case_of, check, combination, criterion, found, model

RELATIVE = ["07-proportional", "08-linear-from-lowest", "09-min-max", "10-mean", "11-median", "12-rank", "14-corridor",
            "15-quality-of-best", "19-gates"]  # fmt: skip


@pytest.mark.parametrize("name", RELATIVE)
def test_inv_11_in_every_relative_family_a_third_bid_is_found_that_turns_the_order(name: str) -> None:
    remark = check("third_bid", case_of(name), case_of("20-outside-reference"))
    assert (remark.severity, remark.source.text) == (Severity.WARNING, "LOU 4 kap. 1 §")
    assert remark.example is not None
    without, with_third = remark.example.tried
    assert with_third.bids[:2] == without.bids
    places = [
        {result.key: result.place or 0 for result in evaluate(each.model, each.bids).results}
        for each in (without, with_third)
    ]
    assert (places[0]["A"] < places[0]["B"]) != (places[1]["A"] < places[1]["B"])


def test_where_it_can_be_the_third_bid_wins_nothing_itself() -> None:
    (remark,) = found("third_bid", case_of("07-proportional"))
    assert remark.example is not None
    assert remark.example.tried[1].outcome.value.winner in {"A", "B"}


def test_nothing_is_said_of_ties_when_a_rule_is_published() -> None:
    remark = check("tie_rule", case_of("seed-000", model(tie_rule="none")), case_of("seed-000"))
    assert remark.severity is Severity.WARNING
    assert remark.example is not None
    (tried,) = remark.example.tried
    assert tried.outcome.value.verdict is Verdict.TIE
    a, b = tried.bids
    assert a.scores != b.scores  # two different bids, not the same one twice
    assert a.price != b.price


def test_what_all_of_quality_is_worth_is_told_to_the_ore() -> None:
    remark = check("trade_off", case_of("seed-000"), case_of("04-percentage-addition"))
    assert remark.severity is Severity.NOTE
    assert dict(remark.text.values) == {"fewest": 12, "most": 20, "amount": Amount(Decimal(800))}
    assert remark.example is not None
    (tried,) = remark.example.tried
    assert tried.outcome.value.winner == "A"
    a, b = tried.bids
    assert a.price is not None
    dearer = replace(a, price=a.price + Decimal("0.02"))
    assert evaluate(tried.model, [dearer, b]).value.winner == "B"


def test_the_trade_off_follows_the_gate_and_the_worth_of_a_point() -> None:
    (remark,) = found("trade_off", case_of("seed-000", combination(per_point="50"), model(gates=[{"minimum": "15"}])))
    assert dict(remark.text.values) == {"fewest": 15, "most": 20, "amount": Amount(Decimal(250))}


def test_a_scale_with_a_thousand_million_steps_is_no_reason_to_wait() -> None:
    wide = criterion(1, highest="1000000000"), combination(target="1000000010"), model(total="1000000010")
    (remark,) = found("trade_off", case_of("seed-000", *wide))
    assert (remark.text.values["fewest"], remark.text.values["most"]) == (12, 1000000010)
