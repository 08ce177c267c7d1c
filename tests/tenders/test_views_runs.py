"""The pages of a long test: asked for with what the address assumes, followed, stopped, and told as the short one is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.core.evaluation import PriceAddition
from rodatraden.records.actions import report_progress, take_work
from rodatraden.records.rules import LEASE
from rodatraden.tenders.actions import cancel_run, set_evaluation_model, start_tender
from rodatraden.tenders.models import StressRun
from rodatraden.tenders.tasks import run_next
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.runs import ask
from tests.factories.tenders import make_drafted
from tests.tenders.pages import LATER, key, url
from tests.tenders.test_views_stress import ASSUMED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def case_and_tender(client):
    case, tender = make_drafted()
    client.force_login(case.evaluators[0])
    return case, tender


def test_a_double_click_asks_once_with_the_assumptions_of_the_address(client, case_and_tender):
    case, _tender = case_and_tender
    page = url("run_ask", case.procurement.pk) + "?bids=4&price=1234&price_spread=15&quality=70&quality_spread=12%2C5"
    page += "&correlation=0%2C4&tenders=400&seed=99"
    shown = text(client.get(page))
    assert ("234" in shown, "Startvärde 99." in shown, 'value="1000000"' in shown) == (True,) * 3
    sent = {"tenders": "200000"} | key()
    answers = [client.post(page, sent) for _ in range(2)]
    run = StressRun.objects.get()
    assert {answer["Location"] for answer in answers} == {url("run", case.procurement.pk, run.pk)}
    assert (run.tenders, run.seed, '"price":"1234"' in run.market) == (200_000, 99, True)
    assert (run.asked_by, run.asked_at) == (case.evaluators[0], LATER)


def test_assumptions_that_are_wrong_are_mended_where_they_are_written(client, case_and_tender):
    page = url("run_ask", case_and_tender[0].procurement.pk) + "?tenders=400&price=fel"
    assert client.get(page)["Location"] == url("stress", case_and_tender[0].procurement.pk) + "?tenders=400&price=fel"


def test_a_refusal_is_told_and_what_was_typed_stays(client, case_and_tender):
    case, tender = case_and_tender
    page = url("run_ask", case.procurement.pk)
    answer = client.post(page, {"tenders": "100000"} | key())
    assert (answer.status_code, 'value="100000"' in text(answer)) == (422, True)
    ask(tender, case.officer)
    answer = client.post(page, {"tenders": "123456"} | key())
    assert (answer.status_code, 'value="123456"' in text(answer)) == (422, True)
    assert "Ett långt prov av den här upphandlingen pågår." in text(answer)


def test_without_a_model_the_way_leads_to_choosing_one(client):
    case = make_case()
    start_tender(procurement=case.procurement, by=case.officer, at=START)
    client.force_login(case.officer)
    assert client.get(url("run_ask", case.procurement.pk))["Location"] == url("model", case.procurement.pk)


def test_it_waits_goes_on_and_is_told_when_it_is_done(client, case_and_tender):
    case, tender = case_and_tender
    run = ask(tender, case.officer, at=LATER)
    page = url("run", case.procurement.pk, run.pk)
    assert "Det väntar på sin tur" in text(client.get(page))
    assert "Stoppa provet" not in text(client.get(page))
    taken = take_work(kind=StressRun, by=None, at=LATER)
    assert taken is not None
    report_progress(work=taken, done=50_000, by=None, at=LATER)
    shown = text(client.get(page))
    assert ("50\u00a0000 av 100\u00a0001 upphandlingar" in shown, 'value="50000"' in shown, 'hx-get="' in shown) == (
        True,
    ) * 3
    StressRun.objects.update(taken_at=None, beat_at=None)
    assert run_next(now=lambda: LATER, is_ending=lambda: False)
    run.refresh_from_db()
    shown = text(client.get(page))
    for told in (
        run.report_hash,
        "100\u00a0001 upphandlingar har hittats på, med startvärde 7",
        "Vinstkartan",
        "inte de anbud",
    ):
        assert told in shown
    assert ('hx-get="' in shown, "Bids that show it" in shown, "Stoppa provet" in shown) == (False,) * 3
    assert client.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "Klart" in text(client.get(url("stress", case.procurement.pk)))


def test_a_report_of_an_earlier_model_says_so(client, case_and_tender):
    case, tender = case_and_tender
    run = ask(tender, case.officer, at=LATER)
    page = url("run", case.procurement.pk, run.pk)
    assert "Modellen har ändrats" not in text(client.get(page))
    set_evaluation_model(tender=tender, weighing=PriceAddition(Decimal(7), Decimal(20)), by=case.officer, at=LATER)
    assert "Modellen har ändrats" in text(client.get(page))


def test_a_lost_test_says_so_and_leads_to_a_new_one(client, case_and_tender):
    case, tender = case_and_tender
    run = ask(tender, case.officer, at=LATER - timedelta(hours=1))
    take_work(kind=StressRun, by=None, at=LATER - 2 * LEASE)
    shown = text(client.get(url("run", case.procurement.pk, run.pk)))
    assert ("har inte hörts av" in shown, "Be om ett långt prov igen" in shown, 'hx-get="' in shown) == (
        True,
        True,
        False,
    )
    again = url("run_again", case.procurement.pk, run.pk)
    assert "Startvärde 7." in text(client.get(again))
    client.post(again, {"tenders": "200000"} | key())
    new = StressRun.objects.get(ended_at=None)
    run.refresh_from_db()
    assert (new.market, new.seed, new.tenders, new.pk != run.pk) == (run.market, run.seed, 200_000, True)
    shown = text(client.get(url("run", case.procurement.pk, run.pk)))
    assert "Programmet avslutades innan provet var klart." in shown


def test_who_asked_stops_it_after_a_question(client, case_and_tender):
    case, tender = case_and_tender
    run = ask(tender, case.evaluators[0], at=LATER)
    page = url("run_cancel", case.procurement.pk, run.pk)
    assert "Stoppa det långa provet?" in text(client.get(page))
    assert StressRun.objects.get().ended_at is None
    back = url("run", case.procurement.pk, run.pk)
    assert client.post(page)["Location"] == back
    assert f"{case.evaluators[0].name} stoppade provet" in text(client.get(back))
    assert client.post(page)["Location"] == back


def test_another_in_the_team_cannot_stop_it_and_outsiders_find_nothing(client, case_and_tender):
    case, tender = case_and_tender
    run = ask(tender, case.officer, at=LATER)
    assert client.post(url("run_cancel", case.procurement.pk, run.pk)).status_code == 403
    other_case, _other = make_drafted()
    client.force_login(other_case.officer)
    for name in ("run", "run_again", "run_cancel"):
        assert client.get(url(name, case.procurement.pk, run.pk)).status_code == 404
        assert client.get(url(name, other_case.procurement.pk, run.pk)).status_code == 404
    assert client.get(url("run_ask", case.procurement.pk)).status_code == 404
    assert StressRun.objects.get().ended_at is None


def test_the_list_takes_as_many_queries_for_twenty_as_for_one(client, case_and_tender):
    case, tender = case_and_tender
    page = url("stress", case.procurement.pk)
    cancel_run(run=ask(tender, case.officer), by=case.officer, at=START)
    client.get(page, ASSUMED)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as caught:
            shown = text(client.get(page, ASSUMED))
        counts.append(len(caught))
        for _n in range(19):
            cancel_run(run=ask(tender, case.officer), by=case.officer, at=START)
    assert counts[0] == counts[1]
    assert "bids=4" in shown
