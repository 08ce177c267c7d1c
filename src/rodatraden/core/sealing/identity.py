"""Opening keys without a browser: the same format as the page makes, so that either opens what the other has locked.

An opening key is an age identity (X25519). A lock is an age file in armour that holds its private half, encrypted to a
passphrase (scrypt, 2^18) or to the holder's printed recovery key, itself such an identity. See docs/rules/opening_keys.md.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from math import log2
from pathlib import Path
from typing import NamedTuple

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

DRAWN = 6
"""Words in a drawn passphrase; with 2,048 words to draw from, 66 bits."""
LONGEST_LOCK = 4096
"""A lock to a passkey and a recovery key is some 600 bytes in armour."""
_KEY = 32
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHECKSUM = 6
ARMOUR = ("-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----")


class Made(NamedTuple):
    """A new opening key: its private half as text, and the public half that others seal to."""

    secret: str
    recipient: str


class NotOpenedError(Exception):
    """What was tried does not open the file, or the file has been changed."""


@cache
def words() -> tuple[str, ...]:
    """Return the words that passphrases are drawn from: a to z alone, and none the beginning of another."""
    return tuple(Path(__file__).with_name("words.txt").read_text(encoding="ascii").split())


def bits() -> float:
    """Return how many bits of chance a drawn passphrase holds: six times the logarithm of the number of words."""
    return DRAWN * log2(len(words()))


def tidy_passphrase(typed: str) -> str:
    """Return a passphrase in the one form in which it is used: NFC, small letters, one space between words.

    An ä typed as an a with dots would be another passphrase to age.
    """
    return " ".join(unicodedata.normalize("NFC", typed).lower().split())


@lru_cache(maxsize=256)  # each of a list is asked about once for every pair
def is_recipient(text: str) -> bool:
    """Whether `text` is the public half of a key: an X25519 recipient of age, whose checksum holds and to whom anybody can seal.

    With a point of low order no secret is shared (RFC 7748 § 6.1): to seal to one is refused by some programs, and ends others.
    """
    try:
        if str(pyrage.x25519.Recipient.from_str(text)) != text:
            return False
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(key_bytes(text)))
    except (pyrage.RecipientError, ValueError):
        return False
    return True


def key_bytes(key: str) -> bytes:
    """Return the 32 bytes that a recipient or an identity says in Bech32 (BIP 173); its checksum is for age itself to check.

    Raises:
        ValueError: a sign is none of Bech32's.
    """
    bits = "".join(f"{_LETTERS.index(letter):05b}" for letter in key.lower().partition("1")[2][:-_CHECKSUM])
    return int(bits[: _KEY * 8], 2).to_bytes(_KEY)


def is_locked(text: str) -> bool:
    """Whether `text` has the shape of a lock: one age file in armour; only its holder can tell what is in it."""
    lines = text.strip().splitlines()
    return len(text) <= LONGEST_LOCK and len(lines) > len(ARMOUR) and (lines[0], lines[-1]) == ARMOUR


def make() -> Made:
    """Return a new opening key."""
    identity = pyrage.x25519.Identity.generate()
    return Made(str(identity), str(identity.to_public()))


def recipient_of(secret: str) -> str:
    """Return the public half of the opening key whose private half is `secret`."""
    return str(pyrage.x25519.Identity.from_str(secret).to_public())


def lock_with_recovery(secret: str, recipient: str) -> str:
    """Lock a private half to the public half of a printed recovery key."""
    return envelope(secret, recipient)


def open_with_passphrase(lock: str, passphrase: str) -> str:
    """Return the private half that a passphrase locks.

    Raises:
        NotOpenedError: the passphrase is another, or the lock has been changed.
    """
    try:
        return _text(pyrage.passphrase.decrypt(lock.encode("ascii"), tidy_passphrase(passphrase)))
    except pyrage.DecryptError as error:
        raise NotOpenedError from error


def envelope(content: str, recipient: str) -> str:
    """Return `content` locked to one opening key, as a test envelope of a drill is."""
    return _text(pyrage.encrypt(content.encode("utf-8"), [pyrage.x25519.Recipient.from_str(recipient)], armored=True))


def open_envelope(sealed: str, secret: str) -> str:
    """Return what is locked to the opening key whose private half is `secret`.

    Raises:
        NotOpenedError: it is locked to another key, or has been changed.
    """
    try:
        return _text(pyrage.decrypt(sealed.encode("ascii"), [pyrage.x25519.Identity.from_str(secret)]))
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise NotOpenedError from error


def _text(data: bytes) -> str:
    return data.decode("utf-8")
