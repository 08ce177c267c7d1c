"""Home, lists, the procurement's page, search and the log: who sees what, in how many queries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.pages import queries
from rodatraden.parties.models import Membership
from rodatraden.procurements.models import TeamMember
from rodatraden.records.actions import note_reading
from rodatraden.records.models import DiaryDocument
from tests.factories.awards import make_awarded
from tests.factories.evaluation import SUPPLIERS, make_opened
from tests.factories.needs import make_need
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import declare, make_case
from tests.factories.rows import copy_of
from tests.factories.tenders import make_drafted, make_published, make_published_tender, make_tender

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # lists and searches


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """Let the server's clock show an instant."""

    def set_clock(instant):
        monkeypatch.setattr("rodatraden.config.clock.now", lambda: instant)

    set_clock(START + timedelta(days=2))
    return set_clock


def read(client, person, name, *args, **query):
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(f"pages:{name}", args=args), query)


def page(client, person, name, *args, **query):
    answer = read(client, person, name, *args, **query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_somebody_unknown_sees_what_this_is_and_what_is_open(client):
    _case, tender = make_published()
    shown = page(client, None, "home")
    assert reverse("publication:tender", args=[tender.pk]) in shown
    assert reverse("account_login") in shown


def test_home_shows_what_waits_and_where(client):
    case = make_case()
    make_tender(case)
    shown = page(client, case.officer, "home")
    assert reverse("tenders:publish", args=[case.procurement.pk]) in shown
    assert reverse("pages:case", args=[case.procurement.pk]) in shown
    assert reverse("tenders:publish", args=[case.procurement.pk]) not in page(client, case.evaluators[0], "home")


def test_a_new_installation_begins_with_a_need(client):
    officer = make_person(organisation=make_buyer(), role=Membership.Role.PROCUREMENT_OFFICER)
    shown = page(client, officer, "home")
    assert reverse("needs:backlog") in shown
    assert reverse("procurements:create") in shown


def test_a_supplier_is_offered_no_procurements_to_work_with(client):
    supplier = make_supplier()
    bidder = make_person(organisation=supplier, role=Membership.Role.BIDDER)
    shown = page(client, bidder, "home")
    assert reverse("bids:mine") in shown
    assert reverse("needs:backlog") not in shown
    assert reverse("pages:procurement_list") not in shown


@pytest.mark.parametrize("name", ["procurement_list", "search", "case", "log", "log_export"])
def test_what_is_for_people_who_work_here_asks_to_sign_in(client, name):
    args = [make_case().procurement.pk] if name in {"case", "log", "log_export"} else []
    answer = read(client, None, name, *args)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def outsiders(case):
    return {
        "colleague": make_person(organisation=case.buyer, role=Membership.Role.PROCUREMENT_OFFICER),
        "other buyer": make_person(organisation=make_buyer("Annan"), role=Membership.Role.DIRECTOR),
        "supplier": make_person(organisation=make_supplier("Lev"), role=Membership.Role.BIDDER),
    }


@pytest.mark.parametrize("name", ["case", "log", "log_export"])
def test_a_procurement_is_not_there_for_those_outside_its_team(client, name):
    case = make_case()
    for who, person in outsiders(case).items():
        assert (who, read(client, person, name, case.procurement.pk).status_code) == (who, 404)
    for person in case.everybody:
        assert read(client, person, name, case.procurement.pk).status_code == 200


def test_who_has_not_declared_their_interests_sees_that_and_no_more(client):
    case = make_case()
    need = make_need(case)
    person = make_person(organisation=case.buyer)
    TeamMember.objects.create(
        procurement=case.procurement, person=person, role="observer", appointed_at=START, appointed_by=case.officer
    )
    shown = page(client, person, "case", case.procurement.pk)
    assert reverse("procurements:declare", args=[case.procurement.pk]) in shown
    assert need.title not in shown
    assert "skrev behovet" not in page(client, person, "log", case.procurement.pk)
    assert read(client, person, "log_export", case.procurement.pk).status_code == 404


def test_the_case_shows_the_next_step_the_thread_and_the_dates_with_their_reasons(client):
    case, tender = make_drafted()
    shown = page(client, case.officer, "case", case.procurement.pk)
    for said in ("Utkast, inte annonserad", "3\xa0000\xa0000\xa0kr", "1+1+1+1 år", "4 av 4 krav hänger ihop"):
        assert said in shown
    assert "Minst 30 dagar" in shown
    make_need(case, "Ett behov utan krav")
    assert "Inget krav svarar mot behovet B2" in page(client, case.officer, "case", case.procurement.pk)
    assert reverse("tenders:requirements", args=[tender.procurement_id]) in shown


def test_inv_02_the_case_and_its_log_say_nothing_of_bids_before_the_decision(client, at):
    world = make_opened()
    at(world.opened_at + timedelta(days=1))
    for person in world.case.everybody:
        for name in ("case", "log", "log_export"):
            shown = read(client, person, name, world.case.procurement.pk).content.decode()
            assert [name for name in SUPPLIERS if name in shown or name.replace("&", "&amp;") in shown] == []


def test_inv_02_the_numbers_of_the_log_are_for_those_who_see_the_bids(client, at):
    world = make_opened()
    at(world.opened_at + timedelta(days=1))
    for person, is_numbered in ((world.case.officer, True), (world.case.need_owner, False)):
        rows = read(client, person, "log_export", world.case.procurement.pk).content.decode().splitlines()[1:]
        assert {row.split(",")[0] != "" for row in rows} == {is_numbered}


def test_inv_02_the_log_names_no_document_by_its_number_to_those_who_do_not_see_the_bids(client, at):
    world = make_opened()
    at(world.opened_at + timedelta(days=1))
    issued = DiaryDocument.objects.filter(case=world.case.procurement.diary_case).exclude(version=None)
    numbers = [document.number for document in issued]
    assert numbers
    for person, is_told in ((world.case.officer, True), (world.case.need_owner, False)):
        for name in ("log", "log_export"):
            shown = read(client, person, name, world.case.procurement.pk).content.decode()
            assert any(number in shown for number in numbers) is is_told
            assert ("utfärdade en handling" in shown) is not is_told


def test_inv_02_the_log_has_no_numbers_while_bids_come_in(client, at):
    case = make_case()
    make_published_tender(case)
    rows = read(client, case.officer, "log_export", case.procurement.pk).content.decode().splitlines()[1:]
    assert {row.split(",")[0] for row in rows} == {""}
    assert re.search(r"\d\s*<small", page(client, case.officer, "log", case.procurement.pk)) is None


def test_the_frame_leads_only_to_pages_that_the_person_may_open(client, at):
    world = make_opened()
    at(world.opened_at + timedelta(days=1))
    bids = reverse("bids:list", args=[world.case.procurement.pk])
    assert bids in page(client, world.case.officer, "case", world.case.procurement.pk)
    assert bids not in page(client, world.case.need_owner, "case", world.case.procurement.pk)


def test_the_whole_thread_is_told_once_decided(client, at):
    world = make_awarded()
    at(world.opened_at + timedelta(days=5))
    shown = page(client, world.case.officer, "case", world.case.procurement.pk)
    assert "Beslutad, alla underrättade" in shown
    assert "Avtalet kan tecknas från" in shown


def test_the_list_is_searched_filtered_and_sorted(client):
    case = make_case()
    make_tender(case)
    shown = page(client, case.officer, "procurement_list", q="process", phase="documents", sort="title")
    assert reverse("pages:case", args=[case.procurement.pk]) in shown
    number = case.procurement.diary_case.number
    for query, is_there in (
        ({"q": number}, True),
        ({"q": "2019/999"}, False),
        ({"q": "2026/" + "9" * 4301}, False),
        ({"q": "2026/" + "9" * 18}, False),
        ({"q": "\uff12\uff10\uff12\uff16/\uff11"}, False),
        ({"q": "ostron"}, False),
        ({"phase": "need"}, False),
        ({"phase": "award"}, False),
        ({"phase": "nonsense"}, True),
    ):
        shown = page(client, case.officer, "procurement_list", **query)
        assert (query, reverse("pages:case", args=[case.procurement.pk]) in shown) == (query, is_there)


def test_search_finds_what_one_may_see(client):
    case = make_case()
    make_tender(case)
    for text, address in (
        ("processcoachning", reverse("pages:case", args=[case.procurement.pk])),
        (case.procurement.diary_case.number, reverse("pages:case", args=[case.procurement.pk])),
        ("insikter", reverse("needs:edit", args=[case.procurement.needs.get().pk])),
        ("mandat", reverse("tenders:requirement", args=[case.procurement.tender.requirements.get(number=4).pk])),
    ):
        assert address in page(client, case.officer, "search", q=text)
        for person in outsiders(case).values():
            assert address not in page(client, person, "search", q=text)


def test_search_keeps_needs_and_requirements_from_those_without_access(client):
    case = make_case()
    make_tender(case)
    declare(case, case.evaluators[0], has_conflict=True)
    shown = page(client, case.evaluators[0], "search", q="insikter")
    assert reverse("needs:edit", args=[case.procurement.needs.get().pk]) not in shown


def many(case, number):
    """As many procurements more for the same officer, each with documents."""
    for _ in range(number):
        other = make_case(buyer=case.buyer)
        make_tender(other)
        TeamMember.objects.create(
            procurement=other.procurement,
            person=case.officer,
            role="officer",
            appointed_at=START,
            appointed_by=other.officer,
        )
        declare(other, case.officer)


def test_as_many_queries_for_many_procurements_as_for_few(client, django_assert_max_num_queries):
    case, _tender = make_drafted()
    many(case, 1)

    def n_queries():
        found = {}
        for name in ("home", "procurement_list", "search"):
            read(client, case.officer, name, q="process")
            with django_assert_max_num_queries(80) as queries:
                read(client, case.officer, name, q="process")
            found[name] = len(queries)
        return found

    few = n_queries()
    many(case, 5)
    assert n_queries() == few


def test_a_case_takes_as_many_queries_for_thirty_rows_as_for_one(client):
    """Needs, requirements with their steps, and people of the team; of checks and deviations tests/followup counts."""
    case, tender = make_drafted()
    need = case.procurement.needs.get()
    criterion = tender.requirements.filter(kind="criterion")[0]

    def n_queries():
        found = {}
        for person in (case.officer, case.evaluators[0]):
            for name, args in (("case", [case.procurement.pk]), ("log", [case.procurement.pk])):
                read(client, person, name, *args)
                with CaptureQueriesContext(connection) as queries:
                    page(client, person, name, *args)
                found[person.name, name] = len(queries)
        return found

    few = n_queries()
    member = case.procurement.team.filter(role="evaluator")[0]
    for number in range(100, 129):
        row = copy_of(criterion, number=number)
        row.needs.add(copy_of(need, number=number))
        copy_of(member, person=make_person(f"Bedömare {number}", organisation=case.buyer))
    assert n_queries() == few
    assert "K128" in page(client, case.officer, "case", case.procurement.pk)


def test_the_demo_mailbox_exists_only_in_the_demo(client, settings):
    assert read(client, None, "demo_mailbox").status_code == 404
    settings.DEMO = True
    assert read(client, None, "demo_mailbox").status_code == 200


def test_the_officer_reads_on_a_page_of_the_log_who_has_read_which_bid(client, at, django_assert_num_queries):
    world = make_opened((1140, 1000))
    case, bid = world.case, world.bids[1]
    reader, file = case.evaluators[0], bid.files.select_related("content_item").order_by("pk")[0]
    first = world.opened_at + timedelta(hours=3)
    for document, days in ((bid.pk, 1), (file.pk, 3)):
        for day in range(days):
            note_reading(
                case=case.procurement.pk, subject=bid.pk, document=document, by=reader, at=first + timedelta(days=day)
            )
    at(first + timedelta(days=4))
    address = reverse("pages:readings", args=[case.procurement.pk])
    assert address in page(client, case.officer, "log", case.procurement.pk)
    shown = " ".join(re.sub(r"<[^>]+>", " ", page(client, case.officer, "readings", case.procurement.pk)).split())
    assert f"{reader.name} Anbud {bid.number}: {file.content_item.title}" in shown
    assert f"{reader.name} Anbud {bid.number}: anbudets sida" in shown
    assert bid.supplier.name not in shown
    rows = [*queries.readings_of(case.procurement)]
    assert [each.n_days for each in queries.told_of(rows)] == [3, 1]
    with django_assert_num_queries(3):
        queries.told_of(rows * 30)
    for other in (reader, case.openers[0], case.need_owner):
        assert address not in page(client, other, "log", case.procurement.pk)
        assert read(client, other, "readings", case.procurement.pk).status_code == 403
    assert read(client, make_person("Främling"), "readings", case.procurement.pk).status_code == 404


def test_before_the_opening_nobody_sees_who_has_read_the_bids(client):
    case, _ = make_published()
    assert reverse("pages:readings", args=[case.procurement.pk]) not in page(
        client, case.officer, "log", case.procurement.pk
    )
    assert read(client, case.officer, "readings", case.procurement.pk).status_code == 403
