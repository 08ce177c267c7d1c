"""Stress tests too long to wait for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rodatraden.records.models import WaitingWork
from rodatraden.tenders.models.tenders import Tender


class StressRun(WaitingWork):
    """A stress test too long to wait for at the page, with made-up bids only; `done` counts tenders.

    `evaluation_model`, `market` and `budget` (empty: none) are canonical JSON as it was when the test was asked for, and
    so is `report` when it has finished.
    """

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="stress_runs")
    evaluation_model = models.TextField()
    market = models.TextField()
    budget = models.TextField(blank=True)
    tenders = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
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
