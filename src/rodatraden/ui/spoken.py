"""Sentences that the core speaks and that programs in the browser speak too: by msgid, translated where a page sends them.

`spoken.json` holds those of frontend/sealing; the corpus that both sides run (tests/frontend) says when one is missing.
"""

from __future__ import annotations

import json
from pathlib import Path

SPOKEN: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("spoken.json").read_text(encoding="utf-8")))
