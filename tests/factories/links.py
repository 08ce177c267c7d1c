"""Links of letters, followed as a browser does it: what stands behind # is given in a form, and leads to a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rodatraden.ui.links import FIELD

if TYPE_CHECKING:
    from django.test import Client


def link_in(text: str) -> str:
    """Return the one link of ours with a code that a text holds, from the root of the site on."""
    (found,) = set(re.findall(r"https?://[^/\s]+(/[^\s<]*#[^\s<]+)", text))
    return found


def follow(client: Client, link: str) -> str:
    """Follow a link: give its code where the link leads, and return the address of the page that it is the key to."""
    asks, _, code = link.partition("#")
    answer = client.post(asks, {FIELD: code})
    assert answer.status_code == 302, (link, answer.status_code)
    return answer["Location"]
