"""The rounds where nothing is bought that nobody leads any more, for those who may take them over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from rodatraden.assessments.models import Item, PanelMember, ReportRelease, Round, RoundParty
from rodatraden.assessments.queries.library import writes_for
from rodatraden.assessments.rules import Role
from rodatraden.parties.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person


def without_leader(person: Person, at: datetime) -> QuerySet[Round]:
    """Return the rounds that nobody leads, that are not at their end, and that `person` may take over, newest first.

    The same that `rules.may_take_over` allows, until every report has been given out.
    """
    mine = [each.pk for each in writes_for(person, at)]
    if not mine or not Round.objects.filter(organisation__in=mine).exists():
        return Round.objects.none()  # where nothing but bids is judged the rest is not even asked
    held = Membership.objects.filter(person=OuterRef("person"), until_on=None)
    parties = RoundParty.objects.filter(round=OuterRef(OuterRef("round"))).values("organisation")
    leaders = PanelMember.objects.filter(round=OuterRef("pk"), role=Role.LEADER, removed_at=None)
    led = leaders.filter(
        Exists(held.filter(organisation=OuterRef("round__organisation")))
        | Exists(held.filter(organisation__in=parties))
    )
    given_out = ReportRelease.objects.filter(report__item=OuterRef("pk"))
    left = Item.objects.filter(~Exists(given_out), round=OuterRef("pk"))
    judged = Item.objects.filter(round=OuterRef("pk"), subject__reader=person)
    found = Round.objects.filter(organisation__in=mine, calibrates=None)
    return found.filter(Exists(left), ~Exists(led), ~Exists(judged)).select_related("organisation")
