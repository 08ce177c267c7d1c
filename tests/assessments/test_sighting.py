"""A price that somebody met while judging: reported without its amount, handled by the officer, masked for the panel."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rodatraden.assessments.actions import go_on_without, handle_price, lock_consensus, report_price
from rodatraden.assessments.models import PriceSighting
from rodatraden.assessments.queries import material_of, open_tasks, sightings_visible_to
from rodatraden.assessments.rules import may_see_sighting, names_no_amount
from rodatraden.bids.queries import bids_with_case, files_of, files_visible_to
from rodatraden.core.answer import RefusedError
from rodatraden.demo.pdf import pdf as shown
from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.pages.queries import tasks_in
from rodatraden.procurements.models import Procurement
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.assessments import Panel, agree_all, make_round
from tests.factories.assessments import all_hand_in as hand_all_in
from tests.factories.bids import pdf
from tests.factories.evaluation import make_opened
from tests.factories.parties import START
from tests.factories.procurements import declare

pytestmark = pytest.mark.django_db

Measure = PriceSighting.Measure
WHERE = "Sidan 2, tredje stycket"
COPY = pdf()
HIDDEN = ["1 140"]


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**{"at": START} | arguments)
    return str(refused.value.answer.reason)


@pytest.fixture
def world(time_machine):
    world = make_opened()
    time_machine.move_to(world.opened_at)
    started = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at)
    world.panel = Panel(started.pk, world.case.officer, list(world.case.evaluators))
    world.item = world.panel.round.items.order_by("number")[0]
    world.file = next(each for each in material_of(world.item, person=world.case.officer, at=world.opened_at))
    return world


def reported(world, where=WHERE):
    return report_price(
        item=world.item, where=where, material=world.file.id, by=world.case.evaluators[0], at=world.opened_at
    )


def handled(world, measure=Measure.MASKED, masked=COPY):
    return handle_price(
        sighting=reported(world),
        measure=measure,
        explanation="Kopian saknar tredje stycket.",
        masked=masked,
        hidden=HIDDEN,
        by=world.case.officer,
        at=world.opened_at,
    )


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Sidan 2, tredje stycket", True),
        ("Bilaga 3, metod-2026.pdf, s. 14", True),
        ("Sidan 2: 1 140 kr per timme", False),
        ("Sidan 2: 1140", False),
        ("Sidan 2, 950 kronor", False),
        ("Sidan 2, 12 % rabatt", False),
        ("Priset 1.140.000", False),
        ("Står 98000", False),
    ],
)
def test_where_it_stands_is_told_and_never_how_high_it_is(text, fits):
    assert bool(names_no_amount(text)) is fits


def test_the_report_goes_to_the_officer_as_a_task_and_to_nobody_else(world):
    reported(world)
    case = world.case
    for person in case.everybody:
        kinds = {task.kind for task in open_tasks(person, world.opened_at, [world.procurement])}
        assert ("assessments.price" in kinds) is (person == case.officer)
    assert not any("Sidan 2" in mail.text for mail in OutboxMail.objects.all())


def test_the_ledger_proves_it_without_the_place_or_an_amount(world):
    handled(world)
    for body in LedgerBody.objects.filter(event__startswith="price_sighting"):
        assert "Sidan" not in body.what
        assert "stycke" not in body.what
        assert set(re.findall(r'"(\w+)":', body.what)) <= {"where_sha256", "measure", "explanation_sha256"}
    assert LedgerBody.objects.filter(event__startswith="price_sighting").count() == 2


@pytest.mark.parametrize("where", ["", "   ", "Sidan 2: 1 140 kr"])
def test_an_empty_place_and_an_amount_are_refused_and_stored_nowhere(client, world, where):
    with pytest.raises(RefusedError):
        reported(world, where)
    client.force_login(world.case.evaluators[0])
    page = reverse("assessments:report_price", args=[world.panel.id, world.item.pk])
    sent = {"material": str(world.file.id), "where": where, "idempotency_key": "k"}
    assert client.post(page, sent).status_code == 422
    assert not PriceSighting.objects.exists()


def test_inv_13_who_reads_a_report_before_and_after_it_is_handled(client, world):
    """Role × state: who reported it and the officer, as long as they have access; the page and the query agree."""
    case = world.case
    sighting = reported(world)
    page = reverse("assessments:sighting", args=[sighting.pk])
    everybody = {
        "officer": case.officer,
        "reporter": case.evaluators[0],
        "other": case.evaluators[1],
        "opener": case.openers[0],
        "decider": case.decider,
        "need": case.need_owner,
        "manager": case.contract_manager,
    }
    for state in ("reported", "handled", "conflict"):
        if state == "handled":
            handle_price(
                sighting=sighting,
                measure=Measure.NOTED,
                explanation="Går inte att räkna på.",
                by=case.officer,
                at=world.opened_at,
            )
        if state == "conflict":
            declare(case, case.evaluators[0], at=world.opened_at, has_conflict=True)
        readers = {"officer"} if state == "conflict" else {"officer", "reporter"}
        for role, person in everybody.items():
            client.force_login(person)
            assert (client.get(page).status_code == 200) is (role in readers), (state, role)
            assert (sighting in sightings_visible_to(person)) is (role in readers), (state, role)
            found = PriceSighting.objects.select_related("item__round__case", "seen_by").get()
            assert bool(may_see_sighting(person, found)) is (role in readers), (state, role)
            for path in (
                reverse("assessments:round", args=[world.panel.id]),
                reverse("assessments:score", args=[world.panel.id, world.item.pk]),
                reverse("pages:log", args=[world.case.procurement.pk]),
                reverse("pages:search") + "?q=stycket",
            ):
                assert WHERE not in client.get(path).text, (state, role, path)
            shown = client.get(reverse("assessments:round", args=[world.panel.id])).text
            assert ("Priser som har setts" in shown) is (role in readers), (state, role)


def test_inv_13_with_a_masked_copy_the_panel_reads_that_one_and_the_document_is_shut(client, world):
    sighting = handled(world)
    case, at = world.case, world.opened_at
    copy = reverse("assessments:masked", args=[sighting.pk])
    for person, sees_original in (
        (case.evaluators[0], False),
        (case.evaluators[1], False),
        (case.openers[0], False),
        (case.officer, True),
    ):
        assert files_visible_to(person, at).filter(pk=world.file.id).exists() is sees_original
        bid = bids_with_case().get(files=world.file.id)
        assert files_of(bid, person, at).filter(pk=world.file.id).exists() is sees_original
        client.force_login(person)
        for name in ("file", "read"):
            answer = client.get(reverse(f"bids:{name}", args=[world.file.id]))
            _ = answer.getvalue() if answer.streaming else answer.content
            assert (answer.status_code == 200) is sees_original
    for person in case.evaluators:
        read = next(each for each in material_of(world.item, person=person, at=at) if each.id == world.file.id)
        assert (read.url, read.view_url, read.name) == (copy, copy, world.file.name)
        client.force_login(person)
        assert client.get(copy).getvalue().startswith(b"%PDF-")
        text = client.get(reverse("assessments:score", args=[world.panel.id, world.item.pk])).text
        assert copy in text
        assert world.file.view_url not in text
    client.force_login(case.need_owner)
    assert client.get(copy).status_code == 404


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"masked": None}, "Choose the masked copy as a PDF."),
        ({"masked": b"PK-not a PDF"}, "Choose the masked copy as a PDF."),
        ({"masked": b"%PDF-1.7 broken"}, "The file is no PDF that can be read."),
        ({"hidden": []}, "Write the words that must be gone, or which pages are taken out."),
        ({"explanation": " "}, "Write what was done and why it is enough."),
        ({"explanation": "Priset är 1 140 kr"}, "Write where the price stands, and leave the amount out."),
    ],
)
def test_what_was_done_is_written_whole(world, changed, why):
    sighting = reported(world)
    arguments = {
        "measure": Measure.MASKED,
        "explanation": "Maskad.",
        "masked": COPY,
        "hidden": HIDDEN,
        "by": world.case.officer,
    }
    assert refusal(handle_price, sighting=sighting, **arguments | changed) == why
    sighting.refresh_from_db()
    assert (sighting.handled_at, sighting.masked) == (None, None)


def test_a_copy_in_which_the_price_can_still_be_read_is_refused(world):
    sighting = reported(world)
    why = refusal(
        handle_price,
        sighting=sighting,
        measure=Measure.MASKED,
        explanation="Maskad.",
        masked=shown("Anbud", ["Timpris 1140"]),
        hidden=["1140"],
        by=world.case.officer,
    )
    assert why.startswith("This can still be read in the file: 1140.")
    sighting.refresh_from_db()
    assert sighting.masked is None


def test_only_the_officer_handles_it_and_once(world):
    sighting = reported(world)
    for person in (*world.case.evaluators, world.case.openers[0], world.case.decider):
        why = refusal(handle_price, sighting=sighting, measure=Measure.NOTED, explanation="Noterat.", by=person)
        assert why == "Only the procurement officer of this procurement can do this."
    handle_price(sighting=sighting, measure=Measure.NOTED, explanation="Noterat.", by=world.case.officer, at=START)
    again = refusal(
        handle_price, sighting=sighting, measure=Measure.NO_PRICE, explanation="Nej.", by=world.case.officer
    )
    assert again == "It has been handled."


def test_a_copy_needs_a_document_that_it_stands_for(world):
    sighting = report_price(item=world.item, where=WHERE, material=None, by=world.case.evaluators[0], at=START)
    why = refusal(
        handle_price,
        sighting=sighting,
        measure=Measure.MASKED,
        explanation="Maskad.",
        masked=COPY,
        by=world.case.officer,
    )
    assert why == "The report names no document that a copy could stand for."


def test_who_does_not_judge_reports_nothing(world):
    member = world.panel.round.panel.get(person=world.case.evaluators[0])
    go_on_without(member=member, reason="Sjuk", by=world.case.officer, at=world.opened_at)
    with pytest.raises(RefusedError):
        reported(world)
    alone = make_round()
    item = alone.round.items.all()[0]
    why = refusal(report_price, item=item, where=WHERE, material=None, by=alone.assessors[0])
    assert why.startswith("Nothing is bought here")


def test_the_pages_report_and_handle_it_once_however_often_they_are_pressed(client, world):
    client.force_login(world.case.evaluators[0])
    page = reverse("assessments:report_price", args=[world.panel.id, world.item.pk])
    assert world.file.name in client.get(page).text
    sent = {"material": str(world.file.id), "where": WHERE, "idempotency_key": "k"}
    for _ in range(2):
        answer = client.post(page, sent)
        assert answer["Location"] == reverse("assessments:score", args=[world.panel.id, world.item.pk])
    sighting = PriceSighting.objects.get()
    assert (sighting.material, sighting.where) == (world.file.id, WHERE)
    client.force_login(world.case.officer)
    page = reverse("assessments:sighting", args=[sighting.pk])
    shown = client.get(page).text
    assert world.file.url in shown
    without = {"measure": "masked", "explanation": "Maskad.", "idempotency_key": "m"}
    assert client.post(page, without).status_code == 422
    for _ in range(2):
        upload = SimpleUploadedFile("kopia.pdf", COPY, "application/pdf")
        assert client.post(page, without | {"file": upload, "hidden": "1 140\r\n"})["Location"] == page
    sighting.refresh_from_db()
    assert sighting.measure == Measure.MASKED
    assert "Läs den maskade kopian" in client.get(page).text
    procurement = Procurement.objects.get(pk=world.case.procurement.pk)
    assert "assessments.price" not in {task.kind for task in tasks_in(procurement, world.case.officer, world.opened_at)}


def test_after_the_lock_nothing_more_is_reported(world):
    hand_all_in(world.panel, at=world.opened_at)
    agree_all(world.panel)
    lock_consensus(assessed=world.panel.round, by=world.case.officer, at=world.opened_at)
    assert (
        refusal(report_price, item=world.item, where=WHERE, material=None, by=world.case.officer)
        == "The consensus is locked."
    )
