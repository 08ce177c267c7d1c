"""Review cases: who registers them, and what they do to the day on which a contract may be signed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.urls import reverse

from rodatraden.awards import rules
from rodatraden.awards.actions import end_review, record_interim_order, register_review
from rodatraden.awards.models import ReviewCase
from rodatraden.awards.queries import reviews_visible_to
from rodatraden.awards.rules import computed_standstill, may_conclude_contract
from rodatraden.contracts.actions import draw_up_contract, register_signature
from rodatraden.contracts.models import Signature
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import Unknown
from rodatraden.procurements.models import Procurement
from rodatraden.records.models import DiaryDocument, LedgerBody
from tests.factories.awards import make_awarded, review
from tests.factories.parties import make_person
from tests.factories.procurements import declare

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 14, 7, tzinfo=UTC)
"""Last barred day 22 June 2026."""
LATER = datetime(2026, 9, 1, 12, tzinfo=UTC)
DECIDED_ON = date(2026, 9, 1)
EIGHT = ((8, 8), (8, 8))
Kind, Instance, Ending = ReviewCase.Kind, ReviewCase.Instance, ReviewCase.Ending


@pytest.fixture
def world(db):
    return make_awarded((1000, 900), EIGHT, notified_at=SENT)


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**arguments)
    return str(refused.value.answer.reason)


def barred(world):
    return computed_standstill(world.fresh_tender()).value


def end(world, found, *, on=DECIDED_ON, ending=Ending.DISMISSED):
    return end_review(review=found, decided_on=on, ending=ending, by=world.case.officer, at=LATER)


def test_inv_19_nobody_signs_while_a_case_runs_and_ten_days_after_the_court(world):
    on = date(2026, 7, 1)
    assert may_conclude_contract(world.fresh_tender(), on)
    found = review(world, received_on=date(2026, 6, 22), at=LATER)  # on the last day, registered later
    answer = may_conclude_contract(world.fresh_tender(), on)
    assert not answer
    assert (answer.source, "Förvaltningsrätten i Östersund, 4711-26" in str(answer.reason)) == ("LOU 20 kap. 8 §", True)
    end(world, found)
    assert barred(world).earliest_signing_on == date(2026, 9, 12)
    assert not may_conclude_contract(world.fresh_tender(), date(2026, 9, 11))
    assert may_conclude_contract(world.fresh_tender(), date(2026, 9, 12))


def test_a_case_that_came_too_late_bars_only_with_an_order_of_the_court(world):
    found = review(world, received_on=date(2026, 6, 23), at=LATER)
    assert barred(world).last_barred_on == date(2026, 6, 22)
    order = partial(record_interim_order, review=found, by=world.case.decider, at=LATER)
    order(barred_on=date(2026, 6, 25), lifted_on=None)
    assert isinstance(barred(world), Unknown)
    order(barred_on=date(2026, 6, 25), lifted_on=date(2026, 8, 3))
    assert barred(world).last_barred_on == date(2026, 8, 13)


@pytest.mark.parametrize(
    ("kind", "instance"), [(Kind.CONTRACT, Instance.FIRST), (Kind.COMPLAINT, Instance.FIRST), (Kind.PROCUREMENT, Instance.APPEAL)]
)  # fmt: skip
def test_only_a_case_about_the_procurement_in_the_first_court_extends_by_itself(world, kind, instance):
    review(world, kind=kind, instance=instance)
    assert barred(world).last_barred_on == date(2026, 6, 22)


def test_inv_22_a_voluntary_standstill_is_not_extended(world):
    Procurement.objects.filter(pk=world.procurement.pk).update(procedure="se-direct")
    world.tender.award.__class__.objects.update(stated_days=10)
    review(world)
    assert barred(world).last_barred_on == date(2026, 6, 22)


@pytest.mark.parametrize("ending", [Ending.CORRECTED, Ending.REMADE])
def test_inv_19_after_a_court_has_found_against_the_award_no_contract_is_concluded_on_it(world, ending):
    end(world, review(world), ending=ending)
    assert barred(world).source == "LOU 20 kap. 6 §"
    assert not may_conclude_contract(world.fresh_tender(), date(2030, 1, 1))


def test_what_is_registered_must_have_been_and_in_order_and_once(world):
    again = partial(review, world)
    found = again()
    assert refusal(again) == "This case is registered already."
    assert refusal(again, number="1", received_on=date(2026, 6, 20), at=SENT) == "2026-06-20 has not come yet."
    assert refusal(again, number=" ") == "Write which court, and its number of the case."
    order = partial(record_interim_order, review=found, by=world.case.officer, at=LATER, lifted_on=None)
    wrong = "The days stand in the wrong order."
    assert refusal(order, barred_on=date(2026, 6, 9)) == wrong
    assert refusal(order, barred_on=date(2026, 7, 2), lifted_on=date(2026, 7, 1)) == wrong
    assert refusal(order, barred_on=date(2026, 9, 2)) == "2026-09-02 has not come yet."
    assert refusal(end, world=world, found=found, on=date(2026, 6, 9)) == wrong
    end(world, found)
    ended = "How the case ended is registered. Another instance is a case of its own."
    assert refusal(end, world=world, found=found) == ended
    assert refusal(order, barred_on=date(2026, 7, 2)) == ended


def test_the_diary_and_the_log_tell_of_the_case(world):
    end(world, review(world))
    case = world.procurement.diary_case
    rows = DiaryDocument.objects.filter(case=case, counterparty="Förvaltningsrätten i Östersund").order_by("serial")
    assert [row.subject for row in rows] == ["Överprövningsmål 4711-26", "Avgörande i överprövningsmål 4711-26"]
    events = LedgerBody.objects.filter(event__startswith="review_").order_by("index").values_list("event", flat=True)
    assert list(events) == ["review_registered", "review_ended"]


def test_who_registers_and_who_reads(world):
    case, found = world.case, review(world)
    register = partial(
        register_review,
        decision=world.fresh_tender().award,
        kind=Kind.PROCUREMENT,
        instance=Instance.FIRST,
        court="Förvaltningsrätten i Umeå",
        number="1-26",
        received_on=SENT.date(),
        at=LATER,
    )
    declare(case, case.evaluators[0], has_conflict=True, at=LATER)
    people = {
        case.officer: "read register end",
        case.decider: "read register end",
        case.need_owner: "read",
        case.evaluators[1]: "read",
        case.evaluators[0]: "",
        world.bids[0].submission.submitted_by: "",
        make_person(organisation=case.buyer): "",
    }
    for person, may in people.items():
        asked = {
            "read": reviews_visible_to(person).filter(pk=found.pk).exists(),
            "register": rules.may_register_review(person, world.fresh_tender().award),
            "end": rules.may_end_review(person, found),
        }
        assert " ".join(what for what, answer in asked.items() if answer) == may
        if "register" not in may:
            refusal(register, by=person)
            refusal(end_review, review=found, decided_on=SENT.date(), ending=Ending.DISMISSED, by=person, at=LATER)
    assert ReviewCase.objects.count() == 1


def test_the_pages_of_a_case_from_register_to_end(client, world):
    at_notices = reverse("awards:notices", args=[world.procurement.pk])
    address = reverse("awards:register_review", args=[world.procurement.pk])
    client.force_login(world.case.officer)
    with time_machine.travel(LATER, tick=False):
        assert address in client.get(at_notices).text
        sent = {"kind": "procurement", "instance": "first", "court": "Förvaltningsrätten i Umeå", "number": "7-26",
                "received_on": "2026-06-18", "idempotency_key": "r"}  # fmt: skip
        assert "Välj" in client.post(address, sent | {"kind": ""}).text
        for _ in range(2):
            assert client.post(address, sent)["Location"] == at_notices
        found = ReviewCase.objects.get()
        page = reverse("awards:review", args=[found.pk])
        for text in (client.get(at_notices).text, client.get(page).text):
            assert "Inget avtal nu" in text
            assert "Ett överprövningsmål pågår, så avtalsspärren fortsätter" in text
        public = reverse("publication:tender", args=[world.tender.pk])
        assert "Ett överprövningsmål pågår" in client.get(public).text
        case_page = client.get(reverse("pages:case", args=[world.procurement.pk])).text
        assert "I domstol" in case_page
        assert "Förvaltningsrätten i Umeå, 7-26" in case_page
        order = reverse("awards:interim", args=[found.pk])
        assert client.post(order, {"barred_on": "2026-06-19", "idempotency_key": "i"})["Location"] == page
        assert "Interimistiskt beslut" in client.get(page).text
        sent = {"decided_on": "2026-09-01", "ending": "dismissed", "idempotency_key": "e"}
        assert client.post(page, sent | {"decided_on": "2026-06-01", "idempotency_key": "f"}).status_code == 422
        for _ in range(2):
            assert client.post(page, sent)["Location"] == page
        assert "Avtal tidigast" in client.get(page).text
        client.force_login(world.case.need_owner)
        assert client.post(page, sent | {"idempotency_key": "n"}).status_code == 422
        client.force_login(world.bids[0].submission.submitted_by)
        assert [client.get(each).status_code for each in (page, order, address)] == [404, 404, 404]


def test_a_signature_is_refused_while_a_case_runs(world):
    contract = draw_up_contract(tender=world.fresh_tender(), by=world.case.officer, at=SENT + timedelta(days=1))
    review(world, at=LATER)
    said = refusal(
        register_signature,
        contract=contract,
        party=Signature.Party.BUYER,
        signed_on_day=date(2026, 7, 1),
        signer="Director",
        by=world.case.officer,
        at=LATER,
    )
    assert said.startswith("A review case runs")
