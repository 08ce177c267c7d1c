"""An age file of one shape: to one X25519 recipient, with that one stanza and nothing drawn but keys (age-encryption.org/v1).

`pyrage` adds a stanza of random length that means nothing ("grease") to each file, and the browser's program adds none.
What must not be told apart by who made it, a bid's wraps and those of nobody's bid, is therefore written here by both.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rodatraden.core.message import say
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.identity import is_recipient, public_half

if TYPE_CHECKING:
    from typing import Final

LONGEST: Final = 64 * 1024
"""One chunk of age's STREAM."""
_KEY = 32
_FILE_KEY = 16
_VERSION = "age-encryption.org/v1"
_WRAP_NONCE = bytes(12)
_LAST_CHUNK = bytes(11) + b"\x01"


def seal_to(recipient: str, plain: bytes) -> bytes:
    """Return at most `LONGEST` bytes encrypted to one recipient (age1…); the length follows from that of `plain` alone.

    Raises:
        PackageError: the recipient is no public age key.
        ValueError: `plain` is longer than one chunk.
    """
    if len(plain) > LONGEST:
        raise ValueError(len(plain))
    if not is_recipient(recipient):
        raise PackageError(PackageFault.RECIPIENT, say("The key to seal with is not a public age key."))
    public = public_half(recipient)
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    drawn = ChaCha20Poly1305.generate_key()
    file_key, nonce = drawn[:_FILE_KEY], drawn[_FILE_KEY:]
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    wrap_key = _derived(shared, salt=share + public, info=f"{_VERSION}/X25519")
    stanza = _text(ChaCha20Poly1305(wrap_key).encrypt(_WRAP_NONCE, file_key, None))
    header = f"{_VERSION}\n-> X25519 {_text(share)}\n{stanza}\n---".encode()
    mac = HMAC(_derived(file_key, salt=b"", info="header"), SHA256())
    mac.update(header)
    payload_key = _derived(file_key, salt=nonce, info="payload")
    payload = ChaCha20Poly1305(payload_key).encrypt(_LAST_CHUNK, plain, None)
    return header + f" {_text(mac.finalize())}\n".encode() + nonce + payload


def _derived(secret: bytes, *, salt: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt or None, info=info.encode()).derive(secret)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
