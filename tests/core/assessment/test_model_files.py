import json
from decimal import Decimal

import pytest
from hypothesis import given

from rodatraden.core.assessment.model_files import TEMPLATES, read_model_json, schema, template, write_model_json
from rodatraden.core.assessment.quality_model import Kind, QualityModel, Unit
from tests.core.assessment.models import example, models
from tests.core.evaluation.schema import is_valid


@given(models())
def test_a_file_reads_back_as_the_same_model_and_keeps_to_the_schema(model: QualityModel) -> None:
    written = write_model_json(model)
    assert read_model_json(written).model == model
    assert is_valid(json.loads(written), schema(), schema())


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_judged_by_as_it_is(name: str) -> None:
    model = template(name)
    assert model.lacks == ()
    assert is_valid(json.loads(write_model_json(model)), schema(), schema())
    assert all(each.unit is Unit.PERCENT and each.scale.bands and each.evidence for each in model.criteria)


def test_systematik_plans_does_follows_up_and_improves_and_scores_no_results_unless_told() -> None:
    model = template("systematik")
    assert [area.title for area in model.areas] == ["Planera", "Göra", "Följa upp", "Förbättra", "Utfall"]
    assert (model.whole, model.most) == (1000, 600)
    assert {each.kind for each in model.areas[-1].criteria} == {Kind.RESULT}
    assert not model.scores_results


@pytest.mark.parametrize("name", ["", "siq", "../quality_model.schema"])
def test_there_is_no_other_template(name: str) -> None:
    with pytest.raises(KeyError):
        template(name)


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"", "model", "This is not JSON: line 1, sign 1."),
        (b"\xff\xfe", "model", "Byte 0 is not UTF-8."),
        (b"[]", "model", "This must be an object."),
        (b'{"a": 1, "a": 2}', "a", "This field stands twice in the same object."),
        (b" " * 1_000_001, "model", "The file has 1000001 bytes. It can have at most 1000000."),
        (b"[" * 100_000, "model", "The file is nested too deep."),
    ],
)
def test_what_is_no_model_is_told_and_never_raised(data: bytes, place: str, reason: str) -> None:
    found = read_model_json(data)
    assert found.model is None
    assert [(fault.place, str(fault.reason)) for fault in found.faults] == [(place, reason)]


def test_numbers_are_never_rounded_on_their_way() -> None:
    told = json.loads(write_model_json(example()))
    told["areas"][0]["criteria"][0]["maximum"] = 50.25
    found = read_model_json(json.dumps(told).encode()).model
    assert found is not None
    assert found.criteria[0].maximum == Decimal("50.25")
    told["areas"][0]["criteria"][0]["maximum"] = 1e300
    fault = read_model_json(json.dumps(told).encode()).faults[0]
    assert (fault.place, str(fault.reason)) == (
        "model.areas[0].criteria[0].maximum",
        "This must be a number written in full.",
    )
