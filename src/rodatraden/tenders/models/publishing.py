"""The documents as published, and the warnings that were published over."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Person
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.models.tenders import Tender


class Snapshot(models.Model):
    """The procurement documents as published: numbered, canonical and hashed; never changed.

    `edition` grows when anything but a deadline changes: a bid is made for an edition. `document` is its PDF in the diary.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField()
    edition = models.PositiveSmallIntegerField()
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("tender_id", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tender", "number"], name="snapshot_number_once")]

    def __str__(self) -> str:
        return f"{self.tender} v{self.number}"


class AcceptedFinding(models.Model):
    """A warning that a person published over, with the written reason; never possible over an invariant."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="accepted_findings")
    code = models.CharField(max_length=100)
    reason = models.TextField(_("reason"))
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tender", "code"], name="accepted_finding_once")]

    def __str__(self) -> str:
        return self.code
