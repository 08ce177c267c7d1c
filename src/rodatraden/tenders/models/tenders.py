"""The procurement documents of a procurement as they are worked on, and the files that belong to them."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.procurements.models import Procurement
from rodatraden.records.models import StoredFile


class Tender(models.Model):
    """The procurement documents of one procurement, as they are worked on; what is published is a `Snapshot`.

    Amounts are SEK (or `currency`) without VAT. `evaluation_model` is the canonical JSON that
    `core.evaluation.Model.from_json` reads. `periods` × `period_months` is the longest term, each period after the
    first an option. `fixed_price` is what every bid is paid where quality alone decides, per `price_unit`: no bid then
    states a price. It is there exactly when the evaluation model compares no prices. `deadline_at` is the instant before which a bid must have come (strictly before). `bids_address` is where
    bids are handed in when that is not here: nothing is then sealed here, and the opening is registered. `template` names
    the template it was started from; `proposed` lists the fields that a template or the program has proposed and no
    person has accepted yet. `left_out` is what a copy of earlier documents did not take over (`rules.copying`).
    """

    class Priced(models.TextChoices):
        """What a bid's price is for, as it stands after the amount; what is stored is the same in every language."""

        HOUR = "hour", _("per hour")
        DAY = "day", _("per day")
        WEEK = "week", _("per week")
        MONTH = "month", _("per month")
        PIECE = "piece", _("each")
        OCCASION = "occasion", _("per occasion")
        COURSE = "course", _("per course")
        TOTAL = "total", _("for the whole assignment")

    class Vat(models.TextChoices):
        """What is said of VAT beside a fixed price, whose amount is always without it."""

        ADDED = "added", _("VAT is added at the rate in force")
        EXEMPT = "exempt", _("no VAT is charged: what is bought is exempt")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    procurement = models.OneToOneField(Procurement, on_delete=models.PROTECT, related_name="tender")
    template = models.CharField(max_length=60, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    proposed = models.JSONField(default=list, blank=True)
    left_out = models.JSONField(default=list, blank=True)
    introduction = models.TextField(_("assignment"), blank=True)
    question_deadline_at = models.DateTimeField(_("last time for questions"), null=True, blank=True)
    deadline_at = models.DateTimeField(_("last time for bids"), null=True, blank=True)
    planned_notice_at = models.DateTimeField(_("planned hand-over of the notice"), null=True, blank=True)
    bids_valid_until_on = models.DateField(_("bids are binding until"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="SEK")
    ceiling = models.DecimalField(_("ceiling"), max_digits=14, decimal_places=2, null=True, blank=True)
    yearly_frame = models.DecimalField(_("frame per year"), max_digits=14, decimal_places=2, null=True, blank=True)
    periods = models.PositiveSmallIntegerField(_("number of periods"), default=1)
    period_months = models.PositiveSmallIntegerField(_("months in a period"), default=12)
    starts_on = models.DateField(_("planned start"), null=True, blank=True)
    bids_address = models.URLField(_("address for bids, if they come in another tool"), blank=True)
    price_unit = models.CharField(_("the price is"), max_length=10, choices=Priced.choices, default=Priced.HOUR)
    fixed_price = models.DecimalField(_("fixed price"), max_digits=14, decimal_places=2, null=True, blank=True)
    fixed_price_vat = models.CharField(_("VAT on the fixed price"), max_length=10, choices=Vat.choices, blank=True)
    fixed_price_basis = models.TextField(_("what the fixed price rests on"), blank=True)
    rights_clause = models.TextField(_("rights to the results"), blank=True)
    travel_clause = models.TextField(_("travel costs"), blank=True)
    platform_clause = models.TextField(_("digital platform"), blank=True)
    replacement_clause = models.TextField(_("replacement of the named person"), blank=True)
    price_clause = models.TextField(_("price adjustment"), blank=True)
    volume_clause = models.TextField(_("orders and volume"), blank=True)
    termination_clause = models.TextField(_("termination"), blank=True)
    rejection_clause = models.TextField(_("when a bid is rejected"), blank=True)
    standstill_clause = models.TextField(_("standstill"), blank=True)
    longer_term_reason = models.TextField(_("why the agreement runs longer than the law's main rule"), blank=True)
    evaluation_model = models.TextField(blank=True)
    tie_rule_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("procurement",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(fixed_price=None) | Q(fixed_price__gt=0), name="fixed_price_above_zero"),
            models.CheckConstraint(
                condition=Q(fixed_price__isnull=False) | Q(fixed_price_vat="", fixed_price_basis=""),
                name="fixed_price_that_is_explained",
            ),
        ]

    def __str__(self) -> str:
        return str(self.procurement)

    @property
    def has_fixed_price(self) -> bool:
        """Whether the documents state what every bid is paid, so that none is asked for a price."""
        return self.fixed_price is not None


class TenderDocument(models.Model):
    """A file that belongs to the procurement documents; part of the snapshot by its hash."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(_("title"), max_length=150)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("added_at", "id")

    def __str__(self) -> str:
        return self.title
