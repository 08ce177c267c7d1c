"""What law and sense say of a model and its documents before they are published, with bids that show each fault.

One finding is one function; `docs/rules/lint.md` has a line for each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.lint import basic, gates, order, points, price, tender, weights
from rodatraden.core.evaluation.lint.remark import Example, Field, Remark, Severity, Source, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rodatraden.core.evaluation.case import Case
    from rodatraden.core.evaluation.documents import Documents

__all__ = ["Example", "Field", "Remark", "Severity", "Source", "Subject", "lint"]

OF_A_MODEL: tuple[Callable[[Subject], Iterator[Remark]], ...] = (
    basic.unusable,
    price.price_without_effect,
    price.price_clipped,
    price.price_in_corridor,
    price.price_rounded,
    price.unbound_line,
    order.third_bid,
    order.tie_rule,
    order.trade_off,
    points.scored_without_points,
    points.points_without_criterion,
    points.shared_points,
    points.points_without_effect,
    points.dead_criterion,
    points.steps_not_monotone,
    points.more_is_worth_less,
    points.must_and_score,
    points.must_without_level,
    points.neither_must_nor_score,
    gates.gate_set,
    gates.gate_for_all,
    gates.gate_for_none,
    gates.gate_for_the_best_only,
    gates.gate_empties_the_field,
    weights.weight_out_of_reach,
    weights.weight_not_realised,
    tender.climate_weight,
)
OF_DOCUMENTS: tuple[Callable[[Documents], Iterator[Remark]], ...] = (
    tender.regime_unknown,
    tender.voluntary_standstill,
    tender.free_rejection,
    tender.no_price_adjustment,
    tender.unmeasured_change,
)


def lint(case: Case) -> tuple[Remark, ...]:
    """Return every remark on a case, errors first, in the order of the file."""
    found = [remark for find in OF_DOCUMENTS if case.documents for remark in find(case.documents)]
    for part in case.parts:
        subject = Subject(part, case.documents)
        for find in OF_A_MODEL:
            found += [_of_lot(remark, part.lot.label) for remark in find(subject)]
    found = [remark for n, remark in enumerate(found) if remark not in found[:n]]  # documents are the same in every lot
    order_of = list(Severity)
    return tuple(sorted(found, key=lambda remark: order_of.index(remark.severity)))


def _of_lot(remark: Remark, label: str) -> Remark:
    return remark if remark.field.startswith("case.documents") else replace(remark, lot=label)
