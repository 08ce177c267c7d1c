"""Stress tests too long to wait for."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Person
from rodatraden.tenders.models.tenders import Tender


class StressRun(models.Model):
    """A stress test too long to wait for at the page, with made-up bids only; the row is the queue of `rodatraden work`.

    `evaluation_model`, `market` and `budget` (empty: none) are canonical JSON as it was when the test was asked for.
    `beat_at`: when its worker last said how many tenders were `done` (`rules.runs.is_lost`). `report`: canonical JSON.
    """

    class Ending(models.TextChoices):
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Stopped")
        LOST = "lost", _("Broken off")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="stress_runs")
    evaluation_model = models.TextField()
    market = models.TextField()
    budget = models.TextField(blank=True)
    tenders = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.TextField(blank=True)
    report_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-asked_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender"], condition=Q(ended_at=None), name="stress_run_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | ~(Q(ended_at=None) | Q(ending="")), name="stress_run_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender_id} {self.asked_at:%Y-%m-%d %H:%M}"
