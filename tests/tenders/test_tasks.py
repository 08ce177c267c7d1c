"""The worker, one round at a time: it runs what was asked for, hears that it is stopped, and leaves nothing half done."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from rodatraden.core.evaluation.stress import stress
from rodatraden.records.actions import take_work
from rodatraden.records.rules import LEASE
from rodatraden.tenders.actions import cancel_run
from rodatraden.tenders.models import StressRun
from rodatraden.tenders.queries import report_of_run
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.tasks import run_next
from tests.factories.parties import START
from tests.factories.runs import MARKET, ask
from tests.factories.tenders import make_drafted

pytestmark = pytest.mark.django_db
Ending = StressRun.Ending


def clock(step: timedelta = timedelta(seconds=1)):
    """Return a clock that goes on by `step` each time it is read."""
    ticks = count()
    return lambda: START + step * next(ticks)


def never() -> bool:
    return False


@pytest.fixture
def asked():
    case, tender = make_drafted()
    return case, tender, ask(tender, case.officer)


def test_what_was_asked_for_is_run_with_the_report_of_the_core(asked):
    _case, tender, run = asked
    assert [run_next(now=clock(), is_ending=never) for _ in range(2)] == [True, False]
    run.refresh_from_db()
    model = model_of(tender)
    assert model is not None
    alone = stress(model, MARKET, tenders=run.tenders, seed=run.seed)
    assert alone is not None
    assert (run.ending, run.done, run.report_hash) == (Ending.FINISHED, run.tenders, alone.hash)
    again = report_of_run(run)
    assert again is not None
    assert again.hash == alone.hash


def test_how_far_it_is_is_written_once_a_second(asked, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        run_next(now=clock(timedelta(microseconds=1)), is_ending=never)
    asked[2].refresh_from_db()
    assert asked[2].beat_at - asked[2].taken_at == timedelta()


def test_it_hears_that_somebody_has_stopped_the_test(asked):
    case, _tender, run = asked
    rounds = count()

    def ending() -> bool:
        if next(rounds) == 2:
            cancel_run(run=run, by=case.officer, at=START)
        return False

    assert run_next(now=clock(), is_ending=ending)
    found = StressRun.objects.get()
    assert (found.ending, found.report, 0 < found.done < found.tenders) == (Ending.CANCELLED, "", True)


def test_a_worker_that_is_told_to_end_breaks_off_at_once(asked):
    assert run_next(now=clock(), is_ending=lambda: True)
    found = StressRun.objects.get()
    assert (found.ending, found.done) == (Ending.LOST, 0)


def test_a_fault_is_told_and_does_not_stop_the_worker(asked, caplog):
    StressRun.objects.update(market='{"kind":"unknown"}')
    assert run_next(now=clock(), is_ending=never)
    assert StressRun.objects.get().ending == Ending.FAILED
    assert "failed" in caplog.text
    case, tender, _run = asked
    ask(tender, case.officer)
    assert run_next(now=clock(), is_ending=never)
    assert StressRun.objects.filter(ending=Ending.FINISHED).count() == 1


def test_a_run_that_another_worker_left_is_ended(asked):
    take_work(kind=StressRun, by=None, at=START)
    assert not run_next(now=lambda: START + 2 * LEASE, is_ending=never)
    assert StressRun.objects.get().ending == Ending.LOST
