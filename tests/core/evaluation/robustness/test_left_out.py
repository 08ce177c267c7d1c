"""B3: each assessor left out."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.evaluation import Bid, evaluate
from rodatraden.core.evaluation.robustness import Again, Joined, Panel
from rodatraden.core.evaluation.robustness.again import between_steps
from rodatraden.core.evaluation.robustness.left_out import one_out
from rodatraden.core.exact import simplest
from tests.core.evaluation.robustness.example import BIDS, JOINING, MODEL, PANEL, rows, shown
from tests.core.evaluation.worked import by_hand


def test_the_worked_example() -> None:
    found = one_out(JOINING, PANEL, Joined.MEAN)
    assert (found.value, found.first) == (1, ("mellanrum",))
    table = rows("B3")
    assert [(each.assessor, shown(each.first)) for each in found.without] == [
        (row["Without"], row["First"]) for row in table
    ]
    for row in table:
        counts = {**PANEL.all_once(), row["Without"]: 0}
        scores = PANEL.joined(JOINING, Joined.MEAN, counts) or {}
        bids = [Bid(bid.key, bid.name, bid.price, _scores(scores[bid.key])) for bid in BIDS]
        values = {result.key: result.value for result in evaluate(JOINING.model, bids).results}
        for key in ("mellanrum", "lyckastrand"):
            assert by_hand(row[key]) == values[key]


def _scores(scores: tuple) -> dict:
    return {criterion.key: simplest(score) for criterion, score in zip(MODEL.criteria, scores, strict=True)}


def test_who_judged_something_alone_cannot_be_left_out() -> None:
    panel = Panel.of(MODEL, BIDS, {"a": {"nordvala": {"metod": Decimal(8)}}, "b": {"mellanrum": {"case": Decimal(8)}}})
    found = one_out(JOINING, panel, Joined.MEAN)
    assert [each.first for each in found.without] == [None, None]
    assert found.value == 0
    assert [str(each) for each in found.sentences][1:3] == [
        "0 of 2 assessors change first place by being left out.",
        "2 of them can't be left out: they judged something alone, or the rest can't be computed.",
    ]
    assert str(found.without[0].text) == "Without a something has no score at all."


def test_when_the_individuals_say_another_than_the_consensus_it_is_said() -> None:
    panel = Panel.of(
        MODEL, BIDS, {"a": {"lyckastrand": {"metod": Decimal(9)}}, "b": {"lyckastrand": {"metod": Decimal(8)}}}
    )
    found = one_out(JOINING, panel, Joined.MEAN)
    assert (found.first, found.value) == (("lyckastrand",), 0)
    assert str(found.sentences[1]) == "So counted, first place is another than by the consensus."


points = st.integers(0, 10).map(Decimal)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(points, points, points, points), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_leaving_out_who_agrees_with_the_mean_changes_nothing_and_order_plays_no_part(given_: list, chance) -> None:
    individual = {
        str(n): {"mellanrum": {"metod": a, "case": b}, "lyckastrand": {"metod": c, "case": d}}
        for n, (a, b, c, d) in enumerate(given_)
    }
    model = between_steps(MODEL)
    joining = Again(model, BIDS)
    scores = Panel.of(model, BIDS, individual).joined(joining, Joined.MEAN, dict.fromkeys(individual, 1)) or {}
    mean = {key: _scores(scores[key]) for key in ("mellanrum", "lyckastrand")}
    panel = Panel.of(model, BIDS, {**individual, "mean": mean})
    found = one_out(joining, panel, Joined.MEAN)
    assert next(each.first for each in found.without if each.assessor == "mean") == found.first
    shuffled = chance.sample(sorted(individual), len(individual))
    other = Panel.of(model, list(reversed(BIDS)), {**{key: individual[key] for key in shuffled}, "mean": mean})
    assert one_out(Again(model, list(reversed(BIDS))), other, Joined.MEAN) == found
