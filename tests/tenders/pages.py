"""What the tests of the pages share: the day on which they are shown, their addresses, keys for requests."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from django.urls import reverse

from tests.factories.tenders import ANNOUNCED_AT

LATER = ANNOUNCED_AT + timedelta(days=1)
OPEN_PAGES = ("answers", "ask", "follow_answers")
_keys = count(1)


def url(name, *args) -> str:
    return reverse(f"tenders:{name}", args=args)


def key() -> dict[str, str]:
    return {"idempotency_key": f"key-{next(_keys)}"}


def local(at) -> str:
    return f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M}"  # winter time
