"""The award decision, signed by a named person, and the notifications that start the standstill."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.models import Bid
from rodatraden.parties.models import Person
from rodatraden.records.models import OutboxMail
from rodatraden.tenders.models import Tender


class AwardDecision(models.Model):
    """Who was awarded and why; decided by a named person (LOU 12 kap. 12 §, INV-35)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="award")
    winner = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="awards")
    reasons = models.TextField(_("reasons"))
    delegation = models.CharField(_("delegation"), max_length=200)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("decided_at",)

    def __str__(self) -> str:
        return f"{self.tender}: {self.winner}"


class Notification(models.Model):
    """One bidder's notification of the decision; all are sent at the same instant, in one act (INV-20).

    The standstill runs from the sending of the last one (INV-21).
    """

    class Channel(models.TextChoices):
        """How the notification was sent; anything but electronically makes the standstill the longer one."""

        ELECTRONIC = "electronic", _("Electronically")
        LETTER = "letter", _("By letter")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    decision = models.ForeignKey(AwardDecision, on_delete=models.PROTECT, related_name="notifications")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="notifications")
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.ELECTRONIC)
    sent_at = models.DateTimeField()
    reasons = models.TextField()
    standstill_text = models.TextField()
    mail = models.ForeignKey(OutboxMail, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("bid__number",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["decision", "bid"], name="notification_once")]

    def __str__(self) -> str:
        return f"{self.bid}"
