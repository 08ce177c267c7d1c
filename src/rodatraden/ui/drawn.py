"""Components that are drawn once for the same values: the same map, frame or table is looked at again and again."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

MOST = 8_000_000
"""Characters that a process keeps of what it has drawn, two bytes each where one of them is a dash: a frame has some
4,000, the map of a procurement with ten requirements 44,000."""


class Drawings:
    """What has been drawn, the longest unasked for given up first when all together is longer than `most` characters."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: OrderedDict[bytes, SafeString] = OrderedDict()
        self._length = 0
        self._changing = Lock()

    def draw(self, template: str, values: dict[str, object]) -> SafeString:
        """Return `template` with `values`, drawn now or before.

        They are told apart by kind and not by being equal: a text that is safe and the same text from a person, or 1.0 and
        1.00, are equal and written differently.
        """
        key = sha256(pickle.dumps((template, get_language(), values))).digest()
        with self._changing:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = render_to_string(template, values)
        with self._changing:
            self._length += len(found) - len(self._kept.pop(key, ""))  # another thread may have drawn it meanwhile
            self._kept[key] = found
            while self._length > self.most:
                self._length -= len(self._kept.popitem(last=False)[1])
        return found


_drawings = Drawings()


def drawn(template: str, **values: object) -> SafeString:
    """Return `template` with `values`, kept for the next time that the very same are asked for.

    Nothing is looked up by whose or which it is: what is drawn follows from the values alone, which whoever asks has read
    and may see. So they are text, numbers, and tuples or frozen dataclasses of these, and the template asks for no more.
    """
    return _drawings.draw(template, values)
