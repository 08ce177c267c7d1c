"""What must be there for bids to be received: a stamp that says when they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from rodatraden.records.queries import last_stamp_trial
from rodatraden.records.rules import is_exact
from rodatraden.tenders.rules.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.tenders.rules.checks import Documents


def stamp(documents: Documents) -> Iterator[Finding]:
    """The server says when a bid has come, to 50 ms, or it found out when it tried itself (LOU 12 kap. 6 §, INV-05).

    The example may be shown on a machine whose kernel does not tell: no bid in it is anybody's.
    """
    answer = is_exact(last_stamp_trial())
    if answer or settings.DEMO or documents.tender.bids_address:
        return
    assert answer.reason is not None
    yield Finding("stamp", answer.reason, Severity.STOPS, answer.source, "records:public_log")
