"""Pages that no link of the example leads to, each in a world made for it: at the stage at which its form is filled in.

A world says which views are looked at in it. The address and the person of each are found by trying what the world holds,
until somebody is offered a form; where nobody is, the first page that is shown is looked at.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

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
from rodatraden.parties.models import Person
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
from tests.security.test_matrix import MODELS, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    Make = Callable[[], datetime]
    """Makes a world, and returns the instant at which its pages are looked at."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World(NamedTuple):
    """A world with the views that are looked at in it."""

    make: Make
    views: Sequence[str]


WORLDS: dict[str, World] = {}

BY_LINK = ("awards:own_request", "bids:take_observation", "parties:accept", "tenders:subscription")
"""Views to which the link of a letter leads."""
OF_ONES_ACCOUNT = (
    "account_change_password",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "new_recovery_codes",
)
"""Views that somebody comes to who has signed in with a password, and then adds a second step."""
NO_PAGES = {
    "account_set_password": "who signs in with a key alone comes here; the page is the one on which a password is changed",
    "account_signup": "leads on to where a supplier registers",
    "assessments:bundle_fetch": "a file",
    "assessments:masked": "a file",
    "assessments:model_export": "a file",
    "assessments:reading": "a file",
    "assessments:report_pdf": "a file",
    "assessments:template_export": "a file",
    "awards:board_csv": "a file",
    "awards:cancellation_document": "a file",
    "awards:decision_document": "a file",
    "awards:decision_word": "a file",
    "awards:masked_copy": "a file",
    "awards:notification_document": "a file",
    "awards:own_file": "a file",
    "bids:bid_espd": "a file",
    "bids:file": "a file",
    "bids:held": "read by the program of the bid's page",
    "bids:holders": "read by the program that seals",
    "bids:opening_list": "a file",
    "bids:outside_protocol": "a file",
    "bids:protocol": "a file",
    "bids:read": "a file",
    "bids:receipt_json": "a file",
    "bids:receipt_pdf": "a file",
    "bids:sealed_copy": "a file",
    "bids:sheet": "read by the program that unlocks",
    "contracts:document": "a file",
    "contracts:file": "a file",
    "contracts:word": "a file",
    "evaluation:presentation_clock": "a button of another page; read it leads there",
    "evaluation:presentation_file": "a file",
    "evaluation:proof_file": "a file",
    "evaluation:protocol": "a file",
    "evaluation:table_bids": "a file",
    "evaluation:table_form": "a file",
    "followup:file": "a file",
    "mfa_login_webauthn": "read by the program of the page on which one signs in",
    "pages:log_export": "a file",
    "parties:locked_key": "a file",
    "procurements:diary_export": "a file",
    "publication:archive": "a file",
    "publication:bid_form": "a file",
    "publication:pdf": "a file",
    "publication:results": "a file",
    "publication:snapshot": "a file",
    "publication:word": "a file",
    "records:growth": "a file",
    "records:head": "a file",
    "records:stamp": "what the machine's clock says, for who measures it",
    "records:verifier": "a file",
    "tenders:document": "a file",
    "tenders:export": "a file",
}
"""What an address that is read answers with where it is no page, and so is not looked at."""


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


def named(patterns: Sequence[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield each view with what its address names."""
    for each in patterns:
        if isinstance(each, URLPattern):
            yield f"{namespace}{each.name}", list(each.pattern.converters)
        else:
            yield from named(each.url_patterns, f"{each.namespace}:" if each.namespace else namespace)


def addresses_of(view: str) -> Iterator[str]:
    """Yield each address that the view has in this world."""
    names = dict(named(get_resolver().url_patterns))[view]
    for chosen in product(*([WORDS[name]] if name in WORDS else keys_of(name) for name in names)):
        yield reverse(view, kwargs=dict(zip(names, chosen, strict=True)))


def keys_of(name: str) -> list[object]:
    return [key for label in MODELS[name] for key in apps.get_model(label).objects.values_list("pk", flat=True)]


def offered(view: str, clients: Sequence[tuple[Person | None, Client]]) -> tuple[str, Person | None] | None:
    """Return an address at which somebody is offered a form, or else one that is shown; None where nobody sees the page."""
    shown = None
    for address in addresses_of(view):
        for person, client in clients:
            answer = client.get(address)
            if answer.status_code != HTTPStatus.OK:
                continue
            main = answer.text.partition("<main")[2]
            if 'method="post"' in main and "disabled" not in main:
                return address, person
            shown = shown or (address, person)
    return shown


def everybody() -> list[tuple[Person | None, Client]]:
    """Return everybody of the world, each signed in to a client; first who has no account."""
    clients: list[tuple[Person | None, Client]] = [(None, Client())]
    for person in Person.objects.order_by("name", "pk"):
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        clients.append((person, client))
    return clients


def read_by_somebody(client: Client) -> set[str]:
    """Return all views that can be read at all; `client` is signed in, as whom makes no difference."""
    found, words = set(), {**WORDS, "edit_id": 1, "name": "x"}
    for view, names in named(get_resolver().url_patterns):
        nothing = {name: words.get(name, uuid4()) for name in names}
        answer = client.get(reverse(view, kwargs=nothing))
        answer.close()
        if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            found.add(view)
    return found


def beside() -> set[str]:
    """Return all views that are looked at in worlds of their own."""
    return {view for world in WORLDS.values() for view in world.views} | {*BY_LINK, *OF_ONES_ACCOUNT}
