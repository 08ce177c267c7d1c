"""A procurement that everybody is told is coming: in words of its own, so that a leak of the draft's shows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rodatraden.tenders.actions import show_plan
from tests.factories.parties import START

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.tenders.models import PublicPlan
    from tests.factories.procurements import Case

EXPECTED_ON = date(2026, 3, 1)
TOLD = {
    "title": "Stöd till samverkan",
    "need": "Hinder ska nå den som kan ändra dem.",
    "expected_on": EXPECTED_ON,
    "influence": "Öppet möte på nätet den 10 februari.",
}


def show_as_coming(case: Case, *, at: datetime = START, **words: object) -> PublicPlan:
    """Tell everybody that the case is coming, in the words of `TOLD` unless others are given."""
    return show_plan(procurement=case.procurement, by=case.officer, at=at, **TOLD | words)  # type: ignore[arg-type]
