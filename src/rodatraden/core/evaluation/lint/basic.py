"""What keeps a model from being computed at all, as the engine finds it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.lint.remark import Remark, Severity, Source
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.lint.remark import Subject

ELSEWHERE = {"gate_reachable"}
"""Stops that have a remark of their own, with an example."""


def unusable(subject: Subject) -> Iterator[Remark]:
    """Tell of everything that stops the model: sums that differ, no reference set, a point that is worth nothing."""
    for found in stops(findings(subject.model)):
        if found.code not in ELSEWHERE:
            yield Remark(
                found.code,
                Severity.ERROR,
                found.text,
                say("The model can't be computed before this is mended."),
                Source(found.source),
                subject.field(found.field),
            )
