"""Who may do what with the procurement documents, each answer with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import ROLE_NEEDED, has_happened, may_act_as, may_work, team_roles
from rodatraden.procurements.rules import may_edit as may_edit_procurement
from rodatraden.tenders.models import NoticeHandover

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Question, Requirement, Tender


def is_published(procurement: Procurement) -> bool:
    """Whether the documents have been frozen and handed over, and not cancelled since."""
    return has_happened(procurement, StageFact.Kind.PUBLISHED) and not has_happened(
        procurement, StageFact.Kind.CANCELLED
    )


def is_drafted(procurement: Procurement) -> bool:
    """Whether the documents are still worked on: neither published nor cancelled."""
    return not any(has_happened(procurement, kind) for kind in (StageFact.Kind.PUBLISHED, StageFact.Kind.CANCELLED))


def is_closed(tender: Tender, at: datetime) -> bool:
    """Whether the time for bids is out: strictly before the deadline is in time."""
    if has_happened(tender.procurement, StageFact.Kind.CLOSED):
        return True  # one-way: a clock that goes back opens nothing again
    return tender.deadline_at is not None and tender.deadline_at <= at


def may_read(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` reads the documents: the team; once they are published, everybody (LOU 10 kap. 7 §)."""
    return YES if has_happened(procurement, StageFact.Kind.PUBLISHED) else may_work(person, procurement)


def may_edit(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may change the documents: the officer, until they are published; then by a change."""
    answer = may_edit_procurement(person, procurement)
    if not answer and is_published(procurement) and may_act_as(TeamMember.Role.OFFICER, person, procurement):
        return replace(answer, mend=reverse("tenders:change", args=[procurement.pk]))
    return answer


def may_edit_requirement(person: Person, requirement: Requirement) -> Answer:
    """Answer whether `person` may change a requirement: a struck one is kept as it was."""
    editable = may_edit(person, requirement.tender.procurement)
    if editable and requirement.struck_at:
        return no(say("The requirement has been struck and is kept as it was. Write a new one instead."))
    return editable


def may_move(person: Person, tender: Tender, at: datetime) -> Answer:
    """Answer whether `person` may move a published deadline: the officer, before it has passed (INV-06)."""
    officer = may_act_as(TeamMember.Role.OFFICER, person, tender.procurement)
    if not officer:
        return officer
    if not is_published(tender.procurement):
        return no(
            say("The documents are not published yet. Change the date among the dates."),
            mend=reverse("tenders:dates", args=[tender.procurement_id]),
        )
    if is_closed(tender, at):
        return no(
            say("The deadline has passed. A deadline that has passed is never moved."),
            source="LOU 4 kap. 1 §, 11 kap. 8 §",
        )
    return YES


def may_handle(person: Person, notice: NoticeHandover) -> Answer:
    """Answer whether `person` handles a notice: the officer, and that of a cancellation when all else is over."""
    if notice.kind == NoticeHandover.Kind.CANCELLATION:
        return is_officer_still(person, notice.tender.procurement)
    return may_act_as(TeamMember.Role.OFFICER, person, notice.tender.procurement)


def is_officer_still(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` is the officer of a procurement, cancelled or not."""
    access = may_work(person, procurement)
    if access and TeamMember.Role.OFFICER not in team_roles(person, procurement):
        return no(ROLE_NEEDED[TeamMember.Role.OFFICER], source="policy")
    return access


def may_confirm(person: Person, notice: NoticeHandover) -> Answer:
    """Answer whether `person` may enter what the notice database has published: the officer, once, after handing over."""
    officer = may_handle(person, notice)
    if not officer:
        return officer
    if notice.handed_over_at is None:
        return no(say("The notice has not been handed over yet."))
    if notice.confirmed_at is not None:
        return no(say("The notice has been confirmed already."))
    return YES


def may_ask(tender: Tender, at: datetime) -> Answer:
    """Answer whether anybody may ask: about published documents, until the last time for questions."""
    if not is_published(tender.procurement):
        return no(say("The documents are not published, so there is nothing to ask about yet."))
    last = tender.question_deadline_at or tender.deadline_at
    if last is not None and last <= at:
        return no(
            say("The time for questions ended {last}.", last=last),
            source="LOU 12 kap. 11 §",
        )
    return YES


def may_follow(tender: Tender) -> Answer:
    """Answer whether anybody may ask for the answers by e-mail: while the documents are published."""
    if is_published(tender.procurement):
        return YES
    return no(say("The documents are not published, so there is nothing to follow yet."))


def may_answer(person: Person, question: Question, at: datetime) -> Answer:
    """Answer whether `person` may answer a question: the officer, once, before the time for bids is out."""
    officer = may_act_as(TeamMember.Role.OFFICER, person, question.tender.procurement)
    if not officer:
        return officer
    if question.answered_at is not None:
        return no(say("The question has been answered, and everybody has the answer."))
    if is_closed(question.tender, at):
        return no(say("The time for bids is out. An answer now would help nobody."))
    return YES
