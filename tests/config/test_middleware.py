"""One instant for all of a request, an arrival after its last byte, and a page for what a rule refuses."""

from __future__ import annotations

import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path, reverse
from django.views.decorators.csrf import csrf_exempt

from rodatraden.config import clock
from rodatraden.config.middleware import instant, refusals
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.message import say
from rodatraden.records.actions import KeyReusedError
from rodatraden.ui.policy import public
from tests.factories.parties import make_person
from tests.factories.procurements import make_case

ANSWER = no(say("This has happened already and happens only once."), mend="/jag/", source="LOU 12 kap. 10 §")


def test_the_instant_of_a_request_stands_still():
    seen = []
    instant(lambda request: seen.extend([request.now, request.now]) or HttpResponse())(RequestFactory().get("/"))
    assert seen[0] is seen[1]
    assert seen[0].tzinfo is not None


def test_the_arrival_is_read_once_and_lies_after_the_instant():
    arrivals = []

    def view(request):
        arrivals.extend([request.arrival(), request.arrival()])
        return HttpResponse()

    request = RequestFactory().post("/", {"a": "b"})
    instant(view)(request)
    assert arrivals[0] is arrivals[1]
    assert arrivals[0].at >= request.now


@pytest.mark.parametrize(("error", "status"), [(RefusedError(ANSWER), 403), (KeyReusedError(ANSWER), 409)])
def test_a_refusal_that_no_form_shows_gets_a_page_with_reason_source_and_the_place_to_mend_it(db, rf, error, status):
    request = rf.post("/")
    request.user = make_person()
    request.now = clock.now()
    request.session = {}
    answer = refusals(lambda _: HttpResponse()).process_exception(request, error)
    assert answer.status_code == status
    for text in ("Detta har redan hänt", "LOU 12 kap. 10 §", 'href="/jag/"'):
        assert text in answer.text


def test_other_faults_are_left_to_django(rf):
    assert refusals(lambda _: HttpResponse()).process_exception(rf.get("/"), ValueError("x")) is None


def test_who_has_not_declared_is_sent_to_do_so_and_comes_back(client, db):
    case = make_case(declares=False)
    client.force_login(case.officer)
    page = reverse("procurements:describe", args=[case.procurement.pk])
    declare = reverse("procurements:declare", args=[case.procurement.pk])
    answer = client.get(page, follow=False)
    assert answer["Location"].partition("?")[0] == declare
    answer = client.post(answer["Location"], {"has_conflict": "no", "shown": "before_access"})
    assert answer["Location"] == page
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", ["publication:index", "pages:search", "pages:procurement_list", "contracts:list"])
def test_a_null_character_in_a_search_is_a_bad_request(db, client, name):
    client.force_login(make_person())
    assert client.get(reverse(name), {"q": "skola\0"}).status_code == 400


@public
@csrf_exempt
def stamp(request):
    return HttpResponse(f"{request.now.timestamp()} {request.arrival().at.timestamp()}")


urlpatterns = [path("stamp/", stamp), path("", include("rodatraden.config.urls"))]


def test_a_slow_body_is_stamped_when_its_last_byte_has_come(live):
    address = urlsplit(live)
    body = b"x" * 2000
    with override_settings(ROOT_URLCONF=__name__):
        connection = HTTPConnection(address.hostname, address.port, timeout=10)
        connection.putrequest("POST", "/stamp/")
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Content-Type", "application/octet-stream")
        connection.endheaders()
        connection.send(body[:1000])
        time.sleep(0.6)
        before_last_byte = clock.now().timestamp()
        connection.send(body[1000:])
        answer = connection.getresponse().read().decode()
        connection.close()
    began, arrived = map(float, answer.split())
    assert began < before_last_byte <= arrived
