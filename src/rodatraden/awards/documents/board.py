"""The decisions on delegation as a table for the board's minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.records.documents import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.awards.queries import OnDelegation


def board_list(decisions: Iterable[OnDelegation]) -> bytes:
    """Return decisions on delegation as CSV, in their order, with the meeting at which the board was told."""
    head: list[object] = [
        gettext("Day"),
        gettext("Procurement"),
        gettext("Decision"),
        gettext("Delegation"),
        gettext("Decided by"),
        gettext("In the diary"),
        gettext("Board told on"),
    ]
    rows = (
        [
            each.decided_on,
            each.procurement.title,
            each.what,
            each.delegation,
            each.decided_by,
            each.document.number,
            each.report.meeting_on if each.report else "",
        ]
        for each in decisions
    )
    return csv_bytes([head, *rows])
