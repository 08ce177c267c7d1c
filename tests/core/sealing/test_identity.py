"""Opening keys without a browser: what is locked is opened by its holder alone, however the words are typed."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest

from rodatraden.core.sealing import identity
from tests.core.sealing.given import lock_with_passphrase


@pytest.fixture(scope="module")
def made():
    return identity.make()


def test_the_words_are_plain_and_none_begins_another():
    words = identity.words()
    assert len(words) == len(set(words)) == 2048
    assert [word for word in words if not (word.isascii() and word.isalpha() and word.islower())] == []
    assert [word for word in words if not 4 <= len(word) <= 9] == []
    assert list(words) == sorted(words)
    assert [(a, b) for a, b in pairwise(words) if b.startswith(a)] == []


# Pieces of what nobody wants to find in six words on a paper: slurs, sex, violence, illness.
UNWANTED = ("hora", "knull", "fitta", "kuk", "bög", "neger", "zigen", "nazi", "mord", "dråp", "sex", "naken",
            "idiot", "imbec", "cancer", "tumor", "selvm", "slav", "hitler", "bomb", "piss", "skit", "fan ", "jävl")  # fmt: skip


def test_the_words_offend_nobody():
    found = {word for word in identity.words() for piece in UNWANTED if piece in word}
    assert found == set()


def test_six_words_are_66_bits():
    assert identity.bits() == 66


def test_only_a_recipient_whose_checksum_holds_is_one(made):
    assert identity.is_recipient(made.recipient)
    last = "q" if made.recipient[-1] != "q" else "p"
    for wrong in ("", "age1", made.secret, made.recipient[:-1] + last, made.recipient.upper(), f"{made.recipient} "):
        assert not identity.is_recipient(wrong)


def test_a_passphrase_opens_its_lock_in_either_form_of_its_letters(made):
    lock = lock_with_passphrase(made.secret, "Räv på  isen")
    assert identity.is_locked(lock)
    # All at once, since each opening takes its second: another form of the letters, another case, other space.
    typed = unicodedata.normalize("NFD", " RÄV  PÅ\nISEN ")
    assert identity.open_with_passphrase(lock, typed) == made.secret
    with pytest.raises(identity.NotOpenedError):
        identity.open_with_passphrase(lock, "rav pa isen")


def test_a_recovery_key_opens_its_lock_and_no_other_does(made):
    recovery, other = identity.make(), identity.make()
    lock = identity.lock_with_recovery(made.secret, recovery.recipient)
    assert identity.open_envelope(lock, recovery.secret) == made.secret
    for wrong in (other.secret, made.secret, "AGE-SECRET-KEY-1", ""):
        with pytest.raises(identity.NotOpenedError):
            identity.open_envelope(lock, wrong)


def test_a_changed_or_cut_envelope_gives_nothing(made):
    sealed = identity.envelope("ett prov", made.recipient)
    assert identity.open_envelope(sealed, made.secret) == "ett prov"
    middle = len(sealed) // 2
    swapped = "A" if sealed[middle] != "A" else "B"
    for wrong in (sealed[:middle] + swapped + sealed[middle + 1 :], sealed[:middle], ""):
        with pytest.raises(identity.NotOpenedError):
            identity.open_envelope(wrong, made.secret)


def test_what_is_no_lock_is_not_taken_for_one(made):
    good = identity.envelope("x", made.recipient)
    for wrong in ("", made.secret, good[10:], good + good + "x", good.replace("BEGIN", "BEGUN"), "x" * 5000):
        assert not identity.is_locked(wrong)
    begin, end = identity.ARMOUR
    assert not identity.is_locked(f"{begin}\n{'A' * identity.LONGEST_LOCK}\n{end}")
