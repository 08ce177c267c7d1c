"""Where sessions lie: no row opens one, and what has been ended stays so, whatever is done with it at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from rodatraden.config import clock, session_store
from rodatraden.config.session_store import SessionStore
from rodatraden.parties.models import Session
from tests.factories.parties import make_person

SECONDS = 60


@pytest.mark.django_db
def test_no_row_holds_what_opens_a_session(client):
    client.force_login(make_person())
    key = client.cookies["session"].value
    (row,) = Session.objects.values()
    assert key not in str(row)
    for held in (row["key_sha256"], row["mark"].hex, str(row["mark"]), row["session_data"]):
        thief = Client()
        thief.cookies["session"] = held
        assert thief.get(reverse("parties:me")).status_code == 302
    assert client.get(reverse("parties:me")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["\x00" * 32, "å" * 32, "short", "9" * 5000])
def test_any_cookie_is_a_session_or_none(client, cookie):
    client.cookies["session"] = cookie
    assert client.get(reverse("account_login")).status_code == 200


@pytest.mark.django_db
def test_a_session_is_begun_written_read_and_ended():
    session = SessionStore()
    session["colour"] = "red"
    session.save()
    key = session.session_key
    assert SessionStore(key)["colour"] == "red"
    assert SessionStore().exists(key)
    session.cycle_key()
    assert SessionStore(session.session_key)["colour"] == "red"
    assert not SessionStore().exists(key)
    with pytest.raises(CreateError):
        session.save(must_create=True)
    SessionStore().delete(session.session_key)
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_what_was_nobodys_and_is_swept_begins_anew_with_what_it_held():
    session = SessionStore()
    session["colour"] = "red"
    session.save()
    Session.objects.update(expire_date=clock.machine_time() - timedelta(seconds=1))
    SessionStore.clear_expired()
    session.cycle_key()
    assert SessionStore(session.session_key)["colour"] == "red"


@pytest.mark.django_db
def test_what_names_a_session_names_it_under_its_next_key_too():
    """Its owner has the list before them, ends it, and it has got another key in between."""
    session, row = somebodys()
    session.cycle_key()
    assert session_store.end(Session.objects.filter(mark=row.mark)) == 1
    assert not Session.objects.exists()


def somebodys():
    """Return a session that somebody is signed in with, as a request has read it, and its row."""
    session = SessionStore()
    session[SESSION_KEY] = str(make_person().pk)
    session.save()
    under_way = SessionStore(session.session_key)
    assert SESSION_KEY in under_way
    return under_way, Session.objects.get()


def one_while_the_other(first, second):
    """Do `first`, and begin `second` over another connection before the first is committed; return what the second raised."""
    begun = Event()

    def other():
        try:
            begun.set()
            second()
        except UpdateError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            first()
            raised = thread.submit(other)
            assert begun.wait(SECONDS)
            if connection.vendor == "postgresql":  # which tells who waits; SQLite has one writer at a time in any case
                with connection.cursor() as cursor:
                    while not cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                        assert not raised.done()
        return raised.result(SECONDS)


@pytest.mark.both_engines
@pytest.mark.parametrize("act", [SessionStore.cycle_key, SessionStore.save], ids=["another key", "written"])
def test_an_ending_that_waits_for_another_key_or_a_writing_holds(fresh_database, act):
    session, row = somebodys()
    raised = one_while_the_other(
        lambda: act(session),
        lambda: session_store.end(Session.objects.filter(person=row.person, mark__in=[row.mark.hex])),
    )
    assert raised is None
    assert not Session.objects.exists()


@pytest.mark.both_engines
@pytest.mark.parametrize("act", [SessionStore.cycle_key, SessionStore.save], ids=["another key", "written"])
def test_another_key_or_a_writing_that_waits_for_an_ending_brings_nothing_back(fresh_database, act):
    session, row = somebodys()
    raised = one_while_the_other(
        lambda: session_store.end(Session.objects.filter(person=row.person)), lambda: act(session)
    )
    assert isinstance(raised, UpdateError)
    assert not Session.objects.exists()
