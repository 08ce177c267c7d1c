"""Named reads of organisations and people."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, Max, Prefetch, Q, prefetch_related_objects

from rodatraden.core.codes import code_digest
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.parties.models import (
    Drill,
    Invitation,
    JoinRequest,
    KeyHolder,
    Membership,
    OpeningKey,
    Organisation,
    Person,
    RecoveryCode,
)
from rodatraden.parties.rules import is_house_administrator, is_official

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from django.db.models import QuerySet
    from django.http import HttpRequest


def signed_in_person(request: HttpRequest) -> Person:
    """Return the person behind a request whose view has the policy `signed_in`.

    Raises:
        TypeError: nobody has signed in.
    """
    if not isinstance(request.user, Person):
        msg = "The view needs the policy signed_in"
        raise TypeError(msg)
    return request.user


def memberships_of(person: Person, at: datetime) -> list[Membership]:
    """Return what `person` is, and where, on the day of `at`; read once and kept with the person, for rules to read."""
    kept = Membership.objects.select_related("organisation").order_by("organisation", "role")
    prefetch_related_objects([person], Prefetch("memberships", kept))
    on = local_date(at)
    return [membership for membership in person.memberships.all() if membership.holds_on(on)]


def organisations_of(person: Person, at: datetime, *, role: Membership.Role | None = None) -> QuerySet[Organisation]:
    """Return the organisations that `person` belongs to at `at`, only those with `role` when it is given."""
    holding = held(local_date(at)).filter(person=person)
    if role:
        holding = holding.filter(role=role)
    return Organisation.objects.filter(pk__in=holding.values("organisation")).order_by("name", "id")


def administered_by(person: Person, at: datetime) -> QuerySet[Organisation]:
    """Return the organisations that `person` belongs to; for an authority's administrator also suppliers without people."""
    own = Q(pk__in=organisations_of(person, at).order_by().values("pk"))
    if is_house_administrator(person, at):
        with_people = Membership.objects.values("organisation")
        own |= Q(kind=Organisation.Kind.SUPPLIER) & ~Q(pk__in=with_people)
    return Organisation.objects.filter(own).order_by("name", "id")


def suppliers_judged_by(person: Person, at: datetime) -> QuerySet[Organisation]:
    """Return the suppliers whose number `person` may be asked about: all, for an official of an authority."""
    suppliers = Organisation.objects.filter(kind=Organisation.Kind.SUPPLIER).select_related("number_confirmed_by")
    return suppliers if is_official(person, at) else suppliers.none()


def administrators_of(organisation: Organisation, at: datetime) -> list[Person]:
    """Return who administers `organisation` at `at`, by name."""
    return [each.person for each in roles_in(organisation, at) if each.role == Membership.Role.ADMINISTRATOR]


def house_administrators(at: datetime) -> list[Person]:
    """Return who administers a contracting authority here at `at`, each once, by name."""
    holding = held(local_date(at)).filter(role=Membership.Role.ADMINISTRATOR)
    holding = holding.exclude(organisation__kind=Organisation.Kind.SUPPLIER)
    return list(Person.objects.filter(pk__in=holding.values("person")).order_by("name", "id"))


def join_requests(organisation: Organisation, at: datetime) -> QuerySet[JoinRequest]:
    """Return who has asked to be let in for as long as an invitation would hold, latest first."""
    return JoinRequest.objects.filter(organisation=organisation, asked_at__gt=at - settings.INVITATION_VALID_FOR)


def people_of(organisation: Organisation, at: datetime) -> QuerySet[Person]:
    """Return the people who hold any role in `organisation` at `at`, by name."""
    holding = held(local_date(at)).filter(organisation=organisation)
    return Person.objects.filter(pk__in=holding.values("person")).order_by("name", "id")


def roles_in(organisation: Organisation, at: datetime) -> QuerySet[Membership]:
    """Return who is what in `organisation` on the day of `at`, by name."""
    holding = held(local_date(at, organisation.calendar)).filter(organisation=organisation)
    return holding.select_related("person", "organisation").order_by("person__name", "person_id", "role")


def open_invitations(organisation: Organisation, at: datetime) -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, oldest first; the same as `rules.invitation_open` allows."""
    latest = at - settings.INVITATION_VALID_FOR
    waiting = Invitation.objects.filter(organisation=organisation, accepted_at=None, withdrawn_at=None)
    open_now = waiting.filter(invited_at__gt=latest).select_related("organisation", "link_taken_by")
    return open_now.order_by("invited_at", "id")


def invitations() -> QuerySet[Invitation]:
    """Return every invitation with its organisation and who sent it, for whoever holds its link."""
    return Invitation.objects.select_related("organisation", "invited_by")


def invitation_by(code: str) -> Invitation | None:
    """Return the invitation whose link has this code, open or not."""
    return invitations().filter(token_sha256=code_digest(code)).first()


def memberships() -> QuerySet[Membership]:
    """Return every membership, also ended ones, with person and organisation."""
    return Membership.objects.select_related("person", "organisation")


def held(on: date) -> QuerySet[Membership]:
    """Return the memberships that hold on the day `on`; the last day is exclusive."""
    return Membership.objects.filter(Q(until_on=None) | Q(until_on__gt=on), since_on__lte=on)


def opening_key_of(person: Person) -> OpeningKey | None:
    """Return the opening key that `person` has in use."""
    return OpeningKey.objects.filter(person=person, retired_at=None).first()


def keys_used_by(person: Person) -> QuerySet[OpeningKey]:
    """Return the keys that `person` opens with, retired ones too, and the recovery keys that they keep; newest first."""
    mine = OpeningKey.objects.filter(Q(person=person) | Q(kept_by=person))
    return mine.select_related("organisation", "person", "kept_by").order_by("-made_at", "id")


def locked_keys_of(person: Person) -> QuerySet[OpeningKey]:
    """Return the keys of one's own that lie here locked, retired ones too, since they open what was sealed before."""
    return keys_used_by(person).filter(person=person).exclude(lock="")


def key_holdings_of(person: Person) -> QuerySet[KeyHolder]:
    """Return for which organisations `person` holds a key, by name."""
    mine = KeyHolder.objects.filter(person=person, ended_at=None)
    return mine.select_related("organisation", "person").order_by("organisation__name", "id")


def people_with_keys(organisation: Organisation) -> QuerySet[Person]:
    """Return the people who hold a key to the bids of `organisation`, belonging to it or not, by name."""
    holding = KeyHolder.objects.filter(organisation=organisation, ended_at=None)
    return Person.objects.filter(pk__in=holding.order_by().values("person")).order_by("name", "id")


def key_holders() -> QuerySet[KeyHolder]:
    """Return every appointment of a key holder, also ended ones, with person and organisation."""
    return KeyHolder.objects.select_related("person", "organisation")


def drills_of(person: Person) -> QuerySet[Drill]:
    """Return the test envelopes that `person` has got, latest first."""
    mine = Drill.objects.filter(Q(key__person=person) | Q(key__kept_by=person))
    return mine.select_related("key__person", "key__kept_by", "key__organisation").order_by("-started_at", "id")


def last_drill_of(key: OpeningKey) -> Drill | None:
    """Return the latest drill in which the key was seen to work."""
    return Drill.objects.filter(key=key, answered_at__isnull=False).order_by("-answered_at", "id").first()


def drilled_within(person: Person, *, at: datetime, period: timedelta | None = None) -> bool:
    """Whether the opening key that `person` has in use has been seen to work in the `period` before `at`, else 30 days."""
    done = Drill.objects.filter(key__person=person, key__retired_at=None)
    return done.filter(answered_at__gt=at - (period or settings.DRILL_HOLDS_FOR), answered_at__lte=at).exists()


def recovery_key_of(organisation: Organisation) -> OpeningKey | None:
    """Return the recovery key that `organisation` has in use."""
    mine = OpeningKey.objects.filter(organisation=organisation, retired_at=None)
    return mine.select_related("kept_by", "organisation").first()


def buyers_of(person: Person, at: datetime) -> QuerySet[Organisation]:
    """Return the contracting authorities that `person` belongs to; to hold a key for one is not to belong to it."""
    return organisations_of(person, at).exclude(kind=Organisation.Kind.SUPPLIER)


def key_holdings_to_end(person: Person, at: datetime) -> QuerySet[KeyHolder]:
    """Return the appointments that `person` is asked about: their own, and those of the authorities they belong to."""
    return key_holders().filter(Q(person=person) | Q(organisation__in=buyers_of(person, at)), ended_at=None)


def keys_to_retire(person: Person, at: datetime) -> QuerySet[OpeningKey]:
    """Return the keys that `person` is asked about: their own, and their authorities' recovery keys."""
    mine = Q(person=person) | Q(kept_by=person) | Q(organisation__in=buyers_of(person, at))
    return OpeningKey.objects.filter(mine, retired_at=None).select_related("organisation", "person", "kept_by")


def key_tasks(person: Person, at: datetime) -> list[Task]:
    """Return what `person` must do as a key holder: make a key, practise with it, practise again before 30 days are out."""
    holdings = list(key_holdings_of(person).values_list("organisation__name", flat=True))
    if not holdings:
        return []
    mine = OpeningKey.objects.filter(person=person, retired_at=None).annotate(at=Max("drills__answered_at"))
    key = mine.order_by("pk").values_list("pk", "at").first()
    drilled_at: datetime | None = key[1] if key else None
    due = drilled_at and drilled_at + settings.DRILL_HOLDS_FOR
    if due and at < due - settings.DRILL_REMINDS_BEFORE:
        return []
    title = say("Practise with your opening key") if key else say("Make your opening key")
    return [
        Task(
            title=title,
            for_person=person.pk,
            due=due,
            url_name="parties:opening_key",
            case_title=", ".join(holdings),
            kind="parties.practise" if key else "parties.make_key",
        )
    ]


def opening_keys_of_other_hosts(host: str) -> dict[str, int]:
    """Return how many opening keys in use are locked with a passkey of another host than `host`, by that host.

    A browser answers for no passkey of another host (WebAuthn's rp id), so that only the printed keys open them.
    """
    locked = OpeningKey.objects.filter(door=OpeningKey.Door.PASSKEY, retired_at=None).exclude(passkey_host=host)
    return dict(locked.order_by("passkey_host").values_list("passkey_host").annotate(Count("pk")))


def sign_in_keys_of_other_hosts(host: str) -> int:
    """Return how many passkeys and security keys to sign in with belong to another host than `host`.

    Each carries the hash of its host, as the device wrote it when it was added (WebAuthn, authenticator data).
    """
    theirs = sha256(host.encode()).digest()
    keys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    return sum(key.wrap().authenticator_data.rp_id_hash != theirs for key in keys)


def recovery_codes_of(person: Person) -> QuerySet[RecoveryCode]:
    """Return the recovery codes that `person` has, also those that have been used."""
    return RecoveryCode.objects.filter(person=person)


def recovery_codes_left(person: Person) -> int:
    """Return how many recovery codes of `person` still work."""
    return recovery_codes_of(person).filter(used_at=None).count()
