"""An award that is revoked, and the next one on the same frozen outcome: new decision, new notifications, new standstill."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.urls import reverse

from rodatraden.awards import queries, rules
from rodatraden.awards.actions import notify_bidders, prepare_decision, revoke_award
from rodatraden.awards.models import AwardDecision, Notification, Revocation
from rodatraden.awards.rules import computed_standstill, may_conclude_contract
from rodatraden.contracts.actions import draw_up_contract, register_signature
from rodatraden.contracts.models import Contract, Signature
from rodatraden.contracts.rules import may_draw_up
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import Unknown
from rodatraden.evaluation.actions import check_requirement, freeze_outcome, lock_quality
from rodatraden.evaluation.models import FrozenOutcome, RequirementCheck
from rodatraden.evaluation.queries import check_cells
from rodatraden.procurements.models import StageFact
from rodatraden.publication.queries import Stage, announced_of, result_of
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.tenders.models import Requirement
from tests.factories.awards import award, make_awarded, notify, prepare, review, revoke
from tests.factories.bids import open_prices
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 14, 7, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 8, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8), (8, 8))
Cause = Revocation.Cause


@pytest.fixture
def world(db):
    """Three bids, numbered by their price: 800 (first), 900, 1000; awarded and notified."""
    return make_awarded((800, 900, 1000), EIGHT, notified_at=SENT)


def refusal(verb, *arguments, **named):
    with pytest.raises(RefusedError) as refused:
        verb(*arguments, **named)
    return str(refused.value.answer.reason)


def again(world, at=LATER):
    decision = award(world, at=at)
    notify(world, decision, at=at + timedelta(hours=1))
    return decision


def test_the_next_in_rank_is_awarded_on_the_frozen_outcome_with_its_own_notifications_and_standstill(world):
    before = FrozenOutcome.objects.values().get()
    old = world.tender.award
    revoke(world, at=LATER)
    tender = world.fresh_tender()
    assert not hasattr(tender, "award")
    assert isinstance(computed_standstill(tender).value, Unknown)
    assert not may_conclude_contract(tender, date(2030, 1, 1)), "the old standstill is over, and counts for nothing"
    new = again(world)
    assert (old.winner, new.winner) == (world.bids[0], world.bids[1])
    assert computed_standstill(world.fresh_tender()).known().last_barred_on == date(2026, 7, 13)
    assert not may_conclude_contract(world.fresh_tender(), date(2026, 7, 13))
    assert may_conclude_contract(world.fresh_tender(), date(2026, 7, 14))
    assert list(AwardDecision.objects.order_by("decided_at")) == [old, new], "the old one is kept"
    assert Notification.objects.filter(decision=new).count() == 3
    assert FrozenOutcome.objects.values().get() == before


def test_a_second_one_can_fall_away_and_after_the_last_there_is_nothing_to_award(world):
    for expected in (1, 2):
        revoke(world, at=LATER)
        decision = again(world)
        assert decision.winner == world.bids[expected]
    revoke(world, at=LATER)
    said = "No bid is left that can be awarded. What may be done: cancel the procurement with the reason."
    assert refusal(prepare, world) == said


def test_a_fault_in_the_decision_leaves_the_bid_first(world):
    revoke(world, cause=Cause.FAULT, at=LATER)
    assert again(world).winner == world.bids[0]


def test_bids_that_share_the_next_place_stop_the_decision():
    world = make_awarded((800, 900, 900), EIGHT, notified_at=SENT)
    revoke(world, at=LATER)
    said = "Two or more bids share the next place, and no published rule sets them apart."
    assert refusal(prepare, world) == said


def test_all_bidders_are_told_of_the_revocation_in_one_act_and_nobody_when_nobody_knew(world):
    before = OutboxMail.objects.count()
    revoke(world, at=LATER)
    told = list(OutboxMail.objects.order_by("written_at", "to"))[before:]
    assert len(told) == 3
    assert {mail.written_at for mail in told} == {LATER}
    assert all("Leverantören har skrivit att den inte kan utföra uppdraget." in mail.text for mail in told)
    award(world, at=LATER)
    revoke(world, at=LATER + timedelta(hours=1))
    assert OutboxMail.objects.count() == before + 3
    assert len(queries.revoked_decisions(world.tender)) == 2
    assert len(queries.revoked_decisions(world.tender, only_notified=True)) == 1


def test_who_revokes_and_when(world):
    verb = partial(
        revoke_award, decision=world.tender.award, cause=Cause.WITHDREW, reason="x", delegation="Punkt 4.2", at=LATER
    )
    only = "Only the decision maker of this procurement can do this."
    for person in (world.case.officer, world.case.evaluators[0], world.case.need_owner):
        assert refusal(verb, by=person) == only
        assert not rules.may_revoke(person, world.fresh_tender())
    needed = "Write the reason, which all bidders read, and which delegation the decision rests on."
    assert refusal(verb, by=world.case.decider, reason=" ") == needed
    assert refusal(verb, by=world.case.decider, delegation=" ") == needed
    verb(by=world.case.decider)
    assert refusal(verb, by=world.case.decider) == "No award decision is in force."
    again(world)
    assert refusal(verb, by=world.case.decider) == "Another decision is in force. Open the page again and read it."


def test_after_the_contract_nothing_is_revoked_or_awarded(world):
    StageFact.objects.create(procurement=world.procurement, kind="contract_signed", at=LATER, by=world.case.officer)
    said = "The contract has been concluded. A contract ends by its own terms."
    assert refusal(revoke, world, at=LATER) == said


def test_the_new_decision_also_takes_two_people(world):
    revoke(world, at=LATER)
    tender = world.fresh_tender()
    assert [bool(rules.may_prepare(each, tender)) for each in (world.case.officer, world.case.need_owner)] == [
        True,
        False,
    ]
    assert not rules.may_decide(world.case.decider, tender)
    first = refusal(
        prepare_decision,
        tender=tender,
        winner=world.bids[0],
        reasons="x",
        delegation="x",
        by=world.case.officer,
        at=LATER,
    )
    assert first == "Mellanrum Samverkan AB is not next in the published evaluation."
    proposed = queries.proposed_reasons(tender)
    assert "är återkallat" in proposed
    assert "Nordväg Coaching AB står näst i tur i det frysta resultatet" in proposed


def test_a_review_of_the_revoked_award_does_not_bar_the_next_one(world):
    review(world)
    assert isinstance(computed_standstill(world.fresh_tender()).value, Unknown)
    revoke(world, at=LATER)
    again(world)
    assert computed_standstill(world.fresh_tender()).known().last_barred_on == date(2026, 7, 13)
    review(world, number="99-26", received_on=date(2026, 7, 3), at=LATER + timedelta(days=3))
    assert isinstance(computed_standstill(world.fresh_tender()).value, Unknown)


def test_a_contract_that_was_drawn_up_for_the_revoked_award_is_never_signed_and_gives_way(world):
    officer = world.case.officer
    draft = draw_up_contract(tender=world.fresh_tender(), by=officer, at=LATER)
    revoke(world, at=LATER)
    sign = partial(
        register_signature,
        contract=draft,
        party=Signature.Party.BUYER,
        signed_on_day=date(2026, 7, 14),
        signer="Director",
        by=officer,
        at=LATER + timedelta(days=20),
    )
    said = (
        "The award that this contract was drawn up from has been revoked. Draw up a new one when the next is notified."
    )
    assert refusal(sign) == said
    assert not may_draw_up(officer, world.procurement)
    again(world)
    assert refusal(sign) == said
    contract = draw_up_contract(tender=world.fresh_tender(), by=officer, at=LATER + timedelta(days=1))
    assert (contract.bid, Contract.objects.count()) == (world.bids[1], 1)
    assert LedgerBody.objects.filter(event="contract_draft_dropped").count() == 1
    assert refusal(sign).endswith("and a new one has taken its place. Go on with that.")
    sign(contract=contract)


def test_what_is_checked_before_the_award_is_checked_in_the_next_bid_first():
    world = make_opened((800, 900))
    must = Requirement.objects.filter(tender=world.tender, kind="must").order_by("number")[0]
    Requirement.objects.filter(pk=must.pk).update(checked_when="before_award")
    check_all(world)
    RequirementCheck.objects.filter(bid=world.bids[1], requirement=must).delete()
    judge_all(world, EIGHT[:2])
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    open_prices(world.case, world.fresh_tender(), at=at)
    freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=at)
    notify(world, award(world))
    revoke(world)
    assert refusal(prepare, world) == (
        "Nordväg Coaching AB is next. Check first in its bid what is checked before the award."
    )
    cell = next(each for each in check_cells(world.tender) if each.check is None)
    verb = partial(
        check_requirement,
        requirement=cell.requirement,
        is_met=True,
        evidence="Intyg",
        reason="Räcker.",
        by=world.case.officer,
        at=LATER,
    )
    frozen = "The outcome is frozen. The checks it rests on can no longer be changed."
    assert refusal(verb, bid=world.bids[0]) == frozen
    assert not refused_reason(verb, bid=cell.bid)
    assert refusal(verb, bid=cell.bid) == frozen, "once, and never changed"
    assert prepare(world).winner == world.bids[1]


def refused_reason(verb, **named):
    try:
        verb(**named)
    except RefusedError as refused:
        return str(refused.answer.reason)
    return ""


def test_inv_12_a_bid_that_fails_what_was_checked_late_is_passed_over():
    world = make_outcome((800, 900, 1000), EIGHT)
    must = Requirement.objects.filter(tender=world.tender, kind="must").order_by("number")[0]
    RequirementCheck.objects.filter(bid=world.bids[1], requirement=must).update(is_met=False)
    notify(world, award(world))
    revoke(world)
    assert prepare(world).winner == world.bids[2]


def test_the_public_page_tells_of_the_revocation_and_shows_no_result_until_the_next_is_notified(client, world):
    address = reverse("publication:tender", args=[world.tender.pk])
    at = LATER + timedelta(days=1)
    revoke(world, at=LATER)
    with time_machine.travel(at, tick=False):
        text = client.get(address).text
        assert "Tilldelningen till Mellanrum Samverkan AB är återkallad" in text
        assert result_of(world.fresh_tender()) is None
        assert [len(announced_of(stage, at)) for stage in (Stage.JUDGED, Stage.DECIDED)] == [1, 0]
        again(world)
        assert [len(announced_of(stage, at)) for stage in (Stage.JUDGED, Stage.DECIDED)] == [0, 1]
        assert result_of(world.fresh_tender()).decision.winner == world.bids[1]
        assert "Tilldelningen till Mellanrum Samverkan AB är återkallad" in client.get(address).text


def test_the_pages_from_revoking_to_the_next_notification(client, world):
    page, address = (reverse(f"awards:{name}", args=[world.procurement.pk]) for name in ("decision", "revoke"))
    sent = {"cause": "withdrew", "reason": "Har dragit sig ur.", "delegation": "Punkt 4.2", "idempotency_key": "r"}
    client.force_login(world.case.officer)
    assert "Bara beslutsfattaren" in client.get(page).text
    assert client.post(address, sent).status_code == 422
    client.force_login(world.case.decider)
    assert address in client.get(page).text
    for _ in range(2):
        assert client.post(address, sent)["Location"] == page
    text = client.get(page).text
    for said in ("Har dragit sig ur.", "Nordväg Coaching AB står näst i tur", "Återkallade beslut"):
        assert said in text
    first = Notification.objects.order_by("bid__number")[0]
    client.force_login(world.bids[0].submission.submitted_by)
    assert "Beslutet är återkallat" in client.get(reverse("awards:notification", args=[first.pk])).text
    client.force_login(world.case.officer)
    notices = reverse("awards:notices", args=[world.procurement.pk])
    assert "Tilldelningen är inte beslutad än." in client.get(notices).text
    award(world)
    sent = {f"channel_{n}": "electronic" for n in (1, 2, 3)} | {"stated_days": "", "idempotency_key": "n"}
    assert client.post(notices, sent)["Location"] == notices
    assert Notification.objects.count() == 6


def test_the_board_is_told_of_revocations_too(world):
    revoke(world, at=LATER)
    told = [each.what for each in queries.delegation_decisions(world.case.buyer)]
    assert told == ["Tilldelning till Mellanrum Samverkan AB återkallad", "Tilldelning till Mellanrum Samverkan AB"]


def test_nobody_is_notified_of_a_revoked_decision(world):
    old = world.tender.award
    revoke(world, at=LATER)
    assert (
        refusal(notify_bidders, decision=old, by=world.case.officer, at=LATER) == "The award has not been decided yet."
    )
