"""A session that ends while somebody writes: what was typed comes back. And where one is signed in, seen and ended by oneself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth import user_logged_out
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from rodatraden.config import sessions
from rodatraden.config.session_store import SessionStore, hashed
from rodatraden.parties.models import Session
from rodatraden.procurements.models import Procurement
from tests.factories.parties import START, make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(written-\w+)" value="([^"]*)"', page))


def test_what_was_typed_in_an_expired_session_is_filled_in_again(client):
    case = make_case()
    client.force_login(case.officer)
    address = reverse("procurements:describe", args=[case.procurement.pk])
    marks = hidden(client.get(address).text)
    client.logout()
    typed = marks | {"title": "Nytt namn", "summary": "En lång text som tog en kvart", "estimated_value": "1 050,50 kr"}
    answer = client.post(address, typed)
    assert answer["Location"].startswith(reverse("account_login"))
    assert address in answer["Location"]
    assert Procurement.objects.get().title == "Processcoachning"

    client.force_login(case.officer)
    page = client.get(address).text
    for text in ("Nytt namn", "En lång text som tog en kvart", "1 050,50 kr"):
        assert text in page


def test_nobody_else_gets_it(client):
    case = make_case()
    client.force_login(case.officer)
    address = reverse("procurements:describe", args=[case.procurement.pk])
    marks = hidden(client.get(address).text)
    client.logout()
    client.post(address, marks | {"title": "Hemligt namn"})
    client.force_login(case.need_owner)
    assert "Hemligt namn" not in client.get(address).text


PASSWORD = "fyra ord som ingen gissar"


@pytest.fixture
def somebody():
    person = make_person()
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def is_in(client) -> bool:
    return client.get(reverse("parties:me")).status_code == 200


def test_signing_in_gives_a_new_session(client, somebody):
    client.cookies["session"] = "a" * 32  # somebody else's choice
    sign_in(client, somebody)
    key = client.cookies["session"].value
    assert re.fullmatch(r"[a-z0-9]{32}", key)  # 165 bits
    assert key != "a" * 32
    sign_in(other := Client(), somebody)
    assert other.cookies["session"].value != key


def test_a_session_that_was_ended_is_worth_nothing(client, somebody):
    sign_in(client, somebody)
    stolen = Client()
    stolen.cookies["session"] = client.cookies["session"].value
    assert is_in(stolen)
    client.post(reverse("account_logout"))
    assert not is_in(stolen)


def test_a_closed_account_has_no_session(client, somebody):
    sign_in(client, somebody)
    somebody.is_active = False
    somebody.save()
    assert not is_in(client)


def test_a_new_password_ends_the_other_sessions(client, somebody):
    sign_in(client, somebody)
    sign_in(other := Client(), somebody)
    typed = {"oldpassword": PASSWORD, "password1": (new := "ett helt annat ord i skogen"), "password2": new}
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    assert is_in(client)
    assert not is_in(other)


def test_every_page_of_somebody_leads_out(client, somebody):
    client.force_login(somebody)
    assert reverse("account_logout") in client.get(reverse("parties:me")).text
    for name in ("pages:home", "publication:index", "mfa_index", "pages:procurement_list"):
        page = client.get(reverse(name)).text
        assert reverse("account_logout") in page or f'href="{reverse("parties:me")}"' in page, name


def test_signing_out_clears_the_browser(client, somebody):
    sign_in(client, somebody)
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache"'
    assert answer.cookies["session"].value == ""
    assert "Clear-Site-Data" not in client.post(reverse("account_logout"))


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
MARK = re.compile(r'name="session"\s+value="([0-9a-f]{32})"')


def signed_in_with(person, browser="", place="192.0.2.1"):
    """Return a browser in which the person has signed in."""
    client = Client(HTTP_USER_AGENT=browser, REMOTE_ADDR=place)
    sign_in(client, person)
    return client


def mark_of(client) -> str:
    """Return what names the session of a browser where it is shown."""
    return Session.objects.get(key_sha256=hashed(client.cookies["session"].value)).mark.hex


def test_one_sees_where_one_is_signed_in_and_signs_out_there(somebody):
    here, there = signed_in_with(somebody, FIREFOX), signed_in_with(somebody, PHONE, "198.51.100.7")
    signed_in_with(make_person(), PHONE, "203.0.113.9")
    address = reverse("own_sessions")
    assert address in here.get(reverse("parties:me")).text
    page = here.get(address)
    for told in ("Firefox, Linux", "192.0.2.1", "Safari, iPhone", "198.51.100.7"):
        assert told in page.text
    assert "203.0.113.9" not in page.text
    assert page["Cache-Control"] == "no-store, private"
    (mark,) = MARK.findall(page.text)
    for key in (here, there):
        assert key.cookies["session"].value not in page.text
    assert here.post(address, {"session": mark})["Location"] == address
    assert is_in(here)
    assert not is_in(there)
    assert MARK.findall(here.get(address).text) == []


def test_all_the_others_are_signed_out_at_once(somebody):
    here, others = signed_in_with(somebody), [signed_in_with(somebody) for _ in range(3)]
    here.post(reverse("own_sessions"), {"session": "others"})
    assert [is_in(each) for each in (here, *others)] == [True, False, False, False]


def test_nobody_ends_the_session_of_another_nor_the_one_they_are_in_by_its_mark(somebody):
    other = make_person()
    other.set_password(PASSWORD)
    other.save()
    here, theirs = signed_in_with(somebody), signed_in_with(other)
    for client in (here, theirs):
        here.post(reverse("own_sessions"), {"session": mark_of(client)})
    assert is_in(here)
    assert is_in(theirs)


def test_who_has_not_shown_lately_that_it_is_they_ends_nothing(somebody, settings, time_machine):
    time_machine.move_to(START)
    here, there = signed_in_with(somebody), signed_in_with(somebody)
    (mark,) = MARK.findall(here.get(reverse("own_sessions")).text)
    time_machine.shift(settings.FRESH_FOR + timedelta(minutes=1))
    answer = here.post(reverse("own_sessions"), {"session": mark})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert is_in(there)


def test_a_new_key_for_a_session_keeps_it_in_the_list_once(somebody):
    """Showing again that it is oneself, and a new password, give a session another key."""
    here = signed_in_with(somebody, FIREFOX)
    first = here.cookies["session"].value
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert here.cookies["session"].value != first
    assert here.get(reverse("own_sessions")).text.count("Firefox, Linux") == 1
    assert Session.objects.filter(person=somebody).count() == 1


def test_a_session_that_was_ended_while_a_request_worked_gets_no_new_key(somebody):
    here, there = signed_in_with(somebody), signed_in_with(somebody)
    under_way = SessionStore(there.cookies["session"].value)
    assert sessions.SEEN in under_way  # it has been read
    here.post(reverse("own_sessions"), {"session": "others"})
    with pytest.raises(UpdateError):
        under_way.cycle_key()
    assert Session.objects.get(person=somebody).mark.hex == mark_of(here)


@pytest.mark.both_engines
def test_signing_out_in_one_tab_holds_when_another_has_shown_anew_who_it_is_meanwhile(somebody):
    here, tab = signed_in_with(somebody), Client()
    tab.cookies["session"] = here.cookies["session"].value

    def show_anew(**_):
        """After the other tab's session has been read, and before it is ended."""
        here.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    user_logged_out.connect(show_anew)
    try:
        tab.post(reverse("account_logout"))
    finally:
        user_logged_out.disconnect(show_anew)
    assert here.cookies["session"].value != tab.cookies["session"].value == ""
    assert not is_in(here)
    assert not Session.objects.filter(person=somebody).exists()


def test_the_session_that_one_is_in_is_never_ended_by_its_mark_though_it_has_got_another_key(somebody, rf):
    here = signed_in_with(somebody)
    request = rf.post("/")
    request.user, request.session = somebody, SessionStore(here.cookies["session"].value)
    assert sessions.SEEN in request.session  # it has been read
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert [each.is_this for each in sessions.active(request)] == [True]
    assert sessions.end(request, [mark_of(here)]) == 0
    assert is_in(here)


def test_the_list_leaves_out_a_row_that_something_else_has_written(somebody):
    here, there = signed_in_with(somebody, FIREFOX), signed_in_with(somebody, PHONE)
    Session.objects.filter(mark=mark_of(there)).update(session_data="spoilt")
    assert "iPhone" not in (page := here.get(reverse("own_sessions")).text)
    assert "Firefox, Linux" in page


def test_what_is_over_is_not_listed_and_its_row_is_swept(somebody, settings, time_machine):
    time_machine.move_to(START)
    signed_in_with(somebody, PHONE)
    Client().get(reverse("account_login"))
    time_machine.shift(settings.SESSION_UNUSED_FOR + timedelta(minutes=1))
    here = signed_in_with(somebody, FIREFOX)
    assert "iPhone" not in here.get(reverse("own_sessions")).text
    time_machine.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE) - settings.SESSION_UNUSED_FOR)
    before = Session.objects.count()
    SessionStore.clear_expired()
    assert Session.objects.count() == 1 < before
    assert list(Session.objects.values_list("person", flat=True)) == [somebody.pk]


def test_in_the_example_where_all_are_everybody_no_place_is_kept(somebody, settings):
    settings.DEMO = True
    assert "192.0.2.1" not in signed_in_with(somebody, FIREFOX).get(reverse("own_sessions")).text


def test_in_the_example_nobody_signs_out_others_who_try_the_same_person(somebody, settings):
    settings.DEMO = True
    here, theirs = signed_in_with(somebody), signed_in_with(somebody)
    address = reverse("own_sessions")
    page = here.get(address).text
    assert "I exemplet kan andra vara samma person som du." in page
    assert MARK.findall(page) == []
    for named in (mark_of(theirs), "others"):
        answer = here.post(address, {"session": named})
        assert (answer.status_code, "I exemplet kan andra vara samma person som du." in answer.text) == (403, True)
    assert is_in(theirs)


@pytest.mark.parametrize(("is_fictional", "status"), [(True, 200), (False, 302)])
def test_a_made_up_person_gets_no_password_which_would_sign_out_the_others(somebody, settings, is_fictional, status):
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = False  # as in the example
    somebody.is_fictional = is_fictional
    somebody.set_unusable_password()
    somebody.save()
    here, theirs = Client(), Client()
    for client in (here, theirs):
        client.force_login(somebody)
    typed = {"password1": PASSWORD, "password2": PASSWORD}
    answer = here.post(reverse("account_set_password"), typed)
    assert (answer.status_code, "Exemplets personer har inga lösenord" in answer.text) == (status, is_fictional)
    assert is_in(theirs) == is_fictional


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_named_in_two_words(agent, name):
    assert sessions.browser(agent) == name


def test_when_a_session_can_not_be_written_nobody_is_told_that_nothing_was_saved(client, somebody):
    """What the view did stands: the session ended while it worked, in another tab or with the database."""
    client.force_login(somebody)
    session = client.session
    session.pop(sessions.SEEN, None)  # to be written with the next page
    session.save()

    def end(**_):
        Session.objects.all().delete()

    template_rendered.connect(end)
    try:
        answer = client.get(reverse("parties:me"))
    finally:
        template_rendered.disconnect(end)
    assert answer.status_code == 500
    assert "Räkna inte med att det du skickade är sparat" in answer.text
