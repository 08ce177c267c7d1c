"""Everything that people see has its Swedish."""

from __future__ import annotations

from tests.house.tree import assert_none
from tools import messages


def test_the_swedish_catalogue_is_complete() -> None:
    assert_none(messages.check(messages.SOURCE))
