"""The hand-over of notices to a registered notice database."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Person
from rodatraden.tenders.models.changes import DocumentChange
from rodatraden.tenders.models.tenders import Tender


class NoticeHandover(models.Model):
    """A notice handed over to a registered notice database; 'announced' only once the database has confirmed it.

    `outcome` is what an award notice tells of the contract, as it was when that was concluded: winner, value and days;
    of a procurement that was cancelled after the opening how many tenders had come. Empty in every other notice.
    """

    class Kind(models.TextChoices):
        """Which notice."""

        CONTRACT = "contract", _("Contract notice")
        CHANGE = "change", _("Change notice")
        RESULT = "result", _("Contract award notice")
        CANCELLATION = "cancelled", _("Notice of cancellation")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    change = models.ForeignKey(DocumentChange, on_delete=models.PROTECT, null=True, related_name="notices")
    reason = models.TextField(_("reason for the cancellation"), blank=True)
    due_on = models.DateField(null=True)
    outcome = models.JSONField(default=dict)
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    database = models.CharField(_("notice database"), max_length=100, blank=True)
    notice_id = models.CharField(_("notice number"), max_length=60, blank=True)
    published_at = models.DateTimeField(_("published by the database"), null=True)
    link = models.URLField(_("link to the notice"), blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("handed_over_at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.notice_id}"
