"""Codes that let somebody in: what stands behind the # of a link in a letter, written so that a person can type it too.

A code is 28 signs in groups of four, each one of 32: 140 bits of chance, above the 128 that OWASP ASVS 5.0, 11.5.1 asks for.
The signs are those of Crockford's Base32, without I, L, O and U; read back, I and L are one, O is nought, and neither case
nor what stands between the groups matters. What is kept of a code is its digest: with that much chance, one round is enough.
"""

from __future__ import annotations

from hashlib import sha256

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 28, 4
BITS = LENGTH * 5
_READ_AS = str.maketrans("ILO", "110")


def code_of(number: int) -> str:
    """Return the code that says `number`, whose lowest `BITS` bits have been drawn at random."""
    signs = "".join(SIGNS[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def tidy_code(typed: str) -> str:
    """Return a code in the one form that its digest is made of: capitals and figures alone, without groups."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum()).translate(_READ_AS)


def code_digest(typed: str) -> str:
    """Return what is kept of a code, however it was typed."""
    return sha256(tidy_code(typed).encode()).hexdigest()
