"""The database before anybody works in it: brought up to date, and asked whether it is empty."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from rodatraden.cli.words import StopError, _
from rodatraden.config.place import Mode, mode, set_mode
from rodatraden.parties.models import Organisation


def is_behind() -> bool:
    """Whether the code has migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Apply what the database lacks."""
    if is_behind():
        call_command("migrate", verbosity=0, interactive=False)


def is_empty(*, is_new: bool) -> bool:
    """Whether nobody has registered yet; `is_new` when the data folder got its mode just now.

    Raises:
        StopError: a folder that was just taken for the example's has a database with other people in it.
    """
    if not Organisation.objects.exists():
        return True
    if is_new and mode() is Mode.DEMO:
        set_mode(None)
        raise StopError(_("The database holds data already that is not the example. Run: ./run --empty"))
    return False
