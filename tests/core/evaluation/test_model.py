import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import (
    Criterion,
    Gate,
    LowestPrice,
    Model,
    ModelError,
    Price,
    PriceAddition,
    PriceUnit,
    ReferenceSet,
    Rounding,
    TieRule,
    Way,
    Where,
)
from tests.core.evaluation.worked import CASES, read

VALID = {
    "format": 1,
    "criteria": [{"key": "method", "label": "Method", "lowest": 0, "highest": "20", "step": "0.5"}],
    "combination": {"method": "price_addition", "per_point": "100", "target": "20"},
    "price": {"unit": "hour"},
    "tie_rule": "none",
    "gates": [{"minimum": "12"}],
}


def changed(change: Callable[[dict[str, object]], object]) -> object:
    copy = json.loads(json.dumps(VALID))
    change(copy)
    return copy


def test_whole_numbers_and_text_are_read_as_the_same_model() -> None:
    model = Model.from_json(VALID)
    assert model.criteria == (Criterion("method", "Method", Scale(Decimal(0), Decimal(20), Decimal("0.5"))),)
    assert model.gates == (Gate(Decimal(12)),)
    assert model.gate == model.gates[0]
    assert (model.price.unit, model.tie_rule) == (PriceUnit.HOUR, TieRule.NONE)
    rewritten = changed(lambda m: m.update(gates=[{"minimum": "12.00"}]))
    assert Model.from_json(rewritten).hash == model.hash


def test_a_criterion_may_lack_steps_and_a_model_a_gate() -> None:
    model = Model.from_json(changed(lambda m: (m["criteria"][0].update(step=None), m.pop("gates"))))  # type: ignore[index]
    assert model.criteria[0].scale.step is None
    assert model.gate is None


@pytest.mark.parametrize(
    ("change", "field", "value", "sentence"),
    [
        (lambda m: m.pop("combination"), "model.combination", "None", "This is missing."),
        (lambda m: m["combination"].pop("method"), "model.combination.method", "None", "This is missing."),
        (lambda m: m.update(combination=[]), "model.combination", "[]", "This must be an object."),
        (lambda m: m.update(extra=1), "model.extra", "1", "This is not part of a model."),
        (lambda m: m.update(format=2), "model.format", "2", "This must be 1."),
        (lambda m: m.update(format=True), "model.format", "True", "This must be 1."),
        (lambda m: m.update(criteria={}), "model.criteria", "{}", "This must be a list."),
        (lambda m: m.update(criteria=["a"]), "model.criteria[0]", "'a'", "This must be an object."),
        (
            lambda m: m["criteria"][0].update(highest=20.0),
            "model.criteria[0].highest",
            "20.0",
            "This must be a number written in full.",
        ),
        (
            lambda m: m["criteria"][0].update(highest="2e1"),
            "model.criteria[0].highest",
            "'2e1'",
            "This must be a number written in full.",
        ),
        (
            lambda m: m["criteria"][0].update(highest="NaN"),
            "model.criteria[0].highest",
            "'NaN'",
            "This must be a number written in full.",
        ),
        (
            lambda m: m["criteria"][0].update(lowest=True),
            "model.criteria[0].lowest",
            "True",
            "This must be a number written in full.",
        ),
        (
            lambda m: m["criteria"][0].update(label=" "),
            "model.criteria[0].label",
            "' '",
            "This must be a text of 1 to 200 characters.",
        ),
        (
            lambda m: m["criteria"][0].update(key=7),
            "model.criteria[0].key",
            "7",
            "This must be a text of 1 to 200 characters.",
        ),
        (
            lambda m: m["criteria"].append(m["criteria"][0]),
            "model.criteria[1].key",
            "'method'",
            "Another criterion has the same key.",
        ),
        (
            lambda m: m["gates"][0].update(minimum=None),
            "model.gates[0].minimum",
            "None",
            "This must be a number written in full.",
        ),
        (
            lambda m: m["combination"].update(method="miracle"),
            "model.combination.method",
            "'miracle'",
            "This must be one of: lowest_price, price_addition, price_deduction, percentage_addition, percentage_deduction, quality_only, weighted_sum, ratio.",
        ),
        (lambda m: m["price"].update(unit="day"), "model.price.unit", "'day'", "This must be one of: hour, total."),
        (
            lambda m: m.update(tie_rule="lots"),
            "model.tie_rule",
            "'lots'",
            "This must be one of: none, higher_quality, lower_price, criteria_in_order.",
        ),
        (
            lambda m: m.update(tie_rule=[]),
            "model.tie_rule",
            "[]",
            "This must be one of: none, higher_quality, lower_price, criteria_in_order.",
        ),
        (lambda m: m.update(roundings="up"), "model.roundings", "'up'", "This must be a list."),
        (lambda m: m.update(total="0"), "model.total", "'0'", "This must be more than 0."),
        (
            lambda m: m.update(criteria=[m["criteria"][0]] * 201),
            "model.criteria",
            "201",
            "There can be at most 200 of these.",
        ),
        (
            lambda m: m.update(corridor={"percent": "10", "decided_by": "higher_quality", "criterion": "case"}),
            "model.corridor.criterion",
            "'case'",
            "The model has no such criterion.",
        ),
    ],
)
def test_each_fault_names_its_field_and_value(
    change: Callable[[dict[str, object]], object], field: str, value: str, sentence: str
) -> None:
    with pytest.raises(ModelError) as refused:
        Model.from_json(changed(change))
    assert (refused.value.field, refused.value.value, str(refused.value.reason)) == (field, value, sentence)


def test_a_scale_that_is_no_scale_is_named() -> None:
    with pytest.raises(ModelError) as refused:
        Model.from_json(changed(lambda m: m["criteria"][0].update(lowest="20")))  # type: ignore[index]
    assert refused.value.field == "model.criteria[0]"
    assert str(refused.value.reason) == "A scale from 20 to 20 is not a scale."


@pytest.mark.parametrize("value", [None, [], "model", 1])
def test_what_is_no_object_is_no_model(value: object) -> None:
    with pytest.raises(ModelError):
        Model.from_json(value)


scales = st.integers(1, 50).map(lambda highest: Scale(Decimal(0), Decimal(highest), Decimal("0.5")))
models = st.builds(
    Model,
    criteria=st.lists(
        st.builds(
            Criterion,
            st.text("abcdef", min_size=1, max_size=8),
            st.text("xyzåäö ", min_size=1).filter(str.strip),
            scales,
        ),
        unique_by=lambda criterion: criterion.key,
        max_size=4,
    ).map(tuple),
    combination=st.builds(PriceAddition, st.decimals(0, 1000, places=2), st.decimals(0, 100, places=1)),
    price=st.builds(Price, st.sampled_from(PriceUnit)),
    gates=st.lists(st.builds(Gate, st.decimals(0, 100, places=1)), max_size=2).map(tuple),
    total=st.none() | st.decimals("0.1", 100, places=1),
    reference_set=st.none() | st.sampled_from(ReferenceSet),
    roundings=st.lists(
        st.builds(Rounding, st.sampled_from(Where), st.integers(0, 4), st.sampled_from(Way)),
        unique_by=lambda rounding: rounding.where,
        max_size=3,
    ).map(tuple),
    tie_rule=st.sampled_from(TieRule),
)


@settings(max_examples=30)
@given(models)
def test_a_model_is_the_same_after_its_canonical_bytes(model: Model) -> None:
    again = Model.from_json(read_canonical(canonical_json(model.to_json())))
    assert again == model
    assert again.hash == model.hash


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_every_published_case_has_a_model_that_is_the_same_after_its_canonical_bytes(path: Path) -> None:
    for lot in read(path.stem).lots:
        assert Model.from_json(read_canonical(canonical_json(lot.model.to_json()))) == lot.model


def test_what_is_not_used_is_not_written_so_that_a_new_part_changes_no_older_hash() -> None:
    model = Model((), LowestPrice())
    assert model.to_json() == {
        "format": 1,
        "criteria": [],
        "combination": {"method": "lowest_price"},
        "price": {"unit": "hour"},
        "tie_rule": "none",
    }


def test_the_addition_is_told_only_of_a_model_that_has_one() -> None:
    assert Model.from_json(VALID).addition == PriceAddition(Decimal(100), Decimal(20))
    assert Model((), LowestPrice()).addition is None
