"""One value, one row of bytes: JSON that always comes out the same, so that its SHA-256 names the value.

Keys are sorted by code point, there is no white space, text is UTF-8 and left as it was typed (never
normalised). What JSON has no type for, or what other readers of JSON would read as a rounded float, is
written as text: `Decimal` without exponent and without trailing zeros (1050.5 and 1050.50 are one value),
`Fraction` as `n/d`, `date` as ISO 8601, `datetime` as UTC with `Z`, `UUID` in lower case. The format is
part of every published hash and is never changed.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

from rodatraden.core.message import Message, say

SAFE_INTEGER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 7493 section 2.2)."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))


class NotCanonicalError(ValueError):
    """A value has no canonical form; `path` says where in it (`$.bids[2].price`), `reason` says why."""

    def __init__(self, path: str, reason: Message) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def canonical_json(value: object) -> bytes:
    """Return `value` as canonical JSON.

    Raises:
        NotCanonicalError: the value holds something without canonical form, such as a float or a naive datetime.
    """
    return _ENCODER.encode(_plain(value, None)).encode()


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 hexadecimal digits in lower case."""
    return sha256(data).hexdigest()


def canonical_hash(value: object) -> str:
    """Return the SHA-256 that names `value`.

    Raises:
        NotCanonicalError: see `canonical_json`.
    """
    return sha256_hex(canonical_json(value))


def read_canonical(data: bytes) -> object:
    """Return the value that `data` is the canonical JSON of; text stays text (its reader knows what is an amount).

    Raises:
        NotCanonicalError: the bytes are not the one way to write their value (a repeated key, white space, a float).
    """
    try:
        value = json.loads(data.decode(), parse_float=_refuse_number, parse_constant=_refuse_number)
        same = canonical_json(value) == data
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotCanonicalError("$", say("This is not JSON in UTF-8.")) from error
    except NotCanonicalError:
        raise
    except ValueError as error:  # a whole number with thousands of digits
        raise NotCanonicalError("$", say("This holds a number that is too large.")) from error
    if not same:
        raise NotCanonicalError("$", say("This is JSON, but not in its canonical form."))
    return value


def _refuse_number(text: str) -> NoReturn:
    raise NotCanonicalError("$", say("The number {text} is not a whole number.", text=text))


Path = tuple[Any, str | int] | None
"""Where in the value: the way there from the root, told only when something is wrong."""


def _plain(value: object, path: Path) -> object:
    """Return `value` as what JSON has types for, when all of it has a canonical form."""
    match value:  # what there is most of first
        case str():
            return _string(value, path)
        case Decimal():
            return _decimal(value, path)
        case dict():
            return {_key(key, path): _plain(part, (path, key)) for key, part in value.items()}
        case list():
            return [_plain(item, (path, index)) for index, item in enumerate(value)]
        case None | int():  # truth values are integers here, and small ones
            return _integer(value, path)
        case _:
            return _as_text(value, path)


def _told(path: Path) -> str:
    parts = []
    while path is not None:
        path, part = path
        parts.append(f"[{part}]" if isinstance(part, int) else f".{part}")
    return "$" + "".join(reversed(parts))


def _integer(value: int | None, path: Path) -> int | None:
    if value is not None and abs(value) > SAFE_INTEGER:
        reason = say("Whole numbers beyond {limit} are written as decimals.", limit=SAFE_INTEGER)
        raise NotCanonicalError(_told(path), reason)
    return value


def _string(value: str, path: Path) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            where = _told(path).encode(errors="replace").decode()
            raise NotCanonicalError(where, say("The text is not Unicode.")) from error
    return value


def _key(value: object, path: Path) -> str:
    if not isinstance(value, str):
        raise NotCanonicalError(_told(path), say("Only text can be a key."))
    return value if value.isascii() else _string(value, (path, value))


def _as_text(value: object, path: Path) -> str:
    match value:
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case datetime():
            if value.utcoffset() is None:
                raise NotCanonicalError(_told(path), say("The time has no time zone."))
            return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            reason = say("The type {type} has no canonical form.", type=type(value).__name__)
            raise NotCanonicalError(_told(path), reason)


def _decimal(value: Decimal, path: Path) -> str:
    text = str(value)
    if text.isdigit():  # what most are
        return text
    if not value.is_finite():
        raise NotCanonicalError(_told(path), say("The number {number} is not finite.", number=text))
    if "E" in text:
        text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", "0"} else text
