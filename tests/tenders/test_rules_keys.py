"""Nothing is published before three people have shown lately that they can open its bids, two officials among them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from rodatraden.bids.rules import may_bid
from rodatraden.core.answer import RefusedError
from rodatraden.parties.actions import end_key_holding, retire_opening_key
from rodatraden.parties.models import KeyHolder, OpeningKey
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import note_stamp_trial
from rodatraden.tenders.actions import publish, set_dates
from rodatraden.tenders.models import Snapshot
from rodatraden.tenders.queries import contents_of, notice_fields, publication_findings
from rodatraden.tenders.rules import Severity
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.parties import START, drill, make_holder, secret_of
from tests.factories.tenders import ANNOUNCED_AT, PUBLISHED_AT, announce, make_drafted

pytestmark = pytest.mark.django_db
LATER = ANNOUNCED_AT + timedelta(days=1)
DRILLS_END = START + timedelta(days=30)


def of_keys(tender, at=PUBLISHED_AT):
    """What the checklist says of the keys: each finding's code with who remains and what they lack."""
    found = [each for each in publication_findings(tender, at) if each.url_name == "parties:key_holders"]
    return {each.code: [(name, str(lacks)) for name, lacks in each.people] for each in found}


def end_holding_of(person):
    end_key_holding(holding=KeyHolder.objects.get(person=person, ended_at=None), by=person, at=START)


def refusal(case, tender, at=PUBLISHED_AT):
    with pytest.raises(RefusedError) as error:
        publish(tender=tender, by=case.officer, at=at)
    assert not has_happened(tender.procurement, StageFact.Kind.PUBLISHED)
    assert not Snapshot.objects.exists()
    return error.value.answer


def test_with_three_holders_who_have_practised_nothing_is_said_of_keys():
    _, tender = make_drafted()
    assert of_keys(tender) == {}
    assert of_keys(tender, DRILLS_END - timedelta(seconds=1)) == {}


def test_the_checklist_names_who_remains_and_what_each_lacks():
    case, tender = make_drafted()
    first, last = case.openers
    key = OpeningKey.objects.get(person=first)
    retire_opening_key(key=key, by=first, at=START)
    end_holding_of(last)
    assert of_keys(tender) == {
        "key_holders": [("Opener 1", "Has not made an opening key yet")],
        "opener_keys": [
            ("Opener 1", "Has not made an opening key yet"),
            ("Opener 2", "Opens the bids, and has not been appointed key holder"),
        ],
    }
    answer = refusal(case, tender)
    assert str(answer.reason) == "2 things are missing before the documents can be published."
    assert answer.mend == reverse("parties:key_holders", args=[case.buyer.pk])


def test_a_drill_counts_for_thirty_days_and_the_verb_refuses_by_the_same_rule():
    case, tender = make_drafted()
    stale = of_keys(tender, DRILLS_END)
    assert set(stale) == {"key_holders", "opener_keys"}
    assert {lacks for people in stale.values() for _, lacks in people} == {"Practised more than 30 days ago"}
    refusal(case, tender, DRILLS_END)
    for key in OpeningKey.objects.all():
        drill(key, secret_of(key), at=DRILLS_END)
    assert of_keys(tender, DRILLS_END) == {}


def test_three_holders_are_not_enough_when_only_one_of_them_opens_the_bids():
    case, tender = make_drafted()
    end_holding_of(case.openers[0])
    make_holder("Fourth", case.buyer)
    assert of_keys(tender) == {
        "opener_keys": [("Opener 1", "Opens the bids, and has not been appointed key holder")],
    }
    assert str(refusal(case, tender).reason) == (
        "1 of at least 2 opening officials hold an opening key that they have practised with lately."
    )


def test_two_openers_are_not_enough_without_a_third_holder():
    case, tender = make_drafted()
    end_holding_of(KeyHolder.objects.get(person__name="Neighbour").person)
    assert of_keys(tender) == {"key_holders": []}
    assert str(refusal(case, tender).reason).endswith("Appoint more holders.")


def test_the_page_shows_who_remains(client):
    case, _ = make_drafted()
    retire_opening_key(key=OpeningKey.objects.get(person=case.openers[0]), by=case.openers[0], at=START)
    client.force_login(case.officer)
    shown = client.get(reverse("tenders:publish", args=[case.procurement.pk])).content.decode()
    assert "Opener 1: Har inte" in shown
    assert reverse("parties:key_holders", args=[case.buyer.pk]) in shown


def test_where_bids_come_in_another_tool_no_key_is_asked_for_and_the_checklist_says_why():
    case, tender = make_drafted()
    KeyHolder.objects.update(ended_at=START)
    set_dates(tender=tender, bids_address="https://verktyg.example/upphandling/1", by=case.officer, at=START)
    assert of_keys(tender) == {}
    (hint,) = [each for each in publication_findings(tender, PUBLISHED_AT) if each.code == "keys_elsewhere"]
    assert (hint.severity, hint.url) == (Severity.HINT, f"/upphandlingar/{case.procurement.pk}/datum/#id_bids_address")
    snapshot = publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    assert ("Adress för anbud", "https://verktyg.example/upphandling/1") in contents_of(snapshot).facts
    assert "https://verktyg.example/upphandling/1" in [field.text for field in notice_fields(tender.notices.get())]


def test_nobody_bids_here_when_bids_come_in_another_tool(client):
    case, tender = make_drafted()
    set_dates(tender=tender, bids_address="https://verktyg.example/upphandling/1", by=case.officer, at=START)
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    announce(case, tender)
    bidder = make_bidder()
    assert "https://verktyg.example/upphandling/1" in str(may_bid(bidder, supplier_of(bidder), tender, LATER).reason)
    page = reverse("publication:tender", args=[tender.pk])
    with time_machine.travel(LATER, tick=False):
        assert client.get(reverse("bids:start", args=[tender.pk]))["Location"] == page
        shown = client.get(page).content.decode()
    assert 'href="https://verktyg.example/upphandling/1"' in shown
    assert f'href="{reverse("bids:start", args=[tender.pk])}"' not in shown


class TestTheStamp:
    def test_with_a_stamp_that_was_off_nothing_is_published_until_it_is_mended(self):
        case, tender = make_drafted()
        note_stamp_trial(source="kernel-last-byte", off_ms=51, at=START)
        answer = refusal(case, tender)
        assert (answer.mend, answer.source) == (reverse("records:public_log"), "LOU 12 kap. 6 §")
        assert "51" in str(answer.reason)
        note_stamp_trial(source="kernel-last-byte", off_ms=-50, at=START + timedelta(hours=1))
        publish(tender=tender, by=case.officer, at=PUBLISHED_AT)

    @pytest.mark.parametrize(("source", "off_ms"), [("", None), ("application-clock-after-last-byte", 0)])
    def test_with_one_that_could_not_be_tried_or_is_our_own_clock_nothing_is_published(self, source, off_ms):
        case, tender = make_drafted()
        note_stamp_trial(source=source, off_ms=off_ms, at=START)
        assert refusal(case, tender).source == "LOU 12 kap. 6 §"
        note_stamp_trial(source="proxy-last-byte", off_ms=1, at=START + timedelta(hours=1))
        publish(tender=tender, by=case.officer, at=PUBLISHED_AT)

    def test_it_is_not_asked_of_the_example_or_where_bids_come_in_another_tool(self, settings):
        _, tender = make_drafted()
        note_stamp_trial(source="kernel-last-byte", off_ms=1000, at=START)
        assert [each.code for each in publication_findings(tender, PUBLISHED_AT) if each.code == "stamp"] == ["stamp"]
        tender.bids_address = "https://annat.example/"
        assert not [each for each in publication_findings(tender, PUBLISHED_AT) if each.code == "stamp"]
        tender.bids_address = ""
        settings.DEMO = True
        assert not [each for each in publication_findings(tender, PUBLISHED_AT) if each.code == "stamp"]
