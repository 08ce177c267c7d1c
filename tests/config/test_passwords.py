"""Passwords: long, hard to guess, of any signs, stored by a slow function, typed hidden."""

from __future__ import annotations

import re

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from rodatraden.config import settings as served
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
