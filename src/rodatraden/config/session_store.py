"""Where sessions lie: in rows that say whose they are, so that a person can be shown their own and end them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.db import transaction

if TYPE_CHECKING:
    from rodatraden.parties.models import Session


class SessionStore(RowStore):
    """Django's own store, which writes down too who has signed in; a new key for a session keeps it so."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        from rodatraden.parties.models import Session  # noqa: PLC0415 -- settings name this module before models are loaded

        return Session

    def cycle_key(self) -> None:
        """Give the session another key, unless it is somebody's that has been ended meanwhile: then it stays ended.

        Raises:
            UpdateError: it has been ended, from another browser or for everybody.
        """
        is_somebodys = SESSION_KEY in self and self.session_key is not None
        with transaction.atomic():
            row = self.get_model_class().objects.select_for_update().filter(session_key=self.session_key)
            if is_somebodys and row.first() is None:
                raise UpdateError
            super().cycle_key()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row as it is to be written."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of the class above
        row.person_id = data.get(SESSION_KEY)
        return row
