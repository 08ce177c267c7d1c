"""Which bid wins: requirement checks, the link between bids and what the panel judged, the frozen outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models import Item, Round
from rodatraden.bids.models import Bid
from rodatraden.parties.models import Person
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.models import Requirement, Tender

if TYPE_CHECKING:
    from datetime import datetime


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


class Inquiry(models.Model):
    """What one bidder is asked about its bid, with the time it gets, what it answers, and what a named person makes of it.

    Everything stands beside the bid, which never changes by it (INV-16). `basis` says why it may be asked: why a
    clarification improves nothing, what makes the price look too low, which ground for exclusion there may be. `alike` holds
    those that were asked together; where others were not asked, `why_alone` says why.
    """

    class Purpose(models.TextChoices):
        """What the question is for, and the paragraph that it rests on."""

        CLARIFICATION = "clarification", _("Correction, clarification or completion")
        LOW_PRICE = "low_price", _("A price that seems too low")
        EXCLUSION = "exclusion", _("Exclusion of the supplier")

    class Conclusion(models.TextChoices):
        """What came of it; a bid that is rejected is not ranked."""

        ACCEPTED = "accepted", _("The bid goes on")
        REJECTED = "rejected", _("The bid is rejected")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="inquiries")
    purpose = models.CharField(_("what for"), max_length=13, choices=Purpose.choices)
    question = models.TextField(_("question"))
    basis = models.TextField(_("why it may be asked"))
    alike = models.UUIDField(default=uuid4)
    why_alone = models.TextField(_("why the others are not asked"), blank=True)
    answer_by = models.DateTimeField(_("last time for the answer"))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    conclusion = models.CharField(_("what comes of it"), max_length=8, choices=Conclusion.choices, blank=True)
    assessment = models.TextField(_("reason"), blank=True)
    assessed_at = models.DateTimeField(null=True)
    assessed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("asked_at", "bid__number")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(assessed_at=None, conclusion="") | (Q(assessed_at__isnull=False) & ~Q(conclusion="")),
                name="inquiry_assessed_with_conclusion",
            ),
            models.CheckConstraint(
                condition=~Q(purpose="clarification", conclusion="rejected"),
                name="inquiry_clarification_rejects_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bid}: {self.get_purpose_display()}"

    def is_due(self, at: datetime) -> bool:
        """Whether it can be assessed: it is answered, or its time has passed."""
        return self.assessed_at is None and (self.answered_at is not None or at > self.answer_by)
