"""Follow-up: planned checks, what they found, deviations with owner and date, and results back to the needs."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.contracts.models import Contract, Term
from rodatraden.needs.models import Need
from rodatraden.parties.models import Person
from rodatraden.records.models import StoredFile
from rodatraden.tenders.models import Requirement


class Check(models.Model):
    """One planned check of one term, dated, for its named person."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="checks")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="checks")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due"))
    responsible = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="checks")
    planned_at = models.DateTimeField()

    class Meta:
        ordering = ("due_on", "term__requirement__number", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["term", "number"], name="check_number_once")]

    def __str__(self) -> str:
        return f"{self.term} {self.due_on}"


class CheckResult(models.Model):
    """What a check found: level reached, evidence, note; the latest counts, earlier ones are kept."""

    class Verdict(models.TextChoices):
        """Whether the term was met."""

        MET = "met", _("Met")
        PARTLY = "partly", _("Partly met")
        NOT_MET = "not_met", _("Not met")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="results")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    level_reached = models.TextField(_("level reached"))
    evidence = models.TextField(_("evidence"))
    note = models.TextField(_("note"), blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("check_of_id", "recorded_at", "id")

    def __str__(self) -> str:
        return f"{self.check_of}: {self.get_verdict_display()}"


class Deviation(models.Model):
    """Something that fell short, who must act, by which day; what the buyer must do is never the supplier's."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    result = models.ForeignKey(CheckResult, on_delete=models.PROTECT, related_name="deviations")
    description = models.TextField(_("what fell short"))
    acts_by = models.CharField(_("who must act"), max_length=10, choices=Requirement.ActsBy.choices)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deviations")
    due_on = models.DateField(_("mended by"))
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    measure = models.TextField(_("measure"), blank=True)

    class Meta:
        ordering = ("due_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(acts_by=""), name="deviation_says_who_must_act"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, measure="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(measure=""),
                name="deviation_is_closed_with_a_measure",
            ),
        ]

    def __str__(self) -> str:
        return self.description[:60]


class NeedResult(models.Model):
    """What a followed-up term meant for a need: the end of the thread, and the beginning of the next one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="results")
    result = models.ForeignKey(CheckResult, on_delete=models.PROTECT, related_name="need_results")
    text = models.TextField(_("what it meant for the need"))
    next_need = models.ForeignKey(Need, on_delete=models.PROTECT, null=True, related_name="grown_from")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("recorded_at", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["need", "result"], name="need_result_once")]

    def __str__(self) -> str:
        return self.text[:60]
