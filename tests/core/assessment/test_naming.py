"""A name is found as people write it, and no word that only holds it."""

from __future__ import annotations

import pytest

from rodatraden.core.assessment.naming import is_named, named_in, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Insikt Coachning AB", "Insikt Coachning"),
        ("AB Volvo", "Volvo"),
        ("Insikt Coachning AB (publ)", "Insikt Coachning"),
        ("Byn ekonomisk f\u00f6rening", "Byn"),
        ("Fjord A/S", "Fjord"),
        ("Abba", "Abba"),
        ("AB AB", "AB AB"),
        ("Absolut", "Absolut"),
        ("Norge AS", "Norge"),
    ],
)
def test_the_form_of_company_is_no_part_of_what_people_say(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("S\u00e5 gjorde Insikt Coachning AB 2024.", True),
        ("insikt\u00a0coachning gjorde", True),
        ("INSIKT\nCOACHNINGs metod", False),
        ("Insikten om coachning", False),
        ("Insikt och coachning", False),
        ("", False),
    ],
)
def test_a_name_stands_as_words_of_its_own(text: str, found: bool) -> None:
    assert bool(named_in(text, ["Insikt Coachning AB"])) is found


def test_each_name_that_stands_there_is_told() -> None:
    assert named_in("Alfa och Beta AB", ["Beta AB", "Gamma AB", "Alfa HB"]) == ["Beta AB", "Alfa HB"]
    assert not is_named("", "text")
