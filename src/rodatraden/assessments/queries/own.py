"""Named reads of rounds where nothing is bought: who could take part, what is given out, what one has been given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.dispatch import Signal

from rodatraden.assessments.models import FeedbackReport, ReportRelease, Round
from rodatraden.assessments.queries.rounds import Candidate, within
from rodatraden.assessments.rules import may_join, organisations_in
from rodatraden.parties.models import Organisation, Person
from rodatraden.parties.queries import people_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet


partners_asked = Signal()
"""Sent with `organisations: Sequence[Organisation]` and `at`; the later room that knows who works with whom answers with a dict
from the number of each to a set of numbers of its partners."""


def partners_of(organisations: Iterable[Organisation], at: datetime) -> list[Organisation]:
    """Return the organisations that one of `organisations` works together with, by name, as later rooms know it."""
    asked = list(organisations)
    found: set[Any] = set()
    for _, answered in partners_asked.send(sender=Organisation, organisations=asked, at=at):
        told: Any = answered  # Django's stubs know text only
        for partners in told.values():
            found |= partners
    found -= {each.pk for each in asked}
    return list(Organisation.objects.filter(pk__in=found).order_by("name", "id"))


def colleagues(organisations: Iterable[Organisation], at: datetime) -> list[Person]:
    """Return the people of the organisations, each once, by name."""
    people = {person.pk: person for each in organisations for person in people_of(each, at)}
    return sorted(people.values(), key=lambda person: (person.name, person.pk))


def own_candidates(assessed: Round, at: datetime) -> list[Candidate]:
    """Return who of the round's own organisation could judge too; the people of its partners are listed to nobody."""
    if assessed.organisation is None:
        return []
    been = {member.person_id for member in assessed.panel.all() if member.role == member.Role.ASSESSOR}
    people = people_of(organisations_in(assessed)[0], at)
    return [Candidate(person, may_join(person, assessed), person.pk in been) for person in people]


def released_to(person: Person) -> QuerySet[FeedbackReport]:
    """Return the reports that `person` has been given as the one who answers for what was judged, the latest first.

    Of each item the latest version that has been given out.
    """
    later = FeedbackReport.objects.filter(item=OuterRef("item"), version__gt=OuterRef("version"), release__isnull=False)
    found = FeedbackReport.objects.filter(~Exists(later), item__subject__reader=person, release__isnull=False)
    found = found.filter(item__round__in=Round.objects.filter(within(person)))
    return found.select_related("item__round", "release").order_by("-release__released_at", "item__number", "id")


def releases_of(assessed: Round) -> dict[Any, ReportRelease]:
    """Return which reports of the round have been given out, by the number of the report."""
    found = ReportRelease.objects.filter(report__item__round=assessed).select_related("released_by")
    return {each.report_id: each for each in found}
