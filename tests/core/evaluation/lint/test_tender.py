"""What stands around the model: each fault with documents that have it and some that nearly have."""

from __future__ import annotations

from typing import Any

import pytest

from rodatraden.core.evaluation.lint import Severity
from tests.core.evaluation.lint.cases import case_of, check, combination, documents, found

TEXT = {"text": "Förbundschefen godkänner."}


@pytest.mark.parametrize(
    ("code", "severity", "trigger", "near_miss"),
    [
        ("regime_unknown", "warning", {"value": "3000000"}, {"value": "3000000", "cpv": "79410000-1"}),
        ("voluntary_standstill", "warning", {"voluntary_standstill": True}, {"voluntary_standstill": False}),
        ("free_rejection", "error", {"rejects": [TEXT]}, {"rejects": [{**TEXT, "measure": "över takvärdet"}]}),
        ("no_price_adjustment", "warning", {"months": "13"}, {"months": "12"}),
        ("no_price_adjustment", "warning", {"months": "48"}, {"months": "48", "price_adjustment": "AKI, varje år"}),
        ("unmeasured_change", "warning", {"changes": [TEXT]}, {"changes": [{**TEXT, "measure": "minst lika många poäng"}]}),
    ],
)  # fmt: skip
def test_documents(code: str, severity: str, trigger: dict[str, Any], near_miss: dict[str, Any]) -> None:
    remark = check(code, case_of("seed-000", documents(**trigger)), case_of("seed-000", documents(**near_miss)))
    assert remark.severity.value == severity


NORWAY = {"country": "NO", "published_on": "2026-09-01"}


def climate(quality: str, **parts: object) -> Any:
    price = str(1 - float(quality))
    weights = combination(price_weight=price, quality_weight=quality)
    return case_of("06-absolute-linear", weights, documents(**{**NORWAY, **parts}))


def test_norwegian_climate_weight_is_that_of_the_rule_row_and_marked_unverified() -> None:
    remark = check("climate_weight", climate("0.25", climate=["kvalitet"]), climate("0.3", climate=["kvalitet"]))
    assert (remark.severity, remark.source.text, remark.source.is_verified) == (Severity.WARNING, "LOA § 5b", False)
    assert {key: str(value) for key, value in remark.text.values.items()} == {"share": "25", "least": "30"}


def test_norwegian_climate_weight_may_be_replaced_and_is_not_asked_of_swedes() -> None:
    assert found("climate_weight", climate("0.4"))
    assert found("climate_weight", climate("0.4", instead_of_climate="Krav på utsläppsfria fordon.")) == []
    assert found("climate_weight", climate("0.4", country="SE")) == []
    assert found("climate_weight", case_of("seed-000", documents(**NORWAY, climate=["metod"]))) == []


def test_before_the_rule_there_is_no_number_but_a_note() -> None:
    (remark,) = found("climate_weight", climate("0.4", published_on="2026-06-30"))
    assert remark.severity is Severity.NOTE
