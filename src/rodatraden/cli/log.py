"""`rodatraden log`: write the event log to a file that the verifier reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rodatraden.cli.words import _
from rodatraden.records.actions import sign_export
from rodatraden.records.queries import exported

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Write a new file that only its owner reads; an old one is never written over.

    Raises:
        FileExistsError: there is such a file.
    """
    number = -1  # the first line is about the log
    descriptor = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for line in exported(head=sign_export(), with_bodies=options.with_bodies):
            file.write(f"{line}\n")
            number += line.startswith('{"body"')
    print(_("{number} entries written to {file}.").format(number=number + 1, file=options.file))
    return 0
