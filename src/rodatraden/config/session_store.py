"""Where sessions lie: in rows that say whose they are, so that a person can be shown their own and end them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as RowStore

if TYPE_CHECKING:
    from rodatraden.parties.models import Session


class SessionStore(RowStore):
    """Django's own store, which writes down too who has signed in; a new key for a session keeps it so."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        from rodatraden.parties.models import Session  # noqa: PLC0415 -- settings name this module before models are loaded

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row as it is to be written."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of the class above
        row.person_id = data.get(SESSION_KEY)
        return row
