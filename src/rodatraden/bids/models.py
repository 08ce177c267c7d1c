"""Bids: opaque parts until two people open them; rows of content are made only by the opening.

Before the opening the database holds sizes and times, and the files ciphertext. The keys are the holders'; the server's own
layer is a file outside the database, in the data folder.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.core.canonical import sha256_hex
from rodatraden.parties.models import Organisation, Person
from rodatraden.records.models import DiaryDocument, StoredFile
from rodatraden.tenders.models import ContentItem, Requirement, Snapshot, Tender


class FrozenHolders(models.Model):
    """Who holds the keys to a tender's bids: frozen when the documents are published, named by its hash in the log.

    `listed` is the canonical JSON that is published (`core.sealing.holders`). The private halves of the two time layers
    that it names are files outside the database.
    """

    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="frozen_holders")
    listed = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("made_at",)

    def __str__(self) -> str:
        return self.sha256


class SealedUpload(models.Model):
    """What a supplier has sent of a bid that it sealed itself: opaque parts, until a manifest hands them in.

    The id is the bidder's own, drawn by the program that sealed: it stands inside the encryption too. `arrived_at`: when
    the whole of it had come while the box was open, with the manifest of that hash; what is left is our own storing.
    `arrived_version` is the bid's among the supplier's, drawn then: what comes while we store it is the later one.
    `withdrawn_at`: when the supplier withdrew what it had handed in, in the meantime.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True)
    arrived_sha256 = models.CharField(max_length=64, blank=True)
    arrived_version = models.PositiveIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("started_at", "id")

    def __str__(self) -> str:
        return f"{self.id}"


class SealedPart(models.Model):
    """One opaque part of a sealed bid's files, under the name that it has in a bundle (`bid/parts/00000.age`)."""

    upload = models.ForeignKey(SealedUpload, on_delete=models.PROTECT, related_name="parts")
    name = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("upload_id", "name")
        constraints: ClassVar = [models.UniqueConstraint(fields=["upload", "name"], name="sealed_part_once")]

    def __str__(self) -> str:
        return self.name


class Submission(models.Model):
    """A bid handed in: its manifest with the opaque parts of its upload, the instant at which its last byte had come, and its receipt.

    `handed_in` is what came then, byte for byte: the manifest with the wraps and the indexes that it names. `clock_…` is what
    the kernel knew then of the clock that stamped it; None is unknown.

    In time is strictly before the deadline, and before the box was closed (LOU 12 kap. 8 §, INV-05). A later submission
    of the same supplier replaces an earlier one until the deadline; only the latest that is not withdrawn is opened.
    The supplier sealed it, and nobody here can read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="submissions")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    upload = models.OneToOneField(SealedUpload, on_delete=models.PROTECT, related_name="submission")
    manifest = models.TextField()
    handed_in = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    clock_synchronised = models.BooleanField(null=True)
    clock_error_ms = models.PositiveIntegerField(null=True)
    deadline_at = models.DateTimeField()
    is_late = models.BooleanField()
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    receipt = models.TextField()
    withdrawal_receipt = models.TextField(blank=True)

    class Meta:
        ordering = ("received_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "supplier", "version"], name="submission_version_once"),
            models.CheckConstraint(
                condition=Q(is_late=True) | Q(received_at__lt=models.F("deadline_at")),
                name="submission_in_time_is_before_deadline",
            ),
            models.CheckConstraint(condition=~Q(manifest=""), name="submission_has_a_manifest"),
        ]

    def __str__(self) -> str:
        return f"{self.id}"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 that names what was handed in: of the manifest, which names all its parts."""
        return sha256_hex(self.manifest.encode())


class BidConfirmation(models.Model):
    """A supplier's word that a bid handed in for an earlier version of the documents holds, as it is, for this one too.

    Without it a bid is what it was made for, and is shown as such when it has been opened.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="confirmations")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    receipt = models.TextField()

    class Meta:
        ordering = ("confirmed_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "snapshot"], name="bid_confirmation_once")
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class Opening(models.Model):
    """The one act in which all bids of a tender are opened, by two appointed persons (LOU 12 kap. 10 §, INV-03, 04).

    The first official asks for it; it takes place when the second confirms. `is_external`: the bids were received and
    opened in another tool (`tool`); the first official has stated when (`stated_at`) and handed over the protocol of
    that tool, and the statement holds when the second has confirmed it. Afterwards both attest the list of bids, each
    for themselves: `first_attested_at` who asked, `second_attested_at` who confirmed. `document` is the list in the diary.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="opening")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    protocol = models.TextField(blank=True)
    prices_opened_at = models.DateTimeField(null=True)
    is_external = models.BooleanField(default=False)
    tool = models.CharField(_("tool"), max_length=100, blank=True)
    stated_at = models.DateTimeField(_("when the bids were opened"), null=True)
    outside_protocol = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    first_attested_at = models.DateTimeField(null=True)
    second_attested_at = models.DateTimeField(null=True)
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("asked_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("asked_by")), name="opening_by_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(is_external=False, tool="", stated_at=None, outside_protocol=None)
                | Q(is_external=True, stated_at__isnull=False, outside_protocol__isnull=False),
                name="outside_opening_has_time_and_protocol",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender}"


class OpeningObserver(models.Model):
    """Somebody whom a chamber of commerce has appointed to attend the opening at a supplier's request (LOU 12 kap. 10 §).

    Which supplier asked is stored nowhere: it would tell who bids (INV-02). `email` is where the link was sent, of whose
    secret only the hash is kept; `is_handed_over` where no mail server is set up and the link was handed over in person,
    so that it proves nothing about whose the address is. `person` is who took the link. `followed_at` is when the observer
    said that they had followed the opening, `remark` their own words on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="opening_observers")
    name = models.CharField(_("name"), max_length=150)
    chamber = models.CharField(_("chamber of commerce"), max_length=150)
    email = models.EmailField(_("e-mail"))
    token_sha256 = models.CharField(max_length=64, unique=True)
    is_handed_over = models.BooleanField(default=False)
    appointed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ("appointed_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "email"], condition=Q(ended_at=None), name="opening_observer_once"
            ),
            models.CheckConstraint(
                condition=Q(person=None, taken_at=None, followed_at=None)
                | Q(person__isnull=False, taken_at__isnull=False),
                name="opening_observer_took_the_link",
            ),
            models.CheckConstraint(
                condition=Q(followed_at__isnull=False) | Q(remark=""), name="opening_remark_of_who_followed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.chamber}"

    @property
    def is_waited_for(self) -> bool:
        """Whether the link has been sent and nobody has taken it."""
        return self.taken_at is None and self.ended_at is None


class Unlocking(models.Model):
    """That a holder has unlocked a first layer of every bid's key, so that another one can unlock the last and open.

    It holds for as long as the request to open; `peeled` is what is left for the other holders (`core.sealing.wraps`),
    which no key of the server opens.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    holds = models.CharField(max_length=10)
    key = models.UUIDField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    peeled = models.TextField()

    class Meta:
        ordering = ("at", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tender", "holds"], name="unlocking_waits_once")]

    def __str__(self) -> str:
        return f"{self.tender_id}, {self.holds}"


class UnlockingFailure(models.Model):
    """That two holders unlocked and the key of a bid did not come out: its maker's fault, or one of theirs.

    A bid is left unread only when no single holder took part in all its failures, or two have decided so (`LeavingOut`).
    """

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    holds = models.CharField(max_length=10)
    bid = models.UUIDField()
    first = models.UUIDField()
    last = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.bid}, {self.holds}"


class LeavingOut(models.Model):
    """The reasoned decision of two officials to open the others, when no pair that can be had brings out a bid's key.

    `bids` are those left out; `failed` the pairs of keys that have unlocked in vain, in their order; `unreachable` the keys
    whose holders both state that they can't reach. One proposes, and another decides a working day later at the earliest.
    `refuted_at` is when one of these holders unlocked, or said that they can be reached; it never holds again.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    holds = models.CharField(max_length=10)
    bids = models.JSONField()
    failed = models.JSONField()
    unreachable = models.JSONField()
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refuted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    refuted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("proposed_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=models.F("proposed_by"))),
                name="leaving_out_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(refuted_by__isnull=True, refuted_at__isnull=True)
                | Q(refuted_by__isnull=False, refuted_at__isnull=False),
                name="leaving_out_refuted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender_id}, {self.holds}"


class Bid(models.Model):
    """An opened bid; made by `open_bids`, or by registering a bid that was received and opened in another tool.

    `index` is what the supplier wrote, as it was sealed: self-declaration, consortium, relied-upon companies and
    subcontractors. It never changes; a clarification is a record of its own (INV-16). A package that could not be read
    leaves an index that says why, under the key `unreadable`. `price_package` is the sealed price of a bid that was received
    in another tool, until `open_prices`; there is none where the documents fix the price.
    `snapshot` is the version of the documents that the bid was made for, or that its supplier has confirmed it for;
    null where the bid was received in another tool.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="bids")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, null=True, related_name="bid")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bids")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    price_package = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    declaration_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    index = models.JSONField(default=dict)

    class Meta:
        ordering = ("tender_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "number"], name="bid_number_once"),
            models.UniqueConstraint(fields=["tender", "supplier"], name="bid_supplier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.supplier}"

    @property
    def address(self) -> str:
        """Where the bidder is written to by e-mail: the supplier's own address, else that of who handed the bid in; or none."""
        return self.supplier.email or (self.submission.submitted_by.email if self.submission else "")

    @property
    def is_unreadable(self) -> bool:
        """Whether the package could not be read at the opening; the opening protocol says why."""
        return "unreadable" in self.index


class BidFile(models.Model):
    """A file of an opened bid, with the page count that was made from its bytes; null where none can be made.

    What is wrong with a file that was sealed unseen is a recorded fact; no bid is rejected because of it but by a person (INV-35).
    """

    class Fault(models.TextChoices):
        """What its bytes told when the bid was opened; the values are those of `core.paging.PageFault`."""

        EMPTY = "empty", _("is empty")
        WRONG_TYPE = "wrong_type", _("is of a kind that is not taken")
        MISNAMED = "misnamed", _("is something else than its name says")
        ENCRYPTED = "encrypted", _("is locked with a password")
        BROKEN = "broken", _("is damaged")
        MACROS = "macros", _("holds macros: open it without running them")
        TOO_LARGE = "too_large", _("unpacks to more than can be looked through")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="files")
    content_item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField(null=True)
    is_over_limit = models.BooleanField(default=False)
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True)

    class Meta:
        ordering = ("bid_id", "content_item__number", "id")

    def __str__(self) -> str:
        return str(self.file)


class RequirementAnswer(models.Model):
    """What a bid says of one must requirement: met or not, and where in the bid it shows."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="answers")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="answers")
    is_met = models.BooleanField()
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("bid_id", "requirement__number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["bid", "requirement"], name="requirement_answer_once")]

    def __str__(self) -> str:
        return f"{self.requirement}"


class Promise(models.Model):
    """What the supplier promises for one requirement (utfästelse), in its own words; alone becomes the contract term.

    At most 300 characters with a page reference; unscored beyond the paged answer; the buyer never rewrites it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="promises")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="promises")
    text = models.CharField(_("promise"), max_length=300)
    page_reference = models.CharField(_("page in the bid"), max_length=60, blank=True)

    class Meta:
        ordering = ("bid_id", "requirement__number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["bid", "requirement"], name="promise_once")]

    def __str__(self) -> str:
        return self.text


class NamedPerson(models.Model):
    """A person that the bid names for the assignment."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="named_people")
    name = models.CharField(_("name"), max_length=150)

    class Meta:
        ordering = ("bid_id", "name", "id")

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """One earlier assignment in a named person's CV; months are counted by the published rule, overlaps once."""

    person = models.ForeignKey(NamedPerson, on_delete=models.PROTECT, related_name="assignments")
    client = models.CharField(_("client"), max_length=200)
    description = models.TextField(_("what was done"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    class Meta:
        ordering = ("person_id", "starts_on", "id")

    def __str__(self) -> str:
        return self.client


class BidPrice(models.Model):
    """A bid's price, in the tender's currency per its price unit, without VAT; made only by `open_prices`.

    Withheld from everybody, the openers included, until the quality consensus is locked (INV-13).
    """

    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="price")
    amount = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ("bid_id",)
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount__gt=0), name="bid_price_above_zero")]

    def __str__(self) -> str:
        return f"{self.amount}"
