"""What comes before a panel judges: an example to judge first, and what the leader puts up to be read."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models.quality import Criterion
from rodatraden.assessments.models.rounds import Round
from rodatraden.parties.models import Person
from rodatraden.records.models import StoredFile


class Calibration(models.Model):
    """What a panel judges before the real things, to hear whether everybody reads the scale alike.

    It is there where the leader has chosen it, and `round` then waits for it. The `example` is put up as a round of its
    own, with the same model and panel: what holds of a round (alone, blind, locked) holds for it without a rule more, and
    what is counted, flagged or reported in a round can't hold what was judged in another. `level` is the leader's note of
    what the levels mean; with it the real things open (`opened_at`).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="calibration")
    example = models.OneToOneField(Round, on_delete=models.PROTECT, null=True, related_name="calibrates")
    level = models.TextField(_("what the levels mean"), blank=True)
    chosen_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    called_off_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("chosen_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opened_at=None) | (Q(example__isnull=False, called_off_at=None) & ~Q(level="")),
                name="calibration_opened_with_a_note",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round}"


class Reading(models.Model):
    """What the leader puts up to be read: training material before one judges, or in an example the answer that is judged.

    Numbered from 1 within the round. `criterion` is the question that an example's answer answers, None all of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="readings")
    number = models.PositiveSmallIntegerField()
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    put_up_at = models.DateTimeField()
    put_up_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "number"], name="reading_number_once"),
            models.CheckConstraint(condition=~Q(text="", file=None), name="reading_holds_something"),
        ]

    def __str__(self) -> str:
        return self.title
