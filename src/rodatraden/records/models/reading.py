"""Who has read what, where that must be known: opened bids, which only those may see who are to know of them."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models


class Reading(models.Model):
    """Somebody read a document: the first time on a day, by the day of the instant in UTC (directive 2014/24 annex IV f and g).

    `subject` is what it belongs to, in a later room: a bid. `document` is the file, or the subject itself for its page. It is
    no entry of the log, whose entries are of what somebody did: a row for each person, document and day bounds how many
    there are. Nothing is taken away before the case is.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.UUIDField()
    subject = models.UUIDField()
    document = models.UUIDField()
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_on = models.DateField()
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("read_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "subject", "document", "read_by", "read_on"], name="reading_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.read_on}"
