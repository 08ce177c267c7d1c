"""A message is what its verb wrote and nothing more, and one that cannot be sent holds up nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail

from rodatraden.records.actions import send_mail, write_mail
from rodatraden.records.models import OutboxMail

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_line_break_in_a_subject_or_an_address_makes_no_header():
    write_mail(to="a@example.org", subject="Fråga\r\nBcc: alla@example.org", text="x", by=None, at=AT)
    write_mail(to="b@example.org\nBcc: alla@example.org", subject="Y", text="x", by=None, at=AT)
    write_mail(to="c@example.org", subject="Z", text="x", by=None, at=AT)
    assert send_mail(by=None, at=AT) == 2
    assert {each.subject for each in mail.outbox} == {"Fråga Bcc: alla@example.org", "Z"}
    assert sorted(each.to for each in mail.outbox) == [["a@example.org"], ["c@example.org"]]
    assert not [each for each in mail.outbox if "Bcc" in each.message()]
    stays = OutboxMail.objects.get(sent_at=None)
    assert (stays.attempts, bool(stays.last_error)) == (1, True)
