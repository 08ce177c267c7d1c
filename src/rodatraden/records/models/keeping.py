"""What must never be lost or altered: stored files, the diary, idempotency keys, outgoing mail, work that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rodatraden.parties.models import Organisation, Person
from rodatraden.records.models.scanning import FileScan
from rodatraden.ui.at_rest import SecretText

if TYPE_CHECKING:
    from rodatraden.records.models.scanning import ScanMark


class StoredFile(models.Model):
    """Bytes that were written and synced to storage before anybody was told so.

    `scan` is what a virus scanner last said of these bytes: nothing yet, or never, of what is sealed or written by us.
    """

    class Origin(models.TextChoices):
        """Whose the bytes are. What others have sent is scanned; what is sealed nobody may look into (INV-01)."""

        OTHERS = "others", _("Sent by others")
        SEALED = "sealed", _("Sealed")
        OURS = "ours", _("Written by the program")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    location = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    origin = models.CharField(max_length=6, choices=Origin.choices)
    scan = models.ForeignKey(FileScan, on_delete=models.PROTECT, null=True, related_name="files")

    class Meta:
        ordering = ("stored_at", "id")
        indexes: ClassVar = [
            models.Index(
                fields=["stored_at"],
                condition=models.Q(origin="others", scan__isnull=True),
                name="stored_file_waits_for_scan",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.location

    @property
    def mark(self) -> ScanMark | None:
        """What is known of the file by a scanner, once `queries.mark_scans` has read it; None of what is not of others.

        Raises:
            RuntimeError: it has not been read, so that the page would be silent.
        """
        if self.origin != self.Origin.OTHERS:
            return None
        try:
            found: ScanMark = self.__dict__["_mark"]
        except KeyError:
            msg = f"{self} is offered without what a scanner said of it: call mark_scans"
            raise RuntimeError(msg) from None
        return found

    @mark.setter
    def mark(self, mark: ScanMark) -> None:
        self.__dict__["_mark"] = mark


class LetOut(models.Model):
    """That somebody who answers for a case let a file out in spite of what a scanner found in it, and why.

    It holds of that finding alone: another one in the same file holds it back again.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="let_out")
    finding = models.CharField(max_length=200)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "finding"], name="file_let_out_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="file_let_out_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.file}: {self.finding}"


class StampTrial(models.Model):
    """How far the stamp of a bid was from the truth when the server tried it on itself, and what the stamp rested on.

    `off_ms`: milliseconds, late is positive; None, and no source, where the server could not be tried.
    """

    at = models.DateTimeField()
    source = models.CharField(max_length=60, blank=True)
    off_ms = models.IntegerField(null=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.at}: {'failed' if self.off_ms is None else f'{self.off_ms} ms'}"


class IdempotencyKey(models.Model):
    """A submit-like request that took effect: the same key and body give the same answer, another body is refused.

    `owner` is the person's UUID, or the word anonymous for what needs no account.
    """

    owner = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    purpose = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    answer = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key}"


class OutboxMail(models.Model):
    """A message written in the same transaction as the event that it tells of, sent afterwards at least once.

    Its text may hold a link that lets somebody in, of which the rest of the database keeps the hash alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = SecretText()
    case = models.UUIDField(null=True, db_index=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


class DiaryCase(models.Model):
    """A case in an organisation's diary, numbered within its year (OSL 5 kap. 1–2 §§)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="diary_cases")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    subject = models.CharField(_("subject"), max_length=250)
    opened_on = models.DateField()

    class Meta:
        ordering = ("-year", "-serial")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "year", "serial"], name="diary_case_number_once")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The diary number as it is written, for example 2026/014."""
        return self.written(self.year, self.serial)

    @staticmethod
    def written(year: int, serial: int) -> str:
        """Return a diary number as it is written, for who has read its two parts and no row."""
        return f"{year}/{serial:03}"


class DiaryDocument(models.Model):
    """A document received or drawn up: date, number, sender or receiver, and subject in brief (OSL 5 kap. 2 §).

    What is issued from here has a `version`, counted from 1; `file` is its PDF, and its first attachment the data that
    the PDF was set from. What came in, or was written elsewhere, has none.
    """

    class Direction(models.TextChoices):
        """Whether the document came in, went out or was drawn up here."""

        RECEIVED = "received", pgettext_lazy("document", "Received")
        SENT = "sent", _("Sent")
        DRAWN_UP = "drawn_up", _("Drawn up")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(DiaryCase, on_delete=models.PROTECT, related_name="documents")
    serial = models.PositiveIntegerField()
    on = models.DateField(_("date"))
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    counterparty = models.CharField(_("sender or receiver"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    secrecy_note = models.CharField(_("secrecy note"), max_length=200, blank=True)
    version = models.PositiveSmallIntegerField(_("version"), null=True)

    attached: list[DiaryAttachment]
    """Its attachments by number, where it has been read with them (`queries.diary_documents`)."""

    class Meta:
        ordering = ("case_id", "serial")
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "serial"], name="diary_document_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def number(self) -> str:
        """The document's number as it is written, for example 2026/014-3."""
        return f"{self.case.number}-{self.serial}"

    def get_direction_display(self) -> str:  # type: ignore[no-redef]  # Django makes none where there is one
        """Say whether it came in, went out or was drawn up; Django's own reads all choices anew for every row of a diary."""
        return str(self.Direction(self.direction).label)


class DiaryAttachment(models.Model):
    """A file that belongs to a document beside its own (bilaga), numbered within it; registered together with it."""

    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="attachments")
    serial = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=250)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("document_id", "serial")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "serial"], name="diary_attachment_number_once")
        ]

    def __str__(self) -> str:
        return self.title


class MaskedCopy(models.Model):
    """A copy of a stored file in which something is hidden and really gone (INV-28); the original stays untouched.

    `provision` is what it is hidden by, such as OSL 31 kap. 16 §.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="masked_copies")
    source = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="masked_copies")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="masked_copy")
    title = models.CharField(_("title"), max_length=250)
    provision = models.CharField(_("provision"), max_length=120)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("document", "made_at")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(provision=""), name="masked_copy_with_a_provision")
        ]

    def __str__(self) -> str:
        return self.title


class AccessRequest(models.Model):
    """A request for documents of a case: what is wanted and when, never by whom nor why (TF 2 kap. 18 §, INV-27).

    Who has the secret of the link follows it: only the hash of the secret is kept. `decision_asked_at` is when a
    written decision of the authority was asked for (OSL 6 kap. 3 §).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(DiaryCase, on_delete=models.PROTECT, related_name="access_requests")
    wanted = models.TextField(_("what you want"))
    asked_at = models.DateTimeField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")
    decision_asked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")

    def __str__(self) -> str:
        return self.wanted[:60]


class AccessAnswer(models.Model):
    """An answer to a request for documents; a refusal always carries its provision (OSL 6 kap. 3 §, INV-27).

    `is_decision` is the authority's written decision, with how to appeal.
    """

    class Outcome(models.TextChoices):
        """What was handed out."""

        ALL = "all", _("All of it")
        PART = "part", _("Part of it, the rest is secret")
        NOTHING = "nothing", _("Nothing, it is secret")
        NONE_HELD = "none_held", _("There is no such document")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(_("what is handed out"), max_length=10, choices=Outcome.choices)
    provision = models.CharField(_("provision"), max_length=120, blank=True)
    text = models.TextField(_("answer"))
    is_decision = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("request", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "number"], name="access_answer_number_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["all", "none_held"]) | ~models.Q(provision=""),
                name="access_refused_with_a_provision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_outcome_display()}"


class HandedOut(models.Model):
    """A file that an answer handed out: as it is, or its masked copy."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    answer = models.ForeignKey(AccessAnswer, on_delete=models.PROTECT, related_name="handed_out")
    title = models.CharField(max_length=300)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("answer", "title")
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "file"], name="handed_out_once")]

    def __str__(self) -> str:
        return self.title


class SecrecyClaim(models.Model):
    """What a supplier asks to be kept secret in its bid: which part, why, and what harm it would do (OSL 31 kap. 16 §).

    It binds nobody: an official tries it, part by part.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, related_name="secrecy_claims")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="secrecy_claims")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="secrecy_claims")
    title = models.CharField(max_length=300)
    place = models.CharField(_("which part"), max_length=300)
    reason = models.TextField(_("why it is secret"))
    harm = models.TextField(_("what harm it would do"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("document", "made_at")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(place="") & ~models.Q(reason="") & ~models.Q(harm=""),
                name="secrecy_claim_of_a_part_with_reason_and_harm",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.place}"


class SecrecyAssessment(models.Model):
    """How an official judged a claim of secrecy; the highest number counts, earlier ones are kept."""

    class Outcome(models.TextChoices):
        """What is secret of what was claimed."""

        GRANTED = "granted", _("Secret, as claimed")
        PARTLY = "partly", _("Partly secret")
        REJECTED = "rejected", _("Not secret")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    claim = models.ForeignKey(SecrecyClaim, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(_("assessment"), max_length=10, choices=Outcome.choices)
    provision = models.CharField(_("provision"), max_length=120, blank=True)
    reason = models.TextField(_("reason"))
    valid_until_on = models.DateField(_("holds until"), null=True, blank=True)
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("claim", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "number"], name="secrecy_assessment_number_once"),
            models.CheckConstraint(
                condition=models.Q(outcome="rejected")
                | ~models.Q(provision="") & models.Q(valid_until_on__isnull=False),
                name="secrecy_by_a_provision_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_outcome_display()}"


class WaitingWork(models.Model):
    """Something that takes too long to wait for at a page; its row is its place in the queue of `rodatraden work`.

    A later room says what the work is. `done`: how much of it; `beat_at`: when its worker last said so (`rules.is_lost`).
    """

    class Ending(models.TextChoices):
        """How it ended."""

        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Stopped")
        LOST = "lost", _("Broken off")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = models.Manager()

    class Meta:
        abstract = True
