"""What is said of the model before it is published: one list for the page, for the checklist and for what can be accepted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rodatraden.core.evaluation import Finding, Level, findings
from rodatraden.core.evaluation.case import Case, Part
from rodatraden.core.evaluation.lint import Remark, Severity, Source, lint
from rodatraden.core.evaluation.lots import Lot
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.evaluation import Model

REMEMBERED = 64
"""Models whose remarks a process keeps. Source: policy."""
TOLD_ELSEWHERE = {"trade_off"}
"""Remarks that the room makes of its own, with its own figures."""
MENDED = {
    "criterion_without_points": say("Give it a scale and points among the requirements, or let it be a must."),
    "points_without_criterion": say("Save the model again: it then has the award criteria of the documents."),
}
"""What differs between documents and model (INV-09), and how it is mended."""


def remarks(model: Model, asked: Mapping[str, str]) -> tuple[Remark, ...]:
    """Return everything that stops the model or should be thought of, errors first (INV-09, INV-10, INV-11).

    `asked` are the award criteria of the documents. What stands around the model, such as clauses, is checked by the
    room itself.
    """
    apart = tuple(_apart(found) for found in findings(model, asked) if found.code in MENDED)
    return apart + tuple(each for each in _of_model(model) if each.code not in TOLD_ELSEWHERE)


def passed(model: Model, asked: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the checks that the model passes."""
    return tuple(found for found in findings(model, asked) if found.level is Level.PASSED)


def code_of(remark: Remark, asked: Mapping[str, str]) -> str:
    """Return the code under which a remark stands in the checklist and is accepted: with the criterion that it names."""
    named = next((f":{key}" for key, label in asked.items() if label in remark.text.values.values()), "")
    return f"model:{remark.code}{named}"


@lru_cache(maxsize=REMEMBERED)
def _of_model(model: Model) -> tuple[Remark, ...]:
    return lint(Case("", "", (Part(Lot("", "", model, ()), None),)))


def _apart(found: Finding) -> Remark:
    return Remark(
        found.code, Severity.ERROR, found.text, MENDED[found.code], Source(found.source), f"case.model.{found.field}"
    )
