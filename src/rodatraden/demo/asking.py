"""The walked procurement from its start to the published answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.demo import texts
from rodatraden.demo.case import MINUTE, Case, Story, declare
from rodatraden.demo.cast import ASSOCIATION, Cast
from rodatraden.demo.days import after, at, before
from rodatraden.procurements.actions import appoint, create_procurement, describe_procurement
from rodatraden.tenders.actions import (
    accept_proposals,
    accept_tender_proposals,
    answer_question,
    ask_question,
    begin_change,
    confirm_notice,
    edit_documents,
    publish,
    publish_change,
    revise_requirement,
    set_dates,
    start_tender,
)
from rodatraden.tenders.models import DocumentEdit, NoticeHandover
from rodatraden.tenders.queries import requirements, template

if TYPE_CHECKING:
    from collections.abc import Generator

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

TEMPLATE = "consultant_hourly"


def starts(
    cast: Cast, title: str, created_on: date, *, template_name: str = TEMPLATE
) -> Generator[datetime, datetime, Case]:
    """Jonas starts the procurement, appoints the team, and chooses the template; everybody declares their interests."""
    now = yield at(created_on, "09:00")
    jonas = cast["jonas"]
    procurement = create_procurement(
        buyer=cast.association,
        title=title,
        summary=texts.SUMMARY,
        template=template_name,
        is_fictional=True,
        by=jonas,
        at=now,
    )
    case = Case(cast, procurement.pk)
    declare(procurement, jonas, now)
    for character in ASSOCIATION:
        now += MINUTE
        for part in character.parts:
            if part != "officer":
                appoint(procurement=procurement, person=cast[character.key], role=part, by=jonas, at=now)
        if character.key != "jonas":
            declare(procurement, cast[character.key], now)
    now = yield at(after(created_on, 1), "10:00")
    proposal = template(template_name)
    if proposal and proposal.procurement:
        stated = proposal.procurement
        describe_procurement(
            procurement=case.procurement,
            title=title,
            summary=texts.SUMMARY,
            cpv=stated["cpv"],
            cpv_reason=stated["cpv_reason"],
            estimated_value=proposal.terms["ceiling"],
            value_method=stated["value_method"],
            similar_purchases=Decimal(0),
            procedure=stated["procedure"],
            procedure_reason=stated["procedure_reason"],
            no_lots_reason=stated["no_lots_reason"],
            by=jonas,
            at=now,
        )
    start_tender(procurement=case.procurement, template=template_name, by=jonas, at=now)
    return case


def leaves_loose_ends(case: Case, on: date) -> Story:
    """Jonas reads and accepts what was proposed, but two requirements are not finished: their threads are broken."""
    now = yield at(on, "13:30")
    jonas, tender = case.cast["jonas"], case.tender
    for row in requirements(tender):
        row.tender = tender
        left = {"level_reason"} if row.label == "K2" else set()
        accept_proposals(requirement=row, fields=set(row.proposed) - left, by=jonas, at=now)
        if row.label == "K9":
            revise_requirement(requirement=row, follow_up_by=None, follow_up_when="", by=jonas, at=now)
        now += MINUTE
    published_on = after(on, 6)
    deadline_on = after(published_on, 28)
    _plan(tender, published_on, deadline_on, by=jonas, now=now)


def is_published(case: Case, published_on: date, deadline_on: date) -> Story:
    """Jonas accepts what was proposed, plans the dates, publishes, and enters what the notice database answered."""
    jonas = case.cast["jonas"]
    now = yield at(before(published_on, 3), "14:00")
    tender = case.tender
    for row in requirements(tender):
        row.tender = tender
        accept_proposals(requirement=row, by=jonas, at=now)
    _plan(tender, published_on, deadline_on, by=jonas, now=now + MINUTE)
    accept_tender_proposals(tender=tender, by=jonas, at=now + 2 * MINUTE)
    now = yield at(published_on, "09:00")
    publish(tender=case.tender, by=jonas, at=now)
    now = yield at(published_on, "11:30")
    _confirm(case, NoticeHandover.Kind.CONTRACT, at(published_on, "10:45"), now)


def questions_are_answered(case: Case, published_on: date, *, one_waits: bool = False) -> Story:
    """Suppliers ask without saying who they are; Jonas answers to all at once."""
    waiting = []
    for days, (text, _) in zip((2, 3), texts.QUESTIONS, strict=True):
        now = yield at(after(published_on, days), "15:20")
        waiting.append(ask_question(tender=case.tender, text=text, by=None, at=now))
    for days, question, (text, answer) in zip((4, 5), waiting, texts.QUESTIONS, strict=True):
        now = yield at(after(published_on, days), "09:00")
        question.tender = case.tender
        answer_question(question=question, published_text=text, answer=answer, by=case.cast["jonas"], at=now)
    if one_waits:
        now = yield at(after(published_on, 7), "16:40")
        ask_question(tender=case.tender, text=texts.WAITING_QUESTION, by=None, at=now)


def documents_are_clarified(case: Case, on: date) -> Story:
    """What one supplier asked is written into the terms: Jonas publishes version 2, in words only, and all are told."""
    jonas = case.cast["jonas"]
    now = yield at(on, "10:05")
    tender = case.tender
    change = begin_change(tender=tender, by=jonas, at=now)
    edit_documents(
        change=change,
        about=DocumentEdit.About.TERMS,
        how=DocumentEdit.How.REVISE,
        target=tender.pk,
        values={"platform_clause": texts.CLARIFIED},
        by=jonas,
        at=now + 5 * MINUTE,
    )
    now = yield at(on, "10:30")
    publish_change(change=change, reason=texts.WHY_CLARIFIED, is_substantial=False, by=jonas, at=now)
    now = yield at(on, "13:15")
    _confirm(case, NoticeHandover.Kind.CHANGE, at(on, "12:50"), now)


def _confirm(case: Case, kind: NoticeHandover.Kind, published_at: datetime, now: datetime) -> None:
    """Enter when the notice database published a notice, under a number that is made up."""
    notice = case.tender.notices.select_related("tender__procurement").get(kind=kind)
    serial = case.procurement.diary_case.serial
    confirm_notice(
        notice=notice,
        database="Annonsdatabasen (påhittad)",
        notice_id=f"{published_at:%Y}-{serial:06}" + ("" if kind == NoticeHandover.Kind.CONTRACT else "-02"),
        published_at=published_at,
        link="https://annons.example/" + case.procurement.diary_case.number,
        by=case.cast["jonas"],
        at=now,
    )


def _plan(tender: Tender, published_on: date, deadline_on: date, *, by: Person, now: datetime) -> None:
    """Set the dates: questions end well before the bids, and bids are binding for three months."""
    set_dates(
        tender=tender,
        planned_notice_at=at(published_on, "09:00"),
        question_deadline_at=at(before(deadline_on, 9), "12:00"),
        deadline_at=at(deadline_on, "12:00"),
        bids_valid_until_on=deadline_on + timedelta(days=90),
        starts_on=after(deadline_on, 40),
        by=by,
        at=now,
    )
