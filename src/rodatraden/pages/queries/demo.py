"""What the demo bar and the demo's mailbox show: whom one can be, to when one can jump, and what would have been mailed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from rodatraden.awards.rules import computed_standstill
from rodatraden.bids.models import OpeningObserver
from rodatraden.bids.rules import SETTLING
from rodatraden.core.calendars import Standstill
from rodatraden.core.instants import ZONES
from rodatraden.followup.models import Check
from rodatraden.parties.models import Organisation, Person
from rodatraden.parties.queries import held, opening_key_of
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.records.models import OutboxMail
from rodatraden.tenders.queries import tender_of
from rodatraden.tenders.rules import is_published
from rodatraden.ui.words import day_of, short_moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.parties.models import Membership
    from rodatraden.procurements.models import Procurement

ZONE = ZONES["SE"]
A_MINUTE = timedelta(minutes=1)
MORNING = time(8)
MOST_MAIL = 100


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody whom one can be in the example, and as what."""

    person: Person
    title: str


@dataclass(frozen=True, slots=True)
class Jump:
    """An instant that the demo's clock can be moved to, and what comes then."""

    to: datetime
    label: str

    @property
    def words(self) -> str:
        """Say what comes, and when."""
        return f"{self.label}, {short_moment(self.to)}"


def fictional_people(at: datetime) -> list[tuple[str, list[Character]]]:
    """Return the people of the example by organisation, the association first, each once with the first thing that they are.

    Last, by chamber of commerce, those who observe an opening: they belong to no organisation here.
    """
    memberships = held(day_of(at)).filter(person__is_fictional=True).select_related("person", "organisation")
    groups: dict[str, dict[UUID, Character]] = {}
    for each in sorted(memberships, key=_association_first):
        known = Character(each.person, each.title or each.get_role_display())
        groups.setdefault(each.organisation.name, {}).setdefault(each.person_id, known)
    for observer in OpeningObserver.objects.filter(person__is_fictional=True).select_related("person"):
        if observer.person:
            known = Character(observer.person, _("Observer from a chamber of commerce"))
            groups.setdefault(observer.chamber, {}).setdefault(known.person.pk, known)
    return [(name, list(people.values())) for name, people in groups.items()]


def holds_key(person: object) -> bool:
    """Whether who is signed in has an opening key in use, and needs the words of the example to unlock it."""
    return isinstance(person, Person) and opening_key_of(person) is not None


def _association_first(membership: Membership) -> tuple[bool, bool, str, str]:
    organisation = membership.organisation
    is_association = organisation.kind == Organisation.Kind.COORDINATION_ASSOCIATION
    return not is_association, not organisation.is_buyer, organisation.name, membership.person.name


def jumps(at: datetime, procurement: Procurement | None) -> list[Jump]:
    """Return what comes next in a procurement of the example, the nearest first: just after each instant that matters."""
    if procurement is None or not procurement.is_fictional:
        return []
    prefetch_related_objects([procurement], "facts")
    if not is_published(procurement):
        return []
    is_signed = has_happened(procurement, StageFact.Kind.CONTRACT_SIGNED)
    coming = _follow_ups(procurement) if is_signed else _until_signing(procurement)
    return sorted((jump for jump in coming if jump.to > at), key=lambda jump: jump.to)


def _until_signing(procurement: Procurement) -> Iterator[Jump]:
    tender = tender_of(procurement)
    if tender is None:
        return
    if tender.question_deadline_at:
        yield Jump(tender.question_deadline_at + A_MINUTE, _("Questions are over"))
    if tender.deadline_at:
        yield Jump(tender.deadline_at + SETTLING, _("The time for bids is out"))
    if has_happened(procurement, StageFact.Kind.NOTIFIED):
        found = computed_standstill(tender).value
        if isinstance(found, Standstill):
            yield Jump(_morning(found.earliest_signing_on), _("The standstill is over"))


def _follow_ups(procurement: Procurement) -> Iterator[Jump]:
    """What is signed has its other days behind it (INV-19)."""
    waiting = Check.objects.filter(contract__tender__procurement=procurement, results=None)
    for day in dict.fromkeys(waiting.order_by("due_on").values_list("due_on", flat=True)):
        yield Jump(_morning(day), _("A follow-up is due"))


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=ZONE)


def latest_mail() -> QuerySet[OutboxMail]:
    """Return what the example has written to people, the latest first; nothing of it leaves the machine."""
    return OutboxMail.objects.order_by("-written_at", "id")[:MOST_MAIL]
