"""Gates: each fault with a case that has it and one that nearly has."""

from __future__ import annotations

from rodatraden.core.evaluation import Status
from rodatraden.core.evaluation.lint import Severity
from tests.core.evaluation.lint.cases import bids, case_of, check, criterion, documents, found, model


def test_inv_12_the_gate_of_the_documents_is_that_of_the_model() -> None:
    on_method = [{"minimum": "12", "criteria": ["metod"]}]
    trigger = case_of("seed-000", documents(gates=on_method))
    assert (
        found("gate_set", case_of("seed-000", documents(gates=[{"minimum": "12", "criteria": ["metod", "case"]}])))
        == []
    )
    assert found("gate_set", case_of("seed-000", documents(gates=[{"minimum": "60", "measure": "percent"}]))) == []
    of_documents, of_model = found("gate_set", trigger)
    assert {of_documents.severity, of_model.severity} == {Severity.ERROR}
    assert (of_documents.field, of_model.field) == ("case.documents.gates[0]", "case.model.gates[0]")
    assert of_model.example is not None
    (result,) = of_model.example.tried[0].outcome.results
    assert result.status is Status.BELOW_GATE
    assert len(found("gate_set", case_of("seed-000", documents(gates=[{"minimum": "13"}])))) == 2


def test_a_gate_that_all_pass() -> None:
    from_six = [criterion(n, lowest="6") for n in (0, 1)]
    check(
        "gate_for_all",
        case_of("seed-000", *from_six, bids({}, {}, {}, {"not_qualified": "x"})),
        case_of("seed-000", *from_six, model(gates=[{"minimum": "12.5"}])),
    )


def test_a_gate_that_nobody_can_pass() -> None:
    remark = check(
        "gate_for_none",
        case_of("seed-000", model(gates=[{"minimum": "20.5"}])),
        case_of("seed-000", model(gates=[{"minimum": "20"}])),
    )
    assert (remark.severity, remark.field) == (Severity.ERROR, "case.model.gates[0]")


def test_a_gate_that_only_the_highest_points_pass() -> None:
    remark = check(
        "gate_for_the_best_only",
        case_of("seed-000", model(gates=[{"minimum": "19.5"}])),
        case_of("seed-000", model(gates=[{"minimum": "19"}])),
    )
    assert remark.example is not None
    a, b = remark.example.tried[0].outcome.results
    assert (a.status, b.status) == (Status.RANKED, Status.BELOW_GATE)


def test_gates_that_none_of_the_bids_pass() -> None:
    remark = check(
        "gate_empties_the_field",
        case_of("seed-000", model(gates=[{"minimum": "18"}])),
        case_of("seed-000", model(gates=[{"minimum": "17"}])),
    )
    assert remark.severity is Severity.WARNING
    assert found("gate_empties_the_field", case_of("seed-000", lambda value: value.update(bids=[]))) == []
