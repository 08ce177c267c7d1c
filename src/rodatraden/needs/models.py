"""Needs: for whom, what is wrong today and how we know; never a solution."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Organisation, Person
from rodatraden.procurements.models import Procurement


class Need(models.Model):
    """Something that somebody needs; belongs to an organisation, and to a procurement once one takes it up.

    `number` is its label within the procurement (B1, B2, …); a struck need keeps its row and its reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="needs")
    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, null=True, blank=True, related_name="needs")
    number = models.PositiveSmallIntegerField(null=True)
    title = models.CharField(_("title"), max_length=150)
    for_whom = models.TextField(_("for whom"))
    description = models.TextField(_("what is needed"))
    evidence = models.TextField(_("how we know"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="needs")
    is_fictional = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    revised_at = models.DateTimeField(null=True)
    struck_at = models.DateTimeField(null=True)
    struck_reason = models.TextField(_("reason for striking"), blank=True)

    class Meta:
        ordering = ("procurement_id", "number", "written_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["procurement", "number"], condition=Q(procurement__isnull=False), name="need_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """The short name in the procurement, for example B3; empty outside one."""
        return f"B{self.number}" if self.number else ""
