"""How long a whole check of a long log takes, and a receipt in it: `python bench/ledger.py [--entries N] [--json]`.

A log of a million entries, every eighth with a body. It is checked as `rodatraden check` does it, out of an SQLite file; as
an outsider does it with `kontrollera.py`, from the file of an export without bodies, and of one with them. Target: 10 s each, of
processor time, since other work on the machine says nothing of ours. Then receipts are signed in it, each after its cover.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
ENTRIES, BODIES, AT_ONCE, RECEIPTS, TARGET = 1_000_000, 8, 5_000, 200, 10.0


def fill(number: int) -> None:
    """Write a log as its verbs would have, without their transactions."""
    from rodatraden.config import clock  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.core.ledger import PARTS, commitments, cover_leaf  # noqa: PLC0415 -- as above
    from rodatraden.records.models import LedgerBody, LedgerEntry  # noqa: PLC0415 -- as above
    from rodatraden.records.queries import as_body  # noqa: PLC0415 -- as above

    at = clock.machine_time()
    for begin in range(0, number, AT_ONCE):
        entries, bodies = [], []
        for index in range(begin, min(begin + AT_ONCE, number)):
            if index % BODIES:
                leaf = cover_leaf(os.urandom(96))
            else:
                body = LedgerBody(
                    index=index, event="bench", object_type="x", object_id=UUID(int=index), at=at, what='{"n":1}',
                    salts=json.dumps({part: os.urandom(32).hex() for part in PARTS}),
                )  # fmt: skip
                told = as_body(body)
                leaf = commitments(told.salts, told.parts)
                bodies.append(body)
            entries.append(LedgerEntry(index=index, leaf=leaf.text, leaf_hash=leaf.hash))
        LedgerEntry.objects.bulk_create(entries)
        LedgerBody.objects.bulk_create(bodies)


def main() -> None:
    """Fill, check in both ways, and print what it took."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--entries", type=int, default=ENTRIES)
    reader.add_argument("--json", action="store_true")
    options = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"RODATRADEN_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "rodatraden.config.settings"}
        import django  # noqa: PLC0415 -- after the environment

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 -- Django is set up by now

        from rodatraden.core.ledger.offline import main as main_offline  # noqa: PLC0415 -- as above
        from rodatraden.records.actions import sign_export  # noqa: PLC0415 -- as above
        from rodatraden.records.queries import exported, verify_ledger  # noqa: PLC0415 -- as above
        from rodatraden.records.queries.ledger import own_key  # noqa: PLC0415 -- as above

        call_command("migrate", verbosity=0)
        fill(options.entries)
        sign_export()  # writes the tiles down
        found = {"entries": options.entries, "hashes_alone_s": took(lambda: hashed(options.entries))}
        found["rows_s"] = took(lambda: verify_ledger() is None)
        for name, with_bodies in (("export_s", False), ("export_with_bodies_s", True)):
            path = Path(folder) / name
            with path.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in exported(head=sign_export(), with_bodies=with_bodies))
            arguments = ["--key", str(own_key()), str(path)]
            found[name] = took(lambda: main_offline(arguments) == 0)  # noqa: B023 -- called at once
        found |= receipts()
    found["target_s"] = TARGET
    print(json.dumps(found) if options.json else "\n".join(f"{name:>22} {value}" for name, value in found.items()))


def took(check: Callable[[], bool]) -> float:
    """Return the seconds of processor time that a check takes, which must hold."""
    begun = process_time()
    assert check()
    return round(process_time() - begun, 1)


def hashed(number: int) -> bool:
    """Make the hashes of so many leaves and nodes and nothing else: what the machine is worth while it is measured."""
    leaf, node = bytes(234), bytes(65)
    for _ in range(number):
        sha256(leaf).hexdigest()
        sha256(node).digest()
    return True


def receipts() -> dict[str, float]:
    """Sign receipts after their cover: what one takes of the processor, and its queries."""
    from django.db import connection, transaction  # noqa: PLC0415 -- Django is set up by now
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- as above

    from rodatraden.config import clock  # noqa: PLC0415 -- as above
    from rodatraden.parties.models import Organisation  # noqa: PLC0415 -- as above
    from rodatraden.records.actions import record_cover, record_event, sign_receipt  # noqa: PLC0415 -- as above

    at, of, seconds, queries = clock.machine_time(), Organisation(name="x"), 0.0, 0
    for _ in range(RECEIPTS):
        with transaction.atomic():
            record_cover()
            event = record_event("bid_withdrawn", of=of, by=None, at=at)
            begun = process_time()
            with CaptureQueriesContext(connection) as read:
                sign_receipt(receipt={"what": "withdrawn"}, event=event)
            seconds, queries = seconds + process_time() - begun, queries + len(read)
    return {"receipt_ms": round(1000 * seconds / RECEIPTS, 2), "receipt_queries": round(queries / RECEIPTS, 1)}


if __name__ == "__main__":
    main()
