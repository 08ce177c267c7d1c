"""Each column of an exported log, and each kind of change, by whoever holds the file: ten thousand of them, all named (INV-32).

Always all of them, since it is quick in memory; with a database, receipts and proofs around it: `test_ledger_altered`.
"""

from __future__ import annotations

from random import Random

from rodatraden.core.ledger.offline import Unproven, check_log
from tests.core.ledger.exported import KEY, export, mutate


def test_inv_32_every_one_of_ten_thousand_mutations_is_named():
    chance = Random(32)
    good = export(28)
    places = [at for at, line in enumerate(good) if "index" in line]
    missed = []
    for number in range(10_000):
        lines = list(good)
        what = mutate(lines, places, chance)
        try:
            check_log(lines, KEY)
        except Unproven:
            continue
        missed.append((number, what))
    assert missed == []
