"""Who decides, notifies and reads, at each fact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rodatraden.awards import rules
from rodatraden.awards.models import Notification
from rodatraden.awards.queries import visible_to
from rodatraden.core.answer import YES, RefusedError
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from tests.factories.awards import award, notify, prepare
from tests.factories.evaluation import make_opened, make_outcome, reach_outcome
from tests.factories.parties import make_person
from tests.factories.procurements import declare

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the list and the rule agree
AT = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8))

READERS = dict.fromkeys(["officer", "opener", "evaluator", "decider"], "see")
OPENED: dict[str, str] = {}
FROZEN = READERS | {"officer": "see prepare", "decider": "see prepare"}
PREPARED = READERS | {"officer": "see return", "decider": "see decide return"}
TEAM = dict.fromkeys([*READERS, "need_owner", "contract_manager"], "see")
DECIDED = TEAM | {"officer": "see notify", "decider": "see notify"}
NOTIFIED = TEAM


def test_inv_02_who_may_what_at_each_fact():
    world = make_opened((1000, 900))
    case = world.case
    people = {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "decider": case.decider,
        "need_owner": case.need_owner,
        "contract_manager": case.contract_manager,
        "bidder": world.bids[0].submission.submitted_by,
        "colleague": make_person(organisation=case.buyer),
    }

    def table():
        tender = world.fresh_tender()
        asked = {
            "see": lambda person: rules.may_see_decision(person, tender.procurement),
            "prepare": lambda person: rules.may_prepare(person, tender),
            "decide": lambda person: rules.may_decide(person, tender),
            "return": lambda person: rules.may_return(person, tender),
            "notify": lambda person: rules.may_notify(person, tender),
        }
        answers = {who: " ".join(n for n, rule in asked.items() if rule(person)) for who, person in people.items()}
        return {who: may for who, may in answers.items() if may}

    assert table() == OPENED
    reach_outcome(world, EIGHT)
    assert table() == FROZEN
    proposal = prepare(world)
    assert table() == PREPARED
    decision = award(world, proposal=proposal)
    assert table() == DECIDED
    notify(world, decision)
    assert table() == NOTIFIED


def test_inv_35_who_computed_the_outcome_or_judged_does_not_decide_whatever_role_they_get_later():
    world = make_opened((1000, 900))
    reach_outcome(world, EIGHT)
    prepare(world)
    tender, case = world.fresh_tender(), world.case
    assert rules.may_decide(case.decider, tender)
    FrozenOutcome.objects.filter(tender=tender).update(frozen_by=case.decider)
    assert "Somebody else decides" in str(rules.may_decide(case.decider, world.fresh_tender()).reason)
    FrozenOutcome.objects.filter(tender=tender).update(frozen_by=case.officer)
    TeamMember.objects.filter(procurement=case.procurement, person=case.evaluators[0]).update(removed_at=AT)
    with pytest.raises(RefusedError, match="has judged the bids"):
        appoint(
            procurement=case.procurement,
            person=case.evaluators[0],
            role=TeamMember.Role.DECIDER,
            by=case.officer,
            at=AT,
        )


def test_the_notifications_in_a_list_are_those_that_may_be_read():
    world = make_outcome((1000, 900), EIGHT)
    notify(world, award(world))
    declare(world.case, world.case.evaluators[0], has_conflict=True)
    first, second = (bid.submission.submitted_by for bid in world.bids)
    expected = {first: {1}, second: {2}, world.case.evaluators[0]: set(), world.case.evaluators[1]: {1, 2}}
    sent = list(Notification.objects.order_by("bid__number"))
    for person in [*world.case.everybody, first, second, make_person(organisation=world.case.buyer)]:
        seen = {each.bid.number for each in visible_to(person, AT)}
        assert seen == {each.bid.number for each in sent if rules.may_read_notification(person, each, AT)}
        assert seen == expected.get(person, seen)


@pytest.mark.parametrize(
    ("attempts", "mailed", "letter", "dispatched", "how"),
    [
        (0, None, None, AT, "electronic"),
        (1, timedelta(minutes=1), None, AT + timedelta(minutes=1), "electronic"),
        (3, None, None, None, "electronic"),
        (3, None, timedelta(days=1), AT + timedelta(days=1), "letter"),
    ],
)
def test_a_notification_counts_from_when_it_left(attempts, mailed, letter, dispatched, how):
    world = make_outcome((1000, 900), EIGHT)
    notify(world, award(world), at=AT)
    sent = Notification.objects.select_related("mail").order_by("bid__number")[0]
    sent.mail.attempts, sent.mail.sent_at = attempts, mailed and AT + mailed
    sent.letter_at = letter and AT + letter
    assert (sent.dispatched_at, sent.sent_by) == (dispatched, how)
    assert rules.may_send_letter(world.case.officer, sent).allowed is (dispatched is None)
    assert rules.may_read_notification(world.case.officer, sent, AT) == YES
