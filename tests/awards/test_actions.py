"""Deciding and notifying: by whom, with what, to whom and when; up to the first day on which a contract may be signed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rodatraden.awards.actions import decide_award, notify_bidders, send_letter
from rodatraden.awards.models import AwardDecision, Notification
from rodatraden.awards.rules import computed_standstill, may_conclude_contract
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import Unknown
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.records.actions import send_mail
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.records.queries import read_bytes
from tests.factories.awards import award, make_awarded, notify
from tests.factories.evaluation import make_opened, make_outcome, reach_outcome

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 14, 7, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8))
Channel = Notification.Channel


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**arguments)
    return str(refused.value.answer.reason)


def decide(world, *, winner=None, **more):
    tender = world.fresh_tender()
    arguments = {
        "tender": tender,
        "winner": winner or world.bids[1],
        "reasons": "Lägst utvärderingspris.",
        "delegation": "Punkt 4.2",
        "by": world.case.decider,
        "at": SENT,
    }
    return decide_award(**arguments | more)


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
    assert refusal(decide, world=world) == "The outcome has not been computed and frozen yet."
    reach_outcome(world, EIGHT)
    assert not AwardDecision.objects.exists()
    only = "Only the decision maker of this procurement can do this."
    for person in (world.case.officer, world.case.evaluators[0], world.case.need_owner):
        assert refusal(decide, world=world, by=person) == only
    first = "Mellanrum Samverkan AB is not in first place of the published evaluation."
    assert refusal(decide, world=world, winner=world.bids[0]) == first
    needed = "Write the reasons, and which delegation the decision rests on."
    assert refusal(decide, world=world, reasons=" \n") == needed
    assert refusal(decide, world=world, delegation=" ") == needed
    decision = decide(world)
    assert (decision.decided_by, decision.winner) == (world.case.decider, world.bids[1])
    assert refusal(decide, world=world) == "The award has been decided already."


def test_inv_32_a_broken_log_stops_the_award():
    world = make_outcome((1000, 900), EIGHT)
    LedgerBody.objects.filter(index=0).update(event="something_else")
    assert "The log does not hold" in refusal(decide, world=world)
    assert not AwardDecision.objects.exists()


@pytest.mark.parametrize(("prices", "failing"), [((1000, 1000), ()), ((1000, 900), (1, 2))])
def test_without_a_single_first_nothing_can_be_decided(prices, failing):
    world = make_outcome(prices, EIGHT, failing=failing)
    assert refusal(decide, world=world) == "No single bid is in first place, so there is nothing to award."


def test_nothing_is_decided_on_an_outcome_that_its_inputs_no_longer_give():
    world = make_outcome((1000, 900), EIGHT)
    FrozenOutcome.objects.update(outcome_sha256="0" * 64)
    said = "The frozen outcome does not agree with what it was computed from. Nothing can be decided on it."
    assert refusal(decide, world=world) == said


def test_the_decision_and_each_notification_lie_in_the_diary_with_their_text():
    world = make_awarded((1000, 900), EIGHT, notified_at=SENT)
    case = world.procurement.diary_case
    found = DiaryDocument.objects.filter(case=case, subject__contains="illdelningsbeslut").order_by("serial")
    assert [(each.direction, each.subject, each.counterparty) for each in found] == [
        ("drawn_up", "Tilldelningsbeslut", ""),
        ("sent", "Underrättelse om tilldelningsbeslut", "Mellanrum Samverkan AB"),
        ("sent", "Underrättelse om tilldelningsbeslut", "Nordväg Coaching AB"),
    ]
    text = read_bytes(found[0].file).decode()
    assert "Anbudet från Nordväg Coaching AB antas." in text
    assert "Director. Delegationsordningen punkt 4.2." in text


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
