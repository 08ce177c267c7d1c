from __future__ import annotations

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.needs.actions import write_need
from rodatraden.needs.models import Need
from rodatraden.needs.views import PAGE_SIZE
from rodatraden.parties.models import Membership
from tests.factories.needs import make_need
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
_keys = count(1)
PARTS = {"title": "Insikter", "for_whom": "Alla", "description": "Något behövs", "evidence": "Intervjuer"}


def url(name, *args) -> str:
    return reverse(f"needs:{name}", args=args)


def key() -> dict[str, str]:
    return {"idempotency_key": f"need-{next(_keys)}"}


def waiting(case) -> Need:
    return write_need(organisation=case.buyer, by=case.need_owner, at=START, **PARTS)


def test_every_page_is_shown_to_the_need_owner(client):
    case = make_case()
    need, alone = make_need(case), waiting(case)
    client.force_login(case.need_owner)
    pages = [
        url("backlog"),
        url("write", case.buyer.pk),
        url("list", case.procurement.pk),
        url("create", case.procurement.pk),
        *(url(name, each.pk) for name in ("edit", "strike") for each in (need, alone)),
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_nobody_outside_finds_the_needs(client):
    case = make_case()
    need, alone = make_need(case), waiting(case)
    stranger = make_person("Annan", organisation=make_buyer("Annan"), role=Membership.Role.NEED_OWNER)
    client.force_login(stranger)
    pages = [
        url("write", case.buyer.pk),
        url("list", case.procurement.pk),
        url("create", case.procurement.pk),
        *(url(name, each.pk) for name in ("edit", "strike") for each in (need, alone)),
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    client.force_login(make_person("Leverantör", organisation=make_supplier()))
    assert client.get(url("backlog")).status_code == 404


def test_a_need_is_written_once_whatever_one_clicks(client):
    case = make_case()
    client.force_login(case.need_owner)
    sent = PARTS | key()
    for _ in range(2):
        assert client.post(url("create", case.procurement.pk), sent)["Location"] == url("list", case.procurement.pk)
    assert [need.label for need in Need.objects.all()] == ["B1"]
    other = client.post(url("create", case.procurement.pk), sent | {"title": "Annat"})
    assert (other.status_code, "Annat" in other.content.decode()) == (422, True)


def test_an_empty_part_is_asked_for_and_the_rest_kept(client):
    case = make_case()
    client.force_login(case.need_owner)
    answer = client.post(url("write", case.buyer.pk), PARTS | {"evidence": ""} | key())
    shown = answer.content.decode()
    assert (answer.status_code, "Något behövs" in shown, Need.objects.exists()) == (422, True, False)


def test_a_solution_gets_a_hint_and_is_saved_all_the_same(client):
    case = make_case()
    client.force_login(case.need_owner)
    answer = client.post(url("write", case.buyer.pk), PARTS | {"title": "Ett nytt it-system"} | key(), follow=True)
    assert "”it-system” kan vara en lösning." in answer.content.decode()
    assert Need.objects.get().title == "Ett nytt it-system"


def test_a_need_is_taken_up_from_the_backlog(client):
    case = make_case()
    need = waiting(case)
    client.force_login(case.officer)
    assert "Ta upp Insikter" in client.get(url("list", case.procurement.pk)).content.decode()
    page = url("take_up", case.procurement.pk, need.pk)
    client.post(page)
    need.refresh_from_db()
    assert need.label == "B1"
    assert client.get(page).status_code == 405
    again = client.post(page, follow=True)
    assert "redan tagit upp" in again.content.decode()


def test_a_need_is_changed_and_struck_with_a_reason(client):
    case = make_case()
    need = make_need(case)
    client.force_login(case.need_owner)
    client.post(url("edit", need.pk), PARTS)
    assert client.post(url("strike", need.pk), {"reason": " "}).status_code == 422
    client.post(url("strike", need.pk), {"reason": "Löst på annat sätt"})
    need.refresh_from_db()
    assert (need.title, need.struck_reason) == ("Insikter", "Löst på annat sätt")
    shown = client.get(url("list", case.procurement.pk)).content.decode()
    assert ("Löst på annat sätt" in shown, url("edit", need.pk) in shown) == (True, False)


def test_others_in_the_team_read_and_see_why_they_do_not_write(client):
    case = make_case()
    need = make_need(case)
    client.force_login(case.evaluators[0])
    shown = client.get(url("list", case.procurement.pk)).content.decode()
    assert (need.title in shown, 'aria-disabled="true"' in shown) == (True, True)
    client.post(url("edit", need.pk), PARTS)
    need.refresh_from_db()
    assert need.title != "Insikter"


@pytest.mark.parametrize("page", ["backlog", "list"])
def test_many_needs_take_no_more_queries_than_one(client, page):
    case = make_case()
    client.force_login(case.need_owner)
    address = url("backlog") if page == "backlog" else url("list", case.procurement.pk)
    make = waiting if page == "backlog" else make_need
    make(case)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(29):
        make(case)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_a_long_backlog_comes_in_pages(client):
    case = make_case()
    for _ in range(PAGE_SIZE + 1):
        waiting(case)
    client.force_login(case.need_owner)
    pages = [client.get(url("backlog"), {"page": page}).content.decode() for page in ("1", "2")]
    assert "?page=2" in pages[0]
    needs = Need.objects.filter(procurement=None)
    assert [sum(url("edit", need.pk) in page for need in needs) for page in pages] == [PAGE_SIZE, 1]
    client.force_login(case.officer)
    taken = client.get(url("list", case.procurement.pk)).content.decode()
    assert taken.count("/ta-upp/") == PAGE_SIZE
