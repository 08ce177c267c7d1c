"""What comes before judging, as the tests of it read and look."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from rodatraden.assessments.actions import (
    say_read,
)
from rodatraden.assessments.queries import (
    tasks_elsewhere,
)
from tests.factories.parties import START

LATER = START + timedelta(hours=1)


PDF = b"%PDF-1.7 utbildning"


def read(panel, person, at=START):
    shown = [each.pk for each in panel.round.readings.filter(withdrawn_at=None)]
    return say_read(assessed=panel.round, shown=shown, by=person, at=at)


def page(name, panel, *more):
    return reverse(f"assessments:{name}", args=[panel.id, *more])


def tasks(person) -> list[str]:
    return [task.kind for task in tasks_elsewhere(person, START)]
