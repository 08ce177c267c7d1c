"""The award decision, signed by a named person, and the notifications that start the standstill."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.models import Bid
from rodatraden.parties.models import Person
from rodatraden.records.models import DiaryDocument, OutboxMail
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from datetime import datetime


class AwardDecision(models.Model):
    """Who was awarded and why; decided by a named person (LOU 12 kap. 12 §, INV-35).

    `stated_days` is a longer standstill than the law's, or the authority's own where the law has none; it binds
    (LOU 20 kap. 1 §). `document` is the decision in the diary.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="award")
    winner = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="awards")
    reasons = models.TextField(_("reasons"))
    delegation = models.CharField(_("delegation"), max_length=200)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    stated_days = models.PositiveSmallIntegerField(_("days of standstill"), null=True, blank=True)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("decided_at",)

    def __str__(self) -> str:
        return f"{self.tender}: {self.winner}"


class Cancellation(models.Model):
    """A procurement that was published and then cancelled: why, decided by whom on which delegation (LOU 12 kap. 12 §).

    Everybody reads the reason. Bids that have not been opened stay sealed: they are destroyed only by a recorded
    disposal decision (INV-33). `is_announced_anew` says whether a new procurement is planned.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="cancellation")
    reason = models.TextField(_("reason"))
    delegation = models.CharField(_("delegation"), max_length=200)
    is_announced_anew = models.BooleanField(_("a new procurement is planned"), default=False)
    cancelled_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("cancelled_at",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="cancellation_with_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.tender}"


class Notification(models.Model):
    """One bidder's notification of the decision; all are sent at the same instant, in one act (INV-20).

    The standstill runs from the sending of the last one (INV-21): `dispatched_at` says when this one was sent.
    `letter_at` is when a letter was posted in place of a mail that did not go out.
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
    letter_at = models.DateTimeField(null=True)
    reasons = models.TextField()
    standstill_text = models.TextField()
    mail = models.ForeignKey(OutboxMail, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("bid__number",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["decision", "bid"], name="notification_once")]

    def __str__(self) -> str:
        return f"{self.bid}"

    @property
    def sent_by(self) -> str:
        """How the notification was sent in the end."""
        return self.Channel.LETTER if self.letter_at else self.channel

    @property
    def dispatched_at(self) -> datetime | None:
        """When the notification was sent; None when its mail was tried and has not gone out.

        A mail counts from when it left, a letter from its posting. What lies in the outbox and has not been tried yet
        stands on the bidder's own page since `sent_at`, and is on its way.
        """
        if self.letter_at or self.mail is None:
            return self.letter_at or self.sent_at
        if self.mail.sent_at is not None:
            return max(self.sent_at, self.mail.sent_at)
        return None if self.mail.attempts else self.sent_at
