"""Who is judged in a round, by name, and where what the panel reads beforehand names one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from rodatraden.assessments.models import Round
from rodatraden.assessments.rules import calibration_of, training_of
from rodatraden.core.assessment.naming import named_in

if TYPE_CHECKING:
    from rodatraden.assessments.models import Reading

names_asked = Signal()
"""Sent with `assessed: Round`; the later room that knows whom the items belong to answers with their names, also where the
panel judges without them."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that the panel reads beforehand and one judged in the round whom it names."""

    reading: Reading
    name: str


def names_judged(assessed: Round) -> list[str]:
    """Return by what name each of those judged may be known: the labels that the panel sees, and whose they are."""
    names = [item.label for item in assessed.items.all()]
    for _, answered in names_asked.send(sender=Round, assessed=assessed):
        told: Any = answered  # Django's stubs know text only
        names += told
    return list(dict.fromkeys(names))


def mentions(assessed: Round) -> list[Mention]:
    """Return where training material or the example of a round names one who is judged; files are not searched."""
    calibration = calibration_of(assessed)
    example = calibration.example.readings.all() if calibration is not None and calibration.example is not None else []
    read = [each for each in (*training_of(assessed), *example) if each.withdrawn_at is None]
    if not read:
        return []
    names = names_judged(assessed)
    return [
        Mention(each, name)
        for each in read
        for name in named_in(f"{each.title}\n{each.text}\n{each.file.name if each.file else ''}", names)
    ]
