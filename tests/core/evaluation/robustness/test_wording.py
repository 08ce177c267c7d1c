"""The report in sections."""

from __future__ import annotations

from decimal import Decimal

from rodatraden.core.evaluation import evaluate
from rodatraden.core.evaluation.robustness import EXPLAINS, robustness
from rodatraden.core.evaluation.robustness.wording import sections
from tests.core.evaluation.worked import read

LOT = read("seed-000").lots[0]
NAMES = {bid.key: bid.name for bid in LOT.bids}
PANEL = {
    name: {bid.key: {key: Decimal(score) for key, score in bid.scores.items()} for bid in LOT.bids}
    for name in ("Anna", "Bo")
}


def of(individual=None):
    report = robustness(LOT.model, LOT.bids, evaluate(LOT.model, LOT.bids), individual=individual)
    return {section.code: section for section in sections(report, LOT.model, NAMES)}


def test_without_individual_scores_only_what_needs_none_is_told():
    assert list(of()) == ["closeness", "single", "removals", "recomputed"]


def test_with_individual_scores_all_is_told():
    found = of(PANEL)
    assert list(found) == [
        "closeness",
        "single",
        "own",
        "one_out",
        "resampled",
        "agreed",
        "removals",
        "noise",
        "recomputed",
    ]
    assert [str(label) for label, _sentences in found["agreed"].parts] == [
        "On Metod",
        "On Case",
        *(f"{name}, as shares of the scales" for name in sorted(NAMES.values())),
    ]
    assert len(found["one_out"].lines) == 2


def test_each_change_that_turns_first_place_stands_with_what_follows():
    assert str(of()["single"].lines[0][0]).startswith("Metod")
    assert all("would" in str(consequence) for _text, consequence in of()["single"].lines)


def test_what_holds_for_all_is_said_once_and_not_in_each():
    assert all(EXPLAINS not in section.sentences for section in of(PANEL).values())
