"""Cases for the findings: a published one, changed, and what lint says of it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from rodatraden.core.evaluation.case import Case, read_case
from rodatraden.core.evaluation.lint import Remark, lint
from tests.core.evaluation.worked import CASES

if TYPE_CHECKING:
    from collections.abc import Callable


def case_of(name: str, *changes: Callable[[dict[str, Any]], object]) -> Case:
    """Return a published case after some changes."""
    value = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    value.pop("expected", None)
    for change in changes:
        change(value)
    return read_case(json.dumps(value).encode())


def model(**parts: object) -> Callable[[dict[str, Any]], object]:
    """Return a change of parts of the model."""
    return lambda value: value["model"].update(copy.deepcopy(parts))


def combination(**parts: object) -> Callable[[dict[str, Any]], object]:
    """Return a change of what the method states."""
    return lambda value: value["model"]["combination"].update(copy.deepcopy(parts))


def criterion(n: int, **parts: object) -> Callable[[dict[str, Any]], object]:
    """Return a change of a criterion."""
    return lambda value: value["model"]["criteria"][n].update(copy.deepcopy(parts))


def documents(**parts: object) -> Callable[[dict[str, Any]], object]:
    """Return a change of what the documents say."""
    return lambda value: value.setdefault("documents", {}).update(copy.deepcopy(parts))


def bids(*changes: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    """Return a change of the first bids."""
    return lambda value: [bid.update(change) for bid, change in zip(value["bids"], changes, strict=False)]


def found(code: str, case: Case) -> list[Remark]:
    """Return the remarks of one kind on a case."""
    return [remark for remark in lint(case) if remark.code == code]


def check(code: str, trigger: Case, near_miss: Case) -> Remark:
    """Return the remark on a case that triggers it, when a near miss does not."""
    assert found(code, near_miss) == []
    (remark,) = found(code, trigger)
    return remark
