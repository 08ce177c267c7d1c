"""What the public lists and reads is computed from what was published, and no sooner than it may be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.awards.actions import cancel_published
from rodatraden.publication.queries import (
    Stage,
    announced_of,
    as_coming,
    buyers,
    coming_of,
    result_of,
    stage_of,
    worked_example,
)
from rodatraden.tenders.actions import withdraw_plan
from rodatraden.tenders.queries import contents_of
from tests.factories.awards import award, make_awarded, notify
from tests.factories.coming import EXPECTED_ON, show_as_coming
from tests.factories.evaluation import make_outcome
from tests.factories.parties import START, make_buyer
from tests.factories.procurements import make_case
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, make_published, make_published_tender

pytestmark = pytest.mark.django_db


def count_queries(read) -> int:
    with CaptureQueriesContext(connection) as caught:
        read()
    return len(caught)


def stages_with(tender, at):
    return [stage.value for stage in Stage if tender in announced_of(stage, at)]


def test_a_procurement_is_open_until_its_deadline_and_then_judged():
    _case, tender = make_published()
    just_before = DEADLINE - timedelta(seconds=1)
    assert (stage_of(tender, just_before), stages_with(tender, just_before)) == (Stage.OPEN, ["open"])
    assert (stage_of(tender, DEADLINE), stages_with(tender, DEADLINE)) == (Stage.JUDGED, ["judged"])


def test_it_is_decided_for_the_public_when_all_bidders_have_been_notified():
    world = make_outcome()
    decision = award(world)
    at = world.opened_at + timedelta(days=6)
    assert stages_with(world.tender, at) == ["judged"]
    assert result_of(world.fresh_tender()) is None
    notify(world, decision)
    assert stages_with(world.tender, at) == ["decided"]
    assert result_of(world.fresh_tender()).decision == decision


def test_the_result_holds_every_sum_and_reason():
    world = make_awarded()
    result = result_of(world.fresh_tender())
    assert [(line.result.name, line.price, line.result.evaluation_price) for line in result.bids][:2] == [
        ("Mellanrum Samverkan AB", 1140, 1440),
        ("Nordväg Coaching AB", 1000, 1500),
    ]
    assert [score.points for score in result.bids[0].scores] == [9, 8]
    assert result.bids[0].steps[-2][1] == "1\xa0440\xa0kr"
    assert result.standstill.last_barred_on is not None


def test_the_contents_are_read_from_the_frozen_text():
    _case, tender = make_published()
    snapshot = tender.snapshots.get()
    tender.requirements.update(title="Ändrat efteråt")
    contents = contents_of(snapshot)
    assert contents.n_requirements == 4
    assert [row.title for _, rows in contents.requirements for row in rows] == [
        "Erfarenhet av processcoachning",
        "Metod",
        "Case",
        "Hinder till den som har mandat",
    ]
    assert ("Avtalstid", "1+1+1+1 år") in contents.facts
    assert contents.model[0].startswith("Utvärderingspriset är timpriset plus 100\xa0kr")


def test_buyers_are_listed_with_what_they_have_open():
    case = make_case()
    make_published_tender(case)
    make_case()
    assert [(buyer, buyer.n_open) for buyer in buyers(ANNOUNCED_AT)] == [(case.buyer, 1)]
    assert [(buyer, buyer.n_open) for buyer in buyers(DEADLINE)] == [(case.buyer, 0)]


def test_the_list_is_searched_by_title_and_by_buyer():
    case, tender = make_published()
    for text, found in (("process", [tender]), (case.buyer.name[:8], [tender]), ("ostron", [])):
        assert list(announced_of(Stage.OPEN, ANNOUNCED_AT, text=text)) == found


def test_the_worked_example_is_computed():
    assert [(result.name, result.evaluation_price) for result, _ in worked_example().bids] == [
        ("A", 1440),
        ("B", 1500),
        ("C", 1560),
        ("D", None),
    ]


def test_the_list_of_what_is_cancelled_takes_the_same_queries_for_one_and_for_more():
    def cancelled():
        case = make_case()
        tender = make_published_tender(case)
        at = ANNOUNCED_AT + timedelta(days=1)
        cancel_published(tender=tender, reason="Skäl", delegation="Punkt 4.3", by=case.decider, at=at)

    def read():
        found = announced_of(Stage.CANCELLED, ANNOUNCED_AT + timedelta(days=2))
        return [(row.procurement.title, row.procurement.buyer.name, row.cancellation.cancelled_at) for row in found]

    cancelled()
    one = count_queries(read)
    cancelled()
    cancelled()
    assert len(read()) == 3
    assert count_queries(read) == one


def test_what_is_coming_is_listed_by_month_and_found_by_its_own_words():
    late, early, hidden = make_case(), make_case(buyer=make_buyer("Kommunen")), make_case()
    show_as_coming(late, title="Lokal", expected_on=date(2026, 6, 1))
    show_as_coming(early, title="Utbildning", need="Kurs för alla parter.")
    assert [plan.title for plan in coming_of()] == ["Utbildning", "Lokal"]
    assert [plan.title for plan in coming_of(buyer=late.buyer)] == ["Lokal"]
    assert [[plan.title for plan in coming_of(text=text)] for text in ("lokal", "KURS", "kommunen")] == [
        ["Lokal"],
        ["Utbildning"],
        ["Utbildning"],
    ]
    assert list(coming_of(text=hidden.procurement.title)) == []  # the name of the draft finds nothing


def test_what_everybody_reads_says_when_it_was_changed_and_from_which_month():
    case = make_case()
    first = show_as_coming(case)
    assert (as_coming(first, START).changed_at, as_coming(first, START).before_on) == (None, None)
    worded = show_as_coming(case, at=START + timedelta(days=1), need="Andra ord.")
    assert (as_coming(worded, START).changed_at, as_coming(worded, START).before_on) == (worded.shown_at, None)
    moved = show_as_coming(case, at=START + timedelta(days=2), expected_on=date(2026, 6, 1))
    assert as_coming(moved, START).before_on == EXPECTED_ON
    assert [as_coming(moved, at).has_passed for at in (DEADLINE, DEADLINE + timedelta(days=150))] == [False, True]


def test_who_only_has_something_coming_is_among_the_buyers_while_it_is():
    case = make_case()
    assert list(buyers(ANNOUNCED_AT)) == []
    plan = show_as_coming(case)
    assert [(buyer, buyer.n_open, buyer.n_coming) for buyer in buyers(ANNOUNCED_AT)] == [(case.buyer, 0, 1)]
    withdraw_plan(plan=plan, by=case.officer, at=ANNOUNCED_AT)
    assert list(buyers(ANNOUNCED_AT)) == []


def test_buyers_are_counted_once_for_each_procurement():
    case, _tender = make_published()
    for number in (1, 2):
        show_as_coming(make_case(buyer=case.buyer), title=f"Nummer {number}")
    at = ANNOUNCED_AT + timedelta(days=1)
    assert [(buyer, buyer.n_open, buyer.n_coming) for buyer in buyers(at)] == [(case.buyer, 1, 2)]
