"""A batch is what its numbers say."""

from __future__ import annotations

import numpy as np

from rodatraden.core.evaluation.stress.batch import drawn
from rodatraden.core.evaluation.stress.scoring import Scoring
from tests.core.evaluation.stress.made import FOUR, SEED, model_of

SCORING = Scoring(model_of("seed-000"))


def test_the_same_numbers_give_the_same_batch_and_others_another() -> None:
    first, again, next_one, other = (
        drawn(SCORING, FOUR, 50, seed, number) for seed, number in ((1, 0), (1, 0), (1, 1), (2, 0))
    )
    assert np.array_equal(first.tenders.prices, again.tenders.prices)
    assert not np.array_equal(first.tenders.prices, next_one.tenders.prices)
    assert not np.array_equal(first.tenders.prices, other.tenders.prices)


def test_each_test_has_its_own_chance_whatever_others_have_drawn() -> None:
    batch = drawn(SCORING, FOUR, 10, SEED, 0)
    batch.chance("one").random(1000)
    assert batch.chance("one").random() == batch.chance("one").random()
    assert batch.chance("one").random() != batch.chance("two").random()
