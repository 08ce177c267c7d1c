"""Pages of the proof: what is proposed and asked for, brought, checked and told, and in how many queries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.awards.actions import prepare_decision
from rodatraden.awards.documents import decision_paper
from rodatraden.awards.views.deciding import queries as awards_queries
from rodatraden.core.answer import RefusedError
from rodatraden.core.offer import Company, PartyRole, index_of, read_index
from rodatraden.evaluation import rules
from rodatraden.evaluation.models import Inquiry, Proof, ProofPaper
from rodatraden.evaluation.queries import open_tasks, proofs_of, wanted_of
from rodatraden.procurements.queries import visible_to as cases_of
from tests.evaluation.proofs import DAY, S, bidder, bring, check, line
from tests.factories.awards import award
from tests.factories.bids import pdf
from tests.factories.evaluation import CRIME, SUPPLIERS, TAX, ask_proof, make_outcome

pytestmark = pytest.mark.django_db


def test_proposed_are_the_grounds_of_all_that_the_bid_relies_on_and_the_musts_that_wait_for_the_award():
    world = make_outcome()
    bid = world.bids[0]
    offer = replace(
        read_index(bid.index),
        companies=(
            Company(PartyRole.RELIED_UPON, "Stödbolaget AB"),
            Company(PartyRole.SUBCONTRACTOR, "Underhand AB"),
        ),
    )
    bid.index = index_of(offer)
    must = world.tender.requirements.filter(kind="must").order_by("number")[0]
    type(must).objects.filter(pk=must.pk).update(checked_when="before_award")
    found = wanted_of(bid)
    assert [(each.about, each.kind, each.is_proposed) for each in found] == [
        *((SUPPLIERS[0], kind, True) for kind in ("crime", "tax", "insolvency")),
        *(("Stödbolaget AB", kind, True) for kind in ("crime", "tax", "insolvency")),
        *(("Underhand AB", kind, False) for kind in ("crime", "tax", "insolvency")),
        (SUPPLIERS[0], "qualification", True),
    ]
    assert must.evidence in found[-1].what


def test_the_page_says_what_it_rests_on_in_each_procedure():
    world = make_outcome()
    procurement = world.procurement
    seen = {}
    for procedure in ("se-open", "se-below", "no-part-3", ""):
        procurement.procedure = procedure
        text, source = rules.what_proof_rests_on(procurement)
        seen[procedure] = (source, rules.is_proof_asked_by_law(procurement), "not been verified" in str(text))
    assert seen == {
        "se-open": ("LOU 15 kap. 4 §", True, False),
        "se-below": ("LOU 19 kap. 1 och 2 §§", False, False),
        "no-part-3": ("", False, True),
        "": ("", False, True),
    }


def test_the_decision_names_the_proof_it_rests_on():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    check(world, bring(world, asked, source="Polisen"))
    decision = award(world, at=asked.asked_at + 3 * DAY)
    told = str(decision_paper(decision))
    assert [each in told for each in ("Utdrag ur belastningsregistret", "Polisen", world.case.officer.name)] == [
        True
    ] * 3


def test_the_officer_has_the_tasks_of_the_proof_in_a_constant_number_of_queries():
    world = make_outcome()
    officer = world.case.officer

    def told():
        cases = list(cases_of(officer))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = [task.url_name for task in open_tasks(officer, world.opened_at + 5 * DAY, cases)]
        return found, len(queries)

    first, n = told()
    assert first == ["evaluation:ask_proof"]
    asked = ask_proof(world, wanted=[CRIME, TAX])
    assert told()[0] == []
    papers = [bring(world, asked, number) for number in (1, 2)]
    second, m = told()
    assert second == ["evaluation:proofs"]
    assert m <= n + 2
    for paper in papers:
        check(world, paper)
    assert told()[0] == []


def test_the_list_asks_as_few_questions_of_the_database_with_many_proofs_as_with_one():
    world = make_outcome()
    ask_proof(world, wanted=[CRIME])
    tender = world.fresh_tender()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            for inquiry in proofs_of(tender):
                [(proof.state, proof.paper) for proof in inquiry.proofs.all()]
        return len(queries)

    few = asked()
    more = ask_proof(world, wanted=[CRIME] * 30)
    for number in range(1, 31):
        check(world, bring(world, more, number))
    assert asked() <= few + 2


def test_the_officer_asks_the_bidder_hands_in_and_the_officer_accepts_on_their_pages(client):
    world = make_outcome()
    client.force_login(world.case.officer)
    page = reverse("evaluation:ask_proof", args=[world.procurement.pk])
    sent = {f"how_{n}": "not" for n in range(3)} | {
        "how_0": "bidder",
        "months_0": "3",
        "how_1": "register",
        "counted_from": "asked",
        "age_source": "Inbjudan 4.2",
        "question": "Visa & skicka.",
        "answer_by": "2031-06-01T12:00",
        "idempotency_key": "a",
    }
    assert "Bolagsverket" in client.get(page).text
    wrong = client.post(page, sent | {"age_source": "", "idempotency_key": "z"})
    assert wrong.status_code == 422
    assert "Visa &amp; skicka." in wrong.text
    assert client.post(page, sent).url == reverse("evaluation:proofs", args=[world.procurement.pk])
    crime, tax = Proof.objects.order_by("number")
    assert (crime.register, crime.max_months, tax.register, tax.age_source) == ("", 3, "Skatteverket", "")

    decision = reverse("awards:decision", args=[world.procurement.pk])
    assert reverse("evaluation:proof", args=[crime.pk]) in client.get(decision).text

    client.force_login(bidder(world))
    own = reverse("evaluation:prove", args=[crime.inquiry_id])
    hand_in = reverse("evaluation:hand_in", args=[crime.pk])
    assert hand_in in client.get(own).text
    assert reverse("evaluation:hand_in", args=[tax.pk]) not in client.get(own).text
    today = crime.counted_on.isoformat()
    typed = {"issued_on": today, "source": "Polisen", "note": "", "idempotency_key": "b"}
    assert client.post(hand_in, typed).status_code == 422
    file = SimpleUploadedFile("utdrag.pdf", pdf(), content_type="application/pdf")
    assert client.post(hand_in, typed | {"file": file, "idempotency_key": "c"}).url == own
    paper = ProofPaper.objects.get()
    assert "utdrag.pdf" in client.get(own).text
    answer = client.get(reverse("evaluation:proof_file", args=[paper.pk]))
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (pdf(), "application/octet-stream")

    client.force_login(world.case.officer)
    one = reverse("evaluation:proof", args=[crime.pk])
    assert "utdrag.pdf" in client.get(one).text
    assert client.post(one, {"verdict": "accepted", "reason": "", "idempotency_key": "d"}).status_code == 422
    client.post(one, {"verdict": "accepted", "reason": "Ingen dom.", "idempotency_key": "e"})
    register = reverse("evaluation:fetch_proof", args=[tax.pk])
    client.post(
        register,
        {"issued_on": today, "source": "Skatteverket", "note": "Inga skulder.", "idempotency_key": "f"},
    )
    client.post(
        reverse("evaluation:proof", args=[tax.pk]),
        {"verdict": "accepted", "reason": "Inga skulder.", "idempotency_key": "g"},
    )
    assert [line(crime.inquiry, number).state for number in (1, 2)] == [S.ACCEPTED, S.ACCEPTED]
    assert awards_queries.has_next(world.fresh_tender())


def test_a_page_tells_what_can_be_done_when_something_is_wanting(client):
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    Inquiry.objects.filter(pk=asked.pk).update(answer_by=asked.asked_at)
    client.force_login(world.case.officer)
    shown = client.get(reverse("evaluation:proofs", args=[world.procurement.pk])).text
    for name in ("evaluation:assess", "evaluation:more_time"):
        assert reverse(name, args=[asked.pk]) in shown
    assess = reverse("evaluation:assess", args=[asked.pk])
    client.post(assess, {"conclusion": "rejected", "reason": "Inget kom.", "idempotency_key": "a"})
    asked.refresh_from_db()
    assert asked.conclusion == "rejected"
    assert (
        client.post(
            reverse("evaluation:more_time", args=[asked.pk]),
            {"answer_by": "2031-06-01T12:00", "reason": "x", "idempotency_key": "b"},
        ).status_code
        == 422
    )


def test_what_is_not_asked_for_any_longer_or_late_is_said_on_the_bidders_page(client):
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME, TAX])
    Inquiry.objects.filter(pk=asked.pk).update(answer_by=asked.asked_at)
    client.force_login(world.case.officer)
    waive = reverse("evaluation:waive_proof", args=[line(asked, 2).pk])
    assert client.post(waive, {"reason": "Vi har det.", "idempotency_key": "a"}).status_code == 302
    client.force_login(bidder(world))
    shown = client.get(reverse("evaluation:prove", args=[asked.pk])).text
    assert "Vi har det." in shown
    assert "Tiden har gått ut" in shown


def test_prepare_decision_is_refused_on_its_own_page_too(client):
    world = make_outcome()
    ask_proof(world, wanted=[CRIME])
    with pytest.raises(RefusedError):
        prepare_decision(
            tender=world.fresh_tender(),
            winner=world.bids[0],
            reasons="x",
            delegation="x",
            by=world.case.officer,
            at=world.opened_at + 5 * DAY,
        )
    client.force_login(world.case.officer)
    shown = client.get(reverse("awards:prepare", args=[world.procurement.pk])).text
    assert CRIME.what in shown
