"""`rodatraden manage …`: Django's own commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management import execute_from_command_line

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Hand the rest of the line over to Django, which answers by itself when something is wrong."""
    execute_from_command_line(["rodatraden manage", *options.rest])
    return 0
