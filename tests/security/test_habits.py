"""Habits of every address: what it answers to whom, in which letters, and what it never tells."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import Client, override_settings
from django.urls import get_resolver, include, path, reverse
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from rodatraden.config.checks import addresses
from rodatraden.records.models import LedgerEntry
from rodatraden.ui.policy import public
from tests.factories.parties import make_buyer, make_person

pytestmark = pytest.mark.one_engine
FEWEST = 10


def pages(policy: str) -> list[str]:
    """Return the addresses of a policy that name no object, such as the start page and the lists."""
    return [
        "/" + route.replace("^", "").replace("$", "")
        for route, _, view in addresses(get_resolver().url_patterns)
        if view.policy == policy and "<" not in route
    ]


def let_go(answer) -> None:
    """Read an answer to its end, which closes its file, and not the answer: with it Django would close the connection."""
    if answer.streaming:
        b"".join(answer.streaming_content)


@pytest.mark.django_db
def test_to_look_changes_nothing(client):
    official = make_person(organisation=make_buyer())
    client.force_login(official)
    before = LedgerEntry.objects.count()
    asked = pages("signed_in") + pages("public")
    assert len(asked) >= FEWEST
    for address in asked:
        let_go(client.get(address))
        client.force_login(official)  # one of them signs out
    assert LedgerEntry.objects.count() == before


@pytest.mark.django_db
def test_every_public_page_says_what_it_is_and_in_which_letters(client):
    shown = 0
    for address in pages("public"):
        answer = client.get(address)
        if answer.status_code == 200:
            shown += 1
            kind = answer["Content-Type"]
            assert "/" in kind, address
            assert not kind.startswith("text/") or "charset=utf-8" in kind.lower(), (address, kind)
            assert answer["Cross-Origin-Resource-Policy"] == "same-origin", address
        let_go(answer)
    assert shown >= 5


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DELETE", "PATCH", "OPTIONS", "PUT"])
def test_trace_is_refused(client, method):
    answer = client.generic(method, "/")
    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        *(
            "/.git/config",
            "/.git/HEAD",
            "/.env",
            "/static/",
            "/static/../pyproject.toml",
            "/static/%2e%2e/pyproject.toml",
        ),
        *("/media/", "/files/", "/admin/", "/api/docs", "/metrics", "/__debug__/", "/server-status", "/secrets/django"),
    ],
)
def test_nothing_of_the_machine_is_served(client, address):
    assert client.get(address).status_code == 404


def test_a_field_told_twice_is_one():
    answer = Client().post("/utseende/", {"scheme": ["light", "dark"], "next": "/"})
    assert answer.cookies["colour_scheme"].value == "dark"
    assert "colour_scheme" not in Client().post("/utseende/?scheme=dark", {"next": "/"}).cookies


@public
def failing(request):
    price = "hemligt pris 1234"
    raise ValueError(price)


@public
def missing(request):
    raise Http404("hemligt namn")


urlpatterns = [path("fel/", failing), path("borta/", missing), path("", include("rodatraden.config.urls"))]


@pytest.mark.django_db
def test_a_fault_tells_nothing_of_the_inside():
    with override_settings(ROOT_URLCONF=__name__):
        client = Client(raise_request_exception=False)
        for address, status in (("/fel/", 500), ("/borta/", 404)):
            answer = client.get(address)
            assert answer.status_code == status
            for word in ("hemligt", "ValueError", "Traceback", "django", "/src/", "price"):
                assert word not in answer.text
            assert "<h1" in answer.text


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: +5",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: xchunked",
        "Content_Length: 5\r\nTransfer-Encoding : chunked",
    ],
)
def test_a_message_with_two_lengths_is_refused(head):
    raw = f"POST / HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n0\r\n\r\n".encode()
    with pytest.raises((ParseException, NotImplementedError)):
        next(RequestParser(Config(), iter([raw]), ("127.0.0.1", 1)))


def test_the_pages_that_this_looks_at_exist():
    assert reverse("publication:index") in pages("public")
    assert reverse("parties:me") in pages("signed_in")
