"""A world with at least one of everything that an address names, for the tests that ask who comes where."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rodatraden.assessments.actions import (
    ask_for_bundle,
    freeze_feedback,
    lock_consensus,
    put_up_training,
    report_price,
    say_read,
    write_feedback,
)
from rodatraden.assessments.tasks import bundle_next
from rodatraden.awards.actions import make_masked_copy
from rodatraden.awards.queries import pieces
from rodatraden.followup.actions import link_to_need, open_deviation, record_result
from rodatraden.followup.models import Check, CheckResult
from rodatraden.parties.actions import invite
from rodatraden.parties.models import Membership
from rodatraden.tenders.actions import add_document, ask_question, begin_change, edit_documents, follow_answers
from rodatraden.tenders.models import DocumentEdit, Requirement
from tests.factories.assessments import agree_all, all_hand_in, calibrate, make_round, train
from tests.factories.awards import ask as ask_for_documents
from tests.factories.awards import claim, enter_point, review
from tests.factories.bids import make_bidder, pdf
from tests.factories.contracts import make_contract, noon, order
from tests.factories.evaluation import keep_proof
from tests.factories.memory import remembered
from tests.factories.models import make_library, open_draft
from tests.factories.observing import make_observer
from tests.factories.parties import START, make_holder, make_person
from tests.factories.runs import ask
from tests.factories.sealed import seal_bid, upload
from tests.factories.tenders import ANNOUNCED_AT, make_drafted, make_published

if TYPE_CHECKING:
    from rodatraden.contracts.models import Contract
    from tests.factories.evaluation import World
    from tests.factories.procurements import Case


@remembered
def make_everything() -> World:
    """A concluded contract, and beside it at least one of everything that an address of the program names."""
    made, contract = make_contract()
    observed_case, observed = make_published()
    make_observer(observed_case, observed)
    begun_by = make_bidder("Påbörjat AB")
    upload(observed, seal_bid(observed), bidder=begun_by, at=observed.deadline_at - timedelta(hours=1))
    follow_answers(tender=observed, email="a@example.org", by=None, at=ANNOUNCED_AT)
    ask_question(tender=observed, text="Räcker tre år?", by=None, at=ANNOUNCED_AT)
    edit_documents(
        change=begin_change(tender=observed, by=observed_case.officer, at=ANNOUNCED_AT),
        about=DocumentEdit.About.TERMS,
        how=DocumentEdit.How.REVISE,
        target=observed.pk,
        values={"travel_clause": "Resor ersätts inte."},
        by=observed_case.officer,
        at=ANNOUNCED_AT,
    )
    keep_proof(made)
    enter_point(made)
    order(made, contract)
    follow_up(made, contract)
    review(made)
    ask_for_documents(made, at=made.opened_at + timedelta(days=50))
    piece = next(each for each in pieces(made.procurement) if each.file.name.endswith(".json"))
    make_masked_copy(
        tender=made.fresh_tender(),
        piece=piece,
        provision="OSL 31 kap. 16 §",
        hidden=["format"],
        by=made.case.officer,
        at=made.opened_at + timedelta(days=50),
    )
    claim(made, number=1, at=made.opened_at + timedelta(days=50))
    invite(
        organisation=made.procurement.buyer,
        email="ny@example.org",
        role=Membership.Role.DIRECTOR,
        token="hemlig",
        link="",
        by=make_person("Admin", organisation=made.procurement.buyer, role=Membership.Role.ADMINISTRATOR),
        at=made.opened_at,
    )
    open_draft(make_library())
    make_holder("Innehavare", made.procurement.buyer)
    drafted, tender = make_drafted()
    ask(tender, drafted.officer)
    add_document(tender=tender, title="Karta", data=pdf("Karta"), name="karta.pdf", by=drafted.officer, at=START)
    judged_with_everything(drafted)
    return made


def judged_with_everything(case: Case) -> None:
    """Judge in a round with what a round can have: something to read, an example, reports and a package of them."""
    panel = make_round(case=case)
    train(panel)
    put_up_training(
        assessed=panel.round, title="Skala", text="", data=b"%PDF-", name="skala.pdf", by=panel.leader, at=START
    )
    for person in panel.assessors:
        say_read(assessed=panel.round, shown=[each.pk for each in panel.round.readings.all()], by=person, at=START)
    calibrate(panel)
    report_price(
        item=panel.round.items.order_by("number")[0], where="Sidan 2", material=None, by=panel.assessors[0], at=START
    )
    all_hand_in(panel)
    agree_all(panel)
    lock_consensus(assessed=panel.round, by=panel.leader, at=START)
    summaries = dict.fromkeys(panel.round.items.all(), "Lätt att följa.")
    write_feedback(assessed=panel.round, summaries=summaries, shows_points=True, use="x", by=panel.leader, at=START)
    freeze_feedback(assessed=panel.round, by=panel.leader, at=START)
    ask_for_bundle(assessed=panel.round, by=panel.leader, at=START)
    bundle_next(now=lambda: START, is_ending=lambda: False)


def follow_up(world: World, contract: Contract) -> None:
    """Record what a check found, with a deviation of it and what it meant for the need."""
    manager = world.case.contract_manager
    checks = Check.objects.filter(contract=contract, term__requirement__kind=Requirement.Kind.TERM)
    check = checks.select_related("term__requirement", "contract__tender__procurement").order_by("due_on")[0]
    at = noon(check.due_on)
    result = record_result(
        check=check,
        verdict=CheckResult.Verdict.PARTLY,
        level_reached="80 % inom 10 arbetsdagar",
        evidence="Hinderloggen",
        by=manager,
        at=at,
    )
    open_deviation(
        result=result,
        description="Två hinder utan mottagare",
        acts_by=Requirement.ActsBy.SUPPLIER,
        owner=manager,
        due_on=check.due_on,
        by=manager,
        at=at,
    )
    need = check.term.requirement.needs.get()
    link_to_need(result=result, need=need, text="Fler hinder når rätt nivå.", by=manager, at=at)
