from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from rodatraden.core.assessment.quality_model import QualityModel
from rodatraden.core.assessment.total import total
from rodatraden.core.evaluation.reading import ModelError
from rodatraden.core.exact import as_fraction
from tests.core.assessment.models import example, judged, without
from tests.core.calendars.worked import worked_examples

SCORES = {"planera": Decimal(60), "göra": Decimal(40), "följa upp": Decimal(30)}
CASES = {
    "nothing more": (example(), SCORES),
    "results are scored, Utfall 50 %": (replace(example(), scores_results=True), SCORES | {"utfall": Decimal(50)}),
    "counted up to 1000": (replace(example(), renormalised_to=Decimal(1000)), SCORES),
    "B left out": (without(example(), "b"), SCORES),
    "B left out, counted up to 240": (replace(without(example(), "b"), renormalised_to=Decimal(240)), SCORES),
}

Judged = tuple[QualityModel, dict[str, Decimal]]


@pytest.mark.parametrize("row", worked_examples("quality_model.md"), ids=lambda row: row["Model says"])
def test_the_table_of_the_page(row: dict[str, str]) -> None:
    model, scores = CASES[row["Model says"]]
    found = total(model, scores)
    assert (found.value, found.most) == (Fraction(row["Sum"]), Fraction(row["Of"]))


def test_every_row_of_the_page_is_tried() -> None:
    assert {row["Model says"] for row in worked_examples("quality_model.md")} == set(CASES)


def test_the_steps_say_in_words_what_counts_and_what_does_not() -> None:
    found = total(*CASES["B left out, counted up to 240"])
    assert [str(step) for step in found.steps] == [
        "Planera: 60 % of 100 points is 60.",
        "Göra: 40 % of 50 points, times the weight 2, is 40.",
        "Del A together: 100 of 200 points.",
        "Del B is left out by the model and counts nowhere: 40 points.",
        "Utfall is about results, which the model does not score: it counts nowhere, 300 points.",
        "All together: 100 of 200 points.",
        "The model says that what is judged is counted up to 240: 100 × 240 / 200 is 120.",
    ]
    silent = total(*CASES["nothing more"])
    assert str(silent.steps[-1]) == (
        "The model does not say that it is counted up: 240 points is the most, not the 540 of the whole model."
    )
    assert [(area.title, area.points, area.most) for area in silent.areas] == [("Del A", 100, 200), ("Del B", 30, 40)]


def test_points_and_weights_are_told_as_they_are_counted() -> None:
    model = example()
    area = replace(model.areas[1], criteria=(replace(model.areas[1].criteria[0], weight=Decimal("1.5")),))
    found = total(QualityModel("Modell", (area,)), {"följa upp": Decimal(30)})
    assert found.value == 45
    assert str(found.steps[0]) == "Följa upp: 30 points, times the weight 1.5, is 45."


def test_a_missing_score_is_never_zero() -> None:
    found = total(example(), {"planera": Decimal(0), "följa upp": Decimal(30)})
    assert found.value is None
    assert str(found.reason) == "Criteria without a score: 1. The first is Göra."


@pytest.mark.parametrize(
    ("key", "score", "reason"),
    [
        ("okänd", Decimal(1), "The model has no such criterion."),
        ("planera", Decimal(110), "110 is outside the scale, 0 to 100."),
        ("planera", Decimal(55), "55 is between two steps; the scale has steps of 10."),
    ],
)
def test_a_score_without_its_criterion_or_off_its_scale_is_refused(key: str, score: Decimal, reason: str) -> None:
    with pytest.raises(ModelError) as raised:
        total(example(), SCORES | {key: score})
    assert (raised.value.field, str(raised.value.reason)) == (f"scores.{key}", reason)


@given(judged())
def test_the_sum_lies_between_nothing_and_the_most(drawn: Judged) -> None:
    model, scores = drawn
    found = total(model, scores)
    assert found.value is not None
    assert 0 <= as_fraction(found.value) <= as_fraction(found.most)
    highest = {each.key: each.scale.highest for each in model.criteria}
    assert total(model, highest).value == model.most


@given(judged())
def test_what_is_not_judged_never_counts(drawn: Judged) -> None:
    model, scores = drawn
    judged_keys = {each.key for each in model.scored}
    alone = {key: score for key, score in scores.items() if key in judged_keys}
    other = {each.key: each.scale.highest for each in model.criteria} | alone
    assert total(model, alone).value == total(model, scores).value == total(model, other).value


@given(judged())
def test_a_higher_score_never_lowers_the_sum(drawn: Judged) -> None:
    model, scores = drawn
    before = total(model, scores).value
    for each in model.scored:
        after = total(model, scores | {each.key: each.scale.highest}).value
        assert before is not None
        assert after is not None
        assert as_fraction(after) >= as_fraction(before)


@given(judged())
def test_nothing_is_counted_up_unless_the_model_says_so(drawn: Judged) -> None:
    model, scores = drawn
    plain = total(replace(model, renormalised_to=None), scores)
    by_hand = sum((each.adds(scores[each.key]) for each in model.scored), Fraction(0))
    assert plain.value == by_hand
    if model.renormalised_to is not None:
        share = by_hand / as_fraction(model.most_judged)
        assert total(model, scores).value == share * as_fraction(model.renormalised_to)


@given(judged())
def test_the_sum_of_the_parts_is_the_whole(drawn: Judged) -> None:
    model, scores = drawn
    found = total(replace(model, renormalised_to=None), scores)
    assert sum(as_fraction(area.points) for area in found.areas) == found.value
    assert sum(as_fraction(area.most) for area in found.areas) == found.most
