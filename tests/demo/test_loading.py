"""The example stands as it should on any day, was told in the order of time, and leads nowhere that is shut."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, time, timedelta
from html import unescape
from itertools import pairwise

import pytest
from django.urls import Resolver404, resolve

from rodatraden.bids.models import Submission
from rodatraden.core.instants import ZONES
from rodatraden.core.paging import count_pages
from rodatraden.core.sealing import identity
from rodatraden.demo.cast import ASSOCIATION, CHAMBER, OBSERVER
from rodatraden.demo.pdf import pdf
from rodatraden.evaluation.queries import frozen_outcome
from rodatraden.needs.models import Need
from rodatraden.pages.queries import fictional_people, later, tasks_in, thread_of
from rodatraden.pages.queries.demo import Character
from rodatraden.parties.models import OpeningKey, Organisation, Person
from rodatraden.parties.queries import key_tasks
from rodatraden.parties.rules import enough_holders
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import with_case
from rodatraden.records.models import LedgerBody
from rodatraden.records.queries import verify_ledger
from rodatraden.tenders.models import Tender
from rodatraden.tenders.queries import coming, standing_in_the_way
from tests.factories.demo import AS_OF

pytestmark = pytest.mark.usefixtures("at_home")

MORNING = datetime.combine(AS_OF, time(8), tzinfo=ZONES["SE"])
STAGES = {
    1: "created",
    2: "notice_confirmed",
    3: "opened",
    4: "notified",
    5: "contract_signed",
    6: "created",
    7: "cancelled",
}


def case(number):
    return with_case(Procurement.objects.filter(title__contains=f"(exempel {number}:")).get()


def person(key):
    return Person.objects.get(name=next(each.name for each in ASSOCIATION if each.key == key))


def last_facts():
    return {number: case(number).facts.order_by("-at", "-id")[0].kind for number in STAGES}


def test_the_same_procurement_stands_at_seven_stages():
    assert last_facts() == STAGES


def test_everybody_is_made_up_and_nobody_can_sign_in_with_a_password():
    assert not Organisation.objects.filter(is_fictional=False).exists()
    assert not Procurement.objects.filter(is_fictional=False).exists()
    assert not Person.objects.filter(is_fictional=False).exists()
    assert [each.name for each in Person.objects.all() if each.has_usable_password()] == []


def test_everything_was_told_in_the_order_of_time_and_before_the_day():
    instants = list(LedgerBody.objects.order_by("index").values_list("at", flat=True))
    # Within one act minutes may pass, and another story's act may begin meanwhile.
    assert all(then - now > -timedelta(hours=3) for now, then in pairwise(instants))
    assert max(instants) < datetime.combine(AS_OF, time.min, tzinfo=ZONES["SE"])
    assert verify_ledger() is None


def test_the_draft_has_two_broken_threads_with_their_reasons():
    thread = thread_of(person("jonas"), case(1), later(person("jonas"), case(1)), MORNING)
    assert (thread.n_whole, thread.n_requirements) == (7, 9)
    assert {row.node.label: str(row.breaks[0].reason) for row in thread.requirements if row.breaks} == {
        "K2": "Read and accept what has been proposed, or change it.",
        "K9": "Choose when it is followed up.",
    }


def test_the_open_procurement_has_been_clarified_once_and_every_bid_answers_the_latest_version():
    tender = Tender.objects.get(procurement=case(2))
    assert list(tender.snapshots.order_by("number").values_list("number", "edition")) == [(1, 1), (2, 2)]
    assert [notice.confirmed_at is None for notice in tender.notices.all()] == [False, False]
    handed_in = Submission.objects.filter(tender=tender).values_list("snapshot__number", flat=True)
    assert set(handed_in) == {2}


def test_the_contract_has_a_whole_thread_and_a_broken_one():
    thread = thread_of(person("maria"), case(5), later(person("maria"), case(5)), MORNING)
    rows = {row.node.label: row for row in thread.requirements}
    assert (rows["K7"].is_whole, rows["K7"].reach) == (True, "result")
    assert [str(each.reason) for each in rows["K6"].breaks] == ["The follow-up of K6 has no result."]


def test_the_outcome_is_the_one_of_the_design():
    counted = frozen_outcome(Tender.objects.select_related("procurement").get(procurement=case(4)))
    assert [(each.name, each.points, each.evaluation_price) for each in counted.outcome.results] == [
        ("Mellanrum Samverkan AB", 17, 1440),
        ("Lyckåstrand Process AB", 15, 1500),
        ("Nordvala Utveckling HB", 14, 1560),
        ("Eketorp & Ström Coachning AB", 11, None),
    ]


def test_the_seed_as_it_is_written_lists_what_keeps_it_from_being_published():
    tender = Tender.objects.get(procurement=case(6))
    tender.procurement = case(6)
    codes = {finding.code.partition(":")[0] for finding in standing_in_the_way(tender, MORNING)}
    assert {"kind", "level", "max_points", "standstill_clause", "rejection_clause", "cpv", "no_needs"} <= codes


def test_the_other_seeds_stand_as_needs_with_their_source():
    sources = Counter(Need.objects.exclude(source__startswith="Frö 000").values_list("source", flat=True))
    assert {source[:7]: number for source, number in sources.items()} == {
        "Frö 001": 2,
        "Frö 002": 2,
        "Frö 003": 3,
        "Frö 004": 2,
    }


def test_the_cancelled_procurement_keeps_its_bid_sealed_and_its_last_notice_waits():
    tender = Tender.objects.get(procurement=case(7))
    assert (Submission.objects.filter(tender=tender).count(), tender.bids.count()) == (1, 0)
    assert tender.cancellation.reason.endswith("påhittat.")
    (notice,) = tender.notices.filter(handed_over_at=None)
    assert (notice.kind, notice.due_on > AS_OF) == ("cancelled", True)
    assert [task.kind for task in tasks_in(case(7), person("jonas"), MORNING)] == ["tenders.cancellation_notice"]


def test_one_procurement_is_coming_and_has_been_put_off_once():
    (plan,) = coming()
    assert plan.follows.expected_on < plan.expected_on
    assert ("påhittat exempel" in plan.title, plan.procurement.buyer.is_fictional) == (True, True)


HREF = re.compile(r'href="(/[^"#]*)')
APART = ("/static/", "/konto/", "/demo/")
SAMPLES = 3
"""How many addresses of each view are opened as each person."""


@pytest.mark.both_engines  # what each of them is offered
@pytest.mark.parametrize("who", ["", "jonas", "lena", "Elin Hagström", "Vera Lindgren"])
def test_every_link_that_is_offered_opens(client, settings, monkeypatch, pytestconfig, who):
    """Walk from the start page; of pages that differ only in what they are about, a few each are tried, on a second database one."""
    is_again = pytestconfig.getoption("database_only") and not pytestconfig.getoption("nightly")
    samples = 1 if is_again else SAMPLES
    settings.DEMO, settings.UI_DEMO_BAR = True, "pages/demo_bar.html"
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: MORNING)
    if who:
        one = Person.objects.get(name=who) if " " in who else person(who)
        client.force_login(one, backend="django.contrib.auth.backends.ModelBackend")
    waiting, seen, tried, shut = ["/"], {"/"}, Counter(), {}
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code not in {200, 302}:
            shut[address] = answer.status_code
        if answer.streaming:
            b"".join(answer.streaming_content)  # reading to the end closes the file
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        for found in HREF.findall(answer.content.decode()):
            link = unescape(found)
            try:
                name = resolve(link.partition("?")[0]).view_name
            except Resolver404:
                name = "" if link.startswith(APART) else f"nowhere: {link}"
            if link not in seen and name and not link.startswith(APART) and tried[name] < samples:
                tried[name] += 1
                seen.add(link)
                waiting.append(link)
    assert shut == {}
    assert len(seen) > (8 if who and who != OBSERVER.name else 4)


def test_who_is_outside_finds_no_procurement(client):
    outside = Person.objects.get(name="Ulla Bergström")
    client.force_login(outside, backend="django.contrib.auth.backends.ModelBackend")
    for number in STAGES:
        assert client.get(f"/upphandlingar/{case(number).pk}/").status_code == 404


def test_one_can_be_the_observer_of_an_opening_that_waits_and_of_one_that_has_been(client):
    vera = Person.objects.get(name=OBSERVER.name)
    assert fictional_people(MORNING)[-1] == (CHAMBER, [Character(vera, "Observatör från handelskammaren")])
    client.force_login(vera, backend="django.contrib.auth.backends.ModelBackend")
    waits, has_been = (
        client.get(f"/oppning/{Tender.objects.get(procurement=case(each)).pk}/observera/") for each in (2, 3)
    )
    assert "Lådan är öppen för anbud" in waits.text
    assert "Eketorp" not in waits.text
    assert "4 anbud" in has_been.text
    assert "Påhittat." in has_been.text


def test_a_small_pdf_has_the_pages_and_the_words_it_was_given():
    made = pdf("Metod (påhittad)", ["Första sidan.", "Andra sidan, med å, ä och ö."])
    assert count_pages(made, "a.pdf").pages == 2
    assert made == pdf("Metod (påhittad)", ["Första sidan.", "Andra sidan, med å, ä och ö."])


def test_each_authority_has_enough_key_holders_on_any_day():
    for organisation in Organisation.objects.exclude(kind="supplier"):
        for days in (0, 10, 25, 60, 120, 200):
            assert enough_holders(organisation, MORNING - timedelta(days=days)), (organisation, days)


def test_the_keys_of_the_example_open_with_the_words_in_its_bar(client, settings):
    settings.DEMO, settings.UI_DEMO_BAR = True, "pages/demo_bar.html"
    for key in OpeningKey.objects.all():
        secret = identity.open_with_passphrase(key.lock, settings.DEMO_PASSPHRASE)
        assert identity.recipient_of(secret) == key.recipient
        assert key_tasks(key.user, MORNING) == []
    for who, shown in (("jonas", True), ("maria", False)):
        client.force_login(person(who), backend="django.contrib.auth.backends.ModelBackend")
        assert (settings.DEMO_PASSPHRASE in client.get("/jag/").content.decode()) == shown
