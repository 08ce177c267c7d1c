"""The verbs of the leader while the others judge: a due day, a reminder, going on without somebody or with somebody new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments.actions.holding import alone, lock_individual
from rodatraden.assessments.models import Item, PanelMember
from rodatraden.assessments.rules import (
    Role,
    calibration_of,
    late_today,
    may_add_assessor,
    may_go_on_without,
    may_join,
    may_remind,
    may_set_due_day,
    may_take_part,
    member_as,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.records.actions import record_event, write_mail
from rodatraden.ui.words import weekday_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from rodatraden.assessments.models import Round
    from rodatraden.parties.models import Person


def set_due_day(*, assessed: Round, due_on: date, by: Person, at: datetime) -> Round:
    """Set the day by whose end everybody is asked to have handed in; nothing closes by it, it is shown and reminded of.

    Raises:
        RefusedError: `by` does not lead, the scores are in, or the day has passed.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_set_due_day(by, assessed))
        if due_on < local_date(at):
            raise RefusedError(no(say("The day has passed. Choose today or a later one."), mend="due_on"))
        assessed.due_on = due_on
        assessed.save(update_fields=["due_on"])
        record_event(
            "scores_due_set", of=assessed, by=by, at=at, case=assessed.case_id, what={"due_on": due_on.isoformat()}
        )
    return assessed


def remind_late(*, assessed: Round, by: Person, at: datetime) -> list[PanelMember]:
    """Write to those who have not handed in, once a day at most to each; return who was written to.

    The letter names the round, its due day and the page: nothing of what is judged, or by whom.

    Raises:
        RefusedError: `by` does not lead, or everybody who is late has been reminded today.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_remind(by, assessed, at))
        late = late_today(assessed, at)
        for member in late:
            write_mail(
                to=member.person.email,
                subject=gettext("Your scores are waited for: %(title)s") % {"title": assessed.title},
                text=_reminder(assessed),
                by=by,
                at=at,
                case=assessed.case_id,
            )
            member.reminded_at = at
            member.save(update_fields=["reminded_at"])
        record_event(
            "assessors_reminded",
            of=assessed,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"members": [member.pk for member in late]},
        )
    return late


def go_on_without(
    *, member: PanelMember, reason: str, by: Person, at: datetime, successor: Person | None = None
) -> PanelMember:
    """Go on without an assessor who has not handed in; what that person has written stays on record, unread.

    With a `successor` somebody else takes the place, from blank.

    Raises:
        RefusedError: `by` does not lead, no reason is given, the scores are in, nobody would be left, or the successor
            may not judge here.
    """
    with transaction.atomic():
        assessed = alone(member.round_id, with_example=True)
        member = next(m for m in assessed.panel.all() if m.pk == member.pk)
        member.round = assessed
        require(may_go_on_without(by, member, replaced=successor is not None))
        if successor is not None:
            require(may_join(successor, assessed))
            require(may_take_part(successor, assessed, at))
        if not reason.strip():
            raise RefusedError(no(say("Say why the round goes on without this assessor.")))
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        record_event(
            "assessor_removed", of=member, by=by, at=at, case=assessed.case_id, what={"reason": reason.strip()}
        )
        example = _leave_example(assessed, member.person, at=at)
        if successor is not None:
            _join(assessed, successor, replaces=member, by=by, at=at)
        for each in (example, assessed):
            if each is not None:
                lock_individual(each.pk, by=by, at=at)
    return member


def add_assessor(*, assessed: Round, person: Person, by: Person, at: datetime) -> PanelMember:
    """Let one more person judge while the others still do; they start from blank, under the same rules (INV-15).

    Raises:
        RefusedError: `by` does not lead, the scores are in, or the person may not judge here.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk, with_example=True)
        require(may_add_assessor(by, assessed))
        require(may_join(person, assessed))
        require(may_take_part(person, assessed, at))
        return _join(assessed, person, replaces=None, by=by, at=at)


def name_items(*, assessed: Round, names: Mapping[UUID, str], by: Person, at: datetime) -> None:
    """Write beside the label of each item whose it is, once the consensus is locked; before that nobody may know.

    Raises:
        RefusedError: the consensus is not locked.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        if assessed.consensus_locked_at is None:
            raise RefusedError(no(say("Whose they are is shown when the consensus is locked."), source="policy"))
        longest = Item._meta.get_field("label").max_length  # noqa: SLF001 -- Django's public name for it
        for item in assessed.items.all():
            item.label = f"{item.label}: {names[item.pk]}"[:longest]
            item.save(update_fields=["label"])
        record_event("items_named", of=assessed, by=by, at=at, case=assessed.case_id)


def _join(assessed: Round, person: Person, *, replaces: PanelMember | None, by: Person, at: datetime) -> PanelMember:
    member = PanelMember.objects.create(
        round=assessed, person=person, role=Role.ASSESSOR, joined_at=at, replaces=replaces
    )
    what = {"replaces": replaces.pk} if replaces else {}
    record_event("assessor_joined", of=member, by=by, at=at, case=assessed.case_id, what=what)
    calibration = calibration_of(assessed)
    if calibration is not None and calibration.example is not None:
        PanelMember.objects.create(round=calibration.example, person=person, role=Role.ASSESSOR, joined_at=at)
    return member


def _leave_example(assessed: Round, person: Person, *, at: datetime) -> Round | None:
    """Let the example, if there is one, go on without who leaves the round before they have judged it; return it."""
    calibration = calibration_of(assessed)
    if calibration is None or calibration.example is None:
        return None
    own = member_as(person, calibration.example, Role.ASSESSOR)
    if own is not None and own.submitted_at is None:
        own.removed_at = at
        own.save(update_fields=["removed_at"])
    return calibration.example


def _reminder(assessed: Round) -> str:
    told = {"title": assessed.title, "link": settings.SITE_URL + reverse("assessments:round", args=[assessed.pk])}
    if assessed.due_on is None:
        return gettext("The others wait for your scores in %(title)s.\n\nGo on here: %(link)s") % told
    return gettext(
        "The others wait for your scores in %(title)s. They are to be handed in by %(day)s.\n\nGo on here: %(link)s"
    ) % (told | {"day": weekday_date(assessed.due_on)})
