"""Observers from a chamber of commerce: appointed by the case's officer, and the link taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rodatraden.bids import actions
from tests.factories.memory import numbers
from tests.factories.parties import make_person

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.bids.models import OpeningObserver
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender
    from tests.factories.procurements import Case

_token = numbers()


def appoint_observer(
    case: Case, tender: Tender, *, person: Person | None = None, by: Person | None = None, at: datetime | None = None
) -> OpeningObserver:
    """Let the person (a new one unless said) observe the opening; a day before the deadline unless said."""
    person = person or make_person("Vera Vittne")
    return actions.appoint_observer(
        tender=tender,
        name=person.name,
        chamber="Handelskammaren Prov",
        email=person.email,
        token=f"hemlig-{next(_token)}",
        link="http://testserver/oppning/observator/#hemlig",
        is_mailed=True,
        by=by or case.officer,
        at=at or tender.deadline_at - timedelta(days=1),
    )


def make_observer(
    case: Case, tender: Tender, *, person: Person | None = None, at: datetime | None = None
) -> OpeningObserver:
    """Somebody who observes the opening: appointed, and the link taken at once."""
    person = person or make_person("Vera Vittne")
    at = at or tender.deadline_at - timedelta(days=1)
    return actions.take_observation(observer=appoint_observer(case, tender, person=person, at=at), by=person, at=at)
