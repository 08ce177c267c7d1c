"""What a copy of earlier documents leaves out, and why: told on the page, so that nobody believes it is there."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.message import Message


class LeftOut(StrEnum):
    """What was left out of a copy; the values stand in `Tender.left_out`."""

    MODEL = "model"
    DATES = "dates"
    PEOPLE = "people"
    BIDS_ADDRESS = "bids_address"
    ANSWERS = "answers"
    FILE_FOUND = "file_found"
    FILE_GONE = "file_gone"


PAGES = {
    LeftOut.MODEL: "tenders:model",
    LeftOut.DATES: "tenders:dates",
    LeftOut.PEOPLE: "tenders:requirements",
    LeftOut.BIDS_ADDRESS: "tenders:dates",
    LeftOut.ANSWERS: "tenders:requirements",
    LeftOut.FILE_FOUND: "tenders:contents",
    LeftOut.FILE_GONE: "tenders:contents",
}
"""Where each is mended."""


def why_left_out(entry: Mapping[str, str | int]) -> Message:
    """Return what was left out and why, in a sentence; `entry` is one of `Tender.left_out`."""
    name = entry.get("name", "")
    match LeftOut(str(entry["kind"])):
        case LeftOut.MODEL:
            return say(
                "The evaluation model: that way to weigh can't be chosen any more. Choose one for this procurement."
            )
        case LeftOut.DATES:
            return say("The dates: they belong to that procurement. New ones are proposed by the procedure.")
        case LeftOut.PEOPLE:
            return say("Who follows up {name}: another team follows up this contract. Choose them.", name=name)
        case LeftOut.BIDS_ADDRESS:
            return say(
                "The address for bids in another tool, {name}: say for this procurement where bids come.", name=name
            )
        case LeftOut.ANSWERS:
            return say(
                "The answers to questions ({n}): they belong to that procurement. Write into the documents what they made clear.",
                n=entry["n"],
            )
        case LeftOut.FILE_FOUND | LeftOut.FILE_GONE:
            return _file_left_out(name, entry.get("finding", ""))


def _file_left_out(name: str | int, finding: str | int) -> Message:
    if finding:
        return say(
            "The file {name}: a virus scanner found {finding} in it. Add a clean file.", name=name, finding=finding
        )
    return say("The file {name}: it does not lie in storage any more. Add it anew.", name=name)
