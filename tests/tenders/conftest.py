"""The pages are shown the day after everything was published."""

from __future__ import annotations

import pytest
import time_machine

from tests.tenders.pages import LATER


@pytest.fixture
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield
