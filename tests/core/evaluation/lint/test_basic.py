"""What stops a model is an error of lint too."""

from __future__ import annotations

from rodatraden.core.evaluation.lint import Severity, lint
from tests.core.evaluation.lint.cases import case_of, check, combination, criterion, model


def test_a_relative_model_without_its_reference_set() -> None:
    def without(value: dict) -> None:  # type: ignore[type-arg]
        del value["model"]["reference_set"]

    remark = check("reference_set", case_of("07-proportional", without), case_of("07-proportional"))
    assert (remark.severity, remark.field) == (Severity.ERROR, "case.model.reference_set")


def test_sums_that_differ() -> None:
    check("criteria_total", case_of("seed-000", model(total="21")), case_of("seed-000"))
    check("criteria_sum", case_of("seed-000", combination(target="21"), model(total=None)), case_of("seed-000"))
    check("weights_sum", case_of("06-absolute-linear", combination(total="2")), case_of("06-absolute-linear"))


def test_a_model_that_cant_be_computed_still_gets_its_other_remarks() -> None:
    case = case_of("seed-000", criterion(0, highest="11"), model(tie_rule="none"))
    assert {"criteria_total", "criteria_sum", "tie_rule"} <= {remark.code for remark in lint(case)}
