"""Everything that people see has its Swedish."""

from __future__ import annotations

from tools import messages


def test_the_swedish_catalogue_is_complete() -> None:
    assert messages.check(messages.SOURCE) == []
