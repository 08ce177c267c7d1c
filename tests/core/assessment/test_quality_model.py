import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from rodatraden.core.assessment import Scale
from rodatraden.core.assessment.quality_model import Area, Criterion, Kind, QualityModel, Unit, model_of, read_model
from rodatraden.core.canonical import read_canonical
from rodatraden.core.evaluation.reading import ModelError
from tests.core.assessment.models import example, in_percent, models, without


def told(value: Any) -> list[tuple[str, str]]:
    return [(fault.field, str(fault.reason)) for fault in read_model(value).faults]


def as_file(model: QualityModel) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(model.canonical)
    return found


@given(models())
def test_what_is_written_reads_back_as_the_same_model_with_the_same_hash(model: QualityModel) -> None:
    again = model_of(read_canonical(model.canonical))
    assert again == model
    assert again.sha256 == model.sha256


@given(models())
def test_results_are_scored_only_where_the_model_says_so_and_what_is_left_out_never(model: QualityModel) -> None:
    out = {each.key for area in model.areas if area.is_left_out for each in area.criteria}
    assert not out & {each.key for each in model.scored}
    assert model.scores_results or all(each.kind is Kind.APPROACH for each in model.scored)
    announced = {each.key for each in replace(model, scores_results=True).scored}
    assert announced == {each.key for each in model.criteria} - out


def test_a_model_that_nobody_can_judge_by_says_what_it_lacks() -> None:
    assert [str(each) for each in QualityModel("Tom").lacks] == ["A model needs at least one part."]
    empty = replace(example(), areas=(*example().areas, Area("d", "Del D")))
    assert [str(each) for each in empty.lacks] == ["The part Del D has no criterion."]
    results = QualityModel("Resultat", example().areas[2:])
    nothing = "Nothing is judged: all parts are left out, or all criteria are results that are not scored."
    assert [str(each) for each in results.lacks] == [nothing]
    assert replace(results, scores_results=True).lacks == ()
    silent = replace(in_percent("planera", 100), question="")
    assert [str(each) for each in QualityModel("Tyst", (Area("a", "A", (silent,)),)).lacks] == [
        "The criterion Planera has no question."
    ]
    assert example().lacks == ()


def test_the_most_is_what_is_judged_unless_the_model_counts_it_up() -> None:
    model = example()
    assert (model.whole, model.most_judged, model.most) == (540, 240, 240)
    assert without(model, "b").most == 200
    assert replace(model, renormalised_to=Decimal(1000)).most == 1000


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"maximum": Decimal(0)}, "maximum", "This must be more than 0."),
        ({"weight": Decimal(-1)}, "weight", "This must be more than 0."),
        ({"scale": Scale(Decimal(0), Decimal(50))}, "scale", "A scale in percent goes from 0 to 100."),
        ({"unit": Unit.POINTS}, "maximum", "Where the scale counts points its highest, 100, is the maximum."),
    ],
)
def test_a_criterion_that_contradicts_itself_names_field_and_value(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(ModelError) as raised:
        replace(in_percent("planera", 80), **changes)
    assert (raised.value.field, str(raised.value.reason)) == (field, reason)


def test_a_key_stands_once() -> None:
    twice = (Area("a", "A", (in_percent("x", 10),)), Area("b", "B", (in_percent("x", 10),)))
    with pytest.raises(ModelError) as raised:
        QualityModel("Modell", twice)
    assert (raised.value.field, raised.value.value) == ("criteria", "'x'")
    with pytest.raises(ModelError) as raised:
        QualityModel("Modell", (Area("a", "A"), Area("a", "B")))
    assert (raised.value.field, str(raised.value.reason)) == ("areas", "The key a stands twice.")


def test_every_fault_of_a_file_is_told_at_once() -> None:
    broken = as_file(example())
    broken["colour"] = "red"
    broken["format"] = 2
    broken["areas"][0]["criteria"][0]["maximum"] = "hundra"
    broken["areas"][0]["criteria"][1]["scale"]["step"] = "30"
    del broken["areas"][1]["title"]
    broken["areas"][2]["criteria"][0]["kind"] = "hope"
    assert told(broken) == [
        ("model.colour", "This is not part of a model."),
        ("model.format", "This must be 1."),
        ("model.areas[0].criteria[0].maximum", "This must be a number written in full."),
        ("model.areas[0].criteria[1].scale", "Steps of 30 do not lead from 0 to 100."),
        ("model.areas[1].title", "This is missing."),
        ("model.areas[2].criteria[0].kind", "This must be one of: approach, result."),
    ]


def test_a_contradiction_is_told_with_the_place_where_it_stands() -> None:
    broken = as_file(example())
    broken["areas"][1]["criteria"][0]["maximum"] = "50"
    broken["areas"][0]["criteria"][0]["scale"]["texts"] = [{"from": "10", "text": "Först"}]
    assert told(broken) == [
        ("model.areas[0].criteria[0].scale.texts[0].from", "The first text begins at 10; the scale begins at 0."),
        (
            "model.areas[1].criteria[0].maximum",
            "Where the scale counts points its highest, 40, is the maximum.",
        ),
    ]
    twice = as_file(example())
    twice["areas"][1]["key"] = "a"
    assert told(twice) == [("model.areas", "The key a stands twice.")]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("maximum", "1.005", "This can have at most 2 decimals."),
        ("maximum", "1000000", "This can be at most 999999.99."),
        ("maximum", 1.5, "This must be a number written in full."),
        ("weight", "0", "This must be more than 0."),
        ("weight", "10000", "This can be at most 9999.99."),
        ("title", "Pla\x00nera", "This has control characters, which nobody sees. Take them away."),
        ("question", "Hur?\x1b[2J", "This has control characters, which nobody sees. Take them away."),
        ("title", " ", "This must be a text of 1 to 200 characters."),
        ("key", "k" * 61, "This must be a text of 1 to 60 characters."),
        ("question", 7, "This must be a text of 1 to 50000 characters."),
        ("scale", [], "This must be an object."),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(path: str, value: object, reason: str) -> None:
    broken = as_file(example())
    broken["areas"][0]["criteria"][0][path] = value
    assert told(broken)[0] == (f"model.areas[0].criteria[0].{path}", reason)


@pytest.mark.parametrize("value", [None, [], "model", 3])
def test_what_is_no_object_is_no_model(value: object) -> None:
    assert told(value) == [("model", "This must be an object.")]
    with pytest.raises(ModelError):
        model_of(value)


def test_a_scale_that_would_take_for_ever_is_refused() -> None:
    broken = as_file(example())
    scale = broken["areas"][0]["criteria"][0]["scale"]
    scale["step"], scale["texts"] = "0.001", [{"from": "0", "text": "Allt"}]
    assert told(broken) == [("model.areas[0].criteria[0].scale.step", "This can have at most 2 decimals.")]
    points = broken["areas"][1]["criteria"][0]
    scale["step"] = "10"
    points["maximum"], points["scale"]["highest"], points["scale"]["step"] = "9000", "9000", "0.01"
    points["scale"]["texts"] = [{"from": "0", "text": "Allt"}]
    assert told(broken) == [("model.areas[1].criteria[0].scale.step", "A scale has at most 10000 steps.")]
    del points["scale"]["step"]
    assert told(broken) == [("model.areas[1].criteria[0].scale.step", "A scale with texts needs steps.")]


def test_more_than_a_model_holds_is_refused() -> None:
    many = as_file(example())
    many["areas"] = [{"key": f"a{n}", "title": "Del", "criteria": []} for n in range(41)]
    assert told(many) == [("model.areas", "At most 40 can stand here.")]
    crowded = as_file(example())
    one = crowded["areas"][1]["criteria"][0]
    crowded["areas"] = [
        {"key": f"a{n}", "title": "Del", "criteria": [one | {"key": f"{n}.{m}"} for m in range(101)]} for n in range(2)
    ]
    assert told(crowded) == [("model.areas", "A model has at most 200 criteria.")]


def test_a_row_of_the_database_holds_what_a_criterion_of_points_says() -> None:
    found = Criterion("k", "Titel", "Fråga", Scale(Decimal(0), Decimal(10)), Decimal(10))
    assert (found.unit, found.kind, found.weight, found.most) == (Unit.POINTS, Kind.APPROACH, 1, 10)


def test_a_text_keeps_its_lines_and_tabs() -> None:
    found = as_file(example())
    found["introduction"] = "Först\r\n\tSedan"
    assert model_of(found).introduction == "Först\r\n\tSedan"
