"""What everybody reads of a procurement that is coming."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Person
from rodatraden.procurements.models import Procurement


class PublicPlan(models.Model):
    """What everybody reads of a procurement that is coming, in the words in which its officer has shown it.

    Informal: no notice and no prior information notice, so that no time is counted from it (LOU 11 kap. 5 §). A row
    says all that is public of the case before its documents are, and is never changed: other words are a new row that
    `follows` it. `expected_on` is the first day of the month in which the notice is expected, as it was told; the
    dates of the documents may move on beside it. That it has come or been cancelled follows from the facts of the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="public_plans")
    title = models.CharField(_("name for the public"), max_length=200)
    need = models.CharField(_("the need in one sentence"), max_length=200)
    expected_on = models.DateField(_("the notice is expected in"))
    influence = models.TextField(_("how to influence it"), blank=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    shown_at = models.DateTimeField()
    shown_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("expected_on", "title", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["procurement"], condition=Q(withdrawn_at=None), name="public_plan_shown_once"
            )
        ]

    def __str__(self) -> str:
        return self.title
