"""What the database may hold of a secret: encrypted, with a key that lies outside it (`secrets/django`)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet
from django.conf import settings


def cipher(purpose: str) -> Fernet:
    """Return the cipher of one `purpose`, the module that keeps it: what was encrypted for one is nothing to another."""
    return Fernet(urlsafe_b64encode(sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()))
