"""Components that are drawn once for the same values: the same map, frame or table is looked at again and again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Hashable

    from django.utils.safestring import SafeString

MOST = 512  # some tens of kilobytes each at most


def drawn(template: str, **values: Hashable) -> SafeString:
    """Return `template` with `values`, kept for the next time that all of them are equal.

    Nothing is looked up by whose or which it is: what is drawn follows from the values alone, which whoever asks has read
    and may see. So they are text, numbers, and tuples or frozen dataclasses of these, and the template asks for no more.
    """
    return _drawn(template, get_language(), tuple(values.items()))


@lru_cache(maxsize=MOST)
def _drawn(template: str, language: str | None, values: tuple[tuple[str, Hashable], ...]) -> SafeString:  # noqa: ARG001 -- a key of the cache
    return render_to_string(template, dict(values))
