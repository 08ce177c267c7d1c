"""`rodatraden verify`: check receipts, proofs and an exported event log; the same file runs alone on any machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.ledger.offline import check_files

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Answer 0 when all files hold by the key named, 1 when one does not, 2 when one can't be read, 3 when no key was named."""
    return check_files(options)
