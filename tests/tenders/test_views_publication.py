"""Publication is refused with its list, done once, and announced only when the notice database has answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.tenders.actions import (
    accept_proposals,
    accept_tender_proposals,
    set_terms,
    start_tender,
)
from rodatraden.tenders.models import Requirement
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    DEADLINE,
    PUBLISHED_AT,
    make_drafted,
    make_published,
)
from tests.tenders.pages import LATER, key, local, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_publication_is_refused_with_the_list_and_done_when_it_is_empty(client):
    case, tender = make_drafted()
    set_terms(tender=tender, price_clause="", by=case.officer, at=START)
    client.force_login(case.officer)
    page = url("publish", case.procurement.pk)
    shown = client.get(page).content.decode()
    assert ('aria-disabled="true"' in shown, "En sak på listan är kvar." in shown) == (True, True)
    assert client.post(page, {"sure": "on", **key()}).status_code == 422
    accept = url("accept", case.procurement.pk, "price_clause")
    assert client.post(accept, {"reason": ""}).status_code == 422
    client.post(accept, {"reason": "Kort avtal"} | key())
    assert "Kort avtal" in client.get(page).content.decode()
    assert client.get(url("accept", case.procurement.pk, "ceiling")).status_code == 404
    sent = {"sure": "on", **key()}
    for _ in range(2):  # the back button after the first
        assert client.post(page, sent)["Location"] == url("notices", case.procurement.pk)
    tender.refresh_from_db()
    assert tender.snapshots.count() == 1


def test_announced_is_said_only_after_the_database_has_answered(client):
    case, tender = make_published(is_announced=False)
    client.force_login(case.officer)
    page = url("notices", case.procurement.pk)
    assert "Annonserad" not in client.get(page).content.decode()
    notice = tender.notices.get()
    sent = {
        "database": "another",
        "other_database": "X",
        "notice_id": "1",
        "published_at": local(PUBLISHED_AT + timedelta(hours=1)),
        "link": "",
    }
    wrong = client.post(url("confirm_notice", case.procurement.pk, notice.pk), sent | {"notice_id": ""})
    assert (wrong.status_code, 'value="X"' in wrong.content.decode()) == (422, True)
    client.post(url("confirm_notice", case.procurement.pk, notice.pk), sent | key())
    assert "Annonserad" in client.get(page).content.decode()
    tender.refresh_from_db()
    assert has_happened(tender.procurement, StageFact.Kind.NOTICE_CONFIRMED)


def test_the_database_is_chosen_among_those_known_and_proposed_again(client):
    case, tender = make_published(is_announced=False)
    client.force_login(case.officer)
    page = url("confirm_notice", case.procurement.pk, tender.notices.get().pk)
    shown = client.get(page).content.decode()
    assert ("e-Avrop (inte kontrollerad)" in shown, "Konkurrensverket" in shown, "Doffin" in shown) == (
        True,
        True,
        False,
    )
    sent = {"database": "another", "notice_id": "1", "published_at": local(PUBLISHED_AT + timedelta(hours=1))}
    unnamed = client.post(page, sent | key())
    assert (unnamed.status_code, "Skriv annonsdatabasens namn" in unnamed.content.decode()) == (422, True)
    assert client.post(page, sent | {"database": "e-Avrop"} | key()).status_code == 302
    assert tender.notices.get().database == "e-Avrop"
    later = tender.notices.create(kind="result", due_on=DEADLINE.date(), handed_over_at=LATER)
    again = client.get(url("confirm_notice", case.procurement.pk, later.pk)).content.decode()
    assert '<option value="e-Avrop" selected>' in again


def test_a_notice_published_late_leads_to_the_deadline(client):
    case, tender = make_published(is_announced=False)
    late = PUBLISHED_AT + timedelta(days=12)
    client.force_login(case.officer)
    notice = tender.notices.get()
    with time_machine.travel(late, tick=False):
        client.force_login(case.officer)
        answer = client.post(
            url("confirm_notice", case.procurement.pk, notice.pk),
            {
                "database": "another",
                "other_database": "X",
                "notice_id": "1",
                "published_at": local(late),
                "link": "",
                **key(),
            },
        )
        assert answer["Location"] == url("deadline", case.procurement.pk)
        assert "Anbudstiden är för kort" in client.get(url("dates", case.procurement.pk)).content.decode()


def test_a_deadline_moves_later_on_its_page_and_never_earlier(client):
    case, tender = make_published()
    client.force_login(case.officer)
    page = url("deadline", case.procurement.pk)
    sent = {"which": "bids", "new_at": local(DEADLINE - timedelta(days=1)), "reason": "Tidigare", **key()}
    refused = client.post(page, sent)
    assert (refused.status_code, "Tidigare" in refused.content.decode()) == (422, True)
    later = sent | {"new_at": local(DEADLINE + timedelta(days=1))} | key()
    for _ in range(2):  # a double click
        assert client.post(page, later)["Location"] == url("dates", case.procurement.pk)
    tender.refresh_from_db()
    assert tender.deadline_changes.filter(reason="Tidigare").count() == 1
    assert tender.deadline_at == DEADLINE + timedelta(days=1)


def test_hand_over_of_the_award_notice_is_a_click(client):
    case, tender = make_published()
    waiting = tender.notices.create(kind="result", due_on=DEADLINE.date())
    client.force_login(case.officer)
    client.post(url("hand_over", case.procurement.pk, waiting.pk))
    waiting.refresh_from_db()
    assert waiting.handed_over_at == LATER


# --- import and export -------------------------------------------------------------------------------------------------


def test_the_seed_as_written_lists_why_it_can_not_be_published(client):
    case = make_case()
    start_tender(procurement=case.procurement, template="seed_000_as_written", by=case.officer, at=START)
    client.force_login(case.officer)
    shown = client.get(url("publish", case.procurement.pk)).content.decode()
    for words in ("kan inte vara frivillig", "förkasta anbud utan gräns", "Välj vad det gör", "CPV-kod"):
        assert words in shown


def test_the_departures_from_the_seed_are_on_the_page(client):
    case = make_case()
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    for row in Requirement.objects.filter(tender=tender):
        row.tender = tender
        accept_proposals(requirement=row, by=case.officer, at=START)
    accept_tender_proposals(tender=tender, by=case.officer, at=START)
    client.force_login(case.officer)
    shown = client.get(url("requirements", case.procurement.pk)).content.decode()
    assert (
        "Så skiljer sig det här från underlaget" in shown,
        "Metod högst 10 poäng, case högst 10 poäng" in shown,
    ) == (
        True,
        True,
    )
