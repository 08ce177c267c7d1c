"""What is asked of a bid, what is missing, what waits on whom, and which promises the thread carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.bids.queries import (
    asked,
    bid_form,
    bids_with_case,
    files_of,
    files_visible_to,
    open_tasks,
    submissions_visible_to,
    tasks_as_bidder,
    thread_pieces,
    visible_to,
)
from rodatraden.core.bid_form import read_bid_form
from rodatraden.core.checklist import checklist, missing, warnings
from rodatraden.core.offer import (
    CvEntry,
    CvPerson,
    Offer,
    OfferFile,
    PromiseText,
    Reply,
)
from rodatraden.core.thread import Link, Node, Station
from rodatraden.parties.models import Person
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.tenders.actions import move_deadline
from rodatraden.tenders.models import ContentItem, DeadlineChange, Requirement
from tests.factories.bids import DECLARED, close_box, make_bidder, open_box, supplier_of
from tests.factories.procurements import make_case
from tests.factories.sealed import give_bid, seal_bid, upload
from tests.factories.tenders import DEADLINE, make_published_tender

BEFORE = DEADLINE - timedelta(days=1)
AFTER = DEADLINE + timedelta(days=1)


def count_queries(read) -> int:
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


class TestChecklist:
    @pytest.fixture
    def asks(self, tender):
        return asked(tender)

    def whole(self, asks, **changed):
        offer = Offer(
            replies={row.pk: Reply(is_met=True) for row in asks.musts},
            promises={row.pk: PromiseText("Vi lovar") for row in asks.requirements},
            people=(CvPerson("Elin", (CvEntry("Kund", date(2020, 1, 1), date(2024, 1, 1)),)),),
            declaration=DECLARED,
            files=tuple(self.file(item) for item in asks.items),
            accepts_terms=True,
            price=Decimal(900),
        )
        return replace(offer, **changed)

    def file(self, item, pages=1):
        return OfferFile(uuid4(), item.pk if item else None, "a.pdf", "application/pdf", 1, "", pages)

    def test_it_reads_what_the_documents_ask_for(self, asks):
        assert [item.title for item in asks.items] == [
            "CV för namngiven konsult",
            "Metodbeskrivning",
            "Lösning av case",
        ]
        assert [row.label for row in asks.requirements] == ["K1", "K2", "K3", "K4"]
        assert ([row.label for row in asks.musts], [row.label for row in asks.terms]) == (["K1"], ["K4"])
        assert asks.names_people
        assert [step.points for step in asks.requirements[1].steps.all()] == [10, 8, 6, 4, 0]

    def test_a_whole_bid_lacks_nothing_and_warns_of_nothing(self, asks):
        offer = self.whole(asks)
        assert (missing(asks.asks, offer), warnings(asks.asks, offer)) == ((), ())
        assert {point.state for point in checklist(asks.asks, offer)} == {"yes"}

    def test_an_empty_bid_lacks_everything_that_must_be_there(self, asks):
        assert [str(point.text) for point in missing(asks.asks, Offer())] == [
            "Upload CV för namngiven konsult.",
            "Upload Metodbeskrivning.",
            "Upload Lösning av case.",
            "Answer whether you meet K1 Erfarenhet av processcoachning.",
            "Accept the special contract terms.",
            "Name who does the work.",
            "Fill in the price.",
            "Fill in the self-declaration.",
        ]

    def test_nobody_is_asked_for_by_name_where_the_documents_do_not_tie_the_work_to_a_person(self, tender):
        tender.replacement_clause = ""
        tender.save()
        asks = asked(tender)
        assert missing(asks.asks, self.whole(asks, people=())) == ()

    def test_the_form_says_as_data_what_the_rows_ask_for(self, asks, tender):
        snapshot = tender.snapshots.get()
        form = bid_form(snapshot)
        assert read_bid_form(form.canonical()) == form
        assert (form.tender, form.title) == (tender.pk, tender.procurement.title)
        assert (form.snapshot, form.snapshot_sha256) == (1, snapshot.sha256)
        assert (form.deadline_at, form.currency, form.price_unit) == (DEADLINE, "SEK", "hour")
        assert form.asks == asks.asks
        assert [(row.id, row.label, row.kind) for row in form.asks.requirements] == [
            (row.pk, row.label, row.kind) for row in asks.requirements
        ]
        assert [(item.id, item.max_pages) for item in form.asks.items] == [
            (item.pk, item.max_pages) for item in asks.items
        ]

    def test_a_struck_requirement_is_not_asked_for(self, tender):
        Requirement.objects.filter(tender=tender, number=1).update(struck_at=BEFORE)
        assert asked(tender).musts == ()

    def test_reading_it_takes_the_same_queries_however_much_is_asked_for(self, tender):
        few = count_queries(lambda: [list(item.criteria.all()) for item in asked(tender).items])
        for number in range(10, 40):
            ContentItem.objects.create(tender=tender, number=number, title=f"Bilaga {number}")
            Requirement.objects.create(tender=tender, number=number, kind="must", title=f"Krav {number}")
        assert count_queries(lambda: [list(item.criteria.all()) for item in asked(tender).items]) == few


def test_a_supplier_sees_its_own_bids_and_nobody_elses(tender):
    mine, other = make_bidder("Min AB"), make_bidder("Annan AB")
    own = give_bid(tender, bidder=mine, at=BEFORE)
    give_bid(tender, bidder=other, at=BEFORE)
    assert [each.pk for each in submissions_visible_to(mine, BEFORE)] == [own.pk]
    mine.memberships.update(until_on=BEFORE.date())
    assert not submissions_visible_to(mine, BEFORE).exists()


def test_files_follow_the_rule_of_their_bid(case, tender, bidder):
    give_bid(tender, bidder=bidder, at=BEFORE)
    open_box(case, tender, at=AFTER)
    assert files_visible_to(case.evaluators[0], AFTER).count() == 3
    assert files_visible_to(bidder, AFTER).count() == 3
    assert files_visible_to(case.decider, AFTER).count() == 0
    other = make_bidder("Annan AB")
    assert files_visible_to(other, AFTER).count() == 0
    bid = bids_with_case().get()
    for person in (case.evaluators[0], bidder, case.decider, other):
        assert list(files_of(bid, person, AFTER)) == list(files_visible_to(person, AFTER))


def test_the_thread_carries_the_promises_of_the_bid_that_the_caller_names_and_none_before(case, tender):
    k2, k4 = (tender.requirements.get(number=number) for number in (2, 4))
    give_bid(tender, promises={k4.pk: "Vi svarar inom 5 dagar.", k2.pk: "Vi gör så här."}, at=BEFORE)
    give_bid(tender, supplier="Annan AB", promises={k4.pk: "Något annat."}, at=BEFORE + timedelta(minutes=1))
    first, _ = open_box(case, tender, at=AFTER)
    promises = {row.requirement_id: row.pk for row in first.promises.all()}
    assert thread_pieces(case.procurement) == ([], [])
    assert thread_pieces(case.procurement, first) == (
        [
            Node(Station.PROMISE, promises[k2.pk], "K2", "Vi gör så här."),
            Node(Station.PROMISE, promises[k4.pk], "K4", "Vi svarar inom 5 dagar."),
        ],
        [Link(k2.pk, promises[k2.pk]), Link(k4.pk, promises[k4.pk])],
    )
    assert thread_pieces(Procurement(), first) == ([], [])


class TestTasks:
    def kinds(self, person, at):
        tasks = [*tasks_as_bidder(person, at), *open_tasks(person, at, cases_of(person))]
        return [(task.kind, task.due) for task in tasks]

    def begin(self, tender, bidder):
        return upload(tender, seal_bid(tender), bidder=bidder, at=BEFORE)

    def test_a_bid_that_has_come_in_part_waits_until_the_deadline(self, tender, bidder):
        self.begin(tender, bidder)
        self.begin(tender, bidder)
        (task,) = tasks_as_bidder(bidder, BEFORE)
        assert (task.kind, task.due, task.url_name, task.url_kwargs, task.for_person, task.case_title) == (
            "bids.hand_in",
            DEADLINE,
            "bids:workspace",
            {"tender_id": tender.pk, "organisation_id": supplier_of(bidder).pk},
            bidder.pk,
            "Processcoachning",
        )
        assert self.kinds(bidder, DEADLINE) == []
        give_bid(tender, bidder=bidder, at=BEFORE + timedelta(minutes=1))
        assert self.kinds(bidder, BEFORE + timedelta(minutes=2)) == []

    def test_officials_are_asked_to_open_once_the_time_is_out_whether_there_are_bids_or_not(self, case, tender):
        official = case.openers[0]
        assert self.kinds(official, DEADLINE - timedelta(seconds=1)) == []
        assert self.kinds(official, DEADLINE) == [("bids.open", DEADLINE)]
        assert self.kinds(case.officer, DEADLINE) == []
        open_box(case, tender, at=AFTER)
        assert self.kinds(official, AFTER) == []

    def test_a_cancelled_procurement_asks_for_nothing(self, case, tender, bidder):
        self.begin(tender, bidder)
        record_fact(procurement=case.procurement, kind="cancelled", by=case.officer, at=BEFORE)
        assert self.kinds(bidder, BEFORE) == self.kinds(case.openers[0], AFTER) == []

    def test_a_moved_deadline_moves_the_task(self, case, tender, bidder):
        self.begin(tender, bidder)
        later = DEADLINE + timedelta(days=7)
        move_deadline(
            tender=tender,
            which=DeadlineChange.Which.BIDS,
            new_at=later,
            reason="Fler frågor",
            by=case.officer,
            at=BEFORE,
        )
        assert self.kinds(bidder, BEFORE) == [("bids.hand_in", later)]

    def test_it_takes_the_same_queries_for_one_case_and_for_many(self, case, tender, bidder):
        self.begin(tender, bidder)
        first, then = (Person.objects.get(pk=bidder.pk) for _ in range(2))  # what they are is kept with them
        one = count_queries(lambda: tasks_as_bidder(first, BEFORE))
        officials = count_queries(lambda: open_tasks(case.openers[0], AFTER, cases_of(case.openers[0])))
        for _ in range(3):
            other = make_case(buyer=case.buyer)
            self.begin(make_published_tender(other), bidder)
        assert len(tasks_as_bidder(bidder, BEFORE)) == 4
        assert count_queries(lambda: tasks_as_bidder(then, BEFORE)) == one
        assert count_queries(lambda: open_tasks(case.openers[0], AFTER, cases_of(case.openers[0]))) == officials

    def test_who_bids_for_nobody_costs_no_more_than_what_they_are(self, case, tender):
        self.begin(tender, make_bidder())
        assert count_queries(lambda: tasks_as_bidder(case.officer, BEFORE)) == 1


def test_lists_take_the_same_queries_for_one_bid_and_for_thirty(case, tender, bidder):
    give_bid(tender, bidder=bidder, at=BEFORE)
    open_box(case, tender, at=AFTER)
    officer = case.officer

    def read():
        for bid in visible_to(officer, AFTER):
            str((bid.supplier.name, bid.tender.procurement.title, list(bid.tender.procurement.facts.all())))
        for each in submissions_visible_to(bidder, AFTER):
            str((each.tender.procurement.buyer.name, each.fingerprint, each.submitted_by.name, each.snapshot.edition))

    one = count_queries(read)
    (bid,) = visible_to(officer, AFTER)
    for number in range(2, 31):
        supplier = make_bidder(f"Bolag {number}").memberships.get().organisation
        type(bid).objects.create(
            tender=tender,
            supplier=supplier,
            number=number,
            received_at=BEFORE,
            opened_at=AFTER,
            price_package=bid.price_package,
        )
    assert visible_to(officer, AFTER).count() == 30
    assert count_queries(read) == one


def test_the_box_may_be_read_by_nobody_through_the_queries_of_officials(case, tender):
    give_bid(tender, at=BEFORE)
    close_box(tender)
    for person in case.everybody:
        assert not visible_to(person, AFTER).exists()
        assert not submissions_visible_to(person, AFTER).exists()
        assert not files_visible_to(person, AFTER).exists()
