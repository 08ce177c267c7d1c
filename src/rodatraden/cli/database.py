"""The database before anybody works in it: brought up to date, and asked whether it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from rodatraden.cli.words import StopError, _
from rodatraden.config.place import Mode, mode, set_mode
from rodatraden.parties.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence


COLUMNS = {
    "sqlite": "SELECT tables.name, columns.name FROM sqlite_master tables, pragma_table_info(tables.name) columns",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()",
}


def is_behind() -> bool:
    """Whether the code has migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Apply what the database lacks.

    Raises:
        StopError: it has been brought up to date by another program than this one, and lacks columns all the same.
    """
    if is_behind():
        call_command("migrate", verbosity=0, interactive=False)
    if columns := lacking():
        raise StopError(of_another_program(columns))


def lacking() -> list[str]:
    """Name the columns that the program writes and the database has not.

    Until the first version is released its tables are written anew and not changed, so that a folder made before can say
    that it lacks nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor])
        there = {f"{table}.{column}" for table, column in cursor.fetchall()}
    columns = (
        f"{model._meta.db_table}.{field.column}"  # noqa: SLF001 -- Django's public name for it
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy  # noqa: SLF001 -- as above
        for field in model._meta.local_concrete_fields  # noqa: SLF001 -- as above
    )
    return sorted(column for column in columns if column not in there)


def of_another_program(columns: Sequence[str]) -> str:
    """Return the sentence that names what is missing."""
    words = _(
        "The database was made by an earlier program than this one, before the first release: it lacks {columns}. "
        "Begin with an empty folder (RODATRADEN_DATA_DIR), or go on with the program that made it."
    )
    most = 3
    return words.format(columns=", ".join([*columns[:most], *(["…"] if len(columns) > most else [])]))


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
