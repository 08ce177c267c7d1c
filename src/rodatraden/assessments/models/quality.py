"""What is judged by: a quality model in its versions, with its parts and criteria, and the draft of the next version."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from rodatraden.core.assessment import Scale
from rodatraden.core.assessment import quality_model as core
from rodatraden.core.canonical import sha256_hex
from rodatraden.parties.models import Organisation, Person


class QualityModel(models.Model):
    """Parts with criteria, questions and published scale texts; a version is never changed, the next one is made.

    `owner` is the organisation in whose library it stands; None where it was made of the documents of one procurement.
    `version` counts from 1 within owner and title; `canonical` holds all of it, `sha256` is its hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="quality_models")
    title = models.CharField(_("title"), max_length=200)
    version = models.PositiveIntegerField(default=1)
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("title", "-version", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "title", "version"],
                condition=Q(owner__isnull=False),
                name="quality_model_version_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def asked(self) -> list[Criterion]:
        """The criteria that are scored, in their order."""
        return [criterion for criterion in self.criteria.all() if criterion.is_scored]

    @cached_property
    def content(self) -> core.QualityModel:
        """The version as it was made, read from what its hash names."""
        return core.model_of(json.loads(self.canonical))


class Area(models.Model):
    """A part of a model, holding criteria; what is `is_left_out` is not judged and counts nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    model = models.ForeignKey(QualityModel, on_delete=models.PROTECT, related_name="areas")
    key = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("what the part is about"), blank=True)
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ("model_id", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["model", "key"], name="area_key_once")]

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """One question with its scale from `min_points` to `max_points` in steps of `step` (null: any value between).

    `steps` is the published text, a list of {"points": "8", "text": "…"} from low to high. Where `unit` is percent the
    scale is one of percent, and `worth` is what 100 of them give. `worth` times `weight` is the most that it adds to the
    sum. A result criterion `is_scored` only where the model announces it; what is not scored is not asked for in a round.
    """

    class Unit(models.TextChoices):
        """What the scale counts."""

        POINTS = "points", _("Points")
        PERCENT = "percent", _("Percent")

    class Kind(models.TextChoices):
        """What the question is about: how one works, or what has come of it."""

        APPROACH = "approach", _("Approach")
        RESULT = "result", _("Result")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    model = models.ForeignKey(QualityModel, on_delete=models.PROTECT, related_name="criteria")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="criteria")
    key = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    question = models.TextField(_("question"))
    evidence = models.TextField(_("evidence expected"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.APPROACH)
    unit = models.CharField(_("scale"), max_length=10, choices=Unit.choices, default=Unit.POINTS)
    min_points = models.DecimalField(_("minimum points"), max_digits=6, decimal_places=2, default=0)
    max_points = models.DecimalField(_("maximum points"), max_digits=6, decimal_places=2)
    step = models.DecimalField(_("step"), max_digits=6, decimal_places=2, null=True)
    steps = models.JSONField(default=list)
    worth = models.DecimalField(_("maximum"), max_digits=8, decimal_places=2)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2, default=Decimal(1))
    is_scored = models.BooleanField(default=True)

    class Meta:
        ordering = ("model_id", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["model", "key"], name="criterion_key_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def most(self) -> Decimal:
        """The most that it adds to the sum."""
        return self.weight * self.worth

    def adds(self, score: Decimal) -> Decimal:
        """Return what a score adds to the sum: weight × worth × score / highest of the scale, which decimals always hold."""
        return self.most * score / self.max_points

    @cached_property
    def scale(self) -> Scale:
        """The scale that its points lie on, with the published texts where there are any."""
        texts = [(Decimal(each["points"]), each["text"]) for each in self.steps]
        if texts and self.step is not None:
            return Scale.from_texts(texts, self.max_points, self.step)
        return Scale(self.min_points, self.max_points, self.step)


class ModelDraft(models.Model):
    """The next version of a model, or a first one, while somebody writes it; `content` is its canonical JSON.

    `follows` is the version that it will be next to; None for a new model. It is gone when the version is made.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="model_drafts")
    follows = models.ForeignKey(QualityModel, on_delete=models.PROTECT, null=True, related_name="drafts")
    content = models.TextField()
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("-saved_at", "id")

    def __str__(self) -> str:
        return f"{self.follows or self.owner}, {self.saved_at:%Y-%m-%d}"

    @cached_property
    def model(self) -> core.QualityModel:
        """The model as it is written now; it may lack something."""
        return core.model_of(json.loads(self.content))

    @cached_property
    def title(self) -> str:
        """The title that is written now, or nothing where the draft can't be read."""
        found = core.read_model(json.loads(self.content)).model
        return found.title if found else ""

    @property
    def mark(self) -> str:
        """The hash of what is written now, by which a later save knows what it was based on."""
        return sha256_hex(self.content.encode())
