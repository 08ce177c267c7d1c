"""One leaf of the log: three salted commitments and nothing that says who, when or what.

The body can be erased (a person's right, an authority's disposal decision) and the leaf still proves the order and
the existence of an entry; while the body is kept, each commitment proves its part. Leaf hash by RFC 6962 §2.1:
SHA-256 over a zero byte and the leaf's canonical bytes. **The format never changes**: a new one is a new number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.canonical import canonical_json
from rodatraden.core.ledger.offline import FORMAT, PARTS, SALT_BYTES, commitment, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

Salts = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Leaf:
    """The canonical text of a leaf and its RFC 6962 leaf hash, both as they are stored."""

    text: str
    hash: str


def commit(salt: bytes, value: object) -> str:
    """Return the commitment SHA-256(salt ‖ canonical bytes of `value`) in hexadecimal.

    Raises:
        ValueError: the salt is not 32 bytes long.
    """
    if len(salt) != SALT_BYTES:
        msg = f"A salt is {SALT_BYTES} bytes, not {len(salt)}"
        raise ValueError(msg)
    return commitment(salt, canonical_json(value))


def commitments(salts: Salts, body: Mapping[str, object]) -> Leaf:
    """Return the leaf for a body with the parts who, when and what, each under a salt of its own.

    Raises:
        ValueError: a part or a salt is missing, or there is one too many.
    """
    if set(salts) != set(PARTS) or set(body) != set(PARTS):
        msg = f"A leaf has exactly the parts {PARTS}"
        raise ValueError(msg)
    parts: dict[str, object] = {part: commit(salts[part], body[part]) for part in PARTS}
    text = canonical_json({"format": FORMAT, **parts})
    return Leaf(text=text.decode("utf-8"), hash=leaf_hash(text))


def cover_leaf(random: bytes) -> Leaf:
    """Return a leaf that tells of nothing, made of 96 random bytes: without its body it looks like any other.

    Raises:
        ValueError: it is not made of as many bytes as three commitments are.
    """
    if len(random) != SALT_BYTES * len(PARTS):
        msg = f"A cover leaf is made of {SALT_BYTES * len(PARTS)} random bytes, not {len(random)}"
        raise ValueError(msg)
    parts = {part: random[at * SALT_BYTES :][:SALT_BYTES].hex() for at, part in enumerate(PARTS)}
    text = canonical_json({"format": FORMAT, **parts})
    return Leaf(text=text.decode("utf-8"), hash=leaf_hash(text))
