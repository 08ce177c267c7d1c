"""A round with its panel, individual scores, consensus and feedback reports.

A round knows what is judged only by a label; the later room that owns the subject holds the key.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models.quality import Criterion, QualityModel
from rodatraden.parties.models import Organisation, Person
from rodatraden.procurements.models import Procurement
from rodatraden.records.models import StoredFile, WaitingWork

WIDE_ABOVE = Decimal("0.4")
"""A spread above this share of the scale is talked through first, unless the round says otherwise. Source: policy."""


class Round(models.Model):
    """One round of judging with one model by one panel; locked in two one-way steps.

    `case` is the procurement whose access rules hold for the panel too (INV-15); None where nothing is bought, and then
    `organisation` is whose round it is.
    `due_on` is the day by whose end everybody is asked to have handed in their own scores; nothing closes by it.
    `wide_above` is the share of the scale above which a spread is talked through. `shows_points` and `use` are for the
    feedback reports: whether they tell the points, and what they may be used for afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    title = models.CharField(_("title"), max_length=200)
    model = models.ForeignKey(QualityModel, on_delete=models.PROTECT, related_name="rounds")
    case = models.ForeignKey(Procurement, on_delete=models.PROTECT, null=True, related_name="rounds")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="rounds")
    started_at = models.DateTimeField()
    due_on = models.DateField(_("individual scores due"), null=True)
    wide_above = models.DecimalField(_("wide spread"), max_digits=3, decimal_places=2, default=WIDE_ABOVE)
    shows_points = models.BooleanField(_("the feedback reports tell the points"), default=True)
    use = models.TextField(_("what the feedback reports may be used for"), blank=True)
    individual_locked_at = models.DateTimeField(null=True)
    consensus_locked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started_at", "id")

    def __str__(self) -> str:
        return self.title

    @property
    def language(self) -> str:
        """The language of its reports: that of the procurement; where nothing is bought, that of the pages."""
        return self.case.language if self.case else settings.LANGUAGE_CODE


class PanelMember(models.Model):
    """A person's part in a round; only assessors score, the leader writes the consensus down.

    An observer sees that the round goes on and who remains, nothing of what is judged or thought. `trained_at`: when the
    person last said that all training material is read, and `trained_to` the highest number in it. Who has left keeps the row and what they wrote; who came in their stead (`replaces`) has one of their own, from blank.
    """

    class Role(models.TextChoices):
        """What the member does in the round."""

        LEADER = "leader", _("Leader")
        ASSESSOR = "assessor", _("Assessor")
        OBSERVER = "observer", _("Observer")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="panel")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="panels")
    role = models.CharField(max_length=10, choices=Role.choices)
    submitted_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    reminded_at = models.DateTimeField(null=True)
    trained_at = models.DateTimeField(null=True)
    trained_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("role", "person__name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "person", "role"], condition=Q(removed_at=None), name="panel_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class Item(models.Model):
    """One thing judged in a round, under the label that the panel sees.

    `summary` is what the panel says of the whole to the one who was judged, until the feedback report is frozen.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        ordering = ("round_id", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "number"], name="item_number_once")]

    def __str__(self) -> str:
        return self.label


class IndividualScore(models.Model):
    """One assessor's judgement of one criterion of one item: strengths, areas for improvement, then points with a reason.

    `places` says where in the documents it shows: file and page. A draft until the assessor has submitted.
    Nobody else sees it before all have handed in, and nothing alters it once its assessor has (INV-14).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    assessor = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="scores")
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, null=True)
    reason = models.TextField(_("reason"), blank=True)
    strengths = models.TextField(_("strengths"), blank=True)
    improvements = models.TextField(_("areas for improvement"), blank=True)
    places = models.CharField(_("where in the documents"), max_length=200, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("item_id", "criterion__number", "assessor_id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "criterion", "assessor"], name="individual_score_once")
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.criterion}: {self.points}"

    @property
    def is_complete(self) -> bool:
        """Whether it has points and a reason; 0 is points, nothing is not 0."""
        return self.points is not None and bool(self.reason.strip())


class Consensus(models.Model):
    """What the panel agreed on for one criterion of one item, with its reason; a new record, never an overwrite.

    Records are numbered from 1 within their item and criterion. The highest number counts; earlier ones are kept.
    `strengths` and `improvements` are the panel's own words for the feedback report, one to a line.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="consensus")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="consensus")
    number = models.PositiveSmallIntegerField()
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    reason = models.TextField(_("reason"))
    strengths = models.TextField(_("strengths"), blank=True)
    improvements = models.TextField(_("areas for improvement"), blank=True)
    present = models.ManyToManyField(PanelMember, related_name="+")
    decided_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("item_id", "criterion__number", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "criterion", "number"], name="consensus_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.criterion}: {self.points}"


class PriceSighting(models.Model):
    """A price that an assessor met while judging the quality, and what was done about it (INV-13).

    `where` says in which document and where in it, never the amount. `material` is the file's number in the room that
    owns it. Where a copy without the price was made (`masked`), assessors read that one until the prices are open.
    """

    class Measure(models.TextChoices):
        """What was done about it."""

        MASKED = "masked", _("The assessors read a copy in which the price is masked")
        NOTED = "noted", _("It is noted, and why the judging goes on")
        NO_PRICE = "no_price", _("It is no price of the bid")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="price_sightings")
    seen_by = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="price_sightings")
    material = models.UUIDField(null=True)
    where = models.CharField(_("where the price stands"), max_length=200)
    reported_at = models.DateTimeField()
    measure = models.CharField(_("what was done"), max_length=10, choices=Measure.choices, blank=True)
    explanation = models.TextField(_("how and why"), blank=True)
    masked = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("reported_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(handled_at=None, measure="") | (Q(handled_at__isnull=False) & ~Q(measure="")),
                name="price_sighting_handled_with_measure",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.where}"


class FeedbackReport(models.Model):
    """What the one who was judged reads of the judging, frozen as canonical JSON with its hash.

    Versions count from 0 within their item. The highest counts, and version 0 stays what later ones are compared with;
    `why` says why there is another.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField()
    why = models.TextField(_("why there is another version"), blank=True)
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("item", "version")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "version"], name="feedback_report_version_once"),
            models.CheckConstraint(
                condition=Q(version=0) | ~Q(why=""), name="feedback_report_with_a_reason_for_another_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} v{self.version}"


class ReportBundle(WaitingWork):
    """The feedback reports that counted when somebody asked, as PDF in one ZIP; `done` of `reports` are set so far."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="bundles")
    reports = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-asked_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round"], condition=Q(ended_at=None), name="report_bundle_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | ~(Q(ended_at=None) | Q(ending="")), name="report_bundle_end"
            ),
            models.CheckConstraint(
                condition=Q(ending="finished", file__isnull=False) | (~Q(ending="finished") & Q(file=None)),
                name="report_bundle_file_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.asked_at:%Y-%m-%d %H:%M}"
