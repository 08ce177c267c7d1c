import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import (
    Criterion,
    Gate,
    Model,
    ModelError,
    PriceAddition,
    PriceUnit,
    TieRule,
)

VALID = {
    "format": 1,
    "criteria": [{"key": "method", "label": "Method", "lowest": 0, "highest": "20", "step": "0.5"}],
    "gate": {"minimum": "12"},
    "price": {"method": "price_addition", "per_point": "100", "target": "20", "unit": "hour"},
    "tie_rule": "none",
    "rounding": "none",
}


def changed(change: Callable[[dict[str, object]], object]) -> object:
    copy = json.loads(json.dumps(VALID))
    change(copy)
    return copy


def test_whole_numbers_and_text_are_read_as_the_same_model() -> None:
    model = Model.from_json(VALID)
    assert model.criteria == (Criterion("method", "Method", Scale(Decimal(0), Decimal(20), Decimal("0.5"))),)
    assert model.gate == Gate(Decimal(12))
    assert (model.price.unit, model.tie_rule) == (PriceUnit.HOUR, TieRule.NONE)
    rewritten = changed(lambda m: m.update(gate={"minimum": "12.00"}))
    assert Model.from_json(rewritten).hash == model.hash


def test_a_criterion_may_lack_steps_and_a_model_a_gate() -> None:
    model = Model.from_json(changed(lambda m: (m["criteria"][0].update(step=None), m.update(gate=None))))  # type: ignore[index]
    assert model.criteria[0].scale.step is None
    assert model.gate is None


@pytest.mark.parametrize(
    ("change", "field", "value", "sentence"),
    [
        (lambda m: m.pop("gate"), "model.gate", "None", "This is missing."),
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
            lambda m: m["gate"].update(minimum=None),
            "model.gate.minimum",
            "None",
            "This must be a number written in full.",
        ),
        (
            lambda m: m["price"].update(method="ratio"),
            "model.price.method",
            "'ratio'",
            "This must be one of: price_addition.",
        ),
        (lambda m: m["price"].update(unit="day"), "model.price.unit", "'day'", "This must be one of: hour, total."),
        (
            lambda m: m.update(tie_rule="lots"),
            "model.tie_rule",
            "'lots'",
            "This must be one of: none, higher_quality.",
        ),
        (lambda m: m.update(tie_rule=[]), "model.tie_rule", "[]", "This must be one of: none, higher_quality."),
        (lambda m: m.update(rounding="up"), "model.rounding", "'up'", "This must be one of: none."),
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
    price=st.builds(
        PriceAddition, st.decimals(0, 1000, places=2), st.decimals(0, 100, places=1), st.sampled_from(PriceUnit)
    ),
    gate=st.none() | st.builds(Gate, st.decimals(0, 100, places=1)),
    tie_rule=st.sampled_from(TieRule),
)


@given(models)
def test_a_model_is_the_same_after_its_canonical_bytes(model: Model) -> None:
    again = Model.from_json(read_canonical(canonical_json(model.to_json())))
    assert again == model
    assert again.hash == model.hash
