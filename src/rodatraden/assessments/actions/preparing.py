"""The verbs of what comes before judging: training material put up and read, an example judged, somebody let to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from rodatraden.assessments.actions.holding import alone
from rodatraden.assessments.actions.starting import rows_of_round
from rodatraden.assessments.models import Calibration, PanelMember, Reading
from rodatraden.assessments.queries import has_begun, names_judged
from rodatraden.assessments.rules import (
    Role,
    assessors_of,
    calibration_of,
    may_add_observer,
    may_call_off_example,
    may_observe,
    may_open_after_example,
    may_put_up_example,
    may_put_up_training,
    may_remove_observer,
    may_say_read,
    may_take_part,
    member_as,
    names_nobody,
    training_of,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.core.paging import media_type_of
from rodatraden.records.actions import record_event, store_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

    from rodatraden.assessments.models import Criterion, Round
    from rodatraden.parties.models import Person


def put_up_training(
    *, assessed: Round, title: str, text: str, by: Person, at: datetime, data: bytes | None = None, name: str = ""
) -> Reading:
    """Put up training material, a text or a file or both; each assessor says that it is read before they score.

    Raises:
        RefusedError: `by` does not lead, the scores are in, or there is neither text nor file.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_put_up_training(by, assessed))
        if not text.strip() and data is None:
            raise RefusedError(no(say("Write a text or choose a file."), mend="text"))
        reading = _put_up(assessed, title=title, text=text, data=data, name=name, by=by, at=at)
        record_event("training_put_up", of=reading, by=by, at=at, case=assessed.case_id, what=_hashed(reading))
    return reading


def withdraw_training(*, reading: Reading, by: Person, at: datetime) -> Reading:
    """Take training material down; it stays on record with who has read it.

    Raises:
        RefusedError: `by` does not lead, the scores are in, or it is down.
    """
    with transaction.atomic():
        assessed = alone(reading.round_id)
        require(may_put_up_training(by, assessed))
        if reading.pk not in {each.pk for each in training_of(assessed)}:
            raise RefusedError(no(say("It has been taken down.")))
        reading.withdrawn_at = at
        reading.save(update_fields=["withdrawn_at"])
        record_event("training_withdrawn", of=reading, by=by, at=at, case=assessed.case_id)
    return reading


def say_read(*, assessed: Round, shown: Collection[UUID], by: Person, at: datetime) -> PanelMember:
    """Say that one has read the training material, all that was `shown`; the log holds which it was.

    Raises:
        RefusedError: `by` is no assessor who judges, there is nothing to read, or it has changed since it was shown.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_say_read(by, assessed))
        material = training_of(assessed)
        if not material:
            raise RefusedError(no(say("There is no training material.")))
        if set(shown) != {each.pk for each in material}:
            raise RefusedError(
                no(say("The training material has changed since you opened the page. Read it as it is now."))
            )
        member = member_as(by, assessed, Role.ASSESSOR)
        assert member is not None, "asked by the rule"
        member.trained_at, member.trained_to = at, max(each.number for each in material)
        member.save(update_fields=["trained_at", "trained_to"])
        what = {"material": [each.pk for each in material]}
        record_event("training_read", of=member, by=by, at=at, case=assessed.case_id, what=what)
    return member


def put_up_example(
    *,
    assessed: Round,
    label: str,
    answers: Mapping[Criterion, str],
    by: Person,
    at: datetime,
    data: bytes | None = None,
    name: str = "",
) -> Calibration:
    """Put up the example that the panel judges before the real things: an answer to each question, or a file, or both.

    It becomes a round of its own with the same model and panel.

    Raises:
        RefusedError: `by` does not lead, somebody has begun to score, there is an example, no answer is given, or it names
            one who is judged for real.
    """
    written = {criterion: text.strip() for criterion, text in answers.items() if text.strip()}
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_put_up_example(by, assessed, has_begun=has_begun(assessed)))
        if not written and data is None:
            raise RefusedError(no(say("Write an answer or choose a file.")))
        require(names_nobody([label, name, *written.values()], names_judged(assessed)))
        title = gettext("Example before %(round)s") % {"round": assessed.title}
        leader = next(m.person for m in assessed.panel.all() if m.role == Role.LEADER and m.removed_at is None)
        example = rows_of_round(
            title=title,
            model=assessed.model,
            leader=leader,
            assessors=[member.person for member in assessors_of(assessed)],
            labels=[label],
            at=at,
            case=assessed.case,
            organisation=assessed.organisation,
            wide_above=assessed.wide_above,
        )
        for criterion, text in written.items():
            _put_up(example, title=criterion.title, text=text, criterion=criterion, by=by, at=at)
        if data is not None:
            _put_up(example, title=label, text="", data=data, name=name, by=by, at=at)
        calibration, _ = Calibration.objects.update_or_create(
            round=assessed, defaults={"example": example}, create_defaults={"example": example, "chosen_at": at}
        )
        record_event("example_put_up", of=calibration, by=by, at=at, case=assessed.case_id)
    return calibration


def open_after_example(*, assessed: Round, level: str, by: Person, at: datetime) -> Calibration:
    """Say what the levels mean, now that everybody has judged the example, and open the real things.

    Raises:
        RefusedError: `by` does not lead, not everybody has handed in, the real things are open, or nothing is said.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_open_after_example(by, assessed))
        if not level.strip():
            raise RefusedError(no(say("Write what the levels mean."), mend="level"))
        calibration = calibration_of(assessed)
        assert calibration is not None, "asked by the rule"
        calibration.level, calibration.opened_at = level.strip(), at
        calibration.save(update_fields=["level", "opened_at"])
        what = {"level_sha256": canonical_hash(calibration.level)}
        record_event("opened_after_example", of=calibration, by=by, at=at, case=assessed.case_id, what=what)
    return calibration


def call_off_example(*, assessed: Round, reason: str, by: Person, at: datetime) -> Calibration:
    """Let the round go on without the example; what has been written of it stays on record, unread.

    Raises:
        RefusedError: `by` does not lead, there is no example, the real things are open, or no reason is given.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_call_off_example(by, assessed))
        if not reason.strip():
            raise RefusedError(no(say("Say why the round goes on without the example."), mend="reason"))
        calibration = calibration_of(assessed)
        assert calibration is not None, "asked by the rule"
        calibration.called_off_at = at
        calibration.save(update_fields=["called_off_at"])
        what = {"reason": reason.strip()}
        record_event("example_called_off", of=calibration, by=by, at=at, case=assessed.case_id, what=what)
    return calibration


def add_observer(*, assessed: Round, person: Person, by: Person, at: datetime) -> PanelMember:
    """Let somebody follow the round: that it goes on and who remains, nothing of what is judged.

    Raises:
        RefusedError: `by` does not lead, or the person is in the panel, has no access (INV-15) or is of none of the
            organisations whose round it is.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_add_observer(by, assessed))
        require(may_observe(person, assessed))
        require(may_take_part(person, assessed, at))
        member = PanelMember.objects.create(round=assessed, person=person, role=Role.OBSERVER, joined_at=at)
        record_event("observer_added", of=member, by=by, at=at, case=assessed.case_id)
    return member


def remove_observer(*, member: PanelMember, by: Person, at: datetime) -> PanelMember:
    """End that somebody follows the round.

    Raises:
        RefusedError: `by` does not lead, or the member is no observer.
    """
    with transaction.atomic():
        assessed = alone(member.round_id)
        member = next(m for m in assessed.panel.all() if m.pk == member.pk)
        member.round = assessed
        require(may_remove_observer(by, member))
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        record_event("observer_removed", of=member, by=by, at=at, case=assessed.case_id)
    return member


def _put_up(
    assessed: Round,
    *,
    title: str,
    text: str,
    by: Person,
    at: datetime,
    criterion: Criterion | None = None,
    data: bytes | None = None,
    name: str = "",
) -> Reading:
    stored = None
    if data is not None:
        stored = store_bytes(data, name=name, media_type=media_type_of(name), by=by, at=at)
    last = Reading.objects.filter(round=assessed).aggregate(last=Max("number"))["last"] or 0
    return Reading.objects.create(
        round=assessed,
        number=last + 1,
        criterion=criterion,
        title=title.strip(),
        text=text.strip(),
        file=stored,
        put_up_at=at,
        put_up_by=by,
    )


def _hashed(reading: Reading) -> dict[str, object]:
    return {"text_sha256": canonical_hash(reading.text), "file_sha256": reading.file.sha256 if reading.file else ""}
