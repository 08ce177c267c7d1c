"""The award decision, signed by a named person, and the notifications that start the standstill."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.models import Bid
from rodatraden.core import calendars as core
from rodatraden.core.numbers import swedish_sum
from rodatraden.parties.models import Membership, Organisation, Person
from rodatraden.records.models import DiaryDocument, OutboxMail
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from datetime import date, datetime


class BoardReport(models.Model):
    """A meeting at which the board was told of what had been decided on its delegation (kommunallagen 6 kap. 40 §)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="board_reports")
    meeting_on = models.DateField(_("day of the meeting"))
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-meeting_on", "-reported_at")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.meeting_on}"


class DelegationPoint(models.Model):
    """A point of an organisation's delegation order: what it gives the right to decide, up to which amount, and who.

    Both days belong to its time. `up_to` is in `currency` without VAT, and none is no limit. It is held by a role in the
    organisation, or by one person. `source` names the document that adopted it. Once entered it is only ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="delegation_points")
    point = models.CharField(_("point"), max_length=20)
    covers = models.CharField(_("what it covers"), max_length=300)
    up_to = models.DecimalField(_("up to"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="SEK")
    role = models.CharField(_("held by role"), max_length=30, choices=Membership.Role.choices, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(_("document that adopted it"), max_length=150)
    valid_from_on = models.DateField(_("from"))
    valid_to_on = models.DateField(_("to"), null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("organisation", "point", "valid_from_on")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "point", "valid_from_on"], name="delegation_point_once_from_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(role="", person__isnull=False) | ~models.Q(role="") & models.Q(person=None),
                name="delegation_point_held_by_a_role_or_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to_on=None) | models.Q(valid_from_on__lte=models.F("valid_to_on")),
                name="delegation_point_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Point %(point)s, %(source)s") % {"point": self.point, "source": self.source}

    @property
    def limit(self) -> str:
        """Up to which amount it holds, in words."""
        return gettext("no limit") if self.up_to is None else f"{swedish_sum(self.up_to)} {self.currency}"

    @property
    def holder(self) -> str:
        """Who holds it, in words."""
        return self.person.name if self.person else self.get_role_display()

    @property
    def told(self) -> str:
        """The point with what it covers, its limit and who holds it, as one chooses it."""
        return f"{self.point}: {self.covers} ({self.limit}; {self.holder})"

    def holds_on(self, on: date) -> bool:
        """Whether it is valid on the day `on`."""
        return self.valid_from_on <= on and (self.valid_to_on is None or on <= self.valid_to_on)


class DecisionProposal(models.Model):
    """A decision that one person has prepared for another to make: four eyes on every award (policy).

    Numbered from 1 within the tender. One that was returned is kept, with the reason. The words that were prepared stay
    here, also when the decision maker decides in other words. `without_proof` says why the intended winner has been asked for no
    proof where the law says that it shall be (LOU 15 kap. 4 §).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="decision_proposals")
    number = models.PositiveSmallIntegerField()
    winner = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField(_("reasons"))
    delegation = models.CharField(_("delegation"), max_length=200)
    without_proof = models.TextField(_("why no proof is asked for"), blank=True)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    return_reason = models.TextField(_("why it is returned"), blank=True)

    class Meta:
        ordering = ("tender", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "number"], name="decision_proposal_number_once"),
            models.CheckConstraint(
                condition=models.Q(returned_at=None, returned_by=None, return_reason="")
                | models.Q(returned_at__isnull=False, returned_by__isnull=False) & ~models.Q(return_reason=""),
                name="decision_proposal_returned_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender}: {self.number}"


class AwardDecision(models.Model):
    """Who was awarded and why; prepared by one person and decided by another (LOU 12 kap. 12 §, INV-35).

    `proposal` is what was prepared, `prepared_by` the person who did: a constraint keeps that from being the one who
    decides. `in_force_of` is the tender while the decision stands; one that was revoked is kept without it. `reported_in`
    is the meeting at which the board was told. `court` is where an application for review is made, as the notifications
    say. `stated_days` is a longer standstill than the law's, or the authority's own where the law has none; it binds
    (LOU 20 kap. 1 §). `document` is the decision in the diary.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="decisions")
    in_force_of = models.OneToOneField(Tender, on_delete=models.PROTECT, null=True, related_name="award")
    winner = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="awards")
    reasons = models.TextField(_("reasons"))
    delegation = models.CharField(_("delegation"), max_length=200)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposal = models.OneToOneField(DecisionProposal, on_delete=models.PROTECT, related_name="decision")
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reported_in = models.ForeignKey(BoardReport, on_delete=models.PROTECT, null=True, related_name="awards")
    stated_days = models.PositiveSmallIntegerField(_("days of standstill"), null=True, blank=True)
    court = models.CharField(_("court"), max_length=120, blank=True)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("decided_at",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(decided_by=models.F("prepared_by")), name="award_by_four_eyes"),
            models.CheckConstraint(
                condition=models.Q(in_force_of=None) | models.Q(in_force_of=models.F("tender")),
                name="award_in_force_of_its_own_tender",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender}: {self.winner}"


class Revocation(models.Model):
    """An award decision that was revoked: why, by whom on which delegation; the decision itself is kept.

    After a cause in `FALLS_AWAY` the winner is out, and the next bid of the frozen outcome can be awarded.
    """

    class Cause(models.TextChoices):
        """Why the decision does not stand."""

        WITHDREW = "withdrew", _("The supplier has withdrawn")
        EVIDENCE = "evidence", _("Evidence that was asked for is missing or does not hold")
        EXCLUDED = "excluded", _("The supplier is excluded")
        COURT = "court", _("A court has decided that the bid may not be accepted")
        FAULT = "fault", _("A fault in the decision or its notification; the bid stays first")

    FALLS_AWAY: ClassVar = frozenset({Cause.WITHDREW, Cause.EVIDENCE, Cause.EXCLUDED, Cause.COURT})

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    decision = models.OneToOneField(AwardDecision, on_delete=models.PROTECT, related_name="revocation")
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    reason = models.TextField(_("reason"))
    delegation = models.CharField(_("delegation"), max_length=200)
    revoked_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reported_in = models.ForeignKey(BoardReport, on_delete=models.PROTECT, null=True, related_name="revocations")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("revoked_at",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="revocation_with_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.decision}"


class ReviewCase(models.Model):
    """A review of the award in court: where, since when, and how it ended; what it means for a contract is computed.

    `received_on` is when the application reached the court. `barred_on` and `lifted_on` are the days of an interim
    order that no contract may be concluded. Each instance is a case of its own (LOU 20 kap., FOA § 25-3).
    """

    class Kind(models.TextChoices):
        """What is asked of the court or the board of appeal."""

        PROCUREMENT = "procurement", _("Review of the procurement")
        CONTRACT = "contract", _("Review of whether a contract is valid")
        COMPLAINT = "complaint", _("Complaint to a board that decides nothing about the contract")

    class Instance(models.TextChoices):
        """Which instance tries it; only a case in the first extends a standstill by itself."""

        FIRST = "first", _("First court")
        APPEAL = "appeal", _("Court of appeal")
        HIGHEST = "highest", _("Highest court")

    class Ending(models.TextChoices):
        """How it ended, as `core.calendars.Ending` counts it."""

        DISMISSED = core.Ending.DISMISSED.value, _("Rejected or not tried")
        WITHDRAWN = core.Ending.WITHDRAWN.value, _("Withdrawn")
        CORRECTED = core.Ending.CORRECTED.value, _("The procurement is to be corrected")
        REMADE = core.Ending.REMADE.value, _("The procurement is to be made again")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    decision = models.ForeignKey(AwardDecision, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(_("what is asked for"), max_length=12, choices=Kind.choices, default=Kind.PROCUREMENT)
    instance = models.CharField(_("instance"), max_length=10, choices=Instance.choices, default=Instance.FIRST)
    court = models.CharField(_("court"), max_length=120)
    number = models.CharField(_("case number"), max_length=40)
    received_on = models.DateField(_("received by the court"))
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")
    barred_on = models.DateField(_("interim order of"), null=True, blank=True)
    lifted_on = models.DateField(_("lifted on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=10, choices=Ending.choices, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("received_on", "registered_at")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "court", "number"], name="review_case_once"),
            models.CheckConstraint(
                condition=models.Q(decided_on=None, ending="")
                | models.Q(decided_on__isnull=False) & ~models.Q(ending=""),
                name="review_case_decided_with_an_ending",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_on=None) | models.Q(barred_on__lte=models.F("lifted_on")),
                name="review_case_order_before_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.court}, {self.number}"

    @property
    def counted(self) -> core.Review:
        """The case as the calculation of the standstill takes it."""
        return core.Review(
            name=str(self),
            received_on=self.received_on,
            suspends=self.kind == self.Kind.PROCUREMENT and self.instance == self.Instance.FIRST,
            decided_on=self.decided_on,
            ending=core.Ending(self.ending) if self.ending else None,
            barred_on=self.barred_on,
            lifted_on=self.lifted_on,
        )


class Cancellation(models.Model):
    """A procurement that was published and then cancelled: why, decided by whom on which delegation (LOU 12 kap. 12 §).

    Everybody reads the reason. Bids that have not been opened stay sealed: they are destroyed only by a recorded
    disposal decision (INV-33). `is_announced_anew` says whether a new procurement is planned.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="cancellation")
    reason = models.TextField(_("reason"))
    delegation = models.CharField(_("delegation"), max_length=200)
    is_announced_anew = models.BooleanField(_("a new procurement is planned"), default=False)
    cancelled_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reported_in = models.ForeignKey(BoardReport, on_delete=models.PROTECT, null=True, related_name="cancellations")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("cancelled_at",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="cancellation_with_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.tender}"


class Notification(models.Model):
    """One bidder's notification of the decision; all are sent at the same instant, in one act (INV-20).

    The standstill runs from the sending of the last one (INV-21): `dispatched_at` says when this one was sent.
    `letter_at` is when a letter was posted in place of a mail that did not go out. On the bidder's own page it can be read
    from `sent_at`; `opened_at` is when somebody of the supplier did so first, the receipt.
    """

    class Channel(models.TextChoices):
        """How the notification was sent; anything but electronically makes the standstill the longer one."""

        ELECTRONIC = "electronic", _("Electronically")
        LETTER = "letter", _("By letter")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    decision = models.ForeignKey(AwardDecision, on_delete=models.PROTECT, related_name="notifications")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="notifications")
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.ELECTRONIC)
    sent_at = models.DateTimeField()
    letter_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reasons = models.TextField()
    standstill_text = models.TextField()
    mail = models.ForeignKey(OutboxMail, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("bid__number",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["decision", "bid"], name="notification_once")]

    def __str__(self) -> str:
        return f"{self.bid}"

    @property
    def sent_by(self) -> str:
        """How the notification was sent in the end."""
        return self.Channel.LETTER if self.letter_at else self.channel

    @property
    def dispatched_at(self) -> datetime | None:
        """When the notification was sent; None when its mail was tried and has not gone out.

        A mail counts from when it left, a letter from its posting. What lies in the outbox and has not been tried yet
        stands on the bidder's own page since `sent_at`, and is on its way.
        """
        if self.letter_at or self.mail is None:
            return self.letter_at or self.sent_at
        if self.mail.sent_at is not None:
            return max(self.sent_at, self.mail.sent_at)
        return None if self.mail.attempts else self.sent_at
