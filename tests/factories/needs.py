"""Needs of a case, written by its need owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.needs.actions import write_need
from tests.factories.parties import START

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.needs.models import Need
    from tests.factories.procurements import Case


def make_need(case: Case, title: str = "Insikter når beslut", *, at: datetime = START) -> Need:
    return write_need(
        organisation=case.buyer,
        procurement=case.procurement,
        title=title,
        for_whom="Medarbetare som möter målgruppen",
        description="Det som medarbetarna ser i vardagen behöver nå dem som beslutar.",
        evidence="Tio intervjuer hösten 2025",
        is_fictional=True,
        by=case.need_owner,
        at=at,
    )
