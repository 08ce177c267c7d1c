"""Where sessions lie: in rows that say whose they are, so that a person can be shown their own and end them.

The cookie keeps the key, a row only its hash: who reads the database or a backup can take over nobody's session. A key has
165 random bits, so that one round of SHA-256 is enough. What a session holds is encrypted, and for its own row: copied to
another row, or under another key or name, it opens nothing. A row keeps its `mark` when it gets another key: what names a
session for ending it still does, whatever the session is doing just then.
"""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, SessionBase, UpdateError
from django.core.signing import JSONSerializer
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.crypto import get_random_string

from rodatraden.config import clock
from rodatraden.ui.at_rest import cipher

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cryptography.fernet import Fernet
    from django.db.models import QuerySet

    from rodatraden.parties.models import Session

log = logging.getLogger("rodatraden.security")
LENGTH = 32
"""Signs of a key, of 36 kinds each: 165 bits, so that no two are alike."""


def hashed(key: str) -> str:
    """Return what a row keeps of a session's key; whatever a cookie holds has a hash."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


class SessionStore(SessionBase):
    """The engine of `settings`, with each statement on its own: what has been ended meanwhile is not written again."""

    _mark: UUID | None = None

    @property
    def mark(self) -> UUID | None:
        """What names the session under every key that it gets; nothing names one that is not there."""
        self._get_session()  # type: ignore[attr-defined]  # Django's own: its stubs lack it
        return self._mark

    def load(self) -> dict[str, Any]:
        """Return what the session holds: nothing, and it has no key, when it is over or never was, or was written by others."""
        row = _rows(self.session_key).filter(expire_date__gt=clock.machine_time()).first()
        held = held_in(row) if row else None
        if row is None or held is None:
            self._session_key = None
            return {}
        self._mark = row.mark
        return held

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
        row = self._row(held, self.session_key)
        try:
            with transaction.atomic():
                if must_create:
                    self._mark = _table().objects.create(**row).mark
                elif not _rows(self.session_key).update(**row):
                    raise UpdateError
        except IntegrityError as error:
            raise (CreateError if must_create else UpdateError) from error
        except DatabaseError as error:
            if must_create:
                raise
            raise UpdateError from error

    def cycle_key(self) -> None:
        """Give the session another key in its row; one that has been swept and was nobody's begins anew.

        It is one statement, so that an ending at the same time comes before or after it and holds in both cases. It writes
        what the session holds as well, which is encrypted for the row with its key.

        Raises:
            UpdateError: it is somebody's and has been ended, from another browser or for everybody.
        """
        is_somebodys = SESSION_KEY in self  # which reads it
        key = get_random_string(LENGTH, VALID_KEY_CHARS)
        row = self._row(dict(self.items()), key)
        if self.session_key is not None and _rows(self.session_key).update(**row):
            self._session_key = key
            self.modified = True
        elif is_somebodys and self.session_key is not None:
            raise UpdateError
        else:
            self.create()

    def delete(self, session_key: str | None = None) -> None:
        """End the session that has the key; this one, whatever key it has got meanwhile, when none is named."""
        if session_key is None and self._mark is not None:
            end(_table().objects.filter(mark=self._mark))
        else:
            end(_rows(session_key or self.session_key))

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the rows of sessions that are over."""
        end(_table().objects.filter(expire_date__lt=clock.machine_time()))

    def _row(self, held: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return the columns of a session that holds this, under that key."""
        return {
            "key_sha256": hashed(key),
            "session_data": _cipher(hashed(key)).encrypt(JSONSerializer().dumps(held)).decode(),
            "expire_date": self.get_expiry_date(),
            "person_id": held.get(SESSION_KEY),
        }


def end(rows: QuerySet[Session]) -> int:
    """End the sessions in `rows`, in one statement that names them by what they are, never by their keys; return how many."""
    return rows.delete()[0]


def held_in(row: Session) -> dict[str, Any] | None:
    """Return what a session holds; nothing when its row is not as the engine wrote it, or was written with another secret."""
    held: dict[str, Any] | None
    try:
        held = JSONSerializer().loads(_cipher(row.key_sha256).decrypt(row.session_data.encode()))
    except InvalidToken:
        held = None
    if held is not None and held.get(SESSION_KEY) == (row.person_id and str(row.person_id)):
        return held
    log.warning("session refused: its row was written by something else, or with another secret: mark=%s", row.mark)
    return None


def _cipher(key_sha256: str) -> Fernet:
    """Return the cipher of one row: what it holds opens nowhere else, and under no other key."""
    return cipher(f"{__name__}:{key_sha256}")


def _rows(key: str | None) -> QuerySet[Session]:
    return _table().objects.filter(key_sha256=hashed(key)) if key else _table().objects.none()


def _table() -> type[Session]:
    from rodatraden.parties.models import Session  # noqa: PLC0415 -- settings name this module before models are loaded

    return Session
