from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.assessment.editing import free_key, moved, put_area, put_criterion, take_out
from rodatraden.core.assessment.quality_model import Area, QualityModel
from tests.core.assessment.models import example, in_percent, models


def keys(model: QualityModel) -> list[list[str]]:
    return [[area.key, *(each.key for each in area.criteria)] for area in model.areas]


def test_a_part_is_put_in_its_place_or_last() -> None:
    model = example()
    assert put_area(model, replace(model.areas[0], title="Ny")).areas[0].title == "Ny"
    assert [area.key for area in put_area(model, Area("d", "Del D")).areas] == ["a", "b", "c", "d"]


def test_a_criterion_stays_in_its_place_and_may_change_part() -> None:
    model = example()
    first = replace(model.criteria[0], title="Ny")
    assert put_criterion(model, "a", first).criteria[0] == first
    assert keys(put_criterion(model, "b", first)) == [["a", "göra"], ["b", "följa upp", "planera"], ["c", "utfall"]]
    assert keys(put_criterion(model, "c", in_percent("ny", 1)))[2] == ["c", "utfall", "ny"]


def test_what_is_taken_out_is_gone_with_what_it_holds() -> None:
    assert keys(take_out(example(), "planera"))[0] == ["a", "göra"]
    assert keys(take_out(example(), "a")) == [["b", "följa upp"], ["c", "utfall"]]


@pytest.mark.parametrize(
    ("key", "by", "expected"),
    [("a", 1, ["b", "a", "c"]), ("a", -1, ["a", "b", "c"]), ("c", -1, ["a", "c", "b"]), ("c", 1, ["a", "b", "c"])],
)
def test_a_part_moves_one_place_and_never_past_the_ends(key: str, by: int, expected: list[str]) -> None:
    assert [area.key for area in moved(example(), key, by).areas] == expected


def test_a_criterion_moves_inside_its_part() -> None:
    assert keys(moved(example(), "göra", -1))[0] == ["a", "göra", "planera"]
    assert moved(example(), "utfall", -1) == example()


@given(models(), st.integers(-2, 2))
def test_moving_loses_nothing(model: QualityModel, by: int) -> None:
    for area in model.areas:
        assert sorted(keys(moved(model, area.key, by))) == sorted(keys(model))


@given(models())
def test_a_free_key_is_nobodys(model: QualityModel) -> None:
    key = free_key(model, "del")
    assert all(area.key != key for area in model.areas)
    assert put_area(model, Area(key, "Ny")).areas[:-1] == model.areas
