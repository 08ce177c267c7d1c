"""The procurement: what is bought under which rules, by whom, and the facts that its stage follows from."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Country, Organisation, Person
from rodatraden.records.models import DiaryCase


class Procurement(models.Model):
    """A procurement from the first need to the last followed-up promise.

    `estimated_value` is the total that may be paid, options and renewals counted as used, in `currency` without
    VAT (LOU 5 kap. 3 §). `stated_above` is what a person has stated, with `stated_reason`, where the program has no
    rule row for the EU threshold (INV-34). `procedure` names a row of parameters in `core.calendars`, `direct_ground`
    one of its grounds for direct procurement at or above the limit (INV-23); empty until chosen. `language` is that of
    every document that is issued, the notices to bidders included; the pages are Swedish.
    """

    class Language(models.TextChoices):
        """A language that documents are issued in; each has all that they say."""

        SWEDISH = "sv", _("Swedish")
        ENGLISH = "en", _("English")
        NORWEGIAN = "nb", _("Norwegian (bokmål)")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="procurements")
    diary_case = models.OneToOneField(DiaryCase, on_delete=models.PROTECT, related_name="procurement")
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    country = models.CharField(_("country"), max_length=2, choices=Country.choices, default=Country.SE)
    cpv = models.CharField(_("CPV code"), max_length=10, blank=True)
    cpv_reason = models.TextField(_("why this CPV code"), blank=True)
    estimated_value = models.DecimalField(_("estimated value"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="SEK")
    value_method = models.TextField(_("how the value was estimated"), blank=True)
    similar_purchases = models.DecimalField(
        _("similar purchases of the last twelve months"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    stated_above = models.BooleanField(_("the value reaches the EU threshold"), null=True)
    stated_reason = models.TextField(_("how you know"), blank=True)
    procedure = models.CharField(_("procedure"), max_length=60, blank=True)
    direct_ground = models.CharField(_("ground for direct procurement"), max_length=40, blank=True)
    procedure_reason = models.TextField(_("why this procedure"), blank=True)
    no_lots_reason = models.TextField(_("why it is not divided into lots"), blank=True)
    language = models.CharField(
        _("language of the documents"), max_length=2, choices=Language.choices, default=Language.SWEDISH
    )
    template = models.CharField(max_length=60, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return self.title


class TeamMember(models.Model):
    """A person's role in one procurement, from appointment to removal; one person may hold several."""

    class Role(models.TextChoices):
        """What a member of the team may do in this procurement."""

        OFFICER = "officer", _("Procurement officer")
        NEED_OWNER = "need_owner", _("Need owner")
        EVALUATOR = "evaluator", _("Evaluator")
        OPENER = "opener", _("Opening official")
        DECIDER = "decider", _("Decision maker")
        CONTRACT_MANAGER = "contract_manager", _("Contract manager")
        OBSERVER = "observer", _("Observer")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="team")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="team_memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    appointed_at = models.DateTimeField()
    appointed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("role", "person__name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["procurement", "person", "role"], condition=Q(removed_at=None), name="team_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"

    def get_role_display(self) -> str:  # type: ignore[no-redef]  # in the place of what Django makes
        """Return the role in words; Django's own translates all roles to find one, and pages are full of them."""
        return str(self.Role(self.role).label)


class ConflictDeclaration(models.Model):
    """A person's declaration of interests in one procurement; renewed when the bidders are known (FL 16–18 §§).

    Without a current declaration, or with an unresolved conflict, the person has no access (INV-15).
    """

    class Moment(models.TextChoices):
        """When the declaration is asked for: before any access, and again after the opening."""

        BEFORE_ACCESS = "before_access", _("Before access")
        AFTER_OPENING = "after_opening", _("After the opening")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="conflict_declarations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conflict_declarations")
    moment = models.CharField(max_length=20, choices=Moment.choices)
    has_conflict = models.BooleanField(_("has a conflict of interest"))
    description = models.TextField(_("description"), blank=True)
    declared_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    measure = models.TextField(_("measure"), blank=True)

    class Meta:
        ordering = ("-declared_at", "id")

    def __str__(self) -> str:
        return f"{self.person}, {self.get_moment_display()}"


class StageFact(models.Model):
    """Something that has happened to a procurement; its stage is a function of these facts and an instant.

    Written only through `actions.record_fact`. Each kind happens at most once and is one-way.
    """

    class Kind(models.TextChoices):
        """The facts of a procurement's life, in the order of the thread."""

        CREATED = "created", _("Created")
        PUBLISHED = "published", _("Documents frozen and handed over")
        NOTICE_CONFIRMED = "notice_confirmed", _("Notice confirmed by the notice database")
        CLOSED = "closed", _("Closed for bids")
        OPENED = "opened", _("Bids opened")
        NAMES_HIDDEN = "names_hidden", _("Judged without names until the quality consensus is locked")
        CONSENSUS_LOCKED = "consensus_locked", _("Quality consensus locked")
        PRICES_OPENED = "prices_opened", _("Prices opened")
        OUTCOME_FROZEN = "outcome_frozen", _("Outcome computed and frozen")
        DECIDED = "decided", _("Award decided")
        NOTIFIED = "notified", _("Notices sent to all bidders")
        CONTRACT_SIGNED = "contract_signed", _("Contract signed by both parties")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["procurement", "kind"], name="stage_fact_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
