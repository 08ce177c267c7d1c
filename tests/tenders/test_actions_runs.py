"""Long stress tests: one at a time for each procurement, stopped by a person, broken off when nobody runs them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import PriceAddition
from rodatraden.core.evaluation.stress import Budget, Made, Typed
from rodatraden.records.actions import report_progress, take_work
from rodatraden.records.models import LedgerBody
from rodatraden.records.rules import LEASE, is_lost
from rodatraden.tenders.actions import (
    ask_for_run,
    break_off_run,
    cancel_run,
    end_lost_runs,
    finish_run,
    set_evaluation_model,
    start_tender,
)
from rodatraden.tenders.models import StressRun
from rodatraden.tenders.queries import model_of_run, report_of_run, stress_runs, stress_test
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.rules.runs import FEWEST_IN_A_RUN, MOST_IN_A_RUN
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.runs import MARKET, ask
from tests.factories.tenders import make_drafted

pytestmark = pytest.mark.django_db
SOON = START + timedelta(minutes=1)
Ending = StressRun.Ending


def events(case) -> list[str]:
    named = LedgerBody.objects.filter(case=case.procurement.pk, event__startswith="stress_run").order_by("index")
    return [body.event.removeprefix("stress_run_") for body in named]


@pytest.fixture
def drafted():
    return make_drafted()


def test_what_was_asked_for_is_kept_as_it_was(drafted):
    case, tender = drafted
    run = ask_for_run(
        tender=tender,
        market=MARKET,
        tenders=500_000,
        seed=3,
        budget=Budget(Decimal(90)),
        by=case.evaluators[0],
        at=START,
    )
    before = model_of(tender)
    set_evaluation_model(tender=tender, weighing=PriceAddition(Decimal(7), Decimal(20)), by=case.officer, at=SOON)
    run.refresh_from_db()
    assert (run.tenders, run.seed, run.asked_by, run.asked_at) == (500_000, 3, case.evaluators[0], START)
    assert before != model_of(tender)
    assert (model_of_run(run), json.loads(run.budget)["ceiling"]) == (before, "90")
    assert events(case) == ["asked"]


@pytest.mark.parametrize("tenders", [FEWEST_IN_A_RUN - 1, MOST_IN_A_RUN + 1])
def test_fewer_are_for_the_page_and_more_for_the_command_line(drafted, tenders):
    case, tender = drafted
    with pytest.raises(RefusedError) as refused:
        ask(tender, case.officer, tenders=tenders)
    assert refused.value.answer.mend == "tenders"
    assert not StressRun.objects.exists()


def test_one_at_a_time_for_each_procurement(drafted):
    case, tender = drafted
    first = ask(tender, case.officer)
    with pytest.raises(RefusedError):
        ask(tender, case.evaluators[0])
    other_case, other = make_drafted()
    ask(other, other_case.officer)
    cancel_run(run=first, by=case.officer, at=SOON)
    ask(tender, case.evaluators[0], at=SOON)
    assert [run.ending for run in stress_runs(tender)] == ["", Ending.CANCELLED]


def test_without_a_model_there_is_nothing_to_try():
    case = make_case()
    tender = start_tender(procurement=case.procurement, by=case.officer, at=START)
    with pytest.raises(RefusedError) as refused:
        ask(tender, case.officer)
    assert refused.value.answer.mend.endswith("/modell/")


def test_a_worker_takes_the_one_that_has_waited_longest_and_no_other_worker_takes_it(drafted):
    case, tender = drafted
    late = ask(tender, case.officer, at=SOON)
    other_case, other = make_drafted()
    early = ask(other, other_case.officer)
    assert [take_work(kind=StressRun, by=None, at=SOON) for _ in range(3)] == [early, late, None]


def test_a_stopped_run_is_not_begun_and_one_that_runs_hears_of_it(drafted):
    case, tender = drafted
    run = ask(tender, case.officer)
    assert take_work(kind=StressRun, by=None, at=START) == run
    assert report_progress(work=run, done=16_384, by=None, at=SOON)
    cancel_run(run=run, by=case.officer, at=SOON)
    assert not report_progress(work=run, done=32_768, by=None, at=SOON)
    run.refresh_from_db()
    assert (run.done, run.ending, run.ended_at, run.cancelled_by) == (16_384, Ending.CANCELLED, SOON, case.officer)
    with pytest.raises(RefusedError):
        cancel_run(run=run, by=case.officer, at=SOON)
    ask(tender, case.officer)
    cancel_run(run=StressRun.objects.get(ended_at=None), by=case.officer, at=SOON)
    assert take_work(kind=StressRun, by=None, at=SOON) is None
    assert events(case) == ["asked", "cancelled"] * 2


def test_a_report_that_comes_after_the_end_is_not_kept(drafted):
    case, tender = drafted
    run = ask(tender, case.officer)
    stale = StressRun.objects.get()
    cancel_run(run=run, by=case.officer, at=SOON)
    report = stress_test(model_of(tender), MARKET, tenders=200, seed=7, budget=None)
    assert not finish_run(run=stale, report=report, by=None, at=SOON)
    assert not break_off_run(run=stale, ending=Ending.FAILED, by=None, at=SOON)
    stale.refresh_from_db()
    assert (stale.report, stale.ending, events(case)) == ("", Ending.CANCELLED, ["asked", "cancelled"])


def test_a_finished_run_keeps_its_report(drafted):
    case, tender = drafted
    run = ask(tender, case.officer)
    report = stress_test(model_of(tender), MARKET, tenders=200, seed=7, budget=None)
    assert finish_run(run=run, report=report, by=None, at=SOON)
    run.refresh_from_db()
    assert (run.ending, run.done, run.report_hash) == (Ending.FINISHED, run.tenders, report.hash)
    again = report_of_run(run)
    assert again is not None
    assert again.hash == report.hash
    assert events(case) == ["asked", "finished"]


@pytest.mark.parametrize(("silent", "lost"), [(LEASE, False), (LEASE + timedelta(microseconds=1), True)])
def test_a_run_whose_worker_is_silent_is_lost_and_can_be_asked_for_anew(drafted, silent, lost):
    case, tender = drafted
    ask(tender, case.officer)
    run = take_work(kind=StressRun, by=None, at=START)
    at = START + silent
    assert is_lost(run, at) == lost
    if lost:
        again = ask(tender, case.officer, at=at)
        run.refresh_from_db()
        assert (run.ending, again.ending) == (Ending.LOST, "")
        assert events(case) == ["asked", "broken_off", "asked"]
    else:
        assert end_lost_runs(tender=tender, by=None, at=at) == 0


def test_one_that_waits_is_never_lost(drafted):
    case, tender = drafted
    run = ask(tender, case.officer)
    assert not is_lost(run, START + timedelta(days=9))
    assert end_lost_runs(tender=tender, by=None, at=START + timedelta(days=9)) == 0


def test_a_model_that_cannot_be_used_is_not_tried(drafted):
    case, tender = drafted
    set_evaluation_model(tender=tender, weighing=PriceAddition(Decimal(100), Decimal(99)), by=case.officer, at=START)
    with pytest.raises(RefusedError):
        ask(tender, case.officer)


@pytest.mark.parametrize("earlier", [True, False])
def test_bids_of_earlier_procurements_are_not_kept(drafted, earlier):
    case, tender = drafted
    market = Typed(((Made(Decimal(1000), (Decimal(50),)),),), earlier=earlier)

    def asked():
        ask_for_run(tender=tender, market=market, tenders=200_000, seed=1, budget=None, by=case.officer, at=START)

    if earlier:
        with pytest.raises(RefusedError):
            asked()
    else:
        asked()
    assert StressRun.objects.count() == (not earlier)
