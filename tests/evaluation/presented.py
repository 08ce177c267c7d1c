"""Presentations, as the tests of them draw, hold and note them."""

from __future__ import annotations

from datetime import timedelta

from rodatraden.evaluation.actions import (
    note_presentation,
    run_clock,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


NOTED = {"present": "Officer och anbudsgivaren", "notes": "Metoden visades.", "questions": "", "holds_price": False}


def hold(world, presentation, *, minutes=30, **changes):
    """Let a presentation take some minutes and be noted."""
    officer, start = world.case.officer, presentation.starts_at
    run_clock(presentation=presentation, by=officer, at=start)
    run_clock(presentation=presentation, by=officer, at=start + minutes * MINUTE)
    return note_presentation(
        presentation=presentation,
        by=officer,
        at=start + DAY,
        **NOTED | {"data": None, "file_name": ""} | changes,
    )


def first_criterion(world):
    return world.tender.requirements.filter(kind="criterion").order_by("number")[0]
