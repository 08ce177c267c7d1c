"""What the database may hold of a secret: encrypted, with a key that lies outside it (`secrets/django`)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def cipher(purpose: str) -> Fernet:
    """Return the cipher of one `purpose`, the module that keeps it: what was encrypted for one is nothing to another."""
    return Fernet(urlsafe_b64encode(sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()))


class SecretText(models.TextField):  # type: ignore[type-arg]  # it takes none where it runs
    """A text that the database, and a backup of it, keeps encrypted; it can be read by row and not be searched for."""

    def get_prep_value(self, value: Any) -> Any:
        """Return what is written of a text."""
        text = super().get_prep_value(value)
        return text if text is None else self._cipher.encrypt(text.encode()).decode()

    def from_db_value(self, value: str | None, expression: object, connection: BaseDatabaseWrapper) -> str | None:
        """Return the text of what was written; nothing of what was written under another secret, or changed."""
        del expression, connection
        try:
            return value if value is None else self._cipher.decrypt(value).decode()
        except InvalidToken:
            return ""

    def get_lookup(self, lookup_name: str) -> None:
        """Refuse every comparison: what is encrypted is never the same twice, so that it would silently find nothing."""

    @property
    def _cipher(self) -> Fernet:
        return cipher(f"{self.model._meta.label_lower}.{self.name}")  # noqa: SLF001 -- Django's public name for it
