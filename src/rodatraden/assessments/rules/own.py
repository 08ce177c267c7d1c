"""Who may what in a round where nothing is bought: of one organisation, or of the parties of a partnership."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.assessments.rules.judging import may_lead, may_record_consensus
from rodatraden.assessments.rules.library import may_write_models
from rodatraden.assessments.rules.reading import is_released
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.parties.rules import is_member

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.assessments.models import FeedbackReport, Round
    from rodatraden.parties.models import Organisation, Person


def may_start_own_round(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may start a round for `organisation`: whoever may make models for it."""
    return may_write_models(person, organisation, at)


def belongs_to_one(person: Person, organisations: list[Organisation], at: datetime) -> Answer:
    """Answer whether `person` is of one of the organisations that take part."""
    if any(is_member(person, each, at) for each in organisations):
        return YES
    names = ", ".join(each.name for each in organisations)
    return no(say("{name} does not belong to {organisations}.", name=person.name, organisations=names), source="policy")


def organisations_in(assessed: Round) -> list[Organisation]:
    """Return whose round it is and who else takes part; nobody where something is bought."""
    if assessed.organisation is None:
        return []
    return [assessed.organisation, *(each.organisation for each in assessed.parties.all())]


def may_take_part(person: Person, assessed: Round, at: datetime) -> Answer:
    """Answer whether `person` may come into the panel: in an organisation's own round its people and the parties'."""
    if assessed.organisation is None:
        return YES  # the access rules of the procurement say who (INV-15)
    return belongs_to_one(person, organisations_in(assessed), at)


def may_lock_own(person: Person, assessed: Round) -> Answer:
    """Answer whether `person` may lock the consensus here; in a procurement it is locked where the bids are evaluated."""
    if assessed.case is not None:
        return no(say("In a procurement the quality is locked on the page of the outcome."))
    return may_record_consensus(person, assessed)


def may_release(person: Person, assessed: Round, frozen: list[FeedbackReport], n_items: int) -> Answer:
    """Answer whether `person` may give the reports out: the leader, when all are frozen and one has not been given out."""
    if assessed.case is not None:
        return no(say("In a procurement the reports are read when the notifications have been sent."))
    leads = may_lead(person, assessed)
    if not leads:
        return leads
    if len(frozen) < n_items:
        mend = reverse("assessments:feedback", args=[assessed.pk])
        return no(say("Freeze the reports first, so that what is read is never changed."), mend=mend)
    if all(is_released(each) for each in frozen):
        return no(say("The reports have been given out."))
    return YES
