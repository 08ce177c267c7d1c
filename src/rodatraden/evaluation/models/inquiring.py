"""What bidders are asked about their own bids."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.models import Bid
from rodatraden.parties.models import Person

if TYPE_CHECKING:
    from datetime import datetime


class Inquiry(models.Model):
    """What one bidder is asked about its bid, with the time it gets, what it answers, and what a named person makes of it.

    Everything stands beside the bid, which never changes by it (INV-16). `basis` says why it may be asked: why a
    clarification improves nothing, what makes the price look too low, which ground for exclusion there may be. `alike` holds
    those that were asked together; where others were not asked, `why_alone` says why. One for proof holds what is asked for
    (`Proof`), and is assessed only where the bid falls away for want of it.
    """

    class Purpose(models.TextChoices):
        """What the question is for, and the paragraph that it rests on."""

        CLARIFICATION = "clarification", _("Correction, clarification or completion")
        LOW_PRICE = "low_price", _("A price that seems too low")
        EXCLUSION = "exclusion", _("Exclusion of the supplier")
        PROOF = "proof", _("Proof from the intended winner")

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
        """Whether it can be assessed: it is answered, or its time has passed.

        Proof may come until its time is over, whatever the bidder has written before (LOU 15 kap. 4 §).
        """
        is_answered = self.answered_at is not None and self.purpose != self.Purpose.PROOF
        return self.assessed_at is None and (is_answered or at > self.answer_by)
