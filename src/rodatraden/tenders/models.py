"""Procurement documents: requirements, criteria, evaluation model, terms, deadlines, questions and answers."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.needs.models import Need
from rodatraden.parties.models import Person
from rodatraden.procurements.models import Procurement
from rodatraden.records.models import DiaryDocument, StoredFile


class Tender(models.Model):
    """The procurement documents of one procurement, as they are worked on; what is published is a `Snapshot`.

    Amounts are SEK (or `currency`) without VAT. `evaluation_model` is the canonical JSON that
    `core.evaluation.Model.from_json` reads. `periods` × `period_months` is the longest term, each period after the
    first an option. `deadline_at` is the instant before which a bid must have come (strictly before). `template` names
    the template it was started from; `proposed` lists the fields that a template or the program has proposed and no
    person has accepted yet.
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

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    procurement = models.OneToOneField(Procurement, on_delete=models.PROTECT, related_name="tender")
    template = models.CharField(max_length=60, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    proposed = models.JSONField(default=list, blank=True)
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
    price_unit = models.CharField(_("the price is"), max_length=10, choices=Priced.choices, default=Priced.HOUR)
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

    def __str__(self) -> str:
        return str(self.procurement)


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
        return f"K{self.number}"


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

    Before publication what is no longer asked for is deleted. A published change keeps the row, with `removed_at`: files
    that bidders have uploaded for it may hang on it, and nobody may learn whether they do (INV-02).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="content_items")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what it shall hold"), blank=True)
    max_pages = models.PositiveSmallIntegerField(_("most pages"), null=True, blank=True)
    rejects_over_limit = models.BooleanField(_("a bid over the page limit is rejected"), default=False)
    is_price = models.BooleanField(_("price"), default=False)
    is_required = models.BooleanField(_("required"), default=True)
    criteria = models.ManyToManyField(Requirement, related_name="answered_in", blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("tender_id", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tender", "number"], name="content_item_number_once")]

    def __str__(self) -> str:
        return self.title


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


class Snapshot(models.Model):
    """The procurement documents as published: numbered, canonical and hashed; never changed.

    `edition` grows when anything but a deadline changes: a bid is made for an edition. `document` is its PDF in the diary.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField()
    edition = models.PositiveSmallIntegerField()
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("tender_id", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tender", "number"], name="snapshot_number_once")]

    def __str__(self) -> str:
        return f"{self.tender} v{self.number}"


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


class AcceptedFinding(models.Model):
    """A warning that a person published over, with the written reason; never possible over an invariant."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="accepted_findings")
    code = models.CharField(max_length=100)
    reason = models.TextField(_("reason"))
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tender", "code"], name="accepted_finding_once")]

    def __str__(self) -> str:
        return self.code


class StressRun(models.Model):
    """A stress test too long to wait for at the page, with made-up bids only; the row is the queue of `rodatraden work`.

    `evaluation_model`, `market` and `budget` (empty: none) are canonical JSON as it was when the test was asked for.
    `beat_at`: when its worker last said how many tenders were `done` (`rules.runs.is_lost`). `report`: canonical JSON.
    """

    class Ending(models.TextChoices):
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Stopped")
        LOST = "lost", _("Broken off")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="stress_runs")
    evaluation_model = models.TextField()
    market = models.TextField()
    budget = models.TextField(blank=True)
    tenders = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.TextField(blank=True)
    report_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-asked_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender"], condition=Q(ended_at=None), name="stress_run_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | ~(Q(ended_at=None) | Q(ending="")), name="stress_run_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender_id} {self.asked_at:%Y-%m-%d %H:%M}"


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


class NoticeHandover(models.Model):
    """A notice handed over to a registered notice database; 'announced' only once the database has confirmed it."""

    class Kind(models.TextChoices):
        """Which notice."""

        CONTRACT = "contract", _("Contract notice")
        CHANGE = "change", _("Change notice")
        RESULT = "result", _("Contract award notice")
        CANCELLATION = "cancelled", _("Notice of cancellation")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    change = models.ForeignKey(DocumentChange, on_delete=models.PROTECT, null=True, related_name="notices")
    reason = models.TextField(_("reason for the cancellation"), blank=True)
    due_on = models.DateField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    database = models.CharField(_("notice database"), max_length=100, blank=True)
    notice_id = models.CharField(_("notice number"), max_length=60, blank=True)
    published_at = models.DateTimeField(_("published by the database"), null=True)
    link = models.URLField(_("link to the notice"), blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("handed_over_at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.notice_id}"


class Question(models.Model):
    """A question about the documents; the answer goes to all at once and never says who asked (INV-30).

    Nobody's account is kept with it, only an address if the asker left one, and that is used once: to send the answer
    at the instant at which all get it. `late_reason` says why the deadline stayed though the answer came late.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("question"))
    asked_at = models.DateTimeField()
    asker_email = models.EmailField(_("e-mail"), blank=True)
    published_text = models.TextField(_("the question as published"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    late_reason = models.TextField(_("why the deadline stays"), blank=True)

    class Meta:
        ordering = ("tender_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "number"], name="question_number_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer=""), name="question_answered_with_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:60]}"


class AnswerSubscription(models.Model):
    """Somebody who follows the answers by e-mail without an account; confirmed by the link in the first mail."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="subscriptions")
    email = models.EmailField(_("e-mail"))
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")

    def __str__(self) -> str:
        return self.email
