"""The page where the officer tells everybody that a procurement is coming."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.tenders.actions import set_dates, start_tender, withdraw_plan
from rodatraden.tenders.models import PublicPlan
from rodatraden.tenders.queries import coming, open_tasks
from tests.factories.coming import TOLD, show_as_coming
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import declare, make_case
from tests.factories.tenders import make_published
from tests.tenders.pages import LATER, key, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]
WORDS = {**TOLD, "expected_on": "2026-03-01"}


def text(answer) -> str:
    return answer.content.decode()


def test_it_is_shown_before_the_documents_are_begun_and_once_for_a_double_click(client):
    case = make_case()
    client.force_login(case.officer)
    page = url("coming", case.procurement.pk)
    assert f'value="{case.procurement.title}"' in text(client.get(page))
    sent = WORDS | key()
    for _ in range(2):
        assert client.post(page, sent)["Location"] == page
    plan = PublicPlan.objects.get()
    assert {name: getattr(plan, name) for name in TOLD} == TOLD
    shown = text(client.get(page))
    assert ("Öppet möte på nätet" in shown, "mars 2026" in shown, "Ändra det som alla läser" in shown) == (True,) * 3


def test_what_is_missing_is_said_and_what_was_typed_stays(client):
    case = make_case()
    client.force_login(case.officer)
    page = url("coming", case.procurement.pk)
    answer = client.post(page, WORDS | key() | {"need": "", "expected_on": ""})
    assert (answer.status_code, "Öppet möte på nätet" in text(answer)) == (422, True)
    answer = client.post(page, WORDS | key() | {"need": "Om 811218-9876"})
    assert (answer.status_code, "personnummer" in text(answer)) == (422, True)
    show_as_coming(case)
    answer = client.post(page, WORDS | key())
    assert (answer.status_code, "Det här är vad alla redan läser." in text(answer)) == (422, True)


def test_the_months_begin_with_this_one_and_the_planned_one_is_proposed(client):
    case = make_case()
    tender = start_tender(procurement=case.procurement, by=case.officer, at=START)
    set_dates(tender=tender, planned_notice_at=LATER + timedelta(days=9), by=case.officer, at=LATER)
    client.force_login(case.officer)
    shown = text(client.get(url("coming", case.procurement.pk)))
    assert '<option value="2026-01-01" selected>Januari 2026</option>' in " ".join(shown.split()).replace(" >", ">")
    assert ("2025-12-01" in shown, "2028-12-01" in shown, "2029-01-01" in shown) == (False, True, False)
    assert "Enligt datumen lämnas annonsen över lördag 17" in shown


def test_it_is_taken_back_after_one_more_question(client):
    case = make_case()
    show_as_coming(case)
    client.force_login(case.officer)
    page = url("coming_withdraw", case.procurement.pk)
    assert "Ta bort Stöd till samverkan från den offentliga sidan?" in text(client.get(page))
    assert list(coming()) != []
    assert client.post(page)["Location"] == url("coming", case.procurement.pk)
    assert list(coming()) == []
    assert client.get(page).status_code == 404
    assert "Öppet möte på nätet" in text(client.get(url("coming", case.procurement.pk)))  # in all that was shown


def test_others_of_the_team_read_it_and_see_why_they_change_nothing(client):
    case = make_case()
    show_as_coming(case)
    for person in (case.need_owner, case.decider, case.openers[0], case.evaluators[0]):
        client.force_login(person)
        shown = text(client.get(url("coming", case.procurement.pk)))
        assert ("Öppet möte på nätet" in shown, 'aria-disabled="true"' in shown) == (True, True)
        assert "Bara upphandlaren i den här upphandlingen kan göra detta." in shown
        assert "ta-tillbaka" not in shown
        assert client.post(url("coming", case.procurement.pk), WORDS | key() | {"title": "Y"}).status_code == 422
        assert client.post(url("coming_withdraw", case.procurement.pk)).status_code == 403
    assert [plan.title for plan in coming()] == [TOLD["title"]]


def test_who_has_no_access_does_not_find_it(client):
    case = make_case()
    show_as_coming(case)
    for person in (
        make_person("Kollega", organisation=case.buyer),
        make_case(buyer=case.buyer).officer,
        make_person("Annan", organisation=make_buyer("Annan")),
        make_person("Leverantör", organisation=make_supplier()),
    ):
        client.force_login(person)
        for name in ("coming", "coming_withdraw"):
            for method in (client.get, client.post):
                assert method(url(name, case.procurement.pk)).status_code == 404
    client.logout()
    assert client.get(url("coming", case.procurement.pk)).status_code == 302


def test_with_an_undecided_conflict_the_page_is_shut(client):
    case = make_case()
    show_as_coming(case)
    declare(case, case.officer, has_conflict=True, at=LATER)
    client.force_login(case.officer)
    assert client.get(url("coming", case.procurement.pk)).status_code == 403
    assert client.post(url("coming", case.procurement.pk), WORDS | key() | {"title": "Y"}).status_code == 403


def test_after_publication_the_page_says_why_and_keeps_what_was_shown(client):
    case, _tender = make_published()
    client.force_login(case.officer)
    shown = text(client.get(url("coming", case.procurement.pk)))
    assert "Dokumenten är publicerade, så upphandlingen är inte längre kommande." in shown


def test_the_officer_is_told_when_everybody_reads_another_month_than_is_planned(client):
    case = make_case()
    tender = start_tender(procurement=case.procurement, by=case.officer, at=START)
    show_as_coming(case, expected_on=date(2026, 1, 1))

    def kinds(person, at=LATER):
        return [task.kind for task in open_tasks(person, at, [case.procurement])]

    assert kinds(case.officer) == ["tenders.complete"]
    set_dates(tender=tender, planned_notice_at=LATER + timedelta(days=30), by=case.officer, at=LATER)
    case.procurement.refresh_from_db()
    assert kinds(case.officer) == ["tenders.coming", "tenders.complete"]
    assert kinds(case.need_owner) == []
    client.force_login(case.officer)
    page = text(client.get(url("coming", case.procurement.pk)))
    assert "Datumen i dokumenten säger en annan månad än den som alla läser." in page
    withdraw_plan(plan=PublicPlan.objects.get(), by=case.officer, at=LATER)
    assert kinds(case.officer) == ["tenders.complete"]


def test_the_page_takes_no_more_queries_with_thirty_wordings(client):
    case = make_case()
    client.force_login(case.officer)
    page = url("coming", case.procurement.pk)
    show_as_coming(case)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for number in range(29):
        show_as_coming(case, at=START + timedelta(minutes=number + 1), need=f"Behov {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert (len(many), PublicPlan.objects.count()) == (len(few), 30)
