"""Weights that are not what is stated: each with a case that has the fault and one that nearly has."""

from __future__ import annotations

from rodatraden.core.evaluation.lint import Severity
from tests.core.evaluation.lint.cases import bids, case_of, check, criterion, found, model


def test_a_criterion_whose_points_can_hardly_differ() -> None:
    remark = check(
        "weight_out_of_reach",
        case_of("seed-000", criterion(0, lowest="7"), model(gates=[])),  # 3 of 13 where half of 50 % is asked for
        case_of("seed-000", criterion(0, lowest="6"), model(gates=[])),  # 4 of 14
    )
    assert (remark.severity, remark.field) == (Severity.WARNING, "case.model.criteria[0]")
    assert {key: float(str(value)) if key != "criterion" else value for key, value in remark.text.values.items()} == {
        "criterion": "Metod", "stated": 50.0, "realised": 23.1,
    }  # fmt: skip


def test_a_gate_on_the_criterion_alone_takes_its_weight_away() -> None:
    def on_method(minimum: str) -> list[dict[str, object]]:
        return [{"minimum": minimum, "criteria": ["metod"]}]

    check(
        "weight_out_of_reach",
        case_of("seed-000", model(gates=on_method("7"))),
        case_of("seed-000", model(gates=on_method("6"))),
    )


def test_what_sets_the_bids_of_the_file_apart() -> None:
    prices = ({"price": "1000"}, {"price": "1010"}, {"price": "1020"})
    remark = check(
        "weight_not_realised",
        case_of("06-absolute-linear", bids(*prices)),
        case_of("06-absolute-linear", bids({"price": "1000"}, {"price": "1100"}, {"price": "1200"})),
    )
    assert str(remark.text).startswith("The price is stated to weigh 60 %")
    assert (
        found("weight_not_realised", case_of("06-absolute-linear", bids(*prices), lambda value: value["bids"].pop()))
        == []
    )


def test_quality_that_is_the_same_in_all_bids() -> None:
    same = {"scores": {"kvalitet": "10"}}
    (remark,) = found("weight_not_realised", case_of("06-absolute-linear", bids(same, same, same)))
    assert str(remark.text) == "The quality is stated to weigh 40 %, but sets these bids apart by 0 %."
    alike = {**same, "price": "1000"}
    assert found("weight_not_realised", case_of("06-absolute-linear", bids(alike, alike, alike))) == []
