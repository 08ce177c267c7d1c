"""What is asked for: requirements, criteria and their scales, and what a bid must contain."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.needs.models import Need
from rodatraden.parties.models import Person
from rodatraden.tenders.models.tenders import Tender


class Requirement(models.Model):
    """A must requirement, an award criterion or a special contract term; keeps its UUID through every version.

    The kind is empty until somebody has decided it (`publication_findings` stops such a requirement).

    What it must have follows its kind: a must has `level`, `level_reason`, `evidence` and `checked_when`; an award
    criterion has `question`, `max_points` and scale steps; a contract term has `level`, `evidence`, `acts_by` and
    `consequence`. All have at least one need and a follow-up: who, how, when. `proposed` lists the fields that a
    template has proposed and no person has accepted yet.
    """

    class Kind(models.TextChoices):
        """What a requirement does to a bid or a contract."""

        MUST = "must", _("Must requirement")
        CRITERION = "criterion", _("Award criterion")
        TERM = "term", _("Special contract term")

    class ActsBy(models.TextChoices):
        """Who must act for a contract term to be met; what the buyer must do is never the supplier's deviation."""

        SUPPLIER = "supplier", _("The supplier")
        BUYER = "buyer", _("The buyer")
        BOTH = "both", _("Both parties")

    class When(models.TextChoices):
        """When a requirement is followed up; `after_months` counts from the day the contract was signed."""

        AT_AWARD = "at_award", _("Once, at the award")
        AFTER_MONTHS = "after_months", _("Once, after a number of months")
        QUARTERLY = "quarterly", _("Every quarter")
        HALF_YEARLY = "half_yearly", _("Every half-year")
        YEARLY = "yearly", _("Every year")

    class Checked(models.TextChoices):
        """When a must requirement is checked."""

        IN_BID = "in_bid", _("When the bids are checked")
        BEFORE_AWARD = "before_award", _("From the intended winner before the award")

    WRITTEN: ClassVar = (
        "kind",
        "title",
        "text",
        "level",
        "level_reason",
        "evidence",
        "checked_when",
        "question",
        "max_points",
        "acts_by",
        "consequence",
        "follow_up_how",
        "follow_up_when",
        "follow_up_months",
        "is_fictional",
    )
    """What it says in fields of its own: what is frozen and published of it, and what a copy takes over."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="requirements")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind of requirement"), max_length=10, choices=Kind.choices, blank=True)
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("requirement"), blank=True)
    needs = models.ManyToManyField(Need, related_name="requirements", blank=True)
    level = models.TextField(_("lowest acceptable level"), blank=True)
    level_reason = models.TextField(_("reason for the level"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    checked_when = models.CharField(_("checked"), max_length=20, choices=Checked.choices, blank=True)
    question = models.TextField(_("question to the bidder"), blank=True)
    max_points = models.DecimalField(_("maximum points"), max_digits=6, decimal_places=2, null=True, blank=True)
    acts_by = models.CharField(_("who must act"), max_length=10, choices=ActsBy.choices, blank=True)
    consequence = models.TextField(_("consequence"), blank=True)
    follow_up_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    follow_up_how = models.TextField(_("how it is followed up"), blank=True)
    follow_up_when = models.CharField(_("when it is followed up"), max_length=20, choices=When.choices, blank=True)
    follow_up_months = models.PositiveSmallIntegerField(_("after how many months"), null=True, blank=True)
    proposed = models.JSONField(default=list, blank=True)
    is_fictional = models.BooleanField(default=False)
    struck_at = models.DateTimeField(null=True)
    struck_reason = models.TextField(_("reason for striking"), blank=True)

    class Meta:
        ordering = ("tender_id", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tender", "number"], name="requirement_number_once")]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """The short name in the documents, for example K3."""
        return self.labelled(self.number)

    @staticmethod
    def labelled(number: int) -> str:
        """Return the short name of the requirement with that number, for who has read no more of it."""
        return f"K{number}"

    def get_follow_up_when_display(self) -> str:  # type: ignore[no-redef]  # Django makes none where there is one
        """Say when it is followed up, or nothing; Django's own reads all choices anew for every row of a table."""
        return str(self.When(self.follow_up_when).label) if self.follow_up_when else ""


class ScaleStep(models.Model):
    """A step of an award criterion's scale: how many points, and the published text that earns them."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="steps")
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    text = models.TextField(_("what earns the points"))

    class Meta:
        ordering = ("requirement_id", "points")
        constraints: ClassVar = [models.UniqueConstraint(fields=["requirement", "points"], name="scale_step_once")]

    def __str__(self) -> str:
        return f"{self.points}"


class ContentItem(models.Model):
    """One thing that a bid must contain; a breach of the page limit warns, and rejects only where it says so.

    What the winner hands in for an item with `is_annex` becomes an annex of the contract, as it was handed in.

    Before publication what is no longer asked for is deleted. A published change keeps the row, with `removed_at`: files
    that bidders have uploaded for it may hang on it, and nobody may learn whether they do (INV-02).
    """

    WRITTEN: ClassVar = (
        "title",
        "description",
        "max_pages",
        "rejects_over_limit",
        "is_price",
        "is_annex",
        "is_required",
    )
    """What it says in fields of its own: what is frozen and published of it, and what a copy takes over."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="content_items")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what it shall hold"), blank=True)
    max_pages = models.PositiveSmallIntegerField(_("most pages"), null=True, blank=True)
    rejects_over_limit = models.BooleanField(_("a bid over the page limit is rejected"), default=False)
    is_price = models.BooleanField(_("price"), default=False)
    is_annex = models.BooleanField(_("becomes an annex of the contract"), default=False)
    is_required = models.BooleanField(_("required"), default=True)
    criteria = models.ManyToManyField(Requirement, related_name="answered_in", blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("tender_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "number"], name="content_item_number_once"),
            models.CheckConstraint(
                condition=Q(is_price=False) | Q(is_annex=False),
                name="content_item_price_is_no_annex",
                violation_error_message=_(
                    "The price stands in the contract itself. Only another part of the bid can become an annex."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title
