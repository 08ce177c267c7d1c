"""Changes of what is published, deadlines among them."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Person
from rodatraden.tenders.models.publishing import Snapshot
from rodatraden.tenders.models.tenders import Tender


class DocumentChange(models.Model):
    """A change of published documents, drafted beside the frozen snapshot (INV-08).

    The rows stay as published until the change is: its edits are then written in one transaction with the next
    snapshot. `reason` and `is_substantial` are a person's words and judgement, given at publication and published. A
    change that is closed without a snapshot was dropped.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="changes")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why it changes"), blank=True)
    is_substantial = models.BooleanField(_("changes what suppliers must do or can win"), null=True)
    closed_at = models.DateTimeField(null=True)
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, null=True, related_name="change")

    class Meta:
        ordering = ("opened_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender"], condition=Q(closed_at=None), name="document_change_open_once"),
            models.CheckConstraint(
                condition=Q(snapshot=None) | Q(closed_at__isnull=False, is_substantial__isnull=False) & ~Q(reason=""),
                name="document_change_published_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender} {self.opened_at:%Y-%m-%d}"


class DocumentEdit(models.Model):
    """One edit of a change: what a verb will be told about one row, as plain JSON; the latest says all of it."""

    class About(models.TextChoices):
        """What is edited; terms and evaluation model are those of the tender itself."""

        TERMS = "terms", _("Terms")
        MODEL = "model", _("Evaluation model")
        REQUIREMENT = "requirement", _("Requirement")
        ITEM = "item", _("What a bid holds")

    class How(models.TextChoices):
        """What is done to it. What is added has its UUID already, so that it keeps it when it is published."""

        ADD = "add", _("New")
        REVISE = "revise", _("Changed")
        REMOVE = "remove", _("Taken out")

    change = models.ForeignKey(DocumentChange, on_delete=models.PROTECT, related_name="edits")
    about = models.CharField(max_length=12, choices=About.choices)
    how = models.CharField(max_length=6, choices=How.choices)
    target = models.UUIDField()
    values = models.JSONField(default=dict)
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "about", "target"], name="document_edit_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.target}"


class DeadlineChange(models.Model):
    """A deadline set or moved, with its reason; after publication only to a later instant (INV-06)."""

    class Which(models.TextChoices):
        """Which deadline."""

        BIDS = "bids", _("Last time for bids")
        QUESTIONS = "questions", _("Last time for questions")

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="deadline_changes")
    which = models.CharField(max_length=10, choices=Which.choices)
    old_at = models.DateTimeField(null=True)
    new_at = models.DateTimeField()
    reason = models.TextField(_("reason"), blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("changed_at", "id")

    def __str__(self) -> str:
        return f"{self.get_which_display()} {self.new_at:%Y-%m-%d}"
