"""The room `records` as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """The ledger, stored files, the diary, idempotency and outgoing mail."""

    name = "rodatraden.records"

    def ready(self) -> None:
        """Restore the ledger's triggers after every migration, and write down what `parties` does and sends."""
        from rodatraden.parties.actions import happened, letter  # noqa: PLC0415 -- models are loaded by now

        post_migrate.connect(_after_migration, sender=self)
        happened.connect(_after_party_verb)
        letter.connect(_letter_of_parties)


def _after_migration(**_: Any) -> None:
    from rodatraden.records.actions import restore_ledger_triggers  # noqa: PLC0415 -- models are loaded by now

    restore_ledger_triggers()


def _after_party_verb(*, event: str, of: Any, by: Any, at: Any, what: Any, **_: Any) -> None:
    from rodatraden.records.actions import record_event  # noqa: PLC0415 -- models are loaded by now

    record_event(event, of=of, by=by, at=at, what=what)


def _letter_of_parties(*, to: str, subject: str, text: str, by: Any, at: Any, **_: Any) -> None:
    from rodatraden.records.actions import write_mail  # noqa: PLC0415 -- models are loaded by now

    write_mail(to=to, subject=subject, text=text, by=by, at=at)
