"""age files of one shape: to one X25519 recipient, with that one stanza and nothing drawn but keys (age-encryption.org/v1).

`pyrage` adds a stanza of random length that means nothing ("grease") to each file, and the browser's program adds none.
What must not be told apart by who made it, a bid's wraps and those of nobody's bid, is therefore written here by both;
and a bid's parts, since this takes a tenth of the time (bench/README.md). The payload is age's STREAM: chunks of 64 KiB,
each under ChaCha20-Poly1305 with its number and whether it is the last, so that none can be moved, left out or added.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pyrage
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rodatraden.core.message import say
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.identity import NotOpenedError, is_recipient, key_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    Bytes = bytes | bytearray | memoryview

CHUNK: Final = 64 * 1024
"""What one chunk of age's STREAM holds; only the last is shorter, and it is empty only where there is nothing at all."""
TAG: Final = 16
NONCE: Final = 16
_KEY = 32
_FILE_KEY = 16
_VERSION = "age-encryption.org/v1"
_WRAP_NONCE = bytes(12)
_COUNTER = 11
_TEXT = rb"([A-Za-z0-9+/]{43})"
"""32 bytes in base64 without its padding."""
_HEADER = re.compile(
    _VERSION.encode().replace(b".", rb"\.") + rb"\n-> X25519 " + _TEXT + rb"\n" + _TEXT + rb"\n--- " + _TEXT + rb"\n"
)
HEADER: Final = len(f"{_VERSION}\n-> X25519 \n\n--- \n") + 3 * 43
"""The length of a header of that one shape."""


def sealed_size(size: int) -> int:
    """Return how long a file of this shape is that holds `size` bytes."""
    return HEADER + NONCE + size + TAG * max(1, -(-size // CHUNK))


def seal_to(recipient: str, plain: Bytes) -> bytes:
    """Return `plain` encrypted to one recipient (age1…); the length follows from that of `plain` alone.

    Raises:
        PackageError: the recipient is no public age key.
    """
    room = bytearray(sealed_size(len(plain)))
    seal_into(room, recipient, plain)
    return bytes(room)


def seal_into(room: bytearray | memoryview, recipient: str, plain: Bytes) -> None:
    """Fill `room`, which is `sealed_size(len(plain))` bytes, with `plain` encrypted to one recipient.

    Raises:
        PackageError: the recipient is no public age key.
        ValueError: the room has another size.
    """
    if len(room) != sealed_size(len(plain)):
        raise ValueError(len(room))
    if not is_recipient(recipient):
        raise PackageError(PackageFault.RECIPIENT, say("The key to seal with is not a public age key."))
    public = key_bytes(recipient)
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    drawn = ChaCha20Poly1305.generate_key()
    file_key, nonce = drawn[:_FILE_KEY], drawn[_FILE_KEY:]
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    stanza = _wrapping(shared, share, public).encrypt(_WRAP_NONCE, file_key, None)
    header = f"{_VERSION}\n-> X25519 {_text(share)}\n{_text(stanza)}\n---".encode()
    start = header + f" {_text(_mac(file_key, header).finalize())}\n".encode() + nonce
    cipher = _payload_cipher(file_key, nonce)
    room[: len(start)] = start
    with memoryview(plain) as source, memoryview(room) as target:
        at = len(start)
        for begin, end, number in _chunks(len(plain)):
            at += cipher.encrypt_into(number, source[begin:end], None, target[at : at + end - begin + TAG])


def open_into(room: bytearray | memoryview, identity: str, sealed: Bytes) -> int:
    """Write what an age file holds into `room`, and return its length; `identity` is a private key, AGE-SECRET-KEY-1….

    A header of another shape, with stanzas of other recipients or of grease, is read by `pyrage`.

    Raises:
        NotOpenedError: it is no age file, sealed to another key, changed or cut off, or holds more than there is room
            for. What is in `room` by then must not be used.
    """
    found = _HEADER.match(sealed)
    if not found:
        return _opened_by_pyrage(room, identity, sealed)
    try:
        share, stanza, mac = (_decoded(text) for text in found.groups())
        private = X25519PrivateKey.from_private_bytes(key_bytes(identity))
        public = private.public_key().public_bytes_raw()
        shared = private.exchange(X25519PublicKey.from_public_bytes(share))
        file_key = _wrapping(shared, share, public).decrypt(_WRAP_NONCE, stanza, None)
        _mac(file_key, bytes(sealed[: found.start(3) - 1])).verify(mac)
        with memoryview(sealed) as source, memoryview(room) as target:
            return _opened_payload(target, file_key, source[found.end() :])
    except (InvalidTag, InvalidSignature, ValueError) as error:
        raise NotOpenedError from error


def _opened_payload(room: memoryview, file_key: bytes, payload: memoryview) -> int:
    """Decrypt a nonce and its chunks into `room`.

    Raises:
        InvalidTag: a chunk is not the one of its place.
        ValueError: there is not enough room, or no last chunk.
    """
    cipher, at = _payload_cipher(file_key, bytes(payload[:NONCE])), NONCE
    whole = len(payload) - NONCE
    count = max(1, -(-whole // (CHUNK + TAG)))
    size = whole - count * TAG
    if size < 0 or -(-size // CHUNK) != count - (size == 0) or size > len(room):
        msg = "No stream of that length"
        raise ValueError(msg)
    for begin, end, number in _chunks(size):
        at_end = at + end - begin + TAG
        cipher.decrypt_into(number, payload[at:at_end], None, room[begin:end])
        at = at_end
    return size


def _chunks(size: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each chunk of so many bytes begins and ends, and its nonce; there is one also of nothing."""
    for number, begin in enumerate(range(0, max(1, size), CHUNK)):
        end = min(begin + CHUNK, size)
        yield begin, end, number.to_bytes(_COUNTER) + (b"\x01" if end == size else b"\x00")


def _opened_by_pyrage(room: bytearray | memoryview, identity: str, sealed: Bytes) -> int:
    try:
        plain = pyrage.decrypt(bytes(sealed), [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise NotOpenedError from error
    if len(plain) > len(room):
        raise NotOpenedError
    room[: len(plain)] = plain
    return len(plain)


def _wrapping(shared: bytes, share: bytes, public: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(shared, salt=share + public, info=f"{_VERSION}/X25519"))


def _mac(file_key: bytes, header: bytes) -> HMAC:
    mac = HMAC(_derived(file_key, salt=b"", info="header"), SHA256())
    mac.update(header)
    return mac


def _payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(file_key, salt=nonce, info="payload"))


def _derived(secret: bytes, *, salt: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt or None, info=info.encode()).derive(secret)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _decoded(text: bytes) -> bytes:
    """Return the 32 bytes that a text tells in the one way in which they are written.

    Raises:
        ValueError: they would be written otherwise.
    """
    data = base64.b64decode(text + b"=", validate=True)
    if _text(data).encode() != text:
        msg = "Not canonical"
        raise ValueError(msg)
    return data
