"""The page on which two officials decide to open the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from rodatraden.bids.models import LeavingOut
from rodatraden.bids.rules.leaving import TIME_TO_ANSWER
from rodatraden.procurements.actions import remove_member
from rodatraden.procurements.models import TeamMember
from tests.factories.bids import next_key
from tests.factories.keys import ring_of
from tests.factories.leaving import MINUTE, OPENING, attempt, fail
from tests.factories.procurements import declare

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("lost")


@pytest.fixture
def page(case):
    return reverse("bids:leave_out", args=[case.procurement.pk, "bid"])


def two_fail(tender, case, ring):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))


def propose(client, page, tender, case, reason="Sjuk sedan i måndags"):
    lost = [key for key in ring_of(tender).keys.values() if key.person not in case.openers]
    sent = {"unreachable": [str(key.pk) for key in lost], "reason": reason, "idempotency_key": next_key()}
    return sent, client.post(page, sent, follow=True)


def test_the_page_of_the_unlocking_leads_there_when_two_have_failed(client, case, tender, box, page):
    unlocking = reverse("bids:unlock", args=[case.procurement.pk, "bid"])
    with travel(OPENING + HOUR, tick=False):
        client.force_login(case.openers[0])
        assert page not in client.get(unlocking).text
        two_fail(tender, case, ring_of(tender))
        assert page in client.get(unlocking).text


def test_who_proposes_says_why_and_does_not_decide(client, case, tender, box, page):
    two_fail(tender, case, ring_of(tender))
    with travel(OPENING + HOUR, tick=False):
        client.force_login(case.openers[0])
        _, refused = propose(client, page, tender, case, reason="")
        assert refused.status_code == 422
        sent, shown = propose(client, page, tender, case)
        assert "En annan än du måste besluta" in shown.text
        client.post(page, sent)
    assert LeavingOut.objects.count() == 1


def test_when_it_is_decided_the_opening_tells_of_it_and_the_supplier_reads_it(client, case, tender, box, page):
    one, other = case.openers
    two_fail(tender, case, ring_of(tender))
    with travel(OPENING + HOUR, tick=False):
        client.force_login(one)
        propose(client, page, tender, case)
    at = OPENING + 2 * HOUR + TIME_TO_ANSWER
    with travel(at, tick=False):
        client.force_login(other)
        assert str(box.bad.pk)[:8] in client.get(page).text
        answer = client.post(page, {"decide": "1", "sure": "on", "idempotency_key": next_key()}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("bids:unlock", args=[case.procurement.pk, "bid"])
        assert "Två av er har beslutat att öppna de andra" in answer.text
        attempt(tender, ring_of(tender), (one, other), at=at)
        declare(case, other, at=at + 2 * MINUTE)
        told = client.get(reverse("bids:opening", args=[case.procurement.pk])).text
        assert "Två förrättare beslutade att öppna de andra" in told
        assert "Sjuk sedan i måndags" in told
        client.force_login(box.bad.submitted_by)
        assert "Ditt ligger kvar förseglat" in client.get(reverse("bids:receipt", args=[box.bad.pk])).text


def test_who_may_not_unlock_has_no_such_page(client, case, box, page):
    with travel(OPENING, tick=False):
        client.force_login(case.officer)
        assert client.get(page).status_code == 403
        client.force_login(box.bad.submitted_by)
        assert client.get(page).status_code == 404


def test_who_is_said_to_be_out_of_reach_has_a_page_outside_the_team(client, case, tender, box, lost):
    page = reverse("bids:leave_out", args=[case.procurement.pk, "bid"])
    two_fail(tender, case, ring_of(tender))
    theirs = reverse("bids:reachable", args=[case.procurement.pk, "bid"])
    with travel(OPENING + HOUR, tick=False):
        client.force_login(lost)
        assert client.get(theirs).status_code == 404  # nothing is said of them yet
        client.force_login(case.openers[0])
        propose(client, page, tender, case)
        assert client.get(theirs).status_code == 404
        for member in TeamMember.objects.filter(procurement=case.procurement, person=lost):
            remove_member(member=member, by=case.officer, at=OPENING + HOUR)
        client.force_login(lost)
        shown = client.get(theirs).text
        assert "Jag går att nå" in shown
        assert str(box.bad.pk)[:8] not in shown  # INV-02
        told = client.post(theirs, {"reachable": "1", "idempotency_key": next_key()}, follow=True).text
        assert "Nu är det sagt att du går att nå" in told
    with travel(OPENING + 2 * HOUR + TIME_TO_ANSWER, tick=False):
        client.force_login(case.openers[1])
        shown = client.get(page).text
        assert "Har fallit: de gick att nå" in shown
        refused = client.post(page, {"decide": "1", "sure": "on", "idempotency_key": next_key()})
        assert refused.status_code in {409, 422}
    assert LeavingOut.objects.get().decided_at is None
