"""Worlds for pages that no link of the example leads to: each at the stage at which their forms are filled in.

A world says which views are looked at in it; beside.py finds their addresses.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from rodatraden.assessments.actions import add_observer, ask_for_bundle, put_up_example, record_consensus, report_price
from rodatraden.assessments.models import PanelMember
from rodatraden.assessments.queries import cells_of, material_of
from rodatraden.awards.rules import computed_standstill
from rodatraden.bids.actions import (
    OutsideFile,
    confirm_stated_opening,
    propose_leaving_out,
    register_opened_bid,
    state_opening,
)
from rodatraden.contracts.rules import signed_on
from rodatraden.core.instants import local_date
from rodatraden.core.sealing.holders import Holds
from rodatraden.evaluation.actions import ask_bidders, lock_quality, start_evaluation_round
from rodatraden.evaluation.models import Inquiry
from rodatraden.followup import queries as followed
from rodatraden.followup.actions import record_result
from rodatraden.followup.models import CheckResult
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from rodatraden.records.actions import note_reading
from rodatraden.records.models import OutboxMail
from rodatraden.tenders.actions import begin_change, edit_documents, publish_change
from rodatraden.tenders.models import DocumentEdit
from tests.factories.assessments import ANSWER, hand_in, make_round, score_all, train
from tests.factories.awards import make_awarded, prepare
from tests.factories.bids import close_box, open_prices, pdf
from tests.factories.contracts import draw_up, make_contract, noon
from tests.factories.evaluation import (
    PRICES,
    SUPPLIERS,
    ask_proof,
    check_all,
    draw,
    judge_all,
    make_opened,
    make_outcome,
)
from tests.factories.evaluation import World as EvaluatedWorld
from tests.factories.everything import make_everything
from tests.factories.keys import ring_of
from tests.factories.leaving import OPENING, box_with_junk, fail
from tests.factories.models import next_version
from tests.factories.own import start_own, up_to_consensus, up_to_reports
from tests.factories.parties import START
from tests.factories.procurements import declare, make_case
from tests.factories.sealed import give_bid
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, PUBLISHED_AT, make_published

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    Make = Callable[[], datetime]
    """Makes a world, and returns the instant at which its pages are looked at."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World(NamedTuple):
    """A world with the views that are looked at in it."""

    make: Make
    views: Sequence[str]


WORLDS: dict[str, World] = {}


def shows(*views: str) -> Callable[[Make], Make]:
    def noted(make: Make) -> Make:
        WORLDS[make.__name__] = World(make, views)
        return make

    return noted


@shows(
    "account_confirm_email",
    "account_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_choose_password",
    "account_confirm_address",
    "assessments:bundle",
    "assessments:draft",
    "assessments:draft_about",
    "assessments:draft_area",
    "assessments:draft_criterion",
    "assessments:draft_discard",
    "assessments:draft_make",
    "assessments:model",
    "assessments:next_version",
    "awards:assess",
    "awards:claims",
    "awards:end_delegation",
    "awards:interim",
    "awards:request_code",
    "awards:review",
    "bids:observation_code",
    "demo:clock",
    "mfa_index",
    "mfa_list_webauthn",
    "pages:demo_mailbox",
    "parties:confirm_number",
    "parties:drill",
    "parties:invitation_code",
    "parties:invitation_link",
    "parties:withdraw_invitation",
    "recovery_codes",
    "tenders:run",
    "tenders:run_again",
    "tenders:run_cancel",
    "tenders:subscription_code",
    "ui:styleguide",
)
def long_after() -> datetime:
    return make_everything().opened_at + 60 * DAY


@shows(
    "tenders:change_drop",
    "tenders:change_item",
    "tenders:change_item_create",
    "tenders:change_model",
    "tenders:change_requirement",
    "tenders:change_requirement_create",
    "tenders:change_strike",
    "tenders:change_terms",
    "tenders:deadline",
)
def documents_being_changed() -> datetime:
    case, tender = make_published()
    begin_change(tender=tender, by=case.officer, at=ANNOUNCED_AT + DAY)
    return ANNOUNCED_AT + DAY + HOUR


@shows("tenders:confirm_notice")
def published_and_not_yet_announced() -> datetime:
    make_published(is_announced=False)
    return PUBLISHED_AT + HOUR


@shows("bids:leave_out", "bids:reachable")
def a_bid_whose_key_does_not_come_out() -> datetime:
    case, tender = make_published()
    box_with_junk(tender)
    one, other = case.openers
    ring = ring_of(tender)
    fail(tender, ring, (one, other), (other, one))
    lost = next(key for key in ring.keys.values() if key.person not in case.openers)
    appoint(procurement=case.procurement, person=lost.person, role=TeamMember.Role.OPENER, by=case.officer, at=OPENING)
    reason = "Sjuk sedan i måndags"
    propose_leaving_out(tender=tender, holds=Holds.BID, unreachable=[lost.pk], reason=reason, by=one, at=OPENING + HOUR)
    return OPENING + 2 * HOUR


@shows("pages:readings")
def bids_that_have_been_read() -> datetime:
    world = make_opened()
    at = world.opened_at + HOUR
    for bid, person in zip(world.bids, world.case.everybody, strict=False):
        file = bid.files.order_by("pk")[0]
        for document in (bid.pk, file.pk):
            note_reading(case=world.procurement.pk, subject=bid.pk, document=document, by=person, at=at)
    return at + HOUR


@shows("procurements:clear", "procurements:declare")
def somebody_declares_a_conflict() -> datetime:
    case = make_case()
    declare(case, case.evaluators[0], has_conflict=True)
    make_case(declares=False)
    return START + HOUR


@shows(
    "assessments:remove_observer",
    "assessments:submit",
    "assessments:withdraw_training",
)
def judging_with_something_to_read() -> datetime:
    case = make_case()
    panel = make_round(case=case)
    add_observer(assessed=panel.round, person=case.need_owner, by=panel.leader, at=START)
    train(panel)
    scored = make_round()
    score_all(scored, scored.assessors[0])
    return START + HOUR


@shows("assessments:calibration", "assessments:call_off_example", "assessments:put_up_example")
def judging_that_begins_with_an_example() -> datetime:
    make_round(with_example=True)
    up = make_round(with_example=True)
    put_up_example(
        assessed=up.round,
        label="Exempel",
        answers=dict.fromkeys(up.round.model.asked, ANSWER),
        by=up.leader,
        at=START,
    )
    return START + HOUR


@shows("assessments:lock")
def an_organisation_has_agreed() -> datetime:
    own = start_own()
    for person in own.assessors:
        hand_in(own, person, 60)  # type: ignore[arg-type]  # it has what a panel has
    present = [member for member in own.round.panel.all() if member.role == PanelMember.Role.ASSESSOR]
    for item, criterion in cells_of(own.round):
        record_consensus(
            item=item,
            criterion=criterion,
            points=criterion.scale.values[6],
            reason="Vi är överens.",
            present=present,
            by=own.leader,
            at=START,
        )
    return START + HOUR


@shows("assessments:freeze_feedback", "assessments:preview")
def an_organisation_writes_its_reports() -> datetime:
    up_to_consensus(start_own())
    return START + HOUR


@shows("assessments:bundle_cancel", "assessments:model_differences", "assessments:release")
def an_organisation_has_its_reports() -> datetime:
    own = start_own()
    up_to_reports(own)
    ask_for_bundle(assessed=own.round, by=own.leader, at=START)
    next_version(own.library)
    return START + HOUR


@shows("assessments:take_over")
def the_leader_has_gone() -> datetime:
    own = start_own()
    own.leader.memberships.update(until_on=local_date(START))
    return START + 2 * DAY


@shows("assessments:sighting")
def a_price_has_been_seen() -> datetime:
    world = make_opened()
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at)
    item = assessed.items.order_by("number")[0]
    file = next(iter(material_of(item, person=world.case.officer, at=world.opened_at)))
    report_price(
        item=item,
        where="Sidan 2, tredje stycket",
        material=file.id,
        by=world.case.evaluators[0],
        at=world.opened_at,
    )
    return world.opened_at + HOUR


@shows(
    "evaluation:cancel_presentation",
    "evaluation:move_presentation",
    "evaluation:own_presentation",
    "evaluation:presentation",
    "evaluation:presentation_times",
)
def presentations_are_drawn() -> datetime:
    world = make_opened()
    draw(world)
    return world.opened_at + 4 * HOUR


@shows("evaluation:lock")
def everything_is_judged() -> datetime:
    return judged().opened_at + 3 * DAY


@shows("evaluation:open_prices")
def the_quality_is_locked() -> datetime:
    world = opened_elsewhere()
    check_all(world)
    judge_all(world)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at + 3 * DAY)
    return world.opened_at + 3 * DAY + HOUR


def opened_elsewhere() -> EvaluatedWorld:
    """Return two bids that were received and opened in another tool."""
    case, tender = make_published()
    close_box(tender)
    at = tender.deadline_at + HOUR
    held = OutsideFile("protokoll.pdf", "application/pdf", BytesIO(pdf("protokoll")))
    stated = state_opening(tender=tender, opened_at=at, tool="Annat", protocol=held, by=case.openers[0], at=at)
    confirm_stated_opening(opening=stated, by=case.openers[1], at=at)
    for person in case.everybody:
        declare(case, person, at=at)
    bids = [
        register_opened_bid(
            tender=tender,
            supplier_name=name,
            received_at=tender.deadline_at - HOUR,
            price=Decimal(price),
            by=case.officer,
            at=at,
        )
        for name, price in zip(SUPPLIERS[:2], PRICES[:2], strict=True)
    ]
    return EvaluatedWorld(case, tender, bids, at)


@shows("evaluation:freeze")
def the_prices_are_open() -> datetime:
    world = judged()
    at = world.opened_at + 3 * DAY
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    open_prices(world.case, world.fresh_tender(), at=at + HOUR)
    return at + 2 * HOUR


def judged() -> EvaluatedWorld:
    world = make_opened()
    check_all(world)
    judge_all(world)
    return world


@shows("awards:prepare", "evaluation:ask_proof")
def the_outcome_is_frozen() -> datetime:
    return make_outcome().opened_at + 4 * DAY


@shows(
    "evaluation:answer",
    "evaluation:assess",
    "evaluation:fetch_proof",
    "evaluation:hand_in",
    "evaluation:more_time",
    "evaluation:prove",
    "evaluation:waive_proof",
)
def proof_is_asked_for() -> datetime:
    world = make_outcome()
    ask_proof(world)
    ask_bidders(
        tender=world.fresh_tender(),
        bids=world.bids[:1],
        purpose=Inquiry.Purpose.CLARIFICATION,
        question="Vad menas med ett led?",
        basis="Metoden, sidan 2.",
        why_alone="Bara det här anbudet är oklart.",
        answer_by=world.opened_at + 9 * DAY,
        by=world.case.officer,
        at=world.opened_at + 4 * DAY,
    )
    return world.opened_at + 5 * DAY


@shows("awards:decide", "awards:return")
def the_decision_is_prepared() -> datetime:
    world = make_outcome()
    prepare(world)
    return world.opened_at + 5 * DAY


@shows("awards:letter", "awards:revoke")
def the_award_is_notified() -> datetime:
    world = make_awarded()
    OutboxMail.objects.update(attempts=1)  # none has gone out
    return world.opened_at + 5 * DAY


@shows("contracts:sign")
def the_contract_is_drawn_up() -> datetime:
    world = make_awarded()
    contract = draw_up(world)
    return noon(computed_standstill(contract.tender).known().earliest_signing_on)


@shows("followup:deviate", "followup:tell")
def a_promise_has_been_followed_up() -> datetime:
    world, contract = make_contract()
    check = followed.visible_to(world.case.contract_manager).filter(term__requirement__kind="term")[0]
    at = noon(signed_on(contract)) + 60 * DAY
    record_result(
        check=check,
        verdict=CheckResult.Verdict.PARTLY,
        level_reached="10 av 12 hinder",
        evidence="Hinderloggen",
        by=world.case.contract_manager,
        at=at,
    )
    return at + HOUR


@shows("bids:confirm", "bids:workspace")
def the_documents_have_changed_since_the_bid() -> datetime:
    case, tender = make_published()
    give_bid(tender, at=ANNOUNCED_AT + HOUR)
    at = ANNOUNCED_AT + DAY
    change = begin_change(tender=tender, by=case.officer, at=at)
    about, values = DocumentEdit.About.TERMS, {"travel_clause": "Resor ersätts inte."}
    edit_documents(change=change, about=about, how="revise", target=tender.pk, values=values, by=case.officer, at=at)
    publish_change(
        change=change, reason="Rättat", is_substantial=True, deadline_at=DEADLINE + 10 * DAY, by=case.officer, at=at
    )
    return at + HOUR
