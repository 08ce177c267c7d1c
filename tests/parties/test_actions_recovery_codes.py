from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.db import connection

from rodatraden.config import settings as of_the_program
from rodatraden.core import recovery_codes as codes
from rodatraden.core.answer import RefusedError
from rodatraden.parties.actions import draw_recovery_codes, end_recovery_codes, use_recovery_code
from rodatraden.parties.models import RecoveryCode
from rodatraden.parties.queries import recovery_codes_left, recovery_codes_of
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.parties import START, make_person

LATER = START + timedelta(days=1)


def with_codes(replaces=None, person=None):
    if person is None:
        person = make_person()
        TOTP.activate(person, generate_totp_secret())
    drawn = codes.draw(secrets.choice)
    draw_recovery_codes(person=person, codes=drawn, replaces=replaces, by=person, at=START)
    return person, drawn


def use(person, code, at=LATER):
    return use_recovery_code(person=person, code=code, by=person, at=at)


def first_of(person):
    return recovery_codes_of(person).first().pk


def events():
    return list(LedgerBody.objects.filter(event__startswith="recovery").order_by("pk").values_list("event", flat=True))


@pytest.mark.django_db
class TestDrawn:
    def test_no_row_and_no_letter_holds_a_code_but_a_hash_with_a_salt_of_its_own(self):
        person, drawn = with_codes()
        rows = list(RecoveryCode.objects.values())
        everything = f"{rows} {list(OutboxMail.objects.values())} {list(LedgerBody.objects.values())}"
        assert all(code not in everything and codes.show(code) not in everything for code in drawn)
        salts = {identify_hasher(row["code_hash"]).decode(row["code_hash"])["salt"] for row in rows}
        assert len(salts) == len(rows) == codes.NUMBER == recovery_codes_left(person)
        assert all(len(salt) >= 8 for salt in salts)

    def test_they_are_hashed_like_passwords_by_a_slow_method(self, settings):
        assert not hasattr(of_the_program, "PASSWORD_HASHERS")  # Django's own choice, as for passwords
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
        person, drawn = with_codes()
        row = RecoveryCode.objects.first()
        algorithm, iterations, salt, _ = row.code_hash.split("$")
        assert algorithm == "pbkdf2_sha256"
        assert int(iterations) == PBKDF2PasswordHasher.iterations >= 600_000
        assert len(salt) >= 22  # 128 bits, of which 32 are asked
        assert use(person, drawn[0])

    def test_who_has_neither_app_nor_key_gets_none(self):
        person = make_person()
        with pytest.raises(RefusedError):
            with_codes(person=person)
        assert not RecoveryCode.objects.exists()

    def test_a_new_set_replaces_the_old_one_and_the_person_is_told(self):
        person, old = with_codes()
        _, new = with_codes(first_of(person), person)
        assert recovery_codes_left(person) == codes.NUMBER
        assert not any(use(person, code) for code in old)
        assert use(person, new[7])
        assert events() == ["recovery_codes_drawn", "recovery_codes_drawn", "recovery_code_used"]
        assert OutboxMail.objects.filter(to=person.email).count() == 3

    @pytest.mark.parametrize("has_some", [True, False])
    def test_a_form_that_saw_another_set_makes_nothing(self, has_some):
        person, drawn = with_codes()
        seen = RecoveryCode().pk if has_some else None
        with pytest.raises(RefusedError):
            with_codes(seen, person)
        assert use(person, drawn[0])


@pytest.mark.django_db
class TestUsed:
    def test_each_works_once_and_the_person_is_told_how_many_are_left(self):
        person, drawn = with_codes()
        for number, code in enumerate(drawn):
            assert use(person, code)
            assert not use(person, code)
            assert recovery_codes_left(person) == codes.NUMBER - number - 1
        letters = OutboxMail.objects.filter(subject="En reservkod har använts", to=person.email)
        told = {letter.text.partition("\n")[0].partition("använts. ")[2] for letter in letters}
        assert told == {"En är kvar."} | {f"{left} är kvar." for left in (0, *range(2, codes.NUMBER))}
        assert RecoveryCode.objects.filter(used_at=LATER).count() == codes.NUMBER

    def test_a_wrong_one_and_one_of_somebody_else_do_not(self):
        person, drawn = with_codes()
        another, others = with_codes()
        wrong = drawn[0][:-1] + ("0" if drawn[0][-1] != "0" else "1")
        assert not use(person, wrong)
        assert not use(person, others[0])
        assert not use(make_person(), drawn[0])
        assert recovery_codes_left(person) == recovery_codes_left(another) == codes.NUMBER

    def test_they_go_with_what_they_stand_in_for(self):
        person, drawn = with_codes()
        for _ in range(2):
            end_recovery_codes(person=person, by=person, at=LATER)
        assert not use(person, drawn[0])
        assert events() == ["recovery_codes_drawn", "recovery_codes_ended"]


def at_once(*acts):
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except RefusedError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_the_same_code_from_two_browsers_at_once_lets_one_in(fresh_database):
    person, drawn = with_codes()
    for code in drawn[:5]:
        assert sorted(at_once(*[lambda code=code: use(person, code)] * 4)) == [False, False, False, True]
    assert recovery_codes_left(person) == codes.NUMBER - 5
    assert events().count("recovery_code_used") == 5


def test_of_two_forms_at_once_one_makes_codes_and_those_work(fresh_database):
    person, _ = with_codes()
    sets = [codes.draw(secrets.choice) for _ in range(2)]
    seen = first_of(person)

    def draw(drawn):
        draw_recovery_codes(person=person, codes=drawn, replaces=seen, by=person, at=LATER)
        return drawn

    answers = at_once(*[lambda drawn=drawn: draw(drawn) for drawn in sets])
    (refused,) = (each for each in answers if isinstance(each, RefusedError))
    (made,) = (each for each in answers if each is not refused)
    assert recovery_codes_left(person) == codes.NUMBER
    assert all(use(person, code) for code in made)
