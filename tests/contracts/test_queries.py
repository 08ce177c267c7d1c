"""Named reads of contracts: what a list costs, what is found, the piece of the thread, the tasks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.bids.queries import thread_pieces as promises_of
from rodatraden.contracts import queries
from rodatraden.contracts.actions import deliver, extend
from rodatraden.contracts.models import Contract
from rodatraden.core.thread import NodeState, Station
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.tenders.models import Requirement
from tests.contracts.conftest import SENT, SIGNED_ON
from tests.factories.awards import make_awarded
from tests.factories.bids import pdf
from tests.factories.contracts import draw_up, fresh, noon, order, sign, supplier_person

pytestmark = pytest.mark.django_db

AT = noon(SIGNED_ON)


@pytest.fixture(scope="module")
def awarded(shared_rows):
    return make_awarded(notified_at=SENT)


def names(contracts):
    return [contract.supplier.name for contract in contracts]


class TestFound:
    def test_every_word_is_found_in_title_supplier_or_buyer(self, world, contract):
        seen = queries.visible_to(world.case.officer, AT)
        for text in ("", "process", "mellanrum", "PROCESS samverkan", "samordningsförbundet"):
            assert list(queries.found(seen, text=text)) == [contract]
        for text in ("nordväg", "process nordväg"):
            assert list(queries.found(seen, text=text)) == []

    @pytest.mark.parametrize("sort", ["", "supplier", "-supplier", "procurement", "-drawn_up", "price", "--supplier"])
    def test_an_order_that_nobody_offers_is_the_usual_one(self, world, contract, sort):
        assert list(queries.found(queries.visible_to(world.case.officer, AT), sort=sort)) == [contract]

    def test_sorted_both_ways(self, world, contract, awarded):
        other = sign(awarded, draw_up(awarded, at=SENT), on=SIGNED_ON)
        Contract.objects.filter(pk=other.pk).update(supplier=awarded.bids[1].supplier)
        everything = queries.with_contract(Contract.objects.all())
        up = names(queries.found(everything, sort="supplier"))
        assert up == ["Mellanrum Samverkan AB", "Nordväg Coaching AB"]
        assert names(queries.found(everything, sort="-supplier")) == up[::-1]


class TestOrderSum:
    def test_the_sum_before_it_is_ordered(self, world, contract):
        order(world, contract, hours=626)
        found = queries.order_sum(fresh(contract), Decimal(60), SIGNED_ON, SIGNED_ON)
        assert (found.amount, found.before.left, found.after.left) == (68_400, 2_286_360, 2_217_960)
        assert found.over_frame == 32_040

    @pytest.mark.parametrize(("frame", "over"), [(None, 0), (11_400, 0), (11_399, 1), (750_000, 0)])
    def test_the_frame_warns_above_it(self, contract, frame, over):
        contract.yearly_frame = frame
        assert queries.order_sum(contract, Decimal(10), SIGNED_ON, SIGNED_ON).over_frame == over


class TestFiles:
    def test_the_signed_contract_its_annexes_and_what_was_delivered_are_seen_by_those_who_see_the_contract(
        self, world, contract
    ):
        given = deliver(
            order=order(world, contract),
            title="Guide",
            data=pdf(),
            file_name="guide.pdf",
            by=supplier_person(contract),
            at=AT,
        )
        annex = contract.bid.files.get(content_item__title="Metodbeskrivning").file
        files = {contract.signed_file, annex, given.file}
        for who in (world.case.officer, world.case.evaluators[0], supplier_person(contract)):
            assert set(queries.files_visible_to(who, AT)) == files
        loser = world.bids[3].submission.submitted_by
        assert not queries.files_visible_to(loser, AT).exists()


class TestThread:
    def test_a_term_hangs_on_its_promise_or_else_on_its_requirement(self, awarded, db):
        awarded.tender.award.winner.promises.filter(requirement__number=1).delete()
        contract = draw_up(awarded, at=SENT)
        nodes, links = queries.thread_pieces(awarded.procurement)
        assert [(node.station, node.label, node.text) for node in nodes][:2] == [
            (Station.TERM, "K1", "Minst 24 månader"),
            (Station.TERM, "K2", "Vi håller K2."),
        ]
        promises, _ = promises_of(awarded.procurement, contract.bid)
        requirement = Requirement.objects.get(tender=awarded.tender, number=1)
        assert [link.earlier for link in links] == [requirement.pk, *(promise.id for promise in promises)]
        assert [link.later for link in links] == [node.id for node in nodes]

    def test_a_term_waits_when_its_follow_up_lies_beyond_what_is_agreed(self, world, contract):
        Requirement.objects.filter(tender=contract.tender, number=4).update(
            follow_up_when="after_months", follow_up_months=18
        )
        nodes, _ = queries.thread_pieces(world.procurement)
        assert [node.state for node in nodes] == [NodeState.STANDING] * 3 + [NodeState.WAITING]
        extend(contract=contract, reason="x", by=world.case.decider, at=noon(date(2027, 3, 16)))
        nodes, _ = queries.thread_pieces(world.procurement)
        assert nodes[3].state is NodeState.STANDING

    def test_without_a_contract_there_is_nothing(self, awarded, db):
        assert queries.thread_pieces(awarded.procurement) == ([], [])


class TestTasks:
    def tasks(self, who, at=AT):
        return [(task.kind, task.due) for task in queries.open_tasks(who, at, cases_of(who))]

    def test_the_officer_draws_up_and_registers_the_signatures(self, awarded, db):
        officer = awarded.case.officer
        assert self.tasks(officer) == [("contracts.draw_up", None)]
        contract = draw_up(awarded, at=SENT)
        assert self.tasks(officer) == [("contracts.sign", None)]
        sign(awarded, contract, on=SIGNED_ON)
        assert self.tasks(officer) == []

    def test_the_director_decides_on_the_option_before_its_last_day(self, world, contract):
        director = world.case.decider
        assert self.tasks(director) == [("contracts.extend", date(2027, 6, 30))]
        extend(contract=contract, reason="x", by=director, at=noon(date(2027, 3, 16)))
        assert self.tasks(director, noon(date(2027, 6, 30))) == []
        assert self.tasks(director, noon(date(2027, 7, 1))) == [("contracts.extend", date(2028, 6, 30))]
        assert self.tasks(director, noon(date(2028, 7, 1))) == []

    @pytest.mark.parametrize("role", ["need_owner", "contract_manager"])
    def test_others_have_nothing_to_do_here(self, world, contract, role):
        assert self.tasks(getattr(world.case, role)) == []
        assert self.tasks(supplier_person(contract)) == []


def n_queries(read):
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_a_list_costs_as_many_queries_with_many_orders_as_with_one(world, contract):
    def read():
        for each in queries.visible_to(world.case.officer, AT):
            queries.people_on(each, SIGNED_ON)
            assert each.tender.procurement.diary_case.number
        queries.open_tasks(world.case.decider, AT, cases_of(world.case.decider))

    order(world, contract)
    one = n_queries(read)
    for _ in range(5):
        order(world, contract)
    assert n_queries(read) == one
