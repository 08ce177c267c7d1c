import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core import recovery_codes as codes


def test_recovery_codes_cannot_be_guessed():
    drawn = codes.draw(secrets.choice)
    assert len(drawn) == codes.NUMBER == len({code[1:] for code in drawn})
    assert [codes.number_of(code) for code in drawn] == list(range(codes.NUMBER))
    assert codes.bits() == 55  # beside its number, which the code says
    assert {len(code) for code in drawn} == {12}


def test_every_sign_but_the_number_is_drawn():
    asked = []
    drawn = codes.draw(lambda signs: asked.append(signs) or signs[-1])
    assert asked == [codes.SIGNS] * (11 * codes.NUMBER)
    assert len(set(codes.SIGNS)) == 32
    assert drawn[3] == "3ZZZZZZZZZZZ"


def test_what_is_shown_is_read_again():
    for code in codes.draw(secrets.choice):
        shown = codes.show(code)
        assert [len(group) for group in shown.split("-")] == [4, 4, 4]
        assert codes.read(shown) == code


@pytest.mark.parametrize(
    "typed", ["4K7M-Q29X-WTD1", "4k7mq29xwtd1", " 4K7M Q29X WTD1 ", "4K7M–Q29X–WTDl", "4k7m-q29x-wtdI"]
)
def test_small_letters_groups_and_look_alikes_do_not_matter(typed):
    assert codes.read(typed) == "4K7MQ29XWTD1"


def test_the_letter_o_is_a_nought():
    assert codes.read("O123-4567-89AO") == "0123456789A0"


@pytest.mark.parametrize(
    "typed", ["", "123456", "4K7M-Q29X-WTD", "4K7M-Q29X-WTD12", "K47M-Q29X-WTD1", "4K7M-Q29X-WTDU", "\uff14K7MQ29XWTD1"]
)
def test_what_is_no_code_is_none(typed):
    assert codes.read(typed) is None


@given(st.text(max_size=20))
def test_any_text_is_a_code_of_the_set_or_none(typed):
    code = codes.read(typed)
    assert code is None or (codes.read(codes.show(code)) == code and 0 <= codes.number_of(code) < codes.NUMBER)
