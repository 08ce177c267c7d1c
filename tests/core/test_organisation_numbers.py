"""The personal numbers here are the authorities' own test numbers or made up; none belongs to a person."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.organisation_numbers import (
    HIDDEN,
    NumberKind,
    OrganisationNumber,
    OrganisationNumberProblem,
    hide_personal_numbers,
    parse_organisation_number,
    personal_numbers,
    without_personal_numbers,
)

LENGTH = "A Swedish organisation number has ten digits, for example 556016-0680."
CHECK = "The last digit does not fit the others. Check the number."


@pytest.mark.parametrize(
    ("text", "country", "value", "shown"),
    [
        ("556016-0680", "SE", "5560160680", "556016-0680"),
        (" 5560160680 ", "SE", "5560160680", "556016-0680"),
        ("16556016-0680", "SE", "5560160680", "556016-0680"),
        ("556016\u00a00680", "SE", "5560160680", "556016-0680"),
        ("202100-6032", "SE", "2021006032", "202100-6032"),
        ("974 760 673", "NO", "974760673", "974 760 673"),
        ("NO974760673MVA", "NO", "974760673", "974 760 673"),
    ],
)
def test_organisation_numbers_are_read_and_shown(text: str, country: str, value: str, shown: str) -> None:
    found = parse_organisation_number(text, country)
    assert found == OrganisationNumber(value, country, NumberKind.ORGANISATION)
    assert (found.shown, found.published) == (shown, shown)


@pytest.mark.parametrize("text", ["811218-9876", "198112189876", "19811218-9876", "701063-2391"])
def test_a_sole_trader_is_recognised_and_its_number_never_published(text: str) -> None:
    found = parse_organisation_number(text)
    assert isinstance(found, OrganisationNumber)
    assert (found.kind, found.published) == (NumberKind.SOLE_TRADER, "")


@pytest.mark.parametrize(
    ("text", "country", "sentence"),
    [
        ("", "SE", LENGTH),
        ("556016-068", "SE", LENGTH),
        ("55601606801", "SE", LENGTH),
        ("17556016-0680", "SE", LENGTH),
        ("org.nr 556016-0680", "SE", LENGTH),
        ("\uff15\uff15601606801"[:10], "SE", LENGTH),
        ("556016-0681", "SE", CHECK),
        ("811218-9875", "SE", CHECK),
        ("19556016-0680", "SE", "This is neither an organisation number nor a sole trader's number."),
        ("001500-0003", "SE", "This is neither an organisation number nor a sole trader's number."),
        ("974 760 674", "NO", CHECK),
        (
            "556016-0680",
            "NO",
            "A Norwegian organisation number has nine digits and begins with 8 or 9, for example 974 760 673.",
        ),
        (
            "123 456 785",
            "NO",
            "A Norwegian organisation number has nine digits and begins with 8 or 9, for example 974 760 673.",
        ),
    ],
)
def test_what_is_no_organisation_number_is_told(text: str, country: str, sentence: str) -> None:
    found = parse_organisation_number(text, country)
    assert isinstance(found, OrganisationNumberProblem)
    assert str(found.reason) == sentence


def test_a_country_without_rule_is_no_guess() -> None:
    with pytest.raises(ValueError, match="DK"):
        parse_organisation_number("12345678", "DK")


PERSONAL = [
    "811218-9876",
    "8112189876",
    "811218+9876",
    "19811218-9876",
    "198112189876",
    "811218 9876",
    "811218\u00a09876",
    "811218−9876",
    "811278-9873",
    "\uff18\uff11\uff11\uff12\uff11\uff18-\uff19\uff18\uff17\uff16",
    "000229-0005",
    "13116900216",
    "131169 00216",
    "53116900390",
]


@pytest.mark.parametrize("number", PERSONAL)
@pytest.mark.parametrize("around", ["{}", "Elin ({}) ringde.", "pnr{}", "{}.", "({})", "tel 08-1,{}/x"])
def test_personal_numbers_are_found_and_hidden(number: str, around: str) -> None:
    text = around.format(number)
    assert hide_personal_numbers(text) == around.format(HIDDEN)
    answer = without_personal_numbers(text)
    assert not answer
    assert str(answer.reason) == "The text holds a personal number. Take it away: write what it is about, not who."
    assert number not in str(answer.reason)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Organisationsnummer 556016-0680",
        "202100-6032",
        "165560160680",
        "974 760 673",
        "SFB 2026/014",
        "Dnr 2026/0112-3",
        "TED 281234-2026",
        "2026/S 061-123456",
        "811218-9875",
        "811318-9874",
        "811232-9878",
        "08-465 004 10",
        "0811218-98761",
        "81121898760000",
        "3 000 000 kr",
        "13116900217",
        "5e6d6a8c-0000-4000-8000-00000000000a",
    ],
)
def test_organisation_diary_and_ted_numbers_pass(text: str) -> None:
    assert list(personal_numbers(text)) == []
    assert hide_personal_numbers(text) == text
    assert without_personal_numbers(text)


def test_several_numbers_in_one_text_are_all_hidden() -> None:
    text = "811218-9876 och 13116900216, men inte 556016-0680"
    assert hide_personal_numbers(text) == f"{HIDDEN} och {HIDDEN}, men inte 556016-0680"


@given(st.integers(2_000_000_000, 9_999_999_999).map(str))
def test_a_number_is_an_organisation_or_hidden_but_never_both(digits: str) -> None:
    found = parse_organisation_number(digits)
    is_hidden = hide_personal_numbers(digits) == HIDDEN
    if isinstance(found, OrganisationNumber):
        assert is_hidden == (found.kind is NumberKind.SOLE_TRADER)
        assert (found.published == "") == is_hidden
    else:
        assert not is_hidden


@given(st.text("0123456789-+ abc", max_size=60))
def test_what_is_hidden_holds_no_personal_number_any_more(text: str) -> None:
    assert without_personal_numbers(hide_personal_numbers(text))


PAGE = (Path(__file__).parents[2] / "docs/rules/organisation_numbers.md").read_text()


@pytest.mark.parametrize(("text", "expected"), re.findall(r"^\| `(.+?)` \| (yes|no) \|$", PAGE, re.MULTILINE))
def test_the_table_of_the_page(text: str, expected: str) -> None:
    assert bool(without_personal_numbers(text)) == (expected == "no")
