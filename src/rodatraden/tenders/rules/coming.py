"""Who may tell everybody that a procurement is coming, in which words, and when what they read is no longer right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.instants import local_date
from rodatraden.core.message import Message, say
from rodatraden.core.organisation_numbers import without_personal_numbers
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_act_as

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import PublicPlan


def may_show_plan(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may tell everybody that the procurement is coming: its officer, until it has come."""
    officer = may_act_as(TeamMember.Role.OFFICER, person, procurement)
    if officer and has_happened(procurement, StageFact.Kind.PUBLISHED):
        return no(say("The documents are published, so the procurement is no longer coming."), source="policy")
    return officer


def may_withdraw_plan(person: Person, plan: PublicPlan) -> Answer:
    """Answer whether `person` may take back what is shown: the officer, once; what has come is shown no more anyhow."""
    shows = may_show_plan(person, plan.procurement)
    if shows and plan.withdrawn_at is not None:
        return no(
            say("This is no longer shown."), mend=reverse("tenders:coming", args=[plan.procurement_id]), source="policy"
        )
    return shows


def is_tellable(plan: PublicPlan, at: datetime) -> Answer:
    """Answer whether everybody may read the words: a name, a need, a month that has not passed, nobody's number."""
    for name, sentence in (
        ("title", say("Write what the procurement is called for those who read about it.")),
        ("need", say("Write the need in one sentence.")),
    ):
        if not getattr(plan, name):
            return no(sentence, mend=name, source="policy")
    if has_passed(plan, at):
        return no(say("Choose a month that has not passed."), mend="expected_on", source="policy")
    for name in ("title", "need", "influence"):
        answer = without_personal_numbers(getattr(plan, name))
        if not answer:
            return replace(answer, mend=name)
    return YES


def outdated(plan: PublicPlan, planned_notice_at: datetime | None, at: datetime) -> Message | None:
    """Return why what everybody reads is no longer right, or None: the month is over, or the dates say another one.

    `planned_notice_at` is that of the documents, None when there is no such date or are no documents yet.
    """
    if has_passed(plan, at):
        return say("The month that everybody reads has passed.")
    if planned_notice_at is not None and month_of(planned_notice_at, plan.procurement) != plan.expected_on:
        return say("The dates of the documents say another month than everybody reads.")
    return None


def has_passed(plan: PublicPlan, at: datetime) -> bool:
    """Whether the month that everybody reads is over."""
    return plan.expected_on < month_of(at, plan.procurement)


def month_of(at: datetime, procurement: Procurement) -> date:
    """Return the month of an instant, as its first day, where the procurement is."""
    return local_date(at, procurement.country).replace(day=1)
