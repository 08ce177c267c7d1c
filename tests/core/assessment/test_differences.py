from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from rodatraden.core.assessment import Scale
from rodatraden.core.assessment.differences import Change, differences
from rodatraden.core.assessment.quality_model import QualityModel
from tests.core.assessment.models import example, in_percent, models, without


def told(before: QualityModel, after: QualityModel) -> list[tuple[str, str, str, str, str]]:
    return [(d.change.value, d.where, str(d.what), str(d.before), str(d.after)) for d in differences(before, after)]


@given(models())
def test_a_model_does_not_differ_from_itself(model: QualityModel) -> None:
    assert differences(model, model) == ()


@given(models(), models())
def test_models_differ_when_their_hashes_do(one: QualityModel, other: QualityModel) -> None:
    assert bool(differences(one, other)) == (one.sha256 != other.sha256)


def test_what_is_changed_is_told_with_before_and_after() -> None:
    before = example()
    area = before.areas[0]
    planned = replace(area.criteria[0], maximum=Decimal(80), question="Hur planerar ni?")
    after = replace(
        without(before, "b"),
        scores_results=True,
        renormalised_to=Decimal(1000),
    )
    after = replace(after, areas=(replace(area, criteria=(planned,)), *after.areas[1:]))
    after = replace(after, areas=(*after.areas, replace(area, key="d", title="Del D", criteria=(in_percent("ny", 5),))))
    assert told(before, after) == [
        ("changed", "", "Results are scored", "no", "yes"),
        ("changed", "", "Counted up to", "None", "1000"),
        ("changed", "Planera", "Question", "Hur gör ni för att planera?", "Hur planerar ni?"),
        ("changed", "Planera", "Maximum", "100", "80"),
        ("changed", "Del B", "Left out", "no", "yes"),
        ("added", "Del D", "Part", "None", "None"),
        ("added", "Ny", "Criterion", "None", "None"),
        ("removed", "Göra", "Criterion", "None", "None"),
    ]


def test_a_criterion_that_changes_part_and_scale_is_the_same_one() -> None:
    before = example()
    moved = replace(before.areas[0].criteria[1], scale=Scale(Decimal(0), Decimal(100), None))
    after = replace(
        before,
        areas=(
            replace(before.areas[0], criteria=before.areas[0].criteria[:1]),
            replace(before.areas[1], criteria=(*before.areas[1].criteria, moved)),
            before.areas[2],
        ),
    )
    assert told(before, after) == [
        ("changed", "Göra", "Part", "Del A", "Del B"),
        ("changed", "Göra", "Scale", "0 to 100 percent, in steps of 10", "0 to 100, any value"),
    ]
    forty = replace(before.areas[1].criteria[0], scale=Scale(Decimal(0), Decimal(40), Decimal(2)))
    points = replace(before, areas=(before.areas[0], replace(before.areas[1], criteria=(forty,)), before.areas[2]))
    assert told(before, points) == [
        ("changed", "Följa upp", "Scale", "0 to 40 points, in steps of 1", "0 to 40 points, in steps of 2")
    ]
    assert [each.change for each in differences(points, before)] == [Change.CHANGED]
