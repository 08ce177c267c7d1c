"""Where sessions lie: in rows that say whose they are, so that a person can be shown their own and end them.

The cookie keeps the key, a row only its hash: who reads the database or a backup can take over nobody's session. A key has
165 random bits, so that one round of SHA-256 is enough. A row keeps its `mark` when it gets another key: what names a
session for ending it still does, whatever the session is doing just then.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.crypto import get_random_string

from rodatraden.config import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rodatraden.parties.models import Session


LENGTH = 32
"""Signs of a key, of 36 kinds each: 165 bits, so that no two are alike."""


def hashed(key: str) -> str:
    """Return what a row keeps of a session's key; whatever a cookie holds has a hash."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


class SessionStore(SessionBase):
    """The engine of `settings`, with each statement on its own: what has been ended meanwhile is not written again."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds: nothing, and it has no key, when it is over or never was."""
        row = _rows(self.session_key).filter(expire_date__gt=clock.machine_time()).first()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Whether a session has the key."""
        return _rows(session_key).exists()

    def create(self) -> None:
        """Begin a session with a key that nobody has had."""
        self._session_key = get_random_string(LENGTH, VALID_KEY_CHARS)
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's own way to say it
        """Write the session, and whose it is.

        Raises:
            CreateError: it is to be a new one, and is there.
            UpdateError: it has been ended, or the database has failed.
        """
        if self.session_key is None:
            self.create()
            return
        held = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # Django's own: its stubs lack it
        written = {
            "session_data": self.encode(held),
            "expire_date": self.get_expiry_date(),
            "person_id": held.get(SESSION_KEY),
        }
        try:
            with transaction.atomic():
                if must_create:
                    _table().objects.create(key_sha256=hashed(self.session_key), **written)
                elif not _rows(self.session_key).update(**written):
                    raise UpdateError
        except IntegrityError as error:
            raise (CreateError if must_create else UpdateError) from error
        except DatabaseError as error:
            if must_create:
                raise
            raise UpdateError from error

    def cycle_key(self) -> None:
        """Give the session another key in its row; one that has been swept and was nobody's begins anew.

        It is one statement, so that an ending at the same time comes before or after it and holds in both cases.

        Raises:
            UpdateError: it is somebody's and has been ended, from another browser or for everybody.
        """
        is_somebodys = SESSION_KEY in self  # which reads it
        key = get_random_string(LENGTH, VALID_KEY_CHARS)
        if self.session_key is not None and _rows(self.session_key).update(key_sha256=hashed(key)):
            self._session_key = key
            self.modified = True
        elif is_somebodys and self.session_key is not None:
            raise UpdateError
        else:
            self.create()

    def delete(self, session_key: str | None = None) -> None:
        """End the session that has the key, this one when none is named; what is gone already stays so."""
        end(_rows(session_key or self.session_key))

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the rows of sessions that are over."""
        end(_table().objects.filter(expire_date__lt=clock.machine_time()))


def end(rows: QuerySet[Session]) -> int:
    """End the sessions in `rows`, in one statement that names them by what they are, never by their keys; return how many."""
    return rows.delete()[0]


def _rows(key: str | None) -> QuerySet[Session]:
    return _table().objects.filter(key_sha256=hashed(key)) if key else _table().objects.none()


def _table() -> type[Session]:
    from rodatraden.parties.models import Session  # noqa: PLC0415 -- settings name this module before models are loaded

    return Session
