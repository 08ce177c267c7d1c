"""The contract: signatures, terms, named person, call-offs under a ceiling, deliverables, changes."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rodatraden.bids.models import Bid, NamedPerson, Promise
from rodatraden.parties.models import Organisation, Person
from rodatraden.records.models import DiaryDocument, StoredFile
from rodatraden.tenders.models import Requirement, Tender


class Contract(models.Model):
    """A contract with its ceiling and term; concluded when the last party has signed (INV-19).

    Amounts are in `currency` without VAT; `price` is per `price_unit`. The first period runs from the day the last
    party signed; each later period is an option that a person takes up. `document` is the contract in the diary, to be
    signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="contract")
    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="contract")
    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts_as_buyer")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts_as_supplier")
    currency = models.CharField(max_length=3)
    ceiling = models.DecimalField(max_digits=14, decimal_places=2)
    yearly_frame = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    price_unit = models.CharField(max_length=10, choices=Tender.Priced.choices)
    periods = models.PositiveSmallIntegerField()
    period_months = models.PositiveSmallIntegerField()
    signed_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    drawn_up_at = models.DateTimeField()
    drawn_up_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(DiaryDocument, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-drawn_up_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price__gt=0, ceiling__gt=0, periods__gt=0, period_months__gt=0),
                name="contract_amounts_and_term_above_zero",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tender}, {self.supplier}"


class Signature(models.Model):
    """One party's signature of the contract: by whom and on which day."""

    class Party(models.TextChoices):
        """Which side signed."""

        BUYER = "buyer", _("Buyer")
        SUPPLIER = "supplier", _("Supplier")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="signatures")
    party = models.CharField(max_length=10, choices=Party.choices)
    signed_on = models.DateField(_("signed on"))
    signer = models.CharField(_("signed by"), max_length=150)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("signed_on", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["contract", "party"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.get_party_display()} {self.signed_on}"


class Term(models.Model):
    """A term of the contract from one requirement; where the supplier promised something, in its words alone.

    A requirement without a promise holds as it was published; nobody has rewritten either.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="terms")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="terms")
    promise = models.OneToOneField(Promise, on_delete=models.PROTECT, null=True, related_name="term")

    class Meta:
        ordering = ("contract_id", "requirement__number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["contract", "requirement"], name="term_once")]

    def __str__(self) -> str:
        return str(self.requirement)

    @property
    def text(self) -> str:
        """What was agreed: the promise word for word; else the published level, or the question that the bid answers."""
        if self.promise:
            return self.promise.text
        return self.requirement.level or self.requirement.question or self.requirement.title


class PersonOnContract(models.Model):
    """The named person who carries out the assignment, from one day to another; the last day is exclusive."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="people")
    named_person = models.ForeignKey(NamedPerson, on_delete=models.PROTECT, related_name="+")
    since_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        ordering = ("contract_id", "since_on", "id")

    def __str__(self) -> str:
        return str(self.named_person)


class Extension(models.Model):
    """An option taken up: period 2, 3, …; decided by a person before the running period ends."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="extensions")
    number = models.PositiveSmallIntegerField()
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("contract_id", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["contract", "number"], name="extension_once")]

    def __str__(self) -> str:
        return f"{self.number}"


class CallOff(models.Model):
    """An order under the contract, never past the ceiling or the agreed term (INV-24); no travel cost exists here.

    `price` is the contract's price per unit on the day of the order, in its currency without VAT. What has been
    cancelled binds only the hours that had been delivered and accepted.
    """

    class Place(models.TextChoices):
        """Where the work is done."""

        DIGITAL = "digital", _("Digitally")
        ON_SITE = "on_site", _("On site")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="call_offs")
    number = models.PositiveSmallIntegerField()
    description = models.TextField(_("what is ordered"))
    place = models.CharField(_("place"), max_length=10, choices=Place.choices)
    location = models.CharField(_("where"), max_length=150, blank=True)
    platform = models.CharField(_("digital platform"), max_length=100, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    hours = models.DecimalField(_("hours"), max_digits=8, decimal_places=2)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    delivered_hours = models.DecimalField(_("delivered hours"), max_digits=8, decimal_places=2, null=True)
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cancel_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ("contract_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "number"], name="call_off_number_once"),
            models.CheckConstraint(condition=Q(hours__gt=0, price__gt=0), name="call_off_hours_and_price_above_zero"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="call_off_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(delivered_hours=None) | Q(delivered_hours__gte=0, delivered_hours__lte=F("hours")),
                name="call_off_delivers_at_most_what_was_ordered",
            ),
            models.CheckConstraint(
                condition=Q(place="digital", location="") & ~Q(platform="")
                | Q(place="on_site", platform="") & ~Q(location=""),
                name="call_off_says_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.description[:60]}"

    @property
    def amount(self) -> Decimal:
        """What the order costs when all of it is delivered: hours × price, exactly."""
        return self.hours * self.price

    @property
    def bound_hours(self) -> Decimal:
        """The hours that count against the ceiling: all, or once cancelled those delivered; the rest is free again."""
        return self.hours if self.cancelled_at is None else self.delivered_hours or Decimal(0)

    @property
    def committed(self) -> Decimal:
        """What the call-off binds of the ceiling."""
        return self.bound_hours * self.price


class Deliverable(models.Model):
    """What a call-off produced, with its file and the right to it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    call_off = models.ForeignKey(CallOff, on_delete=models.PROTECT, related_name="deliverables")
    title = models.CharField(_("title"), max_length=150)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    right = models.TextField(_("right"))
    delivered_at = models.DateTimeField()
    delivered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("delivered_at", "id")

    def __str__(self) -> str:
        return self.title
