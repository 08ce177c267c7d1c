"""The whole report."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import Bid, Model
from rodatraden.core.evaluation.stress.batch import SIZE
from rodatraden.core.evaluation.stress.budget import Budget
from rodatraden.core.evaluation.stress.report import Report, StressError, around, stress
from tests.core.evaluation.stress.made import FOUR, model_of
from tests.core.evaluation.stress.test_scoring import USABLE


def report(model: Model, tenders: int = 300, seed: int = 1) -> Report:
    found = stress(model, FOUR, tenders=tenders, seed=seed, budget=Budget(Decimal(3_000_000)))
    assert found is not None
    return found


reported = cache(report)
"""The report of a model as several tests read it; none of them changes it."""


@pytest.mark.parametrize(("name", "lot"), USABLE)
def test_every_published_family_can_be_tested_and_stored(name: str, lot: int) -> None:
    model = model_of(name, lot)
    found = reported(model)
    stored = read_canonical(canonical_json(found.to_json()))
    assert isinstance(stored, dict)
    assert (stored["model"], stored["seed"], stored["tenders"]) == (model.hash, 1, 300)
    assert (found.own_price is None) == (not model.combination.needs_price)
    assert (found.gates is None) == (not model.gates)
    assert (found.disagreement is None) == (not model.criteria)


def test_the_same_start_value_gives_the_same_report_and_another_another() -> None:
    model = model_of("07-proportional")
    assert report(model).hash == report(model).hash
    assert report(model).hash != report(model, seed=2).hash


def test_more_tenders_than_one_batch_are_all_counted() -> None:
    n = SIZE + 100
    found = report(model_of("seed-000"), n)
    assert found.ties.level.of == n
    assert sum(share.of for row in found.win_map.shares for share in row) == 4 * n


def test_it_tells_how_far_it_is_and_stops_when_asked() -> None:
    told: list[int] = []

    def progress(done: int) -> bool:
        told.append(done)
        return len(told) < 2

    assert stress(model_of("seed-000"), FOUR, tenders=3 * SIZE, progress=progress) is None
    assert told == [SIZE, 2 * SIZE]


def test_a_model_that_cannot_be_used_is_not_tested() -> None:
    model = model_of("seed-000")
    with pytest.raises(StressError) as raised:
        stress(replace(model, gates=(replace(model.gates[0], minimum=Decimal(21)),)), FOUR)
    assert "gate" in str(raised.value).lower()


def test_the_market_to_start_from_lies_around_the_bids_or_what_the_model_names() -> None:
    bids = [Bid(str(n), "x", Decimal(price), {}) for n, price in enumerate((900, 1000, 1300))]
    assert around(model_of("seed-000"), bids).price == 1000
    assert around(model_of("seed-000")).price == 1000
    total = around(model_of("16-life-cycle-cost"))
    assert (total.price, total.price_step) == (1_000_000, 1000)
