"""The verbs of a round where nothing is bought: start it, lock its consensus, give its reports out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments.actions.agreeing import lock_consensus
from rodatraden.assessments.actions.holding import alone
from rodatraden.assessments.actions.starting import start_round
from rodatraden.assessments.models import ReportRelease, RoundParty, Subject
from rodatraden.assessments.queries import models_to_begin_from, partners_of, reports_of
from rodatraden.assessments.rules import (
    belongs_to_one,
    may_lock_own,
    may_release,
    may_start_own_round,
    organisations_in,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.records.actions import record_event, write_mail

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from rodatraden.assessments.models import FeedbackReport, QualityModel, Round
    from rodatraden.parties.models import Organisation, Person

MOST_ITEMS = 40
"""Things judged in one round. Source: policy."""


@dataclass(frozen=True, slots=True)
class ToJudge:
    """One thing to be judged, and who answers for it."""

    label: str
    kind: Subject.Kind
    reader: Person


def start_own_round(
    *,
    organisation: Organisation,
    model: QualityModel,
    title: str,
    leader: Person,
    assessors: Sequence[Person],
    items: Sequence[ToJudge],
    use: str,
    by: Person,
    at: datetime,
    parties: Sequence[Organisation] = (),
    due_on: date | None = None,
) -> Round:
    """Start a round for an organisation, or for a partnership that it is in, on a version of a model that it reads.

    Everybody in it is of one of the organisations. What the reports may be used for is said before anybody judges.

    Raises:
        RefusedError: `by` may not, the model is not theirs, a party is no partner, somebody belongs to none of them, nothing is
            said of the use, there is nothing to judge, two things have the same name, or the day has passed.
    """
    with transaction.atomic():
        require(may_start_own_round(by, organisation, at))
        if not models_to_begin_from(by, at).filter(pk=model.pk).exists():
            raise RefusedError(no(say("Choose a model that your organisation has."), mend="model"))
        if not set(parties) <= set(partners_of([organisation], at)):
            raise RefusedError(no(say("A party is an organisation that yours has a contract with."), mend="parties"))
        taking_part = [organisation, *parties]
        for person in dict.fromkeys([leader, *assessors, *(each.reader for each in items)]):
            require(belongs_to_one(person, taking_part, at))
        _require_whole(items, use, due_on, at)
        assessed = start_round(
            title=title,
            model=model,
            leader=leader,
            assessors=list(dict.fromkeys(assessors)),
            labels=[each.label for each in items],
            by=by,
            at=at,
        )
        assessed.organisation, assessed.due_on, assessed.use = organisation, due_on, use.strip()
        assessed.save(update_fields=["organisation", "due_on", "use"])
        RoundParty.objects.bulk_create(RoundParty(round=assessed, organisation=each) for each in parties)
        rows = assessed.items.order_by("number")
        Subject.objects.bulk_create(
            Subject(item=item, kind=each.kind, reader=each.reader) for item, each in zip(rows, items, strict=True)
        )
        for person in dict.fromkeys(assessors):
            if person != by:
                write_mail(
                    to=person.email,
                    subject=gettext("You are asked to judge: %(title)s") % {"title": title},
                    text=gettext("%(who)s asks you to judge in %(title)s.\n\nBegin here: %(link)s")
                    % {"who": by.name, "title": title, "link": _link(reverse("assessments:round", args=[assessed.pk]))},
                    by=by,
                    at=at,
                )
    return assessed


def lock_own(*, assessed: Round, by: Person, at: datetime) -> Round:
    """Lock the consensus of a round where nothing is bought; after it the reports are written.

    Raises:
        RefusedError: `by` may not, or something has no consensus.
    """
    with transaction.atomic():
        require(may_lock_own(by, alone(assessed.pk)))
        return lock_consensus(assessed=assessed, by=by, at=at)


def release_reports(*, assessed: Round, by: Person, at: datetime) -> list[FeedbackReport]:
    """Give the latest frozen reports to those who answer for what was judged, with a letter to each.

    Raises:
        RefusedError: `by` may not, a report is not frozen, all have been given out, or one who would read has left.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        latest = [found[0] for found in reports_of(assessed).values()]
        require(may_release(by, assessed, latest, len(assessed.items.all())))
        _require_readers(assessed, at)
        given = [each for each in latest if not hasattr(each, "release")]
        ReportRelease.objects.bulk_create(ReportRelease(report=each, released_at=at, released_by=by) for each in given)
        for report in given:
            _tell(report, assessed, by=by, at=at)
        record_event("feedback_released", of=assessed, by=by, at=at, what={"reports": [report.pk for report in given]})
    return given


def _require_readers(assessed: Round, at: datetime) -> None:
    """Refuse to give a report to somebody who has left: it would be read by nobody, or by one who may not.

    Raises:
        RefusedError: one who answers for what is judged no longer belongs to an organisation that takes part.
    """
    waiting = Subject.objects.filter(item__round=assessed).select_related("reader").order_by("item__number")
    for subject in waiting:
        require(belongs_to_one(subject.reader, organisations_in(assessed), at))


def _tell(report: FeedbackReport, assessed: Round, *, by: Person, at: datetime) -> None:
    """Write to who answers for what was judged; the letter holds nothing of the report."""
    subject = Subject.objects.select_related("reader").get(item=report.item_id)
    write_mail(
        to=subject.reader.email,
        subject=gettext("A feedback report for you: %(title)s") % {"title": assessed.title},
        text=gettext("The feedback report of %(title)s is ready to be read.\n\nRead it here: %(link)s")
        % {"title": assessed.title, "link": _link(reverse("assessments:report", args=[report.pk]))},
        by=by,
        at=at,
    )


def _require_whole(items: Sequence[ToJudge], use: str, due_on: date | None, at: datetime) -> None:
    labels = [each.label.strip().casefold() for each in items]
    if len(labels) > MOST_ITEMS:
        raise RefusedError(no(say("A round judges at most {most} things.", most=MOST_ITEMS)))
    if len(set(labels)) < len(labels):
        raise RefusedError(no(say("Two things have the same name. Name each of its own.")))
    if not use.strip():
        raise RefusedError(no(say("Say what the reports may be used for."), mend="use"))
    if due_on is not None and due_on < local_date(at):
        raise RefusedError(no(say("The day has passed. Choose today or a later one."), mend="due_on"))


def _link(path: str) -> str:
    return settings.SITE_URL + path
