"""Recovery codes: how they are drawn, and read when somebody types one on the day when app and key are gone.

A code is twelve signs in groups of four. The first is its number among the ten of a set, so that what is typed is held
against one hash and not ten; the others are drawn, 55 bits. That is less than the 112 from which one round of a hash is
enough (OWASP ASVS 5.0, 6.5.2), so that they are kept like passwords (`parties.actions.recovery_codes`), and short enough
to type from a paper.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = 10
"""How many codes are drawn at once; a digit says which."""
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, none of which is then taken for another sign."""
_DRAWN, _GROUP = 11, 4
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", "–": "", " ": ""})


def draw(choice: Callable[[str], str]) -> list[str]:
    """Return a set of new codes; `choice` draws one sign of a text, such as `secrets.choice`."""
    return [f"{number}{''.join(choice(SIGNS) for _ in range(_DRAWN))}" for number in range(NUMBER)]


def bits() -> float:
    """Return how many bits of chance a code holds."""
    return _DRAWN * log2(len(SIGNS))


def show(code: str) -> str:
    """Return a code as it is printed: three groups with hyphens between."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def read(typed: str) -> str | None:
    """Return the code that somebody has typed, in small or capital letters and any groups; None for what is none.

    A code from an app, which is six digits, is none.
    """
    code = typed.strip().upper().translate(_MISREAD)
    is_one = len(code) == _DRAWN + 1 and set(code) <= set(SIGNS) and code[0] in SIGNS[:NUMBER]
    return code if is_one else None


def number_of(code: str) -> int:
    """Return which code of its set it is."""
    return int(code[0])
