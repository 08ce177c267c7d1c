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
from json.encoder import encode_basestring
from typing import Any, NoReturn
from uuid import UUID

from rodatraden.core.message import Message, say

SAFE_INTEGER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 7493 section 2.2)."""


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
    out: list[str] = []
    _write(value, None, out)
    return "".join(out).encode()


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


Path = tuple[Any, str] | None
"""Where in the value: the way there from the root, told only when something is wrong."""


def _write(value: object, path: Path, out: list[str]) -> None:
    match value:
        case None:
            out.append("null")
        case bool():
            out.append("true" if value else "false")
        case str():
            out.append(_string(value, path))
        case dict():
            start = "{"
            for key in _sorted_keys(value, path):
                inner = (path, f".{key}")
                out.append(f"{start}{_string(key, inner)}:")
                _write(value[key], inner, out)
                start = ","
            out.append("}" if value else "{}")
        case list():
            start = "["
            for index, item in enumerate(value):
                out.append(start)
                _write(item, (path, f"[{index}]"), out)
                start = ","
            out.append("]" if value else "[]")
        case int():
            out.append(_integer(value, path))
        case _:
            out.append(f'"{_as_text(value, path)}"')


def _told(path: Path) -> str:
    parts = []
    while path is not None:
        path, part = path
        parts.append(part)
    return "$" + "".join(reversed(parts))


def _integer(value: int, path: Path) -> str:
    if abs(value) > SAFE_INTEGER:
        reason = say("Whole numbers beyond {limit} are written as decimals.", limit=SAFE_INTEGER)
        raise NotCanonicalError(_told(path), reason)
    return int.__repr__(value)


def _string(value: str, path: Path) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        where = _told(path).encode(errors="replace").decode()
        raise NotCanonicalError(where, say("The text is not Unicode.")) from error
    return encode_basestring(value)


def _sorted_keys(value: dict[object, object], path: Path) -> list[str]:
    keys = [key for key in value if isinstance(key, str)]
    if len(keys) != len(value):
        raise NotCanonicalError(_told(path), say("Only text can be a key."))
    return sorted(keys)


def _as_text(value: object, path: Path) -> str:
    match value:
        case Decimal():
            return _decimal(value, path)
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
    if not value.is_finite():
        raise NotCanonicalError(_told(path), say("The number {number} is not finite.", number=str(value)))
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", "0"} else text
