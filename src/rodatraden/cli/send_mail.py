"""`rodatraden send-mail`: send what lies in the outbox; run it every minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.cli.words import _
from rodatraden.config import clock
from rodatraden.records.actions import send_mail
from rodatraden.records.queries import unsent_mail

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Send, say how many went and how many are left, and answer 0 when none are left."""
    del options
    sent = send_mail(by=None, at=clock.now())
    left = unsent_mail().count()
    print(_("Sent: {sent}. Left: {left}.").format(sent=sent, left=left))
    return int(left > 0)
