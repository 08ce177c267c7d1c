from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import ModelError, TieRule
from rodatraden.core.evaluation.reading import read_choice, read_exact, read_list, read_number, read_object, read_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12", "12"), (12, "12"), ("-0.5", "-0.5"), (Decimal("1E+2"), "100"), ("123456789012345.123456", None)],
)
def test_numbers_are_written_in_full(value: object, expected: str | None) -> None:
    assert str(read_number(value, "x")) == (expected or value)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        True,
        None,
        "",
        "1,5",
        "1e3",
        "+1",
        " 1",
        "1_0",
        "NaN",
        "\uff11",
        "1" * 16,
        "0.1234567",
        ".5",
        "5.",
        Decimal("NaN"),
    ],
)
def test_what_is_not_written_in_full_is_no_number(value: object) -> None:
    with pytest.raises(ModelError) as refused:
        read_number(value, "model.x")
    assert (refused.value.field, refused.value.value) == ("model.x", repr(value)[:200])


@pytest.mark.parametrize(
    ("value", "expected"), [("26/3", Fraction(26, 3)), ("8.5", Decimal("8.5")), (Fraction(1, 3), Fraction(1, 3))]
)
def test_thirds_are_read_as_fractions(value: object, expected: object) -> None:
    assert read_exact(value, "x") == expected


@pytest.mark.parametrize("value", ["1/0", "1/-3", "1/03", "a/b", "1/3/3"])
def test_a_fraction_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ModelError):
        read_exact(value, "x")


def test_an_object_has_exactly_its_fields() -> None:
    assert read_object({"a": 1}, "x", ("a",)) == {"a": 1}
    for value, field in (({}, "x.a"), ({"a": 1, "b": 2}, "x.b"), ([], "x")):
        with pytest.raises(ModelError) as refused:
            read_object(value, "x", ("a",))
        assert refused.value.field == field


def test_texts_lists_and_choices_are_what_they_should_be() -> None:
    assert read_text("Method", "x") == "Method"
    assert read_list([1], "x") == [1]
    assert read_choice("none", "x", TieRule) is TieRule.NONE
    with pytest.raises(ModelError):
        read_text("a" * 201, "x")
    with pytest.raises(ModelError):
        read_list((1,), "x")
    with pytest.raises(ModelError) as refused:
        read_choice("lots", "x", TieRule)
    assert (
        str(refused.value) == "x: This must be one of: none, higher_quality, lower_price, criteria_in_order. ('lots')"
    )
