"""What was left out when documents were started as a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.tenders.queries.reads import published_answers
from rodatraden.tenders.rules.copying import PAGES, LeftOut, why_left_out
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.rules.variants import may_choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.message import Message
    from rodatraden.tenders.models import Tender


def left_out_of_copy(earlier: Tender, *, followed: Sequence[str]) -> list[dict[str, str | int]]:
    """Return what a copy of `earlier` does not take over, but for files; only of what everybody who may copy it reads.

    `followed` are the labels, in the copy, of the requirements that had somebody who follows them up.
    """
    model = model_of(earlier)
    found: list[dict[str, str | int]] = []
    if model is not None and not may_choose(model.combination):
        found.append({"kind": LeftOut.MODEL})
    if earlier.deadline_at or earlier.planned_notice_at or earlier.starts_on:
        found.append({"kind": LeftOut.DATES})
    if followed:
        found.append({"kind": LeftOut.PEOPLE, "name": ", ".join(followed)})
    if earlier.bids_address:
        found.append({"kind": LeftOut.BIDS_ADDRESS, "name": earlier.bids_address})
    answers = published_answers(earlier).count()
    if answers:
        found.append({"kind": LeftOut.ANSWERS, "n": answers})
    return found


def left_out(tender: Tender) -> list[tuple[Message, str]]:
    """Return what the copy that the documents began as left out, each with why and the page where it is mended."""
    return [
        (why_left_out(entry), reverse(PAGES[LeftOut(entry["kind"])], args=[tender.procurement_id]))
        for entry in tender.left_out
    ]
