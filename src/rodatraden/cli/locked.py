"""The file that `--key` names: a private key as age writes it, or one that is locked, also as the page of one's own key hands it out.

What the page hands out is one or two age files in armour (docs/rules/opening_keys.md): by six words and by the printed
recovery key, or by a passkey and that printed key. A passkey answers to a browser alone, so here the paper is the way.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from getpass import getpass
from typing import TYPE_CHECKING

import pyrage

from rodatraden.cli import disk
from rodatraden.cli.words import _
from rodatraden.core.sealing.identity import ARMOUR, tidy_passphrase

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

LARGEST = 64 * 1024
BEGINS = "AGE-SECRET-KEY-1"
PLAIN = b"age-encryption.org/"
ARMOURED = re.compile("(.*?)".join(ARMOUR).encode(), re.DOTALL)
WORDS, PAPER, PASSKEY = b"scrypt", b"X25519", b"age-encryption.org/fido2prf"
"""How age calls the doors that a lock may have; several may stand in one lock, but words stand alone."""


def identity_of(path: Path) -> str:
    """Return the private key in a file; one that is locked is unlocked, after asking for the words or the printed key.

    Raises:
        BadFileError: there is no key in it, or what was typed does not open it.
    """
    data = disk.bytes_of(path, LARGEST)
    locks = [data] if data.startswith(PLAIN) else [each.group() for each in ARMOURED.finditer(data)]
    return _key(path, _unlocked(path, locks) if locks else data)


def _key(path: Path, data: bytes) -> str:
    lines = ["".join(line.split()) for line in data.decode(errors="replace").splitlines()]
    found = [line for line in lines if line.upper().startswith(BEGINS)]
    if len(found) != 1:
        raise disk.bad(path, _("It shall hold one line that begins with {secret}.").format(secret=BEGINS))
    return str(_identity(path, found[0]))


def _identity(path: Path, text: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(text.upper())
    except pyrage.IdentityError as error:
        raise disk.bad(path, _("The key is not written rightly: a sign is missing or wrong.")) from error


def _unlocked(path: Path, locks: Sequence[bytes]) -> bytes:
    doors = {door for lock in locks for door in _doors(lock)}
    if not doors & {WORDS, PAPER}:
        raise disk.bad(path, _("No words and no printed key open it, and a passkey works in a browser alone."))
    if PASSKEY in doors:
        disk.tell(_("A passkey works in a browser alone. Here the printed recovery key opens your key."))
    typed = getpass(_asked(doors).format(file=path) + " ")
    paper = "".join(typed.split())
    if paper.upper().startswith(BEGINS):
        return _by_paper(path, locks, _identity(path, paper))
    if WORDS not in doors:
        raise disk.bad(path, _("What was typed is no printed key: that begins with {secret}.").format(secret=BEGINS))
    return _by_words(path, [lock for lock in locks if WORDS in _doors(lock)], typed)


def _doors(lock: bytes) -> set[bytes]:
    """Return by what a lock can be opened, as its header says; nothing of what is no age file."""
    if not lock.startswith(PLAIN):
        body = lock.removeprefix(ARMOUR[0].encode()).removesuffix(ARMOUR[1].encode())
        try:
            lock = base64.b64decode(b"".join(body.split()), validate=True)
        except ValueError:
            return set()
    header = lock.partition(b"\n--- ")[0]
    return {line.split()[1] for line in header.splitlines() if line.startswith(b"-> ") and line.split()[1:]}


def _asked(doors: Collection[bytes]) -> str:
    if WORDS not in doors:
        return _("The printed recovery key of {file}:")
    return _("The words, or the printed recovery key, of {file}:") if PAPER in doors else _("Passphrase of {file}:")


def _by_paper(path: Path, locks: Sequence[bytes], printed: pyrage.x25519.Identity) -> bytes:
    for lock in locks:
        try:
            return bytes(pyrage.decrypt(lock, [printed]))
        except pyrage.DecryptError:
            continue  # the lock of the words, which the other one stands beside
    raise disk.bad(path, _("The printed key does not open it."))


def _by_words(path: Path, locks: Sequence[bytes], typed: str) -> bytes:
    """Unlock by words in the one form that the pages use; or as they were typed, as another program may have locked."""
    for phrase in dict.fromkeys((tidy_passphrase(typed), unicodedata.normalize("NFC", typed))):
        for lock in locks:
            try:
                return bytes(pyrage.passphrase.decrypt(lock, phrase))
            except pyrage.DecryptError:
                continue
    raise disk.bad(path, _("The passphrase does not open it."))
