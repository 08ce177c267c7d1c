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


def recipient_of_point(point: bytes) -> str:
    """A recipient as age writes it (Bech32, BIP 173), of a point that no private half belongs to."""
    bits = "".join(f"{byte:08b}" for byte in point) + "0000"
    data = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    checked = [ord(sign) >> 5 for sign in "age"] + [0] + [ord(sign) & 31 for sign in "age"] + data + [0] * 6
    sum_ = 1
    for value in checked:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for place, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            sum_ ^= factor if top >> place & 1 else 0
    data += [(sum_ ^ 1) >> 5 * (5 - place) & 31 for place in range(6)]
    return "age1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[value] for value in data)


LOW_ORDER = {
    "0": bytes(32),
    "1": b"\x01" + bytes(31),
    "order 8": bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    "-1": bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
}


@pytest.mark.parametrize("name", LOW_ORDER)
def test_a_point_with_which_nobody_shares_a_secret_is_no_recipient(name):
    """To seal to one ends the whole process in some libraries."""
    assert not identity.is_recipient(recipient_of_point(LOW_ORDER[name]))


def test_the_points_of_the_test_are_written_as_age_does(made):
    assert recipient_of_point(identity.key_bytes(made.recipient)) == made.recipient


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
