"""An opening official from another organisation comes where one of the buyer's own comes, and nowhere else in the case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.pages.queries import later, pages_of
from rodatraden.parties.models import KeyHolder
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import Procurement, TeamMember
from rodatraden.procurements.queries import with_case
from tests.factories.bids import close_box, open_box
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

BEFORE = DEADLINE - timedelta(days=1)
AT = DEADLINE + timedelta(days=1)


@pytest.mark.parametrize("state", ["published", "closed", "opened"])
def test_each_page_of_the_case_answers_both_alike(client, monkeypatch, state):
    case, tender = make_published()
    give_bid(tender, at=BEFORE)
    neighbour = KeyHolder.objects.get(person__name="Neighbour").person
    client.force_login(neighbour)
    assert client.get(reverse("pages:case", args=[case.procurement.pk])).status_code == 404
    appoint(procurement=case.procurement, person=neighbour, role=TeamMember.Role.OPENER, by=case.officer, at=BEFORE)
    declare(case, neighbour, at=BEFORE)
    if state != "published":
        close_box(tender, at=AT)
    if state == "opened":
        open_box(case, tender, at=AT)
        declare(case, neighbour, at=AT)
    now = BEFORE if state == "published" else AT
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: now)
    procurement = with_case(Procurement.objects.all()).get(pk=case.procurement.pk)
    found = {
        person: pages_of(person, procurement, later(person, procurement)) for person in (case.openers[1], neighbour)
    }
    own, theirs = found.values()
    assert theirs == own
    assert own
    for person in found:
        client.force_login(person)
        answers = {page.url_name: client.get(page.url).status_code for page in own}
        assert answers == dict.fromkeys(answers, 200)
    assert case.procurement.title in client.get(reverse("pages:home")).text
    assert client.get(reverse("parties:key_holders", args=[case.buyer.pk])).status_code == 404
    assert client.get(reverse("parties:organisation", args=[case.buyer.pk])).status_code == 404
