"""The pages of the follow-up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.followup import queries
from rodatraden.followup.actions import link_to_need, open_deviation, record_result
from rodatraden.followup.models import CheckResult, Deviation, NeedResult
from tests.factories.bids import pdf
from tests.factories.contracts import supplier_person
from tests.factories.rows import copy_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # what a result becomes

AT = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
FOUND = {
    "verdict": "partly",
    "level_reached": "80 %",
    "evidence": "Hinderloggen",
    "note": "",
    "idempotency_key": "k1",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def check(world, contract):
    return queries.visible_to(world.case.contract_manager).filter(term__requirement__kind="term")[0]


def text(answer):
    return answer.text.replace("\u00a0", " ")


def test_the_plan_shows_what_was_promised_beside_what_was_found(client, world, contract, check):
    client.force_login(world.case.officer)
    shown = text(client.get(reverse("followup:plan", args=[contract.pk])))
    for words in ("Hur vet vi att det hålls?", "Vi håller K4.", "Genomgång av loggen", "Inte uppföljt än"):
        assert words in shown
    assert client.get(reverse("followup:check", args=[check.pk])).status_code == 200


def test_the_supplier_sees_only_deviations_that_are_theirs(client, world, contract, check):
    client.force_login(supplier_person(contract))
    assert client.get(reverse("followup:plan", args=[contract.pk])).status_code == 404
    assert client.get(reverse("followup:check", args=[check.pk])).status_code == 404
    assert "Det finns inga avvikelser" in text(client.get(reverse("followup:deviations", args=[contract.pk])))
    client.force_login(world.bids[3].submission.submitted_by)
    assert client.get(reverse("followup:deviations", args=[contract.pk])).status_code == 404


def test_from_a_result_to_the_next_need(client, world, contract, check):
    client.force_login(world.case.contract_manager)
    address = reverse("followup:check", args=[check.pk])
    for _ in range(2):
        file = SimpleUploadedFile("logg.pdf", pdf())
        assert client.post(address, FOUND | {"file": file})["Location"] == address
    result = CheckResult.objects.get()
    assert "80 %" in text(client.get(address))
    assert b"".join(client.get(reverse("followup:file", args=[result.pk]))) == pdf()
    deviation = {
        "description": "Två hinder utan mottagare",
        "acts_by": "supplier",
        "owner": world.case.contract_manager.pk,
        "due_on": "2026-10-30",
        "idempotency_key": "k2",
    }
    assert client.post(reverse("followup:deviate", args=[result.pk]), deviation).status_code == 302
    opened = Deviation.objects.get()
    client.force_login(supplier_person(contract))
    shown = text(client.get(reverse("followup:deviation", args=[opened.pk])))
    assert "Två hinder utan mottagare" in shown
    assert "Hinderloggen" not in shown
    client.force_login(world.case.contract_manager)
    closed = {"measure": "Mottagare utsedda.", "idempotency_key": "k3"}
    assert client.post(reverse("followup:deviation", args=[opened.pk]), closed).status_code == 302
    need = check.term.requirement.needs.get()
    told = {"text": "Fler hinder når rätt nivå.", "idempotency_key": "k4"}
    assert client.post(reverse("followup:tell", args=[result.pk, need.pk]), told).status_code == 302
    client.force_login(world.case.decider)
    grown = {"title": "Nytt", "for_whom": "Alla", "description": "Mer", "evidence": "Loggen", "idempotency_key": "k5"}
    linked = NeedResult.objects.get()
    assert client.post(reverse("followup:grow", args=[linked.pk]), grown).status_code == 302
    linked.refresh_from_db()
    assert linked.next_need.source == "Uppföljning av K4 Hinder till den som har mandat"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"level_reached": ""}, "Fyll i uppnådd nivå"), ({"evidence": " "}, "Fyll i"), ({"verdict": "x"}, "Välj igen")],
)
def test_bad_input_is_said_and_nothing_is_lost(client, world, check, changed, reason):
    client.force_login(world.case.contract_manager)
    answer = client.post(reverse("followup:check", args=[check.pk]), FOUND | {"note": "Kom ihåg"} | changed)
    assert answer.status_code == 422
    assert reason in text(answer)
    assert "Kom ihåg" in answer.text
    assert not CheckResult.objects.exists()


def test_somebody_else_is_told_who_records(client, world, check):
    client.force_login(world.case.officer)
    assert 'aria-disabled="true"' in client.get(reverse("followup:check", args=[check.pk])).text
    assert client.post(reverse("followup:check", args=[check.pk]), FOUND).status_code == 422


def test_pages_take_as_many_queries_for_thirty_rows_as_for_one(client, world, contract, check):
    """Each page is asked for by an official and by the supplier, with results, deviations, needs told of and days to come."""
    found = record_result(
        check=check, verdict="partly", level_reached="80 %", evidence="Loggen", by=world.case.contract_manager, at=AT
    )
    about = {"description": "Brister", "acts_by": "supplier", "owner": world.case.contract_manager}
    opened = open_deviation(result=found, **about, due_on=date(2026, 10, 30), by=world.case.contract_manager, at=AT)
    link_to_need(
        result=found, need=check.term.requirement.needs.get(), text="Mer", by=world.case.contract_manager, at=AT
    )
    addresses = {
        world.case.contract_manager: [
            reverse("followup:plan", args=[contract.pk]),
            reverse("followup:deviations", args=[contract.pk]),
            reverse("followup:check", args=[check.pk]),
            reverse("followup:deviation", args=[opened.pk]),
            reverse("followup:deviate", args=[found.pk]),
            reverse("pages:case", args=[world.procurement.pk]),
            reverse("pages:home"),
        ],
        supplier_person(contract): [reverse("followup:deviations", args=[contract.pk]), reverse("pages:home")],
    }

    def counted():
        told = {}
        for person, pages in addresses.items():
            client.force_login(person)
            for address in pages:
                client.get(address)
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(address).status_code == 200
                told[person.name, address] = len(captured)
        return told

    one = counted()
    for number in range(29):
        more = copy_of(check, number=100 + number, due_on=check.due_on + timedelta(days=number))
        result = copy_of(found, check_of=more)
        copy_of(found)  # an earlier or later result of the same check
        copy_of(opened, result=result)
        need = copy_of(check.term.requirement.needs.order_by("number")[0], number=100 + number)
        check.term.requirement.needs.add(need)
        copy_of(NeedResult.objects.order_by("pk")[0], need=need, result=found)
    assert counted() == one
    client.force_login(world.case.contract_manager)
    assert text(client.get(reverse("followup:deviations", args=[contract.pk]))).count("Brister") == 30
