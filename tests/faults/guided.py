"""One reader of bids, receipts and logs, fed with bytes that are led by what its lines do (atheris, libFuzzer): never returns.

    python -m tests.faults.guided READER FOLDER SECONDS

FOLDER holds what it reads as it should be, and gets what leads further. It ends with 0 when each input was read or refused in words,
within a second and in little memory.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["rodatraden.core"]):
    from rodatraden.core.ledger.offline import Unproven
    from rodatraden.core.sealing import PackageError
    from tests.faults.test_parsers import WITHOUT_FORM, good

MEGABYTES, SECONDS_FOR_ONE = 512, 5
"""Where more is a fault: of memory for the whole process, of time for one input on a busy machine."""


def main(name: str, folder: str, seconds: str) -> None:
    whole = {read.__name__: (read, data) for read, data in good().items()}
    read, data = whole[name]
    for number, each in enumerate([data, *WITHOUT_FORM]):
        (Path(folder) / f"given-{number}").write_bytes(each)

    def one(tried: bytes) -> None:
        try:
            read(tried)
        except (PackageError, Unproven):
            return

    limits = [f"-max_total_time={seconds}", f"-timeout={SECONDS_FOR_ONE}", f"-rss_limit_mb={MEGABYTES}"]
    room = [f"-max_len={2 * len(data) + 4096}", f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    atheris.Setup([name, *limits, *room, folder], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
