"""Who may do and see what in an evaluation: role × fact."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.bids.rules import may_open_prices, may_see_bids
from rodatraden.evaluation import rules
from rodatraden.evaluation.actions import freeze_outcome, lock_quality
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import Procurement, TeamMember
from tests.factories.awards import award
from tests.factories.bids import close_box, open_box, open_prices
from tests.factories.evaluation import World, check_all, judge_all
from tests.factories.parties import make_person
from tests.factories.procurements import declare, make_case
from tests.factories.sealed import give_bid
from tests.factories.tenders import make_published_tender

pytestmark = pytest.mark.django_db

ASKED = {
    "bids": may_see_bids,
    "checks": rules.may_see_checks,
    "state": rules.may_see_state,
    "outcome": rules.may_see_outcome,
    "check": rules.may_check,
    "prices": may_open_prices,
    "freeze": rules.may_freeze,
    "firm": rules.may_ask_how_firm,
    "market": lambda person, earlier: rules.may_use_as_market(
        person, earlier, for_=Procurement(buyer_id=earlier.buyer_id)
    ),
    "table": rules.may_see_table,
    "compute": rules.may_compute_table,
}
# Which of these each role may, at each fact; who is not named may nothing.
CLOSED = {"officer": "table compute"}
OPENED = {
    "officer": "bids checks state check table",
    "opener": "bids state",
    "evaluator": "bids checks state",
    "decider": "state",
}
CONSENSUS_LOCKED = OPENED | {"officer": "bids checks state check prices table", "opener": "bids state prices"}
PRICES_OPENED = {
    "officer": "bids checks state outcome check freeze table compute",
    "opener": "bids state outcome",
    "evaluator": "bids checks state outcome",
    "decider": "state outcome",
}
FROZEN = PRICES_OPENED | {"officer": "bids checks state outcome firm table compute", "decider": "state outcome firm"}
EVERYTHING_TO_READ = "bids checks state outcome"
DECIDED = dict.fromkeys(
    ["opener", "evaluator", "need_owner", "contract_manager", "observer"], f"{EVERYTHING_TO_READ} market"
) | {
    "officer": f"{EVERYTHING_TO_READ} firm market table compute",
    "decider": f"{EVERYTHING_TO_READ} firm market",
}


def test_inv_02_and_inv_13_who_may_what_at_each_fact():
    case = make_case()
    observer = make_person("Observer", organisation=case.buyer)
    appoint(
        procurement=case.procurement,
        person=observer,
        role=TeamMember.Role.OBSERVER,
        by=case.officer,
        at=case.procurement.created_at,
    )
    declare(case, observer)
    tender = make_published_tender(case)
    handed_in = give_bid(tender, price="1000")
    give_bid(tender, supplier="Nordväg Coaching AB", price="900")
    people = {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "decider": case.decider,
        "need_owner": case.need_owner,
        "contract_manager": case.contract_manager,
        "observer": observer,
        "bidder": handed_in.submitted_by,
        "colleague": make_person("Colleague", organisation=case.buyer),
        "stranger": make_person("Stranger"),
    }
    opened_at = tender.deadline_at + timedelta(hours=1)
    world = World(case, tender, [], opened_at)

    def table():
        procurement = world.procurement
        answers = {
            who: " ".join(name for name, rule in ASKED.items() if rule(person, procurement))
            for who, person in people.items()
        }
        return {who: may for who, may in answers.items() if may}

    assert table() == CLOSED
    close_box(tender, at=opened_at)
    assert table() == CLOSED
    open_box(case, tender, at=opened_at, redeclare=False)
    assert table() == {}, "nobody has declared anew yet (INV-15)"
    for person in [*case.everybody, observer]:
        declare(case, person, at=opened_at)
    assert table() == OPENED
    check_all(world)
    judge_all(world, ((8, 8), (8, 8)))
    assert table() == OPENED
    act = {"by": case.officer, "at": opened_at + timedelta(days=3)}
    lock_quality(tender=world.fresh_tender(), **act)
    assert table() == CONSENSUS_LOCKED
    open_prices(case, world.fresh_tender(), at=act["at"])
    assert table() == PRICES_OPENED
    freeze_outcome(tender=world.fresh_tender(), **act)
    assert table() == FROZEN
    award(world)
    assert table() == DECIDED
    declare(case, case.evaluators[0], has_conflict=True)
    assert table() == {who: may for who, may in DECIDED.items() if who != "evaluator"}
