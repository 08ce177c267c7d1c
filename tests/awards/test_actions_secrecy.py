"""Claims of secrecy: a part with reason and harm by its own supplier, tried by an official, and what it holds back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from rodatraden.awards import queries
from rodatraden.awards.actions import answer_request, assess_secrecy, claim_secrecy, make_masked_copy
from rodatraden.core.answer import RefusedError
from rodatraden.demo.pdf import pdf
from rodatraden.records.models import AccessAnswer, SecrecyAssessment, SecrecyClaim
from tests.factories.awards import ask, claim, make_awarded
from tests.factories.evaluation import make_opened
from tests.factories.parties import make_person
from tests.factories.sealed import give_bid
from tests.factories.tenders import make_published

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 14, 7, tzinfo=UTC)
NOW = datetime(2026, 6, 11, 9, 0, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8))
OSL = "OSL 31 kap. 16 §"
UNTIL = date(2031, 6, 11)
Outcome = SecrecyAssessment.Outcome


@pytest.fixture
def world(db):
    return make_awarded((1000, 900), EIGHT, notified_at=SENT)


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**arguments)
    return str(refused.value.answer.reason)


def judge(
    world, found, *, outcome=Outcome.GRANTED, provision=OSL, reason="Kunden kan gå förlorad.", until=UNTIL, **more
):
    arguments = {"claim": found, "outcome": outcome, "provision": provision, "reason": reason,
                 "valid_until_on": until, "by": world.case.officer, "at": NOW}  # fmt: skip
    return assess_secrecy(**arguments | more)


def hand_out(world, file, *, token, at=NOW):
    asked = ask(world, token=token, at=at)
    return answer_request(
        asked=asked,
        outcome=AccessAnswer.Outcome.PART,
        provision=OSL,
        text="Här.",
        files=[file],
        by=world.case.officer,
        at=at,
    )


def test_a_supplier_claims_parts_of_its_own_bid_and_of_no_other(world):
    own, other = world.bids
    bidder = own.submission.submitted_by
    own.tender = other.tender = world.fresh_tender()
    parts = queries.parts_of(own)
    mine, theirs = ({stored.pk for _, _, stored in queries.parts_of(bid)} for bid in (own, other))
    assert len(parts) >= 2, "what the bid says, and its files"
    assert mine & theirs == set()
    verb = partial(claim_secrecy, bid=own, place="Sidan 2", reason="Affär", harm="Skada", by=bidder, at=NOW)
    assert refusal(verb, file=next(iter(theirs))) == "Choose a part of your own bid."
    file = next(iter(mine))
    for field, said in (
        ("place", "Write which part: a page, a table, a name."),
        ("reason", "Write why it is secret."),
        ("harm", "Write what harm it would do."),
    ):
        assert refusal(verb, file=file, **{field: " "}) == said
    only = "Only somebody who bids for the supplier can do this."
    for person in (other.submission.submitted_by, world.case.officer):
        assert refusal(verb, file=file, by=person) == only
    found = verb(file=file)
    assert (found.supplier, found.made_by) == (own.supplier, bidder)
    assert queries.claims_of(other) == []


def test_nothing_is_claimed_in_a_bid_that_nobody_can_read():
    _, tender = make_published()
    submission = give_bid(tender, at=tender.deadline_at - timedelta(hours=2))
    assert queries.own_bids(submission.submitted_by, tender.deadline_at).count() == 0


def test_a_claim_is_tried_by_an_official_with_provision_and_day_and_the_latest_counts(world):
    found = claim(world, number=1, at=NOW)
    assert refusal(judge, world=world, found=found, provision=" ") == "Write which provision makes it secret."
    for until in (None, NOW.date()):
        assert refusal(judge, world=world, found=found, until=until) == "Write until which day to come it is secret."
    assert refusal(judge, world=world, found=found, reason=" ") == "Write why."
    said = "The officer, the decision maker or the contract manager answers requests for documents."
    assert refusal(judge, world=world, found=found, by=world.case.need_owner) == said
    first = judge(world, found)
    judge(world, found, outcome=Outcome.REJECTED, provision="", until=None)
    counts = queries.assessment_of(queries.claims_visible_to(world.case.officer).get(pk=found.pk))
    assert (counts.number, counts.outcome, counts.provision) == (2, "rejected", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        SecrecyAssessment.objects.filter(pk=first.pk).update(provision="")


def test_a_file_with_a_claim_leaves_as_it_is_only_when_the_claim_was_found_wrong_or_has_ended(world):
    found = claim(world, number=1, at=NOW)
    said = refusal(hand_out, world=world, file=found.file_id, token="1")
    assert said.startswith("Mellanrum Samverkan AB has claimed that a part of")
    judge(world, found, outcome=Outcome.PARTLY)
    assert refusal(hand_out, world=world, file=found.file_id, token="2") == said
    after = datetime.combine(UNTIL, NOW.timetz()) + timedelta(days=1)
    assert hand_out(world, found.file_id, token="3", at=after)
    judge(world, found, outcome=Outcome.REJECTED, provision="", until=None)
    assert hand_out(world, found.file_id, token="4")


def test_inv_28_the_masked_copy_of_a_claimed_file_can_leave(world):
    found = claim(world, number=1, at=NOW)
    judge(world, found)
    piece = next(each for each in queries.pieces(world.procurement) if each.file == found.file and not each.masked)
    copy = make_masked_copy(
        tender=world.fresh_tender(),
        piece=piece,
        provision=OSL,
        hidden=["Kunden AB"],
        upload=pdf("Anbud", ["Vi arbetar åt en kund."]),
        by=world.case.officer,
        at=NOW,
    )
    assert hand_out(world, copy.file_id, token="1").handed_out.count() == 1


def test_inv_28_a_copy_made_before_the_claim_was_tried_does_not_leave_with_what_it_left_in(world):
    found = claim(world, number=1, at=NOW)
    piece = next(each for each in queries.pieces(world.procurement) if each.file == found.file)

    def copied(at):
        return make_masked_copy(
            tender=world.fresh_tender(),
            piece=piece,
            provision=OSL,
            hidden=["Kunden AB"],
            upload=pdf("Anbud", ["Vi arbetar åt en kund."]),
            by=world.case.officer,
            at=at,
        )

    early = copied(NOW)
    said = "Mellanrum Samverkan AB has claimed that a part of"
    assert refusal(hand_out, world=world, file=early.file_id, token="1").startswith(said)
    judge(world, found, at=NOW + timedelta(minutes=1))
    assert refusal(hand_out, world=world, file=early.file_id, token="2").startswith(said)
    assert hand_out(world, copied(NOW + timedelta(minutes=2)).file_id, token="3")


def test_inv_02_a_bidder_does_not_learn_its_number_where_it_claims_secrecy(client):
    world = make_opened((1000, 900))
    client.force_login(world.bids[1].submission.submitted_by)
    shown = client.get(reverse("awards:claims", args=[world.bids[1].pk])).text
    assert "Vad anbudet säger" in shown
    assert "Anbud 2" not in shown


def test_inv_02_a_claim_tells_nothing_of_the_bids_before_the_award_decision(client):
    world = make_opened((1000, 900))
    at = world.opened_at + timedelta(days=1)
    found = claim(world, number=1, at=at)
    pages = [reverse("awards:access_requests", args=[world.procurement.pk]), reverse("awards:assess", args=[found.pk]),
             reverse("pages:log", args=[world.procurement.pk])]  # fmt: skip
    for person, sees in ((world.case.officer, True), (world.case.need_owner, False)):
        client.force_login(person)
        answers = [client.get(page) for page in pages]
        assert ("Mellanrum" in answers[0].text, answers[1].status_code) == ((True, 200) if sees else (False, 404))
        assert ("begärde sekretess" in answers[2].text) is sees
    client.force_login(world.bids[1].submission.submitted_by)
    assert {client.get(page).status_code for page in pages} == {404}


def test_the_pages_from_claim_to_assessment(client, world):
    own = world.bids[0]
    own.tender = world.fresh_tender()
    address = reverse("awards:claims", args=[own.pk])
    part = queries.parts_of(own)[-1]
    client.force_login(own.submission.submitted_by)
    sent = {"file": str(part[2].pk), "place": "Sidan 2", "reason": "Kunden är inte offentlig.", "harm": "Kunden tas.",
            "idempotency_key": "c"}  # fmt: skip
    with time_machine.travel(NOW, tick=False):
        assert client.post(address, sent | {"harm": "", "idempotency_key": "x"}).status_code == 422
        for _ in range(2):
            assert client.post(address, sent)["Location"] == address
        assert "Inte prövad än" in client.get(address).text
        found = SecrecyClaim.objects.get()
        page = reverse("awards:assess", args=[found.pk])
        client.force_login(world.case.officer)
        assert "Kunden är inte offentlig." in client.get(page).text
        judged = {"outcome": "granted", "provision": OSL, "valid_until_on": "2031-06-11", "reason": "Särskild anledning.",
                  "idempotency_key": "a"}  # fmt: skip
        for _ in range(2):
            assert client.post(page, judged)["Location"] == page
        assert page in client.get(reverse("awards:access_requests", args=[world.procurement.pk])).text
        client.force_login(own.submission.submitted_by)
        assert "Hemligt, som begärt" in client.get(address).text
        client.force_login(world.bids[1].submission.submitted_by)
        assert [client.get(each).status_code for each in (address, page)] == [404, 404]
        client.force_login(make_person(organisation=world.case.buyer))
        assert [client.get(each).status_code for each in (address, page)] == [404, 404]
