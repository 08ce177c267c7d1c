"""What the database keeps of a text that may let somebody in."""

import pytest
from cryptography.fernet import InvalidToken
from django.core.exceptions import FieldError
from django.db import connection

from rodatraden.records.actions import send_mail, write_mail
from rodatraden.records.models import OutboxMail
from rodatraden.ui.at_rest import cipher
from tests.factories.parties import START

pytestmark = pytest.mark.django_db

LINK = "https://example.org/konto/losenord/nytt/#hemlig-nyckel"


def written() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM records_outboxmail")
        return cursor.fetchone()[0]


def test_no_row_holds_a_link_that_lets_somebody_in_and_whoever_sends_it_reads_it():
    write_mail(to="a@example.org", subject="Nytt lösenord", text=LINK, by=None, at=START)
    assert "hemlig" not in written()
    assert OutboxMail.objects.get().text == LINK
    assert OutboxMail.objects.values_list("text", flat=True).get() == LINK


def test_what_is_encrypted_is_never_compared():
    with pytest.raises(FieldError):
        OutboxMail.objects.filter(text=LINK)
    with pytest.raises(FieldError):
        OutboxMail.objects.filter(text__contains="konto")


def test_what_was_written_under_another_secret_reads_as_nothing(settings):
    write_mail(to="a@example.org", subject="Nytt lösenord", text=LINK, by=None, at=START)
    settings.SECRET_KEY = "another"
    assert OutboxMail.objects.get().text == ""


def test_what_was_encrypted_for_one_purpose_is_nothing_to_another():
    assert cipher("one").decrypt(cipher("one").encrypt(b"x")) == b"x"
    with pytest.raises(InvalidToken):
        cipher("another").decrypt(cipher("one").encrypt(b"x"))


def test_a_letter_that_cannot_be_read_any_more_is_not_sent_empty_and_stops_no_other(settings, mailoutbox):
    write_mail(to="a@example.org", subject="Förr", text=LINK, by=None, at=START)
    settings.SECRET_KEY = "another"
    write_mail(to="b@example.org", subject="Nu", text="Läs", by=None, at=START)
    assert send_mail(by=None, at=START) == 1
    assert [letter.to for letter in mailoutbox] == [["b@example.org"]]
    assert OutboxMail.objects.get(sent_at=None).last_error
