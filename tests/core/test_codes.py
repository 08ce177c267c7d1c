"""Codes of links: all their chance is kept, and they are read back however a person writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.codes import BITS, SIGNS, code_digest, code_of, tidy_code

numbers = st.integers(min_value=0, max_value=2**BITS - 1)


@given(numbers, numbers)
def test_two_numbers_have_two_codes_and_two_digests(one, other):
    same = one == other
    assert (code_of(one) == code_of(other), code_digest(code_of(one)) == code_digest(code_of(other))) == (same, same)


@given(numbers)
def test_a_code_is_seven_groups_of_four_signs_that_say_the_number(number):
    groups = code_of(number).split("-")
    assert [len(group) for group in groups] == [4] * 7
    assert sum(SIGNS.index(sign) << 5 * place for place, sign in enumerate(reversed("".join(groups)))) == number


@given(numbers, st.data())
def test_it_is_read_back_however_it_is_typed(number, data):
    code = code_of(number)
    looks_like = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(
        data.draw(st.sampled_from([" ", "-", "", " - ", "\u2011", "\u00a0"])) if sign == "-" else
        data.draw(st.sampled_from(looks_like.get(sign, sign + sign.lower())))
        for sign in code
    )  # fmt: skip
    assert code_digest(f" {typed}.\n") == code_digest(code)


def test_there_is_more_chance_in_a_code_than_is_asked_for_and_no_sign_looks_like_another():
    assert BITS >= 128
    assert (len(set(SIGNS)), set(SIGNS) & set("ILOU")) == (32, set())


@pytest.mark.parametrize("typed", ["", " - ", "åäö", "\u0661\u0662"])
def test_what_holds_no_sign_is_an_empty_code(typed):
    assert tidy_code(typed) == ""
