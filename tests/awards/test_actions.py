"""Deciding and notifying: by whom, with what, to whom and when; up to the first day on which a contract may be signed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from rodatraden.awards.actions import (
    decide_award,
    note_opened,
    notify_bidders,
    prepare_decision,
    report_to_board,
    return_proposal,
    send_letter,
)
from rodatraden.awards.models import AwardDecision, DecisionProposal, Notification
from rodatraden.awards.queries import delegation_decisions
from rodatraden.awards.rules import computed_standstill, may_conclude_contract
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import Unknown
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.records.actions import send_mail
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.records.queries import read_bytes
from tests.factories.awards import WITHOUT_PROOF, award, make_awarded, notify, prepare
from tests.factories.evaluation import make_opened, make_outcome, reach_outcome
from tests.factories.parties import make_buyer
from tests.factories.procurements import declare
from tests.pdf import flowing

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 14, 7, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8))
Channel = Notification.Channel


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**arguments)
    return str(refused.value.answer.reason)


def decide(world, **more):
    proposal = world.fresh_tender().decision_proposals.filter(returned_at=None).first() or prepare(world, at=SENT)
    arguments = {
        "proposal": proposal,
        "reasons": "Lägst utvärderingspris.",
        "delegation": "Punkt 4.2",
        "by": world.case.decider,
        "at": SENT,
    }
    return decide_award(**arguments | more)


def prepared(world, *, winner=None, **more):
    tender = world.fresh_tender()
    arguments = {
        "tender": tender,
        "winner": winner or world.bids[1],
        "reasons": "Lägst utvärderingspris.",
        "delegation": "Punkt 4.2",
        "without_proof": WITHOUT_PROOF,
        "by": world.case.officer,
        "at": SENT,
    }
    return prepare_decision(**arguments | more)


def make_decided(prices=(1000, 900)):
    """Two bids, the second first; the award decided and nobody notified."""
    world = make_outcome(prices, EIGHT)
    return world, award(world, at=SENT - timedelta(hours=1))


def letters(world, *numbers):
    return {bid.pk: Channel.LETTER for bid in world.bids if bid.number in numbers}


def test_the_winner_of_the_worked_example_is_awarded_and_all_are_notified_at_one_instant():
    world = make_awarded(notified_at=SENT)
    assert world.tender.award.winner.supplier.name == "Mellanrum Samverkan AB"
    sent = Notification.objects.filter(decision=world.tender.award).order_by("bid__number")
    assert [(n.bid.number, n.sent_at) for n in sent] == [(1, SENT), (2, SENT), (3, SENT), (4, SENT)]


@pytest.mark.parametrize(
    ("on", "allowed"),
    [(date(2026, 6, 19), False), (date(2026, 6, 22), False), (date(2026, 6, 23), True), (date(2026, 7, 1), True)],
)
def test_inv_19_no_contract_before_earliest_signing(on, allowed):
    """Sent 9 June 2026: day ten is midsommarafton, so the last barred day is Monday 22 June (LOU 20 kap. 1 §)."""
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    assert bool(may_conclude_contract(world.tender, on)) is allowed
    assert computed_standstill(world.tender).known().last_barred_on == date(2026, 6, 22)


def test_inv_35_a_named_person_decides_and_the_program_only_refuses():
    world = make_opened((1000, 900))
    assert refusal(prepared, world=world) == "The outcome has not been computed and frozen yet."
    reach_outcome(world, EIGHT)
    first = "Mellanrum Samverkan AB is not next in the published evaluation."
    assert refusal(prepared, world=world, winner=world.bids[0]) == first
    needed = "Write the reasons, and which delegation the decision rests on."
    assert refusal(prepared, world=world, reasons=" \n") == needed
    prepared(world)
    assert not AwardDecision.objects.exists()
    only = "Only the decision maker of this procurement can do this."
    for person in (world.case.officer, world.case.evaluators[0], world.case.need_owner):
        assert refusal(decide, world=world, by=person) == only
    assert refusal(decide, world=world, delegation=" ") == needed
    decision = decide(world)
    assert (decision.decided_by, decision.winner) == (world.case.decider, world.bids[1])
    assert refusal(prepared, world=world) == "The award has been decided already."


def test_two_people_decide_and_the_words_of_both_are_kept():
    world = make_outcome((1000, 900), EIGHT)
    proposal = prepared(world, reasons="Som det förbereddes.")
    assert refusal(prepared, world=world) == "A prepared decision waits for the decision maker."
    decision = decide(world, reasons="Som det beslutades.")
    assert (decision.prepared_by, decision.decided_by) == (world.case.officer, world.case.decider)
    assert (decision.proposal.reasons, decision.reasons) == ("Som det förbereddes.", "Som det beslutades.")
    text = flowing(read_bytes(decision.document.file))
    assert "Som det beslutades." in text
    assert "Som det förbereddes." not in text
    assert "Officer" in text
    assert proposal == decision.proposal


def test_nobody_decides_what_they_have_prepared_not_even_past_the_rules():
    world = make_outcome((1000, 900), EIGHT)
    proposal = prepared(world, by=world.case.decider)
    said = "You have prepared the decision yourself. Somebody else decides."
    assert refusal(decide, world=world, proposal=proposal) == said
    return_proposal(proposal=proposal, why="Någon annan förbereder.", by=world.case.decider, at=SENT)
    decision = decide(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardDecision.objects.filter(pk=decision.pk).update(prepared_by=world.case.decider)


def test_a_returned_proposal_is_kept_with_its_reason_and_nobody_decides_on_it():
    world = make_outcome((1000, 900), EIGHT)
    first = prepared(world)
    assert refusal(return_proposal, proposal=first, why=" ", by=world.case.decider, at=SENT) == (
        "Write what has to be otherwise."
    )
    only = "Only the decision maker of this procurement can do this."
    assert refusal(return_proposal, proposal=first, why="x", by=world.case.evaluators[0], at=SENT) == only
    return_proposal(proposal=first, why="Säg vad anbudet har.", by=world.case.decider, at=SENT)
    gone = "Nobody has prepared the decision yet. One person prepares it, another decides."
    assert refusal(decide_award, proposal=first, reasons="x", delegation="x", by=world.case.decider, at=SENT) == gone
    second = prepared(world)
    changed = "Another decision has been prepared since. Open the page again and read it."
    assert refusal(decide, world=world, proposal=first) == changed
    assert decide(world).proposal == second
    kept = DecisionProposal.objects.order_by("number").values_list("number", "return_reason")
    assert list(kept) == [(1, "Säg vad anbudet har."), (2, "")]


def test_inv_15_who_has_an_undecided_conflict_neither_prepares_nor_decides():
    world = make_outcome((1000, 900), EIGHT)
    proposal = prepared(world)
    declare(world.case, world.case.decider, has_conflict=True, at=SENT)
    said = "You have declared a conflict of interest that nobody has decided on yet."
    assert refusal(decide, world=world) == said
    return_proposal(proposal=proposal, why="Jäv.", by=world.case.officer, at=SENT)
    declare(world.case, world.case.officer, has_conflict=True, at=SENT)
    assert refusal(prepared, world=world) == said
    assert not AwardDecision.objects.exists()


def test_inv_32_a_broken_log_stops_the_award():
    world = make_outcome((1000, 900), EIGHT)
    prepared(world)
    LedgerBody.objects.filter(index=0).update(event="something_else")
    assert "The log does not hold" in refusal(decide, world=world)
    assert not AwardDecision.objects.exists()


@pytest.mark.parametrize(("prices", "failing"), [((1000, 1000), ()), ((1000, 900), (1, 2))])
def test_without_a_single_first_nothing_can_be_decided(prices, failing):
    world = make_outcome(prices, EIGHT, failing=failing)
    assert refusal(prepared, world=world) == "No single bid is in first place, so there is nothing to award."


def test_nothing_is_decided_on_an_outcome_that_its_inputs_no_longer_give():
    world = make_outcome((1000, 900), EIGHT)
    prepared(world)
    FrozenOutcome.objects.update(outcome_sha256="0" * 64)
    said = "The frozen outcome does not agree with what it was computed from. Nothing can be decided on it."
    assert refusal(decide, world=world) == said


def test_the_board_is_told_of_all_that_was_decided_on_its_delegation_up_to_the_day_of_its_meeting():
    world = make_outcome((1000, 900), EIGHT)
    buyer, on = world.case.buyer, SENT.date()
    none = "No decision up to that day waits to be told of."
    tell = partial(report_to_board, organisation=buyer, by=world.case.officer)
    assert refusal(tell, meeting_on=on, at=SENT) == none
    decision = award(world, at=SENT)
    assert refusal(tell, meeting_on=on - timedelta(days=1), at=SENT) == none, "decided after that meeting"
    assert refusal(tell, meeting_on=on + timedelta(days=1), at=SENT) == (
        "The meeting has not been yet. Note it afterwards."
    )
    only = "Only a procurement officer, the director or an administrator of the organisation can do this."
    assert refusal(tell, meeting_on=on, at=SENT, by=world.case.evaluators[0]) == only
    assert [each.waits for each in delegation_decisions(buyer)] == [True]
    report = tell(meeting_on=on, at=SENT + timedelta(days=1))
    assert [(each.pk, each.report) for each in delegation_decisions(buyer)] == [(decision.pk, report)]
    assert refusal(tell, meeting_on=on, at=SENT + timedelta(days=1)) == none
    assert delegation_decisions(make_buyer("Annan köpare")) == []


def test_the_receipt_is_the_first_time_the_supplier_opens_its_notification():
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    first = Notification.objects.order_by("bid__number")[0]
    bidder = world.bids[0].submission.submitted_by
    said = "Only somebody who bids for the supplier can do this."
    assert refusal(note_opened, notification=first, by=world.case.officer, at=SENT) == said
    for minutes in (5, 9):
        note_opened(notification=Notification.objects.get(pk=first.pk), by=bidder, at=SENT + timedelta(minutes=minutes))
    first.refresh_from_db()
    assert (first.opened_at, first.opened_by) == (SENT + timedelta(minutes=5), bidder)
    assert LedgerBody.objects.filter(event="notification_opened").count() == 1


def test_the_decision_and_each_notification_lie_in_the_diary_with_their_text():
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    case = world.procurement.diary_case
    found = DiaryDocument.objects.filter(case=case, subject__contains="illdelningsbeslut").order_by("serial")
    assert [(each.direction, each.subject, each.counterparty) for each in found] == [
        ("drawn_up", "Tilldelningsbeslut", ""),
        ("sent", "Underrättelse om tilldelningsbeslut", "Mellanrum Samverkan AB"),
        ("sent", "Underrättelse om tilldelningsbeslut", "Nordväg Coaching AB"),
    ]
    text = flowing(read_bytes(found[0].file))
    assert "Anbudet från Nordväg Coaching AB antas." in text
    assert "Beslutat av Director" in text
    assert "Delegationsordningen punkt 4.2" in text
    assert [each.version for each in found] == [1, 1, 1]
    entry = json.loads(LedgerBody.objects.get(event="document_issued", object_id=found[0].pk).what)
    assert entry["fingerprint"] in text


def test_each_notification_holds_its_own_result_and_nothing_of_the_other_losers():
    world = make_awarded((1000, 900, 1100), ((8, 8), (8, 8), (9, 9)), notified_at=SENT)
    papers = [flowing(read_bytes(each.document.file)) for each in Notification.objects.order_by("bid__number")]
    names = [bid.supplier.name for bid in world.bids]
    winner = world.tender.award.winner.supplier.name
    for own, paper in zip(names, papers, strict=True):
        assert {name for name in names if name in paper} == {own, winner}
        assert "Lägst" in paper or "lägst" in paper
        assert "Avtalsspärr" in paper
        assert "tisdag 23 juni 2026" in paper
        assert "Ditt eget resultat Ditt anbud:" in paper


def test_inv_20_all_bidders_are_notified_in_one_act_with_reasons_and_standstill():
    world = make_outcome((1000, 900, 800), (*EIGHT, (8, 8)), failing=[3])
    decision = award(world, at=SENT - timedelta(hours=1))
    notify(world, decision, at=SENT)
    sent = Notification.objects.order_by("bid__number")
    assert {each.sent_at for each in sent} == {SENT}
    assert [each.bid for each in sent] == world.bids, "those who failed too"
    for each in sent:
        assert each.reasons.startswith(decision.reasons)
        assert "tisdag 23\xa0juni 2026" in each.standstill_text
        assert each.mail.text.count(each.standstill_text) == 1
    assert "Bara 12 månader är styrkta." in sent[2].reasons
    said = refusal(notify_bidders, decision=decision, by=world.case.officer, at=SENT)
    assert said == "All bidders have been notified already."


def test_notifying_needs_the_officer_or_the_decision_maker_and_an_address_for_everybody():
    world, decision = make_decided()
    said = refusal(notify_bidders, decision=decision, by=world.case.evaluators[0], at=SENT)
    assert said == "Only the decision maker of this procurement can do this."
    bid = world.bids[0]
    bid.submission = None  # as a bid that was registered from another tool
    bid.save()
    said = refusal(notify_bidders, decision=decision, by=world.case.officer, at=SENT)
    assert said == "Mellanrum Samverkan AB has no e-mail address. Choose a letter for this bidder."
    assert not Notification.objects.exists()
    assert not OutboxMail.objects.filter(subject__startswith="Tilldelningsbeslut").exists(), "nobody alone"
    notify_bidders(decision=decision, by=world.case.decider, at=SENT, channels=letters(world, 1))
    assert Notification.objects.count() == 2


def test_inv_21_the_standstill_runs_from_the_last_sending_and_one_letter_makes_it_longer():
    world, decision = make_decided()
    assert isinstance(computed_standstill(world.tender).value, Unknown), "the decision starts nothing"
    notify_bidders(decision=decision, by=world.case.officer, at=SENT, channels=letters(world, 1))
    found = computed_standstill(world.fresh_tender()).known()
    assert (found.last_barred_on, found.earliest_signing_on) == (date(2026, 6, 24), date(2026, 6, 25))
    assert "torsdag 25\xa0juni 2026" in Notification.objects.all()[0].standstill_text
    send_mail(by=None, at=SENT + timedelta(days=2))  # the other one left two days late
    assert computed_standstill(world.fresh_tender()).known().last_barred_on == date(2026, 6, 26)


def test_inv_21_a_mail_that_does_not_go_out_begins_no_standstill_until_a_letter_is_posted(settings):
    world, decision = make_decided()
    notify_bidders(decision=decision, by=world.case.officer, at=SENT)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody answers there
    send_mail(by=None, at=SENT)
    tender = world.fresh_tender()
    assert isinstance(computed_standstill(tender).value, Unknown)
    assert not may_conclude_contract(tender, date(2030, 1, 1))
    first, second = Notification.objects.order_by("bid__number")
    said = refusal(send_letter, notification=first, by=world.case.need_owner, at=SENT)
    assert said == "Only the decision maker of this procurement can do this."
    for each, days in ((first, 1), (second, 2)):
        send_letter(notification=each, by=world.case.officer, at=SENT + timedelta(days=days))
    assert computed_standstill(tender).known().last_barred_on == date(2026, 6, 26)  # fifteen days after 11 June
    assert refusal(send_letter, notification=first, by=world.case.officer, at=SENT) == "The notification has been sent."


@pytest.mark.parametrize(
    ("procedure", "days", "last", "mandatory", "extended"),
    [
        ("se-open", 5, date(2026, 6, 22), True, True),  # shorter than the law's is of no effect
        ("se-open", 20, date(2026, 6, 29), True, True),  # longer binds
        ("se-direct", None, None, False, False),
        ("se-direct", 10, date(2026, 6, 22), False, False),  # the authority's own: a review does not extend it
    ],
)
def test_inv_22_the_standstill_follows_the_procedure_and_a_voluntary_one_is_never_extended(
    procedure, days, last, mandatory, extended
):
    world, decision = make_decided()
    procurement = world.procurement
    procurement.procedure = procedure
    procurement.save()
    notify_bidders(decision=decision, by=world.case.officer, at=SENT, stated_days=days)
    found = computed_standstill(world.fresh_tender()).known()
    assert (found.last_barred_on, found.mandatory, found.extended_by_review) == (last, mandatory, extended)
    text = Notification.objects.all()[0].standstill_text
    assert ("Söker någon överprövning i tid förlängs den." in text) is extended


def test_nobody_is_told_of_another_bidders_result():
    make_awarded(notified_at=SENT)
    sent = {each.bid.supplier.name: each.reasons.replace("\xa0", " ") for each in Notification.objects.all()}
    own = {
        "Mellanrum Samverkan AB": "1 140",
        "Nordväg Coaching AB": "1 500",
        "Bro & Bryggor HB": "1 560",
        "Lågpris Konsult AB": "11 poäng är under spärren 12.",
    }
    for name, reasons in sent.items():
        others = set(own) - {name, "Mellanrum Samverkan AB"}
        assert own[name] in reasons
        assert [secret for other in others for secret in (other, own[other]) if secret in reasons] == []
        assert ("1 140" in reasons) is (name == "Mellanrum Samverkan AB"), "the winner's price is its own"
        assert "790" not in reasons, "below the gate nobody's price is told"
