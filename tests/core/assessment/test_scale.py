import re
from contextlib import nullcontext
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from time import perf_counter

import pytest

from rodatraden.core.assessment import Band, Scale, ScaleError, ScoreFault, check_score

TEN = Scale(Decimal(0), Decimal(10))
METHOD = Scale(
    Decimal(0),
    Decimal(10),
    bands=(
        Band(Decimal(9), Decimal(10), "Answers all three, with proof"),
        Band(Decimal(7), Decimal(8), "Answers all three, one thinly"),
        Band(Decimal(5), Decimal(6), "One is missing"),
        Band(Decimal(0), Decimal(4), "Answers one or none"),
    ),
)


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (0, "Answers one or none"),
        (4, "Answers one or none"),
        (5, "One is missing"),
        (10, "Answers all three, with proof"),
    ],
)
def test_each_step_has_its_published_text(points: int, text: str) -> None:
    assert METHOD.text_for(Decimal(points)) == text


def test_each_text_holds_up_to_where_the_next_begins() -> None:
    texts = [(band.lowest, band.text) for band in METHOD.bands]
    assert set(Scale.from_texts(texts, Decimal(10)).bands) == set(METHOD.bands)
    each = Scale.from_texts([(Decimal(points), f"{points}") for points in range(4)], Decimal(3))
    assert [each.text_for(value) for value in each.values] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([], "A scale needs at least one text."),
        ([(0, "a"), (0, "b"), (5, "c")], "A text holds for no points at all."),
        ([(0, "a"), ("5.5", "b")], "5 points have 0 texts; each step has one."),
        ([(10, "a")], "A scale from 10 to 10 is not a scale."),
    ],
)
def test_texts_that_leave_a_step_without_its_own_are_refused(texts: list[tuple[object, str]], reason: str) -> None:
    with pytest.raises(ScaleError) as refused:
        Scale.from_texts([(Decimal(str(points)), text) for points, text in texts], Decimal(10))
    assert str(refused.value.reason) == reason


def test_a_scale_knows_its_values() -> None:
    assert METHOD.values == tuple(Decimal(points) for points in range(11))
    assert Scale(Decimal(0), Decimal(1), Decimal("0.5")).values == (0, Decimal("0.5"), 1)
    assert Scale(Decimal(0), Decimal(10), None).values == ()
    assert TEN.text_for(Decimal(5)) == ""


@pytest.mark.parametrize(
    ("lowest", "highest", "step", "bands", "reason"),
    [
        (10, 0, 1, [], "A scale from 10 to 0 is not a scale."),
        (5, 5, 1, [], "A scale from 5 to 5 is not a scale."),
        (-1, 5, 1, [], "A scale from -1 to 5 is not a scale."),
        (0, 10, 3, [], "Steps of 3 do not lead from 0 to 10."),
        (0, 10, 0, [], "Steps of 0 do not lead from 0 to 10."),
        (0, 2, 1, [(0, 1, "a")], "2 points have 0 texts; each step has one."),
        (0, 2, 1, [(0, 1, "a"), (1, 2, "b")], "1 points have 2 texts; each step has one."),
        (0, 2, 1, [(0, 1, "a"), (2, 2, " ")], "A step has an empty text."),
        (0, 2, None, [(0, 2, "a")], "A scale with texts needs steps."),
    ],
)
def test_a_scale_that_contradicts_itself_is_refused(
    lowest: int, highest: int, step: int | None, bands: list[tuple[int, int, str]], reason: str
) -> None:
    with pytest.raises(ScaleError) as refused:
        Scale(
            Decimal(lowest),
            Decimal(highest),
            None if step is None else Decimal(step),
            tuple(Band(Decimal(low), Decimal(high), text) for low, high, text in bands),
        )
    assert str(refused.value.reason) == reason


@pytest.mark.parametrize(
    ("score", "written", "fault", "sentence"),
    [
        (Decimal(0), "Nothing is answered.", None, None),
        (Decimal(10), "All is answered.", None, None),
        (Decimal("8.0"), "Good.", None, None),
        (Decimal(11), "Good.", ScoreFault.OUTSIDE, "11 is outside the scale, 0 to 10."),
        (Decimal("-0.1"), "Bad.", ScoreFault.OUTSIDE, "-0.1 is outside the scale, 0 to 10."),
        (Decimal("7.5"), "Good.", ScoreFault.OFF_STEP, "7.5 is between two steps; the scale has steps of 1."),
        (Fraction(22, 3), "Good.", ScoreFault.OFF_STEP, "22/3 is between two steps; the scale has steps of 1."),
        (7.0, "Good.", ScoreFault.NOT_EXACT, "7.0 is not an exact number."),
        (None, "Good.", ScoreFault.NOT_EXACT, "None is not an exact number."),
        (Decimal("NaN"), "Good.", ScoreFault.NOT_EXACT, "NaN is not an exact number."),
        (Decimal(8), " \n", ScoreFault.NO_REASON, "Write the reason for the points."),
    ],
)
def test_a_score_is_on_the_scale_and_has_a_reason(
    score: Decimal, written: str, fault: ScoreFault | None, sentence: str | None
) -> None:
    problem = check_score(TEN, score, written)
    assert (problem.fault if problem else None) == fault
    assert (str(problem.reason) if problem else None) == sentence


def test_without_steps_thirds_can_be_given() -> None:
    assert check_score(Scale(Decimal(0), Decimal(10), None), Fraction(22, 3), "A mean from another tool.") is None


def test_texts_are_held_against_each_other_not_against_every_step() -> None:
    texts = [(Decimal(n) / 10, f"Text {n}") for n in range(0, 99_990, 990)]
    begun = perf_counter()
    scale = Scale.from_texts(texts, Decimal("9999.9"), Decimal("0.1"))
    assert perf_counter() - begun < 0.1
    assert len(scale.bands) == 101
    with pytest.raises(ScaleError, match=r"^99\.0 points have 2 texts"):
        Scale(scale.lowest, scale.highest, scale.step, (*scale.bands, Band(Decimal(99), Decimal(100), "Till")))


def test_what_is_found_wrong_is_what_counting_every_step_finds() -> None:
    for seed in range(300):
        ends = sorted(Decimal(seed * 7 * k % 23) / 2 for k in range(1, 5))
        bands = tuple(Band(low, high, "Text") for low, high in pairwise(ends))
        counts = [(n, sum(band.lowest <= n <= band.highest for band in bands)) for n in range(11)]
        wrong = next((f"{n} points have {found} texts; each step has one." for n, found in counts if found != 1), None)
        with nullcontext() if wrong is None else pytest.raises(ScaleError, match=f"^{re.escape(wrong)}$"):
            Scale(Decimal(0), Decimal(10), Decimal(1), bands)
