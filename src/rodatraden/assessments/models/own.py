"""What a round has where nothing is bought: who takes part beside its organisation, what is judged, who reads of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models.rounds import FeedbackReport, Item, Round
from rodatraden.parties.models import Organisation, Person


class RoundParty(models.Model):
    """An organisation that takes part in a round beside the one whose it is: the other party of a partnership."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("organisation__name", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "organisation"], name="round_party_once")]

    def __str__(self) -> str:
        return f"{self.organisation}"


class Subject(models.Model):
    """What an item of such a round is, and who answers for it: that person reads its report once it is released."""

    class Kind(models.TextChoices):
        """What is judged."""

        UNIT = "unit", _("A unit or an activity")
        ORGANISATION = "organisation", _("A whole organisation")
        PARTNERSHIP = "partnership", _("The co-operation between the parties")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="subject")
    kind = models.CharField(_("what it is"), max_length=20, choices=Kind.choices)
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="judged_as")

    class Meta:
        ordering = ("item__number", "id")

    def __str__(self) -> str:
        return f"{self.item}, {self.get_kind_display()}"


class ReportRelease(models.Model):
    """The moment from which the one who answers for what was judged reads a frozen report."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    report = models.OneToOneField(FeedbackReport, on_delete=models.PROTECT, related_name="release")
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("released_at", "id")

    def __str__(self) -> str:
        return f"{self.report}, {self.released_at:%Y-%m-%d}"
