"""Each column of an exported log, and each kind of change, by whoever holds the file: ten thousand of them, all named (INV-32).

Always all of them, since it is quick in memory; with a database, receipts and proofs around it: `test_ledger_altered`.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from random import Random

from rodatraden.core.ledger.offline import Unproven, check_log
from tests.core.ledger.exported import KEY, export, mutate


def test_inv_32_every_one_of_ten_thousand_mutations_is_named_where_it_begins():
    chance = Random(32)
    good = export(28)
    places = [at for at, line in enumerate(good) if "index" in line]
    wrong = []
    for number in range(10_000):
        lines = list(good)
        what = mutate(lines, places, chance)
        try:
            check_log(lines, KEY)
        except Unproven as unproven:
            if is_named(str(unproven), lines, good):
                continue
        wrong.append((number, what))
    assert wrong == []


def is_named(said: str, lines: list[dict], good: list[dict]) -> bool:
    """Return whether the first line that is not the log's own is what is named: by its place, its own number, or in a span."""
    found, own = next((a, b) for a, b in zip_longest(lines, good, fillvalue={}) if a != b)
    if "head" in own and "head" in found:
        return "huvud" in said
    if between := re.search(r"posterna (\d+)–(\d+)", said):
        return int(between[1]) <= own["index"] <= int(between[2])
    named = re.search(r"[Pp]ost (\d+)", said)
    return named is not None and int(named[1]) in {own.get("index"), found.get("index")}
