"""A page that is alike for all is made once for some seconds, and nobody gets anything of another's with it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import get_resolver, reverse_lazy

from rodatraden.config import kept
from rodatraden.config.kept import LARGEST, MOST, WHEN_BUSY
from tests.factories.parties import make_person
from tests.factories.tenders import ANNOUNCED_AT, make_drafted, make_published

INDEX = reverse_lazy("publication:index")
ALIKE = {
    "pages:home",
    "publication:index",
    "publication:organisation",
    "publication:tender",
    "publication:documents",
    "publication:changes",
}


@pytest.fixture(autouse=True)
def for_long(settings):
    """Keep pages for as long as a test takes, at the address by which tests ask."""
    settings.PAGES_KEPT_FOR = 600.0
    settings.SITE_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def made():
    """Return a place that counts how often a page is made, and how often it has been."""
    times: list[str] = []

    def page(request):
        times.append(request.path)
        return HttpResponse(f"page {len(times)}")

    return kept.kept(page), times


def test_only_pages_that_name_nobody_are_alike_for_all():
    views = {
        f"{room.namespace}:{each.name}": each.callback
        for room in get_resolver().url_patterns
        for each in getattr(room, "url_patterns", [])
    }
    assert {name for name, view in views.items() if getattr(view, "alike_for_all", False)} == ALIKE
    assert {views[name].policy for name in ALIKE} == {"public"}


@pytest.fixture
def count(monkeypatch):
    """Let the machine's count of seconds show what the test sets; it begins at 1000."""
    seconds = [1000.0]
    monkeypatch.setattr(kept, "monotonic", lambda: seconds[0])

    def show(number: float) -> None:
        seconds[0] = number

    return show


def test_a_page_is_made_once_for_some_seconds_and_then_anew(rf, made, settings, count):
    settings.PAGES_KEPT_FOR = 5.0
    ask, times = made
    assert {ask(rf.get(INDEX)).content for _ in range(5)} == {b"page 1"}
    count(1004.9)
    assert ask(rf.get(INDEX)).content == b"page 1"
    count(1005)
    assert {ask(rf.get(INDEX)).content for _ in range(5)} == {b"page 2"}
    assert len(times) == 2


def test_one_reader_waits_for_the_new_page_and_the_others_have_the_old_one_meanwhile(rf, settings, count):
    settings.PAGES_KEPT_FOR = 5.0
    meanwhile = []

    def page(_):
        number = len(meanwhile)
        meanwhile.append(None)
        if number:
            meanwhile[number] = ask(rf.get(INDEX)).content
        return HttpResponse(f"page {number + 1}")

    ask = kept.kept(page)
    ask(rf.get(INDEX))
    count(1006)
    assert ask(rf.get(INDEX)).content == b"page 2"
    assert meanwhile == [None, b"page 1"]


def test_while_no_turn_is_had_an_older_page_is_shown_for_half_a_minute(rf, settings, count):
    settings.PAGES_KEPT_FOR = 5.0
    statuses = iter([200, 503, 503])
    ask = kept.kept(lambda _: HttpResponse(str(status := next(statuses)), status=status))
    ask(rf.get(INDEX))
    count(1000 + WHEN_BUSY - 0.1)
    assert ask(rf.get(INDEX)).content == b"200"
    count(1000 + WHEN_BUSY)
    assert ask(rf.get(INDEX)).status_code == 503


@pytest.mark.parametrize(
    "asked",
    [
        {"HTTP_COOKIE": "session=x"},
        {"HTTP_COOKIE": "scheme=dark"},
        {"QUERY_STRING": "q=hemtjänst"},
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_HOST": "testserver:81"},
        {"SCRIPT_NAME": "//evil.example"},
        {"HTTP_ACCEPT_LANGUAGE": "nb"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"wsgi.url_scheme": "https"},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_who_may_see_something_else_gets_a_page_made_for_them(rf, made, asked, settings):
    settings.LANGUAGES = [("sv", "svenska"), ("nb", "norsk")]
    ask, times = made
    ask(rf.get(INDEX))
    assert ask(rf.get(INDEX, **asked)).content == b"page 2"
    assert len(times) == 2


@pytest.mark.parametrize("address", ["/upphandlingar/", "/finns-inte/", "/offentligt"])
def test_an_address_that_is_not_alike_for_all_is_asked_each_time(rf, made, address):
    ask, times = made
    assert [ask(rf.get(address)).content for _ in range(2)] == [b"page 1", b"page 2"]
    assert times == [address, address]


def _with(**told):
    response = HttpResponse("x")
    for name, value in told.items():
        setattr(response, name, value)
    return response


def _sets_cookie():
    response = HttpResponse("x")
    response.set_cookie("session", "x")
    return response


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpResponse("x", status=503),
        lambda: HttpResponse("x" * (LARGEST + 1)),
        lambda: StreamingHttpResponse(iter((b"x",))),
        lambda: _with(_csp_update={"worker-src": ["blob:"]}),
        _sets_cookie,
    ],
    ids=["not now", "large", "a file", "may start a worker", "a cookie"],
)
def test_an_answer_that_is_somebodys_own_is_not_kept(rf, make):
    answers = []

    def page(_):
        answers.append(make())
        return answers[-1]

    ask = kept.kept(page)
    assert ask(rf.get(INDEX)) is answers[0]
    assert ask(rf.get(INDEX)) is answers[1]


@pytest.mark.parametrize(
    "show",
    [
        lambda request: request.META.update(CSRF_COOKIE_NEEDS_UPDATE=True),
        lambda request: setattr(request, "_csp_nonce", "x"),
    ],
    ids=["a form's", "a script's"],
)
def test_a_page_with_a_secret_of_its_reader_is_not_kept(rf, show):
    def page(request):
        show(request)
        return HttpResponse("x")

    ask = kept.kept(page)
    assert ask(rf.get(INDEX)) is not ask(rf.get(INDEX))


def test_no_more_pages_are_kept_than_there_is_room_for(rf, made):
    ask, times = made
    addresses = [reverse_lazy("publication:tender", args=[UUID(int=number)]) for number in range(MOST + 1)]
    for address in addresses:
        ask(rf.get(address))
    ask(rf.get(addresses[-1]))
    assert len(times) == MOST + 1, "the last is kept"
    ask(rf.get(addresses[0]))
    assert len(times) == MOST + 2, "the first has gone"


def test_nobody_drives_the_pages_out_by_other_names_of_the_server(rf, made):
    ask, times = made
    ask(rf.get(INDEX))
    for port in range(1, MOST + 2):
        ask(rf.get(INDEX, HTTP_HOST=f"testserver:{port}"))
    before = len(times)
    assert ask(rf.get(INDEX)).content == b"page 1"
    assert len(times) == before


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_a_page_that_is_no_longer_public_is_not_handed_out_again(rf, settings, count, status):
    settings.PAGES_KEPT_FOR = 5.0
    statuses = iter([200, *[status] * 3])
    ask = kept.kept(lambda _: HttpResponse(status=next(statuses)))
    ask(rf.get(INDEX))
    count(1006)
    assert [ask(rf.get(INDEX)).status_code for _ in range(3)] == [status] * 3


def test_an_older_page_that_took_long_to_make_does_not_replace_a_newer_one(rf, settings, count):
    settings.PAGES_KEPT_FOR = 5.0
    asked = []

    def page(_):
        asked.append(None)
        if len(asked) == 2:
            count(1012)
            ask(rf.get(INDEX))
            return HttpResponse("older")
        return HttpResponse("newer" if len(asked) == 3 else "first")

    ask = kept.kept(page)
    ask(rf.get(INDEX))
    count(1006)
    assert ask(rf.get(INDEX)).content == b"older"
    assert ask(rf.get(INDEX)).content == b"newer"
    assert len(asked) == 3


@pytest.mark.django_db
def test_what_is_handed_out_again_has_the_same_headers(client):
    first, second = client.get(INDEX), client.get(INDEX)
    assert first.content == second.content
    assert dict(first.items()) == dict(second.items())
    assert "Content-Security-Policy" in second


@pytest.mark.django_db
def test_who_signs_in_sees_what_has_happened_at_once_and_others_when_the_page_is_made_anew(client, count, monkeypatch):
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: ANNOUNCED_AT)
    client.get(INDEX)
    _, tender = make_published()
    title = tender.procurement.title
    assert title not in client.get(INDEX).content.decode()
    client.force_login(make_person("Kim"))
    assert title in client.get(INDEX).content.decode()
    client.logout()
    client.cookies.clear()
    assert title not in client.get(INDEX).content.decode()
    count(1600)
    assert title in client.get(INDEX).content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_public_yet_is_not_kept_as_missing(client, monkeypatch):
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: ANNOUNCED_AT)
    _, draft = make_drafted()
    address = reverse_lazy("publication:tender", args=[draft.pk])
    assert client.get(address).status_code == 404
    _, tender = make_published()
    assert client.get(reverse_lazy("publication:tender", args=[tender.pk])).status_code == 200
    assert client.get(address).status_code == 404
