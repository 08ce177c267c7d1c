"""Organisations, people and what a person is in an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.organisation_numbers import OrganisationNumberProblem, parse_organisation_number

if TYPE_CHECKING:
    from datetime import date


class Country(models.TextChoices):
    """Where an organisation belongs and whose law its procurements follow."""

    SE = "SE", _("Sweden")
    NO = "NO", _("Norway")


def registration_number(text: str, country: str) -> tuple[str, str]:
    """Return the number as it is kept and as it may be published; other countries' numbers are kept as typed.

    Raises:
        RefusedError: it is no number of an organisation or a sole trader there.
    """
    if not text.strip():
        return "", ""
    if country not in Country.values:
        return text.strip(), text.strip()
    number = parse_organisation_number(text, country)
    if isinstance(number, OrganisationNumberProblem):
        raise RefusedError(no(number.reason, mend="registration_number"))
    return number.shown, number.published


class Organisation(models.Model):
    """A buyer, a supplier or a party of either; a sole trader's number is a personal number and is never published.

    `country` is where it is established, by ISO 3166; a supplier may come from anywhere (LOU 12 kap. 1 §). Whoever
    registers a supplier types its number, which proves nothing: `number_confirmed_at` is when an official of an
    authority has confirmed that it is theirs, on `number_ground`.
    """

    class Kind(models.TextChoices):
        """What the organisation is in law; everything but a supplier may buy."""

        COORDINATION_ASSOCIATION = "coordination_association", _("Coordination association")
        MUNICIPALITY = "municipality", _("Municipality")
        REGION = "region", _("Region")
        STATE_AUTHORITY = "state_authority", _("State authority")
        SUPPLIER = "supplier", _("Supplier")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    country = models.CharField(_("country"), max_length=2, default=Country.SE)
    registration_number = models.CharField(_("registration number"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    postal_address = models.TextField(_("postal address"), blank=True)
    is_fictional = models.BooleanField(default=False)
    registered_at = models.DateTimeField()
    number_confirmed_at = models.DateTimeField(null=True)
    number_confirmed_by = models.ForeignKey("Person", on_delete=models.PROTECT, null=True, related_name="+")
    number_ground = models.CharField(_("ground"), max_length=500, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "registration_number"],
                condition=~Q(registration_number=""),
                name="organisation_registered_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="supplier") | Q(country__in=Country.values), name="buyer_in_a_country_with_rules"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_buyer(self) -> bool:
        """Whether the organisation is a contracting authority."""
        return self.kind != self.Kind.SUPPLIER

    @property
    def is_proven(self) -> bool:
        """Whether an official of an authority has confirmed that the number is the organisation's own."""
        return self.number_confirmed_at is not None

    @property
    def published_number(self) -> str:
        """The registration number as it may be published: nothing for a sole trader (open question 12)."""
        return registration_number(self.registration_number, self.country)[1]

    @property
    def calendar(self) -> Country:
        """The country whose days the organisation's dates are: Sweden's for a supplier from elsewhere."""
        return Country(self.country) if self.country in Country.values else Country.SE


class PersonManager(BaseUserManager["Person"]):
    """Reads of people by the e-mail address that they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person who signs in with this e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in, with a personal account; shared accounts are not allowed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_active = models.BooleanField(default=True)
    is_fictional = models.BooleanField(default=False)
    registered_at = models.DateTimeField()

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What a person is in an organisation, from a day on; until nobody says otherwise."""

    class Role(models.TextChoices):
        """The roles that open doors; what a person may do in one procurement follows from its team."""

        ADMINISTRATOR = "administrator", _("Administrator")
        PROCUREMENT_OFFICER = "procurement_officer", _("Procurement officer")
        NEED_OWNER = "need_owner", _("Need owner")
        DIRECTOR = "director", _("Director")
        EMPLOYEE = "employee", _("Employee")
        BIDDER = "bidder", _("Bidder")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    title = models.CharField(_("title"), max_length=100, blank=True)
    since_on = models.DateField(_("since"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("person__name", "role")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], condition=Q(until_on=None), name="membership_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.title or self.get_role_display()}, {self.organisation}"

    def holds_on(self, on: date) -> bool:
        """Whether the membership holds on the day `on`; the last day is exclusive."""
        return self.since_on <= on and (self.until_on is None or on < self.until_on)


class Invitation(models.Model):
    """An administrator's invitation of a person to a role; the link holds the token, the database only its hash.

    To be a key holder is no role: it opens no door but that to one's own opening key.

    `link_taken_at` is when an administrator took the link to hand it over, since no mail server is set up: from then on
    the link proves nothing about whose the address is.
    """

    KEY_HOLDER = "key_holder"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=30, choices=[*Membership.Role.choices, (KEY_HOLDER, _("Key holder"))])
    title = models.CharField(_("title"), max_length=100, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    link_taken_at = models.DateTimeField(null=True)
    link_taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-invited_at",)

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()}, {self.organisation}"

    @property
    def is_to_hold_a_key(self) -> bool:
        """Whether it is to be a key holder, and to no role."""
        return self.role == self.KEY_HOLDER


class JoinRequest(models.Model):
    """Somebody asks to be let into the organisation that holds a number; they are not told which one it is."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="join_requests")
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"))
    text = models.TextField(_("message"), blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ("-asked_at", "id")

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"


class KeyHolder(models.Model):
    """That a person holds a key to the bids of an organisation, from an instant on; whether employed there or not.

    An appointment and no membership: it opens nothing of the organisation's, and lets its holder be appointed opening
    official of a procurement there. Two holders open bids together.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="key_holdings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="key_holders")
    appointed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("person__name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(ended_at=None), name="key_holder_appointed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.organisation}"


class OpeningKey(models.Model):
    """The public half of an opening key, and the locked files that only its holder can open.

    A person's, or an organisation's recovery key: that one has no lock, it exists on the paper that `kept_by` keeps.
    The private half is made and locked in the holder's browser and never comes here. `passkey` names the passkey, and
    `passkey_host` the host that it belongs to for ever. A retired key still opens what was sealed to it, so its locks stay.
    """

    class Door(models.TextChoices):
        """How the holder gets at the private half."""

        PASSKEY = "passkey", _("Passkey")
        PASSPHRASE = "passphrase", _("Six words")
        RECOVERY = "recovery", _("Printed recovery key")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="opening_keys")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="recovery_keys")
    kept_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recipient = models.CharField(max_length=62, unique=True)
    door = models.CharField(_("lock"), max_length=10, choices=Door.choices)
    lock = models.TextField(blank=True)
    recovery_lock = models.TextField(blank=True)
    passkey = models.TextField(blank=True)
    passkey_host = models.CharField(max_length=253, blank=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False, kept_by__isnull=False)
                | Q(person__isnull=False, organisation=None, kept_by=None),
                name="opening_key_of_a_person_or_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(retired_at=None), name="one_opening_key_of_a_person"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(retired_at=None), name="one_recovery_key_of_an_organisation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.organisation}, {self.recipient}"

    @property
    def locked(self) -> str:
        """The private half as it lies here, locked, in a file: its public half, then each lock in armour; empty of what exists on paper alone."""
        locks = "\n".join(dict.fromkeys(each.strip() for each in (self.lock, self.recovery_lock) if each))
        return f"# public key: {self.recipient}\n{locks}\n" if locks else ""

    @property
    def user(self) -> Person:
        """Who opens with the key: its person, or who keeps the paper."""
        return self.person or self.kept_by  # type: ignore[return-value]  # the constraint says that one is there

    @property
    def is_live(self) -> bool:
        """Whether new bids may be sealed to it."""
        return self.retired_at is None


class Drill(models.Model):
    """A test envelope that the server has locked to an opening key; whoever opens it answers with what was in it.

    Only a salted hash of the content is kept. `door` is how the page says that it was opened: the answer proves that the
    key works, not by which door.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.ForeignKey(OpeningKey, on_delete=models.PROTECT, related_name="drills")
    envelope = models.TextField()
    salt = models.CharField(max_length=32)
    answer_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    door = models.CharField(_("lock"), max_length=10, choices=OpeningKey.Door.choices, blank=True)

    class Meta:
        ordering = ("-started_at", "id")

    def __str__(self) -> str:
        return f"{self.key}, {self.started_at}"


class Session(models.Model):
    """What a browser's cookie stands for; `person` is who has signed in with it, and none before.

    It is written by Django alone, through the engine of `settings`; what it holds besides is encrypted for this row.
    Of the key in the cookie it keeps the hash; `mark` names it where it is shown and ended, and opens nothing.
    """

    key_sha256 = models.CharField(max_length=64, primary_key=True)
    mark = models.UUIDField(unique=True, default=uuid4, editable=False)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.mark)


class RecoveryCode(models.Model):
    """One of the codes that somebody signs in with when app and key are gone; it works once.

    It was shown when it was drawn. What is kept is a hash by the same slow method, with a salt of its own, as a password's:
    nobody finds the code again, and who reads the database can only guess at that price.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    number = models.PositiveSmallIntegerField()
    code_hash = models.CharField(max_length=200)
    drawn_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "number"], name="recovery_code_of_a_person_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.number}"
