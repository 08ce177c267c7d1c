"""The pages of the award, walked by the decision maker, the officer and the bidders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.awards.models import AwardDecision, DecisionProposal, Notification
from rodatraden.records.models import OutboxMail
from tests.factories.awards import WITHOUT_PROOF, award, make_awarded, notify, prepare
from tests.factories.evaluation import make_opened, make_outcome, reach_outcome
from tests.factories.parties import make_buyer, make_person, make_supplier

pytestmark = pytest.mark.django_db
EIGHT = ((8, 8), (8, 8))
SENT = datetime(2026, 6, 9, 8, 14, tzinfo=UTC)


def url(name, world):
    return reverse(f"awards:{name}", args=[world.procurement.pk])


def test_the_officer_prepares_the_decision_maker_decides_and_all_bidders_are_notified(client):
    world = make_outcome((1000, 900), EIGHT)
    client.force_login(world.case.officer)
    assert url("prepare", world) in client.get(url("decision", world)).text
    assert "Anbudet från Nordväg Coaching AB har lägst utvärderingspris" in client.get(url("prepare", world)).text
    sent = {"reasons": "Egna ord om vinnaren.", "delegation": " ", "idempotency_key": "k"}
    answer = client.post(url("prepare", world), sent)
    assert answer.status_code == 422
    assert "Fyll i delegation" in answer.text
    assert "Egna ord om vinnaren." in answer.text
    for _ in range(2):  # a double click has one effect and the same answer
        answer = client.post(url("prepare", world), sent | {"delegation": "Punkt 4.2", "without_proof": WITHOUT_PROOF})
        assert answer["Location"] == url("decision", world)
    assert "Bara beslutsfattaren" in client.get(url("decision", world)).text

    client.force_login(world.case.decider)
    shown = client.get(url("decide", world)).text
    assert "Egna ord om vinnaren." in shown
    assert WITHOUT_PROOF in shown
    sent = {"reasons": "Beslutsfattarens ord.", "delegation": "Punkt 4.2", "idempotency_key": "d"}
    for _ in range(2):
        assert client.post(url("decide", world), sent)["Location"] == url("decision", world)
    assert AwardDecision.objects.get().reasons == "Beslutsfattarens ord."
    text = client.get(url("decision", world)).text
    for said in ("Director, Punkt 4.2", "Officer", "beslutsfattaren valde andra ord", url("notices", world)):
        assert said in text

    client.force_login(world.case.officer)
    assert "Underrätta alla anbudsgivare" in client.get(url("notices", world)).text
    sent = {"channel_1": "electronic", "channel_2": "letter", "stated_days": "", "idempotency_key": "n"}
    for _ in range(2):
        assert client.post(url("notices", world), sent)["Location"] == url("notices", world)
    assert Notification.objects.count() == 2
    text = client.get(url("notices", world)).text
    assert "Avtal tidigast" in text
    assert "Med brev" in text


def test_nobody_else_decides_or_notifies_by_sending_the_form(client):
    world = make_outcome((1000, 900), EIGHT)
    prepare(world)
    client.force_login(world.case.officer)
    assert "Bara beslutsfattaren i den här upphandlingen kan göra detta." in client.get(url("decision", world)).text
    sent = {"reasons": "x", "delegation": "x", "idempotency_key": "k"}
    assert client.post(url("decide", world), sent).status_code == 422
    assert client.post(url("prepare", world), sent | {"idempotency_key": "p"}).status_code == 422
    client.force_login(world.case.evaluators[0])
    assert client.post(url("return", world), {"why": "x", "idempotency_key": "r"}).status_code == 422
    assert not AwardDecision.objects.exists()
    award(world, proposal=DecisionProposal.objects.get())
    client.force_login(world.case.evaluators[0])
    sent = {"channel_1": "electronic", "channel_2": "electronic", "stated_days": "", "idempotency_key": "n"}
    assert client.post(url("notices", world), sent).status_code == 422
    assert not Notification.objects.exists()


def test_a_bidder_reads_its_own_notification_and_no_other(client):
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    first, second = Notification.objects.order_by("bid__number")
    bidder = world.bids[0].submission.submitted_by
    client.force_login(bidder)
    own = client.get(reverse("awards:notification", args=[first.pk]))
    assert own.status_code == 200
    text = own.text.replace("\xa0", " ")
    for said in (
        "Anbudet från Nordväg Coaching AB antas.",
        "Varför ditt anbud inte antogs",
        "1 400 kr",
        "tisdag 23 juni 2026",
    ):
        assert said in text
    assert client.get(reverse("awards:notification", args=[second.pk])).status_code == 404
    for name in ("decision", "notices"):
        assert client.get(url(name, world)).status_code == 404
    assert client.get(reverse("awards:letter", args=[first.pk])).status_code == 403
    client.force_login(make_person())
    assert client.get(reverse("awards:notification", args=[first.pk])).status_code == 404


#          decision notices
FROZEN = {"officer": "200 200", "evaluator": "200 200", "opener": "200 200", "decider": "200 200",
          "need_owner": "403 403", "bidder": "404 404", "colleague": "404 404", "nobody": "302 302"}  # fmt: skip
OPENED = FROZEN | dict.fromkeys(("officer", "evaluator", "opener", "decider"), "403 403")
DECIDED = FROZEN | {"need_owner": "200 200"}


def test_inv_02_who_comes_to_which_page_and_nothing_is_told_before_its_time(client):
    world = make_opened((1000, 900))
    case = world.case
    people = {
        "officer": case.officer,
        "evaluator": case.evaluators[0],
        "opener": case.openers[0],
        "decider": case.decider,
        "need_owner": case.need_owner,
        "bidder": world.bids[0].submission.submitted_by,
        "colleague": make_person(organisation=case.buyer),
        "nobody": None,
    }

    def visit():
        found = {}
        for who, person in people.items():
            client.logout()
            if person:
                client.force_login(person)
            answers = [client.get(url(name, world)) for name in ("decision", "notices")]
            found[who] = " ".join(str(answer.status_code) for answer in answers)
            for answer in answers:
                others = [bid for bid in world.bids if bid.submission.submitted_by != person]
                told = [bid.supplier.name for bid in others if bid.supplier.name in answer.text]
                assert answer.status_code == 200 or told == [], who
        return found

    assert visit() == OPENED
    reach_outcome(world, EIGHT)
    assert visit() == FROZEN
    decision = award(world)
    assert visit() == DECIDED
    notify(world, decision)
    assert visit() == DECIDED


def test_the_decision_maker_returns_what_is_prepared_and_the_officer_reads_why(client):
    world = make_outcome((1000, 900), EIGHT)
    prepare(world)
    client.force_login(world.case.decider)
    assert "Lämna tillbaka" in client.get(url("return", world)).text
    sent = {"why": "Säg vad anbudet har som andra saknar.", "idempotency_key": "r"}
    for _ in range(2):
        assert client.post(url("return", world), sent)["Location"] == url("decision", world)
    client.force_login(world.case.officer)
    for page in ("decision", "prepare"):
        assert "Säg vad anbudet har som andra saknar." in client.get(url(page, world)).text


def test_the_receipt_is_the_bidders_and_nobody_elses(client):
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    first = Notification.objects.order_by("bid__number")[0]
    address = reverse("awards:notification", args=[first.pk])
    client.force_login(world.case.officer)
    client.get(address)
    assert "Inte öppnad på anbudsgivarens sida än" in client.get(url("notices", world)).text
    client.force_login(world.bids[0].submission.submitted_by)
    assert "Öppnades först" in client.get(address).text
    client.force_login(world.case.officer)
    assert client.get(url("notices", world)).text.count("Öppnades först av") == 1


def test_the_board_list_is_for_the_people_of_the_organisation(client):
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    address = reverse("awards:board", args=[world.case.buyer.pk])
    table = reverse("awards:board_csv", args=[world.case.buyer.pk])
    people = {
        world.case.officer: 200,
        make_person(organisation=world.case.buyer): 200,
        world.bids[0].submission.submitted_by: 404,
        make_person(organisation=make_buyer("Annan köpare")): 404,
    }
    for person, status in people.items():
        client.force_login(person)
        assert [client.get(each).status_code for each in (address, table)] == [status, status]
    client.force_login(world.case.officer)
    text = client.get(address).text
    assert "Tilldelning till Nordväg Coaching AB" in text
    assert "Delegationsordningen punkt 4.2" in client.get(table).content.decode()
    with time_machine.travel(SENT + timedelta(days=3), tick=False):
        sent = {"meeting_on": "2026-06-10", "idempotency_key": "b"}
        for _ in range(2):
            assert client.post(address, sent)["Location"] == address
        assert "Styrelsen har fått veta om alla beslut." in client.get(address).text
    own = make_person(organisation=make_supplier("Utanför AB"))
    client.force_login(own)
    assert client.get(reverse("awards:board", args=[own.memberships.get().organisation_id])).status_code == 404


def test_a_letter_is_registered_when_a_mail_did_not_go_out(client):
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    OutboxMail.objects.update(attempts=1, last_error="Connection refused")
    client.force_login(world.case.officer)
    first = Notification.objects.order_by("bid__number")[0]
    address = reverse("awards:letter", args=[first.pk])
    text = client.get(url("notices", world)).text
    assert "Avtalsspärren har inte börjat" in text
    assert address in text
    assert client.get(address).status_code == 200
    for _ in range(2):
        assert client.post(address, {"idempotency_key": "k"})["Location"] == url("notices", world)
    first.refresh_from_db()
    assert first.letter_at is not None
    assert "Med brev, eftersom mejlet inte gick i väg" in client.get(url("notices", world)).text


def test_pages_take_as_many_queries_for_many_bids_as_for_one(client):
    counts = []
    for n in (1, 6):
        world = make_opened((900, *(1000,) * (n - 1)))
        reach_outcome(world, ((8, 8),) * n)
        client.force_login(world.case.decider)
        client.get(url("decision", world))  # the session is read once more the first time
        found = [n_queries(client, url("decision", world))]
        proposal = prepare(world)
        found += [n_queries(client, url(name, world)) for name in ("decision", "decide")]
        decision = award(world, proposal=proposal)
        found += [n_queries(client, url(name, world)) for name in ("decision", "notices")]
        notify(world, decision)
        found.append(n_queries(client, url("notices", world)))
        first = Notification.objects.filter(decision=decision).order_by("bid__number")[0]
        counts.append([*found, n_queries(client, reverse("awards:notification", args=[first.pk]))])
    assert counts[0] == counts[1]


def n_queries(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
