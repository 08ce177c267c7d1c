"""Time is an argument: only config/clock.py reads the clock, and the core takes no chances."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import Module, assert_none, dotted, modules, planted

THE_CLOCK = "config/clock.py"
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.strftime",
    "django.utils.timezone.now",
    "django.db.models.functions.Now",
    "django.db.models.functions.datetime.Now",
}
# These convert the instant they are given, and read the clock when they are given none.
CLOCKS_WITHOUT_ARGUMENT = {"django.utils.timezone.localtime", "django.utils.timezone.localdate"}
CHANCE = {"uuid.uuid1", "uuid.uuid4"}


def clock_reads(module: Module) -> list[str]:
    """List where a module reads a clock, also through an import under another name."""
    if module.place == THE_CLOCK:
        return []
    names = module.names
    given_an_instant = {
        id(node.func) for node in module.nodes if isinstance(node, ast.Call) and (node.args or node.keywords)
    }
    found = []
    for node in module.nodes:
        name = dotted(node, names)
        if name in CLOCKS or (name in CLOCKS_WITHOUT_ARGUMENT and id(node) not in given_an_instant):
            found.append(f"{module.at(node)}: {name} reads the clock; take `at`, or `request.now` in a view")
        if module.room == "core" and name in CHANCE:
            found.append(f"{module.at(node)}: {name} is chance; take it as an argument")
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            found.append(
                f"{module.at(node.value)}: {node.arg} reads the clock behind the verb's back; set it from `at`"
            )
    return found


def test_only_the_clock_reads_the_clock() -> None:
    assert_none(line for module in modules() for line in clock_reads(module))


@pytest.mark.parametrize(
    "code",
    [
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.datetime.now(tz=dt.UTC)",
        "from datetime import datetime\ndatetime.utcnow()",
        "from datetime import date as d\nx = d.today()",
        "from time import time\ntime()",
        "from django.utils import timezone\ntimezone.now()",
        "from django.utils.timezone import now as then\nF(default=then)",
        "from django.utils import timezone\ntimezone.localdate()",
        "from django.utils import timezone\nF(default=timezone.localtime)",
        "from django.db.models.functions import Now\nx.filter(a__lt=Now())",
        "from django.db import models\nx = models.DateTimeField(auto_now_add=True)",
    ],
)
def test_a_planted_clock_is_caught(code: str) -> None:
    assert len(clock_reads(planted("bids/queries.py", code))) == 1
    assert clock_reads(planted(THE_CLOCK, code)) == []


def test_planted_chance_in_the_core_is_caught() -> None:
    code = "from uuid import UUID, uuid4\nx: UUID = uuid4()"
    assert len(clock_reads(planted("core/ledger/leaf.py", code))) == 1
    assert clock_reads(planted("bids/models.py", code)) == []


def test_converting_an_instant_is_no_clock() -> None:
    code = (
        "from django.utils import timezone\nfrom time import perf_counter\ntimezone.localtime(at).date(), self.now, now"
    )
    assert clock_reads(planted("bids/queries.py", code)) == []
