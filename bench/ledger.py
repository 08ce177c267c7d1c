"""How long a whole check of a long log takes: `python bench/ledger.py [--entries N] [--json]`.

A log of a million entries, every eighth with a body and a published head for each thousand days' worth, checked as
`rodatraden check` does it, row by row out of an SQLite file, and as the offline verifier does it with an export. Target: 10 s each,
of processor time, since other work on the machine says nothing of ours.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from time import process_time
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
ENTRIES, BODIES, AT_ONCE, TARGET = 1_000_000, 8, 5_000, 10.0


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

        from rodatraden.core.ledger.offline import check_log, read_key  # noqa: PLC0415 -- as above
        from rodatraden.records.actions import sign_export  # noqa: PLC0415 -- as above
        from rodatraden.records.queries import exported, verify_ledger  # noqa: PLC0415 -- as above

        call_command("migrate", verbosity=0)
        fill(options.entries)
        head = sign_export()
        begun = process_time()
        assert verify_ledger() is None
        rows = process_time() - begun
        first, *lines = [json.loads(line) for line in exported(head=head, with_bodies=True)]
        begun = process_time()
        assert check_log(lines, read_key(first["key"])).size == options.entries
        export = process_time() - begun
    found = {"entries": options.entries, "rows_s": round(rows, 1), "export_s": round(export, 1), "target_s": TARGET}
    if options.json:
        print(json.dumps(found))
    else:
        print(
            f"{options.entries} entries: {rows:.1f} s out of the database, {export:.1f} s of an export; target {TARGET} s"
        )


if __name__ == "__main__":
    main()
