"""The delegation order as a list: a decision rests on a point that is valid, is held by who decides, and covers the amount."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from rodatraden.awards import rules
from rodatraden.awards.actions import (
    cancel_published,
    decide_award,
    end_delegation,
    prepare_decision,
    revoke_award,
)
from rodatraden.awards.models import AwardDecision, Cancellation, DelegationPoint, Revocation
from rodatraden.awards.queries import intended_winner
from rodatraden.bids.models import Bid, BidPrice
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.instants import local_date
from rodatraden.parties.models import Membership
from rodatraden.procurements.models import Procurement
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.models import Tender
from tests.factories.awards import REASONS, WITHOUT_PROOF, enter_point, make_awarded
from tests.factories.evaluation import make_opened, make_outcome
from tests.factories.parties import make_buyer, make_person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def prepare(world, delegation):
    tender = world.fresh_tender()
    return prepare_decision(
        tender=tender,
        winner=intended_winner(tender),
        reasons=REASONS,
        delegation=delegation,
        without_proof=WITHOUT_PROOF,
        by=world.case.officer,
        at=world.opened_at + 4 * DAY,
    )


def decide(world, proposal, delegation, *, by=None):
    return decide_award(
        proposal=proposal,
        reasons=REASONS,
        delegation=delegation,
        by=by or world.case.decider,
        at=world.opened_at + 4 * DAY,
    )


def refusal(verb, *args, **more):
    with pytest.raises(RefusedError) as refused:
        verb(*args, **more)
    return refused.value.answer


def test_where_no_list_is_kept_the_delegation_is_written_and_where_one_is_a_point_is_chosen():
    world = make_outcome()
    proposal = prepare(world, "Delegationsordningen punkt 4.2")
    point = enter_point(world)
    answer = refusal(decide, world, proposal, "Delegationsordningen punkt 4.2")
    assert answer.mend == reverse("awards:delegations", args=[world.procurement.buyer_id])
    assert decide(world, proposal, str(point)).delegation == str(point)


def test_an_award_that_may_cost_more_than_the_point_covers_is_neither_prepared_nor_decided():
    world = make_outcome()
    amount, currency = rules.amount_of(world.fresh_tender())
    assert amount is not None
    low = enter_point(world, up_to=amount - 1, currency=currency)
    enough = enter_point(world, point="4.3", up_to=amount, currency=currency)
    answer = refusal(prepare, world, str(low))
    assert {name: str(answer.reason.values[name]) for name in ("limit", "amount")} == {
        "limit": str(amount - 1),
        "amount": str(amount),
    }
    proposal = prepare(world, str(enough))
    refusal(decide, world, proposal, str(low))
    assert decide(world, proposal, str(enough)).delegation == str(enough)


def test_a_price_for_the_whole_assignment_counts_where_it_is_higher_than_what_was_planned():
    world = make_outcome()
    planned, currency = rules.amount_of(world.fresh_tender())
    price = planned + 100_000
    BidPrice.objects.filter(bid=world.bids[0]).update(amount=price)
    winner = Bid.objects.get(pk=world.bids[0].pk)
    assert rules.amount_of(world.fresh_tender(), winner) == (planned, currency)  # a price per hour is no sum
    Tender.objects.update(price_unit=Tender.Priced.TOTAL)
    assert rules.amount_of(world.fresh_tender(), winner) == (price, currency)
    low = enter_point(world, up_to=price - 1, currency=currency)
    enough = enter_point(world, point="4.3", up_to=price, currency=currency)
    assert str(refusal(prepare, world, str(low)).reason.values["amount"]) == str(price)
    proposal = prepare(world, str(enough))
    refusal(decide, world, proposal, str(low))
    assert decide(world, proposal, str(enough)).delegation == str(enough)


def test_a_price_for_the_whole_assignment_below_what_was_planned_or_in_another_currency_lowers_nothing():
    world = make_outcome()
    planned, currency = rules.amount_of(world.fresh_tender())
    Tender.objects.update(price_unit=Tender.Priced.TOTAL)
    winner = Bid.objects.get(pk=world.bids[0].pk)
    assert rules.amount_of(world.fresh_tender(), winner) == (planned, currency)
    Tender.objects.update(ceiling=None)
    Procurement.objects.update(estimated_value=Decimal(5), currency="NOK")
    assert rules.amount_of(world.fresh_tender(), winner)[0] is None
    Procurement.objects.update(estimated_value=None)
    assert rules.amount_of(world.fresh_tender(), winner) == (winner.price.amount, currency)


def test_the_log_keeps_who_holds_a_point_until_when_and_on_what_document():
    world = make_outcome()
    holder = make_person("Siv Håkansson", organisation=world.procurement.buyer)
    point = enter_point(world, role="", person=holder, valid_to_on=date(2026, 12, 31))
    logged = json.loads(LedgerBody.objects.get(event="delegation_entered").what)
    assert {name: logged[name] for name in ("person", "to", "source_sha256")} == {
        "person": str(holder.pk),
        "to": "2026-12-31",
        "source_sha256": canonical_hash({"source": point.source}),
    }
    assert "Siv" not in str(logged)


def test_what_cant_be_compared_with_a_limit_is_refused_never_guessed():
    world = make_outcome()
    other = enter_point(world, up_to=Decimal(10**9), currency="NOK")
    assert "can't be compared" in str(refusal(prepare, world, str(other)).reason)
    Tender.objects.update(ceiling=None)
    Procurement.objects.update(estimated_value=None)
    known = enter_point(world, point="4.3", up_to=Decimal(10**9))
    assert "can't be compared" in str(refusal(prepare, world, str(known)).reason)
    assert prepare(world, str(enter_point(world, point="4.4")))


def test_only_who_holds_the_point_decides_on_it_by_role_or_by_name():
    world = make_outcome()
    other = make_person(organisation=world.procurement.buyer, role=Membership.Role.DIRECTOR)
    mine = enter_point(world)
    theirs = enter_point(world, point="4.3", role="", person=other)
    named = enter_point(world, point="4.4", role="", person=world.case.decider)
    by_role = enter_point(world, point="4.5", role=Membership.Role.NEED_OWNER)
    tender, at = world.fresh_tender(), world.opened_at + 4 * DAY
    held = {
        each.point: bool(rules.may_rest_on(str(each), tender, by=world.case.decider, at=at))
        for each in (mine, theirs, named, by_role)
    }
    assert held == {"4.2": True, "4.3": False, "4.4": True, "4.5": False}
    assert other.name in str(rules.may_rest_on(str(theirs), tender, by=world.case.decider, at=at).reason)
    proposal = prepare(world, str(theirs))
    refusal(decide, world, proposal, str(theirs))
    assert not AwardDecision.objects.exists()


def test_a_point_holds_on_both_its_days_and_on_no_other():
    point = DelegationPoint(valid_from_on=date(2026, 3, 1), valid_to_on=date(2026, 3, 31))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [point.holds_on(day) for day in days] == [False, True, True, False]


def test_an_ended_point_carries_no_new_decision_and_keeps_what_was_decided():
    world = make_outcome()
    point = enter_point(world)
    on = local_date(world.opened_at + 4 * DAY)
    administrator = point.entered_by
    end_delegation(point=point, last_on=on - DAY, by=administrator, at=world.opened_at)
    refusal(prepare, world, str(point))
    for wrong in (date(2025, 12, 31), on):
        assert (
            refusal(end_delegation, point=point, last_on=wrong, by=administrator, at=world.opened_at).mend == "last_on"
        )


def test_a_revocation_and_a_cancellation_rest_on_the_list_too():
    world = make_awarded()
    point = enter_point(world, up_to=Decimal(1))
    decision = AwardDecision.objects.select_related("tender").get(in_force_of=world.tender)
    given = {"cause": Revocation.Cause.WITHDREW, "reason": "x", "by": world.case.decider}
    at = decision.decided_at + DAY
    refusal(revoke_award, decision=decision, delegation="Punkt 9", at=at, **given)
    assert revoke_award(decision=decision, delegation=str(point), at=at, **given).delegation == str(point)
    opened = make_opened()
    refusal(
        cancel_published,
        tender=opened.fresh_tender(),
        reason="x",
        delegation="",
        by=opened.case.decider,
        at=opened.opened_at,
    )
    enter_point(opened)
    refusal(
        cancel_published,
        tender=opened.fresh_tender(),
        reason="x",
        delegation="Punkt 9",
        by=opened.case.decider,
        at=opened.opened_at + DAY,
    )
    assert not Cancellation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"point": " "}, "point"),
        ({"covers": ""}, "covers"),
        ({"source": " "}, "source"),
        ({"role": ""}, "role"),
        ({"valid_to_on": date(2025, 12, 31)}, "valid_to_on"),
    ],
)
def test_a_point_says_what_by_whom_and_from_which_document(changes, field):
    world = make_opened()
    assert refusal(enter_point, world, **changes).mend == field
    assert not DelegationPoint.objects.exists()


def test_the_same_point_holds_once_at_a_time_and_by_a_role_or_a_person():
    world = make_opened()
    point = enter_point(world, valid_to_on=date(2026, 12, 31))
    assert refusal(enter_point, world, valid_from_on=date(2026, 12, 31)).mend == "point"
    assert enter_point(world, valid_from_on=date(2027, 1, 1)).point == "4.2"
    assert refusal(enter_point, world, person=world.case.decider, point="9").mend == "role"
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegationPoint.objects.filter(pk=point.pk).update(role="")


def test_who_keeps_and_who_sees_the_list(client):
    world = make_opened()
    point = enter_point(world)
    buyer = world.procurement.buyer
    people = {
        "administrator": point.entered_by,
        "officer": make_person(organisation=buyer, role=Membership.Role.PROCUREMENT_OFFICER),
        "director": make_person(organisation=buyer, role=Membership.Role.DIRECTOR),
        "bidder": world.bids[0].submission.submitted_by,
        "another buyer": make_person(organisation=make_buyer("Annan"), role=Membership.Role.ADMINISTRATOR),
    }
    pages = [
        reverse("awards:delegations", args=[buyer.pk]),
        reverse("awards:end_delegation", args=[point.pk]),
    ]
    found = {}
    for name, person in people.items():
        client.force_login(person)
        found[name] = (
            bool(rules.may_keep_delegations(person, buyer, world.opened_at)),
            [client.get(page).status_code for page in pages],
        )
    assert found == {
        "administrator": (True, [200, 200]),
        "officer": (False, [200, 200]),
        "director": (False, [200, 200]),
        "bidder": (False, [404, 404]),
        "another buyer": (False, [404, 404]),
    }


def test_an_administrator_enters_a_point_and_the_decision_offers_it(client):
    world = make_outcome()
    buyer = world.procurement.buyer
    client.force_login(make_person(organisation=buyer, role=Membership.Role.ADMINISTRATOR))
    page = reverse("awards:delegations", args=[buyer.pk])
    sent = {
        "point": "4.2",
        "covers": "Tilldelning & avbrytande",
        "up_to": "9 000 000",
        "currency": "SEK",
        "role": "director",
        "person": "",
        "source": "Styrelsen 2026-03-12 § 14",
        "valid_from_on": "2026-01-01",
        "valid_to_on": "",
        "idempotency_key": "a",
    }
    wrong = client.post(page, sent | {"role": "", "idempotency_key": "z"})
    assert (wrong.status_code, "Tilldelning &amp; avbrytande" in wrong.text) == (422, True)
    assert client.post(page, sent).url == page
    point = DelegationPoint.objects.get()
    assert (point.up_to, point.role) == (Decimal(9_000_000), "director")
    client.force_login(world.case.officer)
    prepare_page = reverse("awards:prepare", args=[world.procurement.pk])
    assert "Punkt 4.2, Styrelsen 2026-03-12 § 14" in client.get(prepare_page).text
    wrong = client.post(prepare_page, {"reasons": "x", "delegation": "Något annat", "idempotency_key": "b"})
    assert wrong.status_code == 422
    client.post(prepare_page, {"reasons": "x", "delegation": str(point), "without_proof": "x", "idempotency_key": "c"})
    assert world.fresh_tender().decision_proposals.get().delegation == str(point)
    client.force_login(point.entered_by)
    end = reverse("awards:end_delegation", args=[point.pk])
    assert client.post(end, {"last_on": "2026-06-30", "idempotency_key": "d"}).url == page
    assert "Gäller inte i dag" in client.get(page).text
