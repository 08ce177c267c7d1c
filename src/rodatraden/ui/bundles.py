"""The programs that browsers run to seal and to open, by the hashes that are published of them.

`bundles.json` is written by `tools/frontend.py pin` and holds the SHA-256 of each file below static/vendor. A page
names the hash, so that a browser refuses a file that has been changed since. The hash comes from the same server as
the file: it guards against changed files, not against whoever runs the server.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from pathlib import Path

PINS = Path(__file__).with_name("bundles.json")


@cache
def published() -> dict[str, str]:
    """Return the SHA-256 of each bundle by its place below static/vendor."""
    pins: dict[str, str] = json.loads(PINS.read_text(encoding="ascii"))
    return pins


def integrity(place: str) -> str:
    """Return the hash of a bundle as browsers are told it (Subresource Integrity: sha256 and base64)."""
    return f"sha256-{b64encode(bytes.fromhex(published()[place])).decode('ascii')}"
