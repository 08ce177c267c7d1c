"""A long stress test that somebody has asked for: the same market, number and start value each time."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress import Parametric
from rodatraden.tenders.actions import ask_for_run
from rodatraden.tenders.rules.runs import FEWEST_IN_A_RUN
from tests.factories.parties import START

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import StressRun, Tender

MARKET = Parametric(Decimal(1000), bids=Decimal(2), fewest=2, most=2)


def ask(
    tender: Tender, by: Person, *, at: datetime = START, tenders: int = FEWEST_IN_A_RUN, seed: int = 7
) -> StressRun:
    """Ask for a run of two bids in each tender."""
    return ask_for_run(tender=tender, market=MARKET, tenders=tenders, seed=seed, budget=None, by=by, at=at)
