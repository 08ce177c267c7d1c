"""Presentations of bids: of equal length, in a drawn order, timed and noted; scored only where the documents say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.models import Bid
from rodatraden.parties.models import Person
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.models import Requirement, Tender

if TYPE_CHECKING:
    from datetime import timedelta


class PresentationPlan(models.Model):
    """How the bids of a tender are presented: how long each, in which drawn order, and what the documents say of it.

    `announced` is what the published documents say, word for word. `criterion` is the award criterion whose published text
    it stands in; without one nothing is scored (INV-09). `seed` is the root of the first `log_size` entries of the log, of which the last tells that
    the draw is made: nobody knew it before, and whoever has the log draws the same order again.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="presentation_plan")
    minutes = models.PositiveSmallIntegerField(_("minutes for each"))
    announced = models.TextField(_("what the published documents say"))
    criterion = models.ForeignKey(Requirement, on_delete=models.PROTECT, null=True, related_name="+")
    seed = models.CharField(max_length=64)
    log_size = models.PositiveBigIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("drawn_at",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="presentation_takes_some_minutes")
        ]

    def __str__(self) -> str:
        return str(self.tender)


class Presentation(models.Model):
    """One bid's presentation: when and where, when it began and ended, who was there, what was asked and shown.

    Numbered from 1 in the drawn order. What `holds_price` is shown to nobody who judges before the prices are open (INV-13).
    `document` is a recording or what was shown, in the diary. One that was cancelled is kept, with the reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    plan = models.ForeignKey(PresentationPlan, on_delete=models.PROTECT, related_name="presentations")
    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="presentation")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=200)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    present = models.TextField(_("who was there"), blank=True)
    questions = models.TextField(_("what was asked and answered"), blank=True)
    notes = models.TextField(_("what was said"), blank=True)
    holds_price = models.BooleanField(_("a price came up"), default=False)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("plan_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="presentation_number_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(started_at__lt=F("ended_at")), name="presentation_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.bid.supplier}"

    @property
    def took(self) -> timedelta | None:
        """How long it took; None until it has begun and ended."""
        return self.ended_at - self.started_at if self.ended_at and self.started_at else None


class PresentationChange(models.Model):
    """That a presentation was moved, or cancelled where it has no new time: why, by whom."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    presentation = models.ForeignKey(Presentation, on_delete=models.PROTECT, related_name="changes")
    before_at = models.DateTimeField()
    after_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("presentation_id", "changed_at")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="presentation_changed_with_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.presentation}: {self.reason[:60]}"
