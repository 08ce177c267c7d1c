"""Requirement checks, the link between bids and what the panel judged, the frozen outcome."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models import Item, Round
from rodatraden.bids.models import Bid
from rodatraden.parties.models import Person
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.models import Requirement, Tender


class RequirementCheck(models.Model):
    """A person's check of one must requirement in one bid, with evidence and reason (INV-12).

    Checks are numbered from 1 within their bid and requirement. The highest number counts; earlier ones are kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="checks")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="bid_checks")
    number = models.PositiveSmallIntegerField()
    is_met = models.BooleanField(_("met"))
    evidence = models.TextField(_("evidence"))
    reason = models.TextField(_("reason"))
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("bid_id", "requirement__number", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bid", "requirement", "number"], name="requirement_check_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.bid}, {self.requirement}"


class TenderRound(models.Model):
    """The round of assessment in which a tender's bids are judged."""

    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="assessment")
    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="tender_round")

    class Meta:
        ordering = ("tender_id",)

    def __str__(self) -> str:
        return str(self.round)


class BidItem(models.Model):
    """Which item of the round a bid is."""

    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="item")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("item_id",)

    def __str__(self) -> str:
        return str(self.item)


class RobustnessReport(models.Model):
    """A named person's question how firm the frozen outcome is; asked again it is computed again, to the same hash.

    `joined` says how individual scores are joined where they are counted instead of the consensus.
    """

    class Joined(models.TextChoices):
        MEAN = "mean", _("Mean")
        MEDIAN = "median", _("Median")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="robustness")
    joined = models.CharField(max_length=10, choices=Joined.choices)
    report_sha256 = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("asked_at",)

    def __str__(self) -> str:
        return str(self.tender)


class FrozenOutcome(models.Model):
    """The computed outcome with the canonical inputs that it was computed from; recomputing gives the same hash.

    Without `winner` nobody, or more than one, is in first place: there is nothing to award. `document` is the protocol of
    the evaluation in the diary.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="outcome")
    inputs = models.TextField()
    inputs_sha256 = models.CharField(max_length=64)
    outcome_sha256 = models.CharField(max_length=64)
    winner = models.ForeignKey(Bid, on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("frozen_at",)

    def __str__(self) -> str:
        return str(self.tender)
