"""Proof from the intended winner before the award: what is asked for, what came, and who accepted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.core.calendars import months_later
from rodatraden.evaluation.models.inquiring import Inquiry
from rodatraden.parties.models import Person
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import date


class Proof(models.Model):
    """One proof that is asked for in an `Inquiry` for proof, numbered from 1 within it (LOU 15 kap. 4 §).

    `about` is the company that it is about: the bidder, or one that the bid names. `register` is where the authority
    fetches it itself, free of charge, and then nobody has to hand it in (LOU 15 kap. 5 §). `max_months` is how old a proof
    may be on `counted_on`, as the documents say in `age_source`; none where they set no limit, and then a person judges.
    One that is no longer asked for is kept, with the reason.
    """

    class Kind(models.TextChoices):
        """What a proof shows."""

        CRIME = "crime", _("No conviction for a crime that excludes")
        TAX = "tax", _("Taxes and social security contributions are paid")
        INSOLVENCY = "insolvency", _("Not bankrupt or being wound up")
        QUALIFICATION = "qualification", _("A requirement that is checked before the award")
        OTHER = "other", _("Something else that the documents name")

    class State(models.TextChoices):
        """How far a proof has come, derived from what came and from the latest check of it."""

        WAIVED = "waived", _("No longer asked for")
        MISSING = "missing", _("Has not come")
        WAITING = "waiting", _("Not checked")
        ACCEPTED = "accepted", _("Accepted")
        INSUFFICIENT = "insufficient", _("Does not show it")
        GROUND = "ground", _("Shows a ground for exclusion")

    SETTLED: ClassVar = frozenset({State.WAIVED, State.ACCEPTED})

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="proofs")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("what it shows"), max_length=13, choices=Kind.choices)
    about = models.CharField(_("about which company"), max_length=200)
    what = models.TextField(_("which proof"))
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, null=True, related_name="+")
    register = models.CharField(_("register that the authority asks itself"), max_length=120, blank=True)
    max_months = models.PositiveSmallIntegerField(_("how many months old at most"), null=True)
    counted_on = models.DateField(_("the age is counted on"))
    age_source = models.CharField(_("where the documents say how old"), max_length=200, blank=True)
    waived_at = models.DateTimeField(null=True)
    waived_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    waive_reason = models.TextField(_("why it is no longer asked for"), blank=True)

    class Meta:
        ordering = ("inquiry_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "number"], name="proof_number_once"),
            models.CheckConstraint(
                condition=Q(waived_at=None, waived_by=None, waive_reason="")
                | Q(waived_at__isnull=False, waived_by__isnull=False) & ~Q(waive_reason=""),
                name="proof_waived_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(max_months=None) | ~Q(age_source=""), name="proof_age_limit_from_the_documents"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.get_kind_display()}"

    @property
    def oldest_on(self) -> date | None:
        """The earliest day of issue that the documents allow; None where they set no limit."""
        return None if self.max_months is None else months_later(self.counted_on, -self.max_months)

    def is_too_old(self, issued_on: date) -> bool:
        """Whether what was issued on that day is older than the documents allow."""
        return self.oldest_on is not None and issued_on < self.oldest_on

    @property
    def paper(self) -> ProofPaper | None:
        """What came last, which is what counts."""
        return max(self.papers.all(), key=lambda each: each.number, default=None)

    @property
    def state(self) -> Proof.State:
        """How far it has come."""
        if self.waived_at is not None:
            return self.State.WAIVED
        paper = self.paper
        if paper is None:
            return self.State.MISSING
        check = paper.check_that_counts
        return self.State(check.verdict) if check else self.State.WAITING

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is needed of it before the award."""
        return self.state in self.SETTLED


class ProofPaper(models.Model):
    """What came as a proof: the bidder's paper, or what a register answered; numbered from 1, the latest counts.

    `issued_on` is its own date, `source` who issued it or which register answered. `is_fetched` says that a named person
    of the authority asked the register. `document` is the paper in the diary, with its file where there is one.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    proof = models.ForeignKey(Proof, on_delete=models.PROTECT, related_name="papers")
    number = models.PositiveSmallIntegerField()
    issued_on = models.DateField(_("issued on"))
    source = models.CharField(_("issued by"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    is_fetched = models.BooleanField(default=False)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField()
    brought_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("proof_id", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["proof", "number"], name="proof_paper_number_once")]

    def __str__(self) -> str:
        return f"{self.source}, {self.issued_on}"

    @property
    def check_that_counts(self) -> ProofCheck | None:
        """The latest check of it."""
        return max(self.checks.all(), key=lambda each: each.number, default=None)

    @property
    def is_too_old(self) -> bool:
        """Whether it is older than the documents allow."""
        return self.proof.is_too_old(self.issued_on)


class ProofCheck(models.Model):
    """A named person's check of what came as a proof, with the reason; numbered from 1, the latest counts (LOU 4 kap. 10 §)."""

    class Verdict(models.TextChoices):
        """What the check found; the values are states of the proof."""

        ACCEPTED = Proof.State.ACCEPTED.value, _("Accepted: it shows what it should")
        INSUFFICIENT = Proof.State.INSUFFICIENT.value, _("Not accepted: it does not show it")
        GROUND = Proof.State.GROUND.value, _("Not accepted: it shows a ground for exclusion")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    paper = models.ForeignKey(ProofPaper, on_delete=models.PROTECT, related_name="checks")
    number = models.PositiveSmallIntegerField()
    verdict = models.CharField(_("is it accepted"), max_length=12, choices=Verdict.choices)
    reason = models.TextField(_("reason"))
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("paper_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["paper", "number"], name="proof_check_number_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="proof_checked_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.paper}: {self.get_verdict_display()}"
