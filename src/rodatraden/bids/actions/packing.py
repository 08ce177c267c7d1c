"""One opaque package of an index and files; its length tells only how many whole blocks it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.canonical import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCK = 65_536


def pack(index: Mapping[str, object], files: Mapping[str, bytes]) -> bytes:
    """Return index and files as one row of bytes, padded to whole blocks."""
    head = canonical_json({"index": dict(index), "files": [[name, len(data)] for name, data in files.items()]})
    body = b"".join([len(head).to_bytes(8, "big"), head, *files.values()])
    return body + bytes(-len(body) % BLOCK)
