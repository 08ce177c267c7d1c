"""Where sessions lie: no row opens one, and what has been ended stays so, whatever is done with it at the same time."""

from __future__ import annotations

import re
import zlib
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.core import signing
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
def test_no_row_says_what_its_session_holds():
    """Such as the seed of a second step that is being added, or a link for a new password that was followed."""
    session = SessionStore()
    session["mfa.totp.secret"] = "JBSWY3DPEHPK3PXP"
    session.save()
    for _ in ("written", "under another key"):
        (kept,) = Session.objects.values_list("session_data", flat=True)
        read = [kept, *(unpacked(part) for part in re.split(r"[:.]", kept))]
        assert not any("totp" in each or "JBSWY3" in each for each in read)
        session.cycle_key()
    assert SessionStore(session.session_key)["mfa.totp.secret"] == "JBSWY3DPEHPK3PXP"


def unpacked(part: str) -> str:
    """Return what anybody reads in base64, packed or not."""
    raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    with suppress(zlib.error):  # it was not packed
        raw = zlib.decompress(raw)
    return raw.decode("latin-1")


def test_what_anybody_can_read_is_read_by_that_test():
    signed = signing.dumps({"mfa.totp.secret": "JBSWY3"} | {"long": "a" * 90}, compress=True)
    assert any("totp" in unpacked(part) for part in re.split(r"[:.]", signed) if part)


@pytest.mark.django_db
def test_who_writes_rows_is_nobody_else_by_another_rows_data():
    mine, own = somebodys()
    theirs, row = somebodys()
    Session.objects.filter(mark=own.mark).update(session_data=row.session_data)
    assert_is_nobody(mine.session_key)
    Session.objects.filter(mark=own.mark).update(person=row.person)
    assert_is_nobody(mine.session_key)
    assert SESSION_KEY in SessionStore(theirs.session_key)


@pytest.mark.django_db
def test_who_writes_rows_opens_no_session_by_a_key_of_their_own():
    _, row = somebodys()
    Session.objects.filter(mark=row.mark).update(key_sha256=session_store.hashed("chosen" * 5))
    assert_is_nobody("chosen" * 5)


@pytest.mark.django_db
@pytest.mark.parametrize("whose", [None, make_person], ids=["nobody", "somebody else"])
def test_a_row_that_says_that_a_session_is_anothers_opens_none(whose):
    session, row = somebodys()
    Session.objects.filter(mark=row.mark).update(person=whose and whose())
    assert_is_nobody(session.session_key)


@pytest.mark.django_db
@pytest.mark.parametrize("data", ["", "å", "gAAAAA", "e30:1:signed"])
def test_a_row_that_was_spoilt_opens_none(data, caplog):
    session, row = somebodys()
    Session.objects.filter(mark=row.mark).update(session_data=data)
    assert_is_nobody(session.session_key)
    assert f"mark={row.mark}" in caplog.text


def assert_is_nobody(key: str) -> None:
    """Assert that a cookie with the key is no session, and gets another key when something is put into it."""
    session = SessionStore(key)
    assert dict(session.items()) == {}
    assert session.session_key is None
    browser = Client()
    browser.cookies["session"] = key
    assert browser.get(reverse("parties:me")).status_code == 302


@pytest.mark.django_db
def test_a_session_has_one_name_through_all_its_keys_and_what_follows_it_another():
    session, row = somebodys()
    session.cycle_key()
    assert session.mark == SessionStore(session.session_key).mark == row.mark
    session.flush()
    session["colour"] = "red"
    session.save()
    assert session.mark == Session.objects.get().mark != row.mark
    assert SessionStore("9" * 32).mark is None


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
    session[SESSION_KEY] = str((person := make_person()).pk)
    session.save()
    under_way = SessionStore(session.session_key)
    assert SESSION_KEY in under_way
    return under_way, Session.objects.get(person=person)


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


SIGNING_OUT = pytest.mark.parametrize("out", [SessionStore.delete, SessionStore.flush], ids=["ended", "emptied"])


@pytest.mark.both_engines
@SIGNING_OUT
def test_signing_out_that_waits_for_another_key_holds(fresh_database, out):
    """In two tabs of one browser: one shows anew who it is, the other signs out with the key that was."""
    session, _ = somebodys()
    tab = SessionStore(session.session_key)
    assert SESSION_KEY in tab
    raised = one_while_the_other(session.cycle_key, lambda: out(tab))
    assert raised is None
    assert not Session.objects.exists()


@pytest.mark.both_engines
@SIGNING_OUT
def test_another_key_that_waits_for_signing_out_brings_nothing_back(fresh_database, out):
    session, _ = somebodys()
    tab = SessionStore(session.session_key)
    assert SESSION_KEY in tab
    raised = one_while_the_other(lambda: out(tab), session.cycle_key)
    assert isinstance(raised, UpdateError)
    assert not Session.objects.exists()
