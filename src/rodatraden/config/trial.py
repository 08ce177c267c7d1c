"""The server tries its own stamp: whether it says when a bid's last byte came while all that could hold it up is busy.

As many uploads as the server has threads are begun and not ended; then comes as much as hands in an ordinary bid, whose last
byte is held back for a while and whose instant is known. A stamp that is taken when the request begins is early by the holding, one that is taken when
a thread is free is late by the uploads (docs/rules/arrival.md).
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from rodatraden.config import clock

if TYPE_CHECKING:
    from collections.abc import Callable

HAND_IN, UPLOAD = b" " * 160_000, b" " * 65_536
HELD = 0.3
"""Seconds for which the last byte is held back, and for which the uploads go on after it."""
PATIENCE = 60.0
"""Seconds for an answer."""
TOKEN = "t" * 32


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: which means the stamp rested on, and how many milliseconds it was late."""

    source: str
    off_ms: int


def try_stamp(address: str, *, uploads: int, wait: Callable[[float], object] = time.sleep) -> Trial:
    """Try the stamp of the server at `address` (a URL's beginning) beside so many uploads.

    Raises:
        OSError: it can't be reached, or did not answer.
        ValueError: it answered something else.
    """
    with ExitStack() as stack:
        busy = [stack.enter_context(_begun(address, UPLOAD, held=len(UPLOAD) // 2)) for _ in range(uploads)]
        wait(HELD)
        line = stack.enter_context(_begun(address, HAND_IN, held=1))
        wait(HELD)
        sent_at = clock.now()
        line.sendall(HAND_IN[-1:])
        wait(HELD)
        for each in busy:
            each.sendall(UPLOAD[len(UPLOAD) // 2 :])
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    try:
        told = json.loads(body)
        off = datetime.fromisoformat(told["at"]) - sent_at
        return Trial(str(told["source"]), round(off.total_seconds() * 1000))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(head.decode("latin-1").partition("\r\n")[0]) from error


def _begun(address: str, body: bytes, *, held: int) -> socket.socket:
    """Return a connection on which all but the last `held` bytes of a request have been sent."""
    parts = urlsplit(address)
    is_safe = parts.scheme == "https"
    line: socket.socket = socket.create_connection(
        (parts.hostname or "localhost", parts.port or (443 if is_safe else 80)), timeout=PATIENCE
    )
    if is_safe:
        line = ssl.create_default_context().wrap_socket(line, server_hostname=parts.hostname)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # What is not taken in yet waits in the kernel, and this program does not wait for it.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, len(body))
    lines = (
        f"POST {reverse('records:stamp')} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Referer: {address}/",
        f"Cookie: {settings.CSRF_COOKIE_NAME}={TOKEN}",
        f"X-CSRFToken: {TOKEN}",
        f"X-Trial: {settings.STAMP_TRIAL_SECRET}",
        "Content-Type: application/octet-stream",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    line.sendall("\r\n".join((*lines, "", "")).encode() + body[:-held])
    return line
