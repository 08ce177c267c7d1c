"""Whether the database holds what it says that it has written, also when the power goes."""

from __future__ import annotations

from django.db import connection

KEEPS = {
    "sqlite": {
        "journal_mode": {"wal", "delete", "truncate", "persist"},
        "synchronous": {"2", "3"},
    },
    "postgresql": {
        "fsync": {"on"},
        "full_page_writes": {"on"},
        "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
    },
}
"""Settings by which what is committed lies on the disk: SQLite's FULL is 2, EXTRA 3 (docs/decisions/databases.md)."""


def unsafe_settings() -> list[str]:
    """Return the settings, as `name=value`, by which a power cut could take what the database has said is written."""
    ask = {"sqlite": "PRAGMA {}", "postgresql": "SHOW {}"}[connection.vendor]
    found = []
    with connection.cursor() as cursor:
        for name, kept_by in KEEPS[connection.vendor].items():
            cursor.execute(ask.format(name))
            value = str(cursor.fetchone()[0])
            if value not in kept_by:
                found.append(f"{name}={value}")
    return found
