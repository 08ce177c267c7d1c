"""What comes before anybody judges: training material read, an example judged, and who may follow without seeing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.assessments.models import PanelMember
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.assessment.naming import is_named
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.assessments.models import Calibration, Reading, Round
    from rodatraden.parties.models import Person

Role = PanelMember.Role


def member_as(person: Person, assessed: Round, role: PanelMember.Role) -> PanelMember | None:
    """Return the person's place in the panel with `role`, or None."""
    return next(
        (m for m in assessed.panel.all() if m.person_id == person.pk and m.role == role and m.removed_at is None), None
    )


def assessors_of(assessed: Round) -> list[PanelMember]:
    """Return those who judge, by name."""
    return [m for m in assessed.panel.all() if m.role == Role.ASSESSOR and m.removed_at is None]


def calibration_of(assessed: Round) -> Calibration | None:
    """Return what the round waits or has waited for, or None where nobody chose it or it was called off."""
    found: Calibration | None = getattr(assessed, "calibration", None)
    return found if found is not None and found.called_off_at is None else None


def still_belongs(person: Person, assessed: Round) -> bool:
    """Whether `person` is still of the organisations in whose own round this is; who has left reads nothing more of it.

    True where something is bought: the access rules of the procurement say who (INV-15). A membership ends on the day when
    somebody says so, never ahead.
    """
    real = real_of(assessed)
    if real.organisation_id is None:
        return True
    own = {real.organisation_id, *(party.organisation_id for party in real.parties.all())}
    return any(each.until_on is None and each.organisation_id in own for each in person.memberships.all())


def example_in(assessed: Round) -> Calibration | None:
    """Return what the round is the example of, or None for one in which the real things are judged."""
    found: Calibration | None = getattr(assessed, "calibrates", None)
    return found


def is_real(assessed: Round) -> Answer:
    """Answer whether the real things are judged in the round; of an example nothing is agreed on, counted or reported."""
    calibration = example_in(assessed)
    if calibration is None:
        return YES
    return no(
        say("This is an example. It is talked through, and nothing of it counts."),
        mend=reverse("assessments:calibration", args=[calibration.round_id]),
        source="policy",
    )


def training_of(assessed: Round) -> list[Reading]:
    """Return the training material of a round as it stands, the first put up first; an example has that of its round."""
    return [each for each in real_of(assessed).readings.all() if each.withdrawn_at is None]


def is_up(reading: Reading) -> Answer:
    """Answer whether something that was put up can still be read; what was taken down stays on record, with who read it."""
    if reading.withdrawn_at is None:
        return YES
    return no(
        say("The leader has taken {title} down. It stays on record, with who had read it.", title=reading.title),
        mend=reverse("assessments:training", args=[reading.round_id]),
        source="policy",
    )


def unread_by(person: Person, assessed: Round) -> list[Reading]:
    """Return the training material that an assessor who judges has not said that they have read, as it stands now."""
    member = member_as(person, real_of(assessed), Role.ASSESSOR)
    if member is None or member.submitted_at is not None:
        return []
    return [each for each in training_of(assessed) if each.number > member.trained_to]


def real_of(assessed: Round) -> Round:
    """Return the round in which the real things are judged, of which this may be the example."""
    calibration = example_in(assessed)
    return calibration.round if calibration else assessed


def left_to_read(assessed: Round) -> list[PanelMember]:
    """Return the assessors who have not handed in and have not read all training material, by name."""
    return [m for m in assessors_of(assessed) if unread_by(m.person, assessed)]


def is_prepared(person: Person, assessed: Round) -> Answer:
    """Answer whether an assessor has done what comes before judging: read the training material, judged the example."""
    example_of = example_in(assessed)
    if example_of is not None and example_of.called_off_at is not None:
        return no(say("The leader has called the example off."), mend=_round_page(example_of.round), source="policy")
    if unread_by(person, assessed):
        return no(
            say("Read the training material first, and say that you have."),
            mend=reverse("assessments:training", args=[example_of.round_id if example_of else assessed.pk]),
            source="policy",
        )
    return YES if example_of is not None else _has_calibrated(person, assessed)


def _has_calibrated(person: Person, assessed: Round) -> Answer:
    calibration = calibration_of(assessed)
    if calibration is None:
        return YES
    if calibration.example is None:
        return no(say("The leader puts up an example first. You judge it before the real ones."), source="policy")
    own = member_as(person, calibration.example, Role.ASSESSOR)
    if own is not None and own.submitted_at is None:
        return no(
            say("Judge the example first. Then the real ones open."),
            mend=_round_page(calibration.example),
            source="policy",
        )
    if calibration.opened_at is None:
        return no(
            say(
                "The real ones open when everybody has judged the example and the leader has said what the levels mean."
            ),
            mend=reverse("assessments:calibration", args=[assessed.pk]),
            source="policy",
        )
    return YES


def names_nobody(texts: Iterable[str], names: Iterable[str]) -> Answer:
    """Answer whether an example names nobody of those judged for real, `names` (OSL 31 kap. 16 §); a guard, no proof."""
    told = "\n".join(texts)
    named = next((name for name in names if is_named(name, told)), None)
    if named is None:
        return YES
    return no(
        say("The example names {name}, who is judged in this round. Take the name away.", name=named),
        source="OSL 31 kap. 16 §",
    )


def _round_page(assessed: Round) -> str:
    return reverse("assessments:round", kwargs={"round_id": assessed.pk})
