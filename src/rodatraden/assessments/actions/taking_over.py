"""The verb that gives a round a leader again when the one that it had is no longer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.assessments.actions.holding import alone
from rodatraden.assessments.models import PanelMember
from rodatraden.assessments.rules import Role, calibration_of, leader_of, may_take_over, member_as
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.assessments.models import Round
    from rodatraden.parties.models import Person


def take_over_lead(*, assessed: Round, reason: str, by: Person, at: datetime) -> PanelMember:
    """Lead a round, and its example, whose leader is no longer there; what has been written stays as it is.

    Raises:
        RefusedError: the leader is there, `by` may not lead, or no reason is given.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk, with_example=True)
        require(may_take_over(by, assessed, at))
        if not reason.strip():
            raise RefusedError(no(say("Say why you take over the lead."), mend="reason"))
        former = leader_of(assessed)
        member = _lead(assessed, by, at)
        calibration = calibration_of(assessed)
        if calibration is not None and calibration.example is not None:
            _lead(calibration.example, by, at)
        what = {"replaces": former.pk if former else None, "reason": reason.strip()}
        record_event("lead_taken_over", of=member, by=by, at=at, case=assessed.case_id, what=what)
    return member


def _lead(assessed: Round, person: Person, at: datetime) -> PanelMember:
    former = leader_of(assessed)
    for gone in (former, member_as(person, assessed, Role.OBSERVER)):
        if gone is not None:
            gone.removed_at = at
            gone.save(update_fields=["removed_at"])
    return PanelMember.objects.create(round=assessed, person=person, role=Role.LEADER, joined_at=at, replaces=former)
