"""Who may do what, as tables of role × state; each refusal says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.bids import rules
from rodatraden.bids.models import Bid, Unlocking
from rodatraden.bids.queries import visible_to
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.models import KeyHolder
from rodatraden.procurements.actions import appoint, record_fact
from rodatraden.procurements.models import Procurement, StageFact
from rodatraden.procurements.queries import with_case
from rodatraden.procurements.rules import Role, may_follow
from rodatraden.tenders.models import Tender
from tests.factories import keys
from tests.factories.bids import close_box, make_bidder, open_box, supplier_of
from tests.factories.parties import make_person
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_drafted

AT = DEADLINE + timedelta(days=1)
BEFORE = DEADLINE - timedelta(days=1)
Kind = StageFact.Kind

STATES = ("published", "closed", "asked", "opened", "locked", "priced", "decided", "cancelled")
ROLES = (
    "officer",
    "opener",
    "other_opener",
    "evaluator",
    "need_owner",
    "decider",
    "contract_manager",
    "observer",
    "neighbour",
)
OUTSIDE = ("stranger", "bidder", "other_bidder")


@pytest.fixture
def people(case, bidder):
    """Everybody who could come to the door, by what they are."""
    observer = make_person("Observer", organisation=case.buyer)
    appoint(procurement=case.procurement, person=observer, role=Role.OBSERVER, by=case.officer, at=BEFORE)
    declare(case, observer, at=BEFORE)
    neighbour = KeyHolder.objects.get(person__name="Neighbour").person
    appoint(procurement=case.procurement, person=neighbour, role=Role.OPENER, by=case.officer, at=BEFORE)
    declare(case, neighbour, at=BEFORE)
    return {
        "officer": case.officer,
        "opener": case.openers[0],
        "other_opener": case.openers[1],
        "evaluator": case.evaluators[0],
        "need_owner": case.need_owner,
        "decider": case.decider,
        "contract_manager": case.contract_manager,
        "observer": observer,
        "neighbour": neighbour,
        "stranger": make_person("Stranger", organisation=case.buyer),
        "bidder": bidder,
        "other_bidder": make_bidder("Annan AB"),
    }


def bring_to(state, case, tender, people):
    """Let the case's life go on to a state, by its verbs."""
    order = STATES.index(state)
    give_bid(tender, bidder=people["bidder"], at=BEFORE)
    if order >= STATES.index("closed"):
        close_box(tender, at=AT)
    if state == "asked":
        keys.begin(tender, case.openers[0], at=AT)
    if order >= STATES.index("opened"):
        open_box(case, tender, at=AT)
        for name in ("observer", "neighbour"):
            declare(case, people[name], at=AT)
    facts = (Kind.CONSENSUS_LOCKED, Kind.PRICES_OPENED, Kind.DECIDED, Kind.CANCELLED)
    for name, kind in zip(("locked", "priced", "decided", "cancelled"), facts, strict=True):
        if order >= STATES.index(name):
            record_fact(procurement=case.procurement, kind=kind, by=case.officer, at=AT)


def fresh(tender) -> Tender:
    """Return the tender with its case as a page loads it."""
    found = Tender.objects.get(pk=tender.pk)
    found.procurement = with_case(Procurement.objects.filter(pk=tender.procurement_id)).get()
    return found


READERS = {"officer", "opener", "other_opener", "evaluator", "neighbour"}
SEE_BIDS = {
    "published": set(),
    "closed": set(),
    "asked": set(),
    "opened": READERS | {"bidder"},
    "locked": READERS | {"bidder"},
    "priced": READERS | {"bidder"},
    "decided": {*ROLES, "bidder"},
    "cancelled": {*ROLES, "bidder"},
}


@pytest.mark.both_engines
@pytest.mark.parametrize("state", STATES)
def test_who_sees_opened_bids_and_the_list_is_filtered_by_the_same_rule(case, tender, people, state):
    bring_to(state, case, tender, people)
    stage = fresh(tender)
    bid = Bid.objects.first()
    listed = {name for name, person in people.items() if visible_to(person, AT).exists()}
    assert listed == SEE_BIDS[state]
    if bid is None:
        return
    bid.tender = stage
    assert {name for name, person in people.items() if rules.may_see_bid(person, bid, AT)} == SEE_BIDS[state]
    team = {name for name, person in people.items() if rules.may_see_bids(person, stage.procurement)}
    assert team == SEE_BIDS[state] - {"bidder"}


OFFICIALS = {"opener", "other_opener", "neighbour"}
BEGIN = {("closed", Holds.BID): OFFICIALS, ("asked", Holds.BID): OFFICIALS, ("locked", Holds.PRICE): OFFICIALS}
END = {"asked": {"other_opener", "neighbour"}}
OPEN_PRICES = {"locked": {"officer", *OFFICIALS}}
STATE_OPENING = {"closed": OFFICIALS, "asked": OFFICIALS}


@pytest.mark.parametrize("state", STATES)
def test_who_opens_when(case, tender, people, state):
    bring_to(state, case, tender, people)
    stage = fresh(tender)
    ring = keys.ring_of(tender)

    def allowed(rule):
        return {name for name, person in people.items() if rule(person)}

    def key_of(person):
        return ring.of(person if person.pk in ring.keys else case.openers[0]).pk

    for holds in Holds:
        begun = allowed(lambda person, holds=holds: rules.may_begin_unlocking(person, stage, holds, key_of(person), AT))
        assert begun == BEGIN.get((state, holds), set())
    assert allowed(lambda person: rules.may_open_prices(person, stage.procurement)) == OPEN_PRICES.get(state, set())
    assert allowed(lambda person: rules.may_state_opening(person, stage, AT)) == STATE_OPENING.get(state, set())
    assert allowed(lambda person: rules.may_register_bid(person, stage)) == set()
    for unlocking in Unlocking.objects.filter(tender=tender).select_related("by"):
        unlocking.tender = stage
        ended = allowed(lambda person: rules.may_end_unlocking(person, unlocking, key_of(person), AT))  # noqa: B023 -- called here
        assert ended == END[state]


@pytest.mark.parametrize("state", STATES)
def test_only_those_who_bid_for_a_supplier_hand_in_its_bid_until_the_procurement_is_cancelled(
    case, tender, people, state
):
    bring_to(state, case, tender, people)
    supplier, stage = supplier_of(people["bidder"]), fresh(tender)
    writers = {name for name, person in people.items() if rules.may_bid(person, supplier, stage, AT)}
    assert writers == (set() if state == "cancelled" else {"bidder"})


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("at", [BEFORE, AT])
def test_a_bid_is_withdrawn_only_by_its_own_and_only_while_the_box_is_open(case, tender, people, state, at):
    bring_to(state, case, tender, people)
    submission = people["bidder"].memberships.get().organisation.submissions.get()
    submission.tender = fresh(tender)
    may = {name for name, person in people.items() if rules.may_withdraw(person, submission, at)}
    assert may == ({"bidder"} if state == "published" and at == BEFORE else set())


@pytest.mark.parametrize("state", STATES)
def test_every_refusal_has_a_reason(case, tender, people, state):
    bring_to(state, case, tender, people)
    stage, key = fresh(tender), keys.ring_of(tender).of(case.openers[0]).pk
    for person in people.values():
        for answer in (
            rules.may_begin_unlocking(person, stage, Holds.BID, key, AT),
            rules.may_open_prices(person, stage.procurement),
            rules.may_see_bids(person, stage.procurement),
            rules.may_register_bid(person, stage),
            rules.may_bid(person, supplier_of(people["bidder"]), stage, AT),
        ):
            assert bool(answer) == (answer.reason is None)


def test_nobody_bids_before_the_documents_are_published(db):
    _case, tender = make_drafted()
    bidder = make_bidder()
    answer = rules.may_bid(bidder, supplier_of(bidder), tender, BEFORE)
    assert str(answer.reason) == "The procurement documents have not been published yet."


def test_who_only_has_to_declare_anew_follows_the_opening_but_not_the_bids(case, tender):
    give_bid(tender, at=BEFORE)
    open_box(case, tender, at=AT, redeclare=False)
    stage = fresh(tender)
    assert may_follow(case.evaluators[0], stage.procurement)
    assert not rules.may_see_bids(case.evaluators[0], stage.procurement)


def test_who_has_a_conflict_or_never_declared_does_not_follow_the_opening(case, tender):
    new = make_person("New", organisation=case.buyer)
    appoint(procurement=case.procurement, person=new, role=Role.OPENER, by=case.officer, at=BEFORE)
    declare(case, case.evaluators[1], at=BEFORE, has_conflict=True)
    open_box(case, tender, at=AT, redeclare=False)
    stage = fresh(tender)
    assert not may_follow(new, stage.procurement)
    assert not may_follow(case.evaluators[1], stage.procurement)
