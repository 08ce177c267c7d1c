"""Passwords: long, hard to guess, of any signs, stored by a slow function, typed hidden."""

from __future__ import annotations

import re
from hashlib import sha1

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from rodatraden.config import settings as served
from rodatraden.config.passwords import is_listed
from tests.factories.parties import make_person


@pytest.mark.parametrize(
    "password",
    [
        "kort",
        "elva tecken",
        "passwordpassword",
        "1234567890123",
        "Upphandling2026!",
        "rödatråden-anbud-1",
        "kommun kommun 12",
    ],
)
def test_what_is_easy_to_guess_is_no_password(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "fyra ord som ingen gissar",
        "åäö ÅÄÖ 漢字 🦊🦊🦊",
        "x" * 7 + "y7" * 60,
        "anbud regnar på fjordarna",
        " mellanslag ytterst ",
    ],
)
def test_any_signs_are_a_password_if_there_are_enough(password):
    validate_password(password)


def listed(path, passwords, end=b"\r\n"):
    """Write a list of leaked passwords as it is published: by hash, with how often each was seen."""
    hashes = sorted(sha1(each.encode(), usedforsecurity=False).hexdigest().upper().encode() for each in passwords)
    path.write_bytes(b"".join(each + b":%d" % (number * 37) + end for number, each in enumerate(hashes, 1)))
    return path


LEAKED = ["fyra ord som ingen gissar", *(f"ett ord till {number}" for number in range(40))]


def test_one_that_has_leaked_is_refused_and_others_are_not(tmp_path, settings):
    settings.LEAKED_PASSWORDS = listed(tmp_path / "leaked.txt", LEAKED)
    for leaked in LEAKED:
        with pytest.raises(ValidationError, match="läckt"):
            validate_password(leaked)
    for number in range(100):
        validate_password(f"fyra nya ord som ingen gissar {number}")


def test_where_the_list_cannot_be_read_no_password_is_taken(tmp_path, settings):
    settings.LEAKED_PASSWORDS = tmp_path / "gone.txt"
    with pytest.raises(OSError, match=r"gone\.txt"):
        validate_password("fyra ord som ingen gissar")


@tried(max_examples=60, deadline=None)
@given(st.sets(st.text(max_size=8), max_size=30), st.sampled_from([b"\n", b"\r\n"]), st.text(max_size=8))
def test_exactly_what_stands_in_the_list_is_found(tmp_path_factory, passwords, end, other):
    path = listed(tmp_path_factory.mktemp("leaked") / "list", passwords, end)
    assert all(is_listed(path, each) for each in passwords)
    assert is_listed(path, other) == (other in passwords)


@pytest.mark.django_db
def test_it_is_compared_as_it_was_typed():
    person = make_person()
    person.set_password(" Ett Ord " + "x" * 90)
    assert person.check_password(" Ett Ord " + "x" * 90)
    for other in ("Ett Ord " + "x" * 90, " ett ord " + "x" * 90, " Ett Ord " + "x" * 89):
        assert not person.check_password(other)


@pytest.mark.parametrize(("name", "least"), [("account_login", 1), ("parties:register_supplier", 1)])
def test_it_is_typed_hidden_and_may_be_pasted(db, client, name, least):
    fields = re.findall(r'<input[^>]*name="password\w*"[^>]*>', client.get(reverse(name)).text)
    assert len(fields) >= least
    for field in fields:
        assert 'type="password"' in field
        assert 'autocomplete="off"' not in field
        assert "onpaste" not in field
        assert "maxlength" not in field


def test_it_is_stored_by_a_slow_function():
    """The settings that are served name no hashers, so Django's own stand, the first of which writes."""
    assert not hasattr(served, "PASSWORD_HASHERS")
    assert global_settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher().encode("fyra ord", "salt" * 6).startswith("pbkdf2_sha256$")
    assert PBKDF2PasswordHasher.iterations >= 600_000  # OWASP's figure for PBKDF2 with SHA-256
