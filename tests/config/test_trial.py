"""The server tries its own stamp: one that tells the last byte is exact, and one that tells anything else is found out."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from rodatraden.config import clock
from rodatraden.config.trial import HELD, try_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

UPLOADS = 3
EARLY, LATE = -HELD * 1000 / 2, HELD * 1000 / 2
"""Milliseconds: half of what a wrong stamp must be off, however busy the machine is."""


@contextmanager
def a_server(stamps: str, *, threads: int) -> Iterator[str]:
    """Serve with so many threads, and stamp with when the head came, when the last byte came, or when a thread was free."""

    def answer(line: socket.socket) -> None:
        with line:
            data = b""
            while b"\r\n\r\n" not in data:
                data += line.recv(65_536)
            head_at = clock.now()
            head, _, body = data.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            while len(body) < length:
                body += line.recv(65_536)
            at = head_at if stamps == "head" else clock.now()
            told = json.dumps({"at": at.isoformat(), "source": stamps}).encode()
            line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + told)

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(threads) as pool:
        comers = ThreadPoolExecutor(1).submit(
            lambda: [pool.submit(answer, listening.accept()[0]) for _ in range(UPLOADS + 1)]
        )
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        for each in comers.result():
            each.result()


def test_a_stamp_of_the_last_byte_is_exact():
    with a_server("last byte", threads=UPLOADS + 1) as address:
        trial = try_stamp(address, uploads=UPLOADS)
    assert trial.source == "last byte"
    assert EARLY < trial.off_ms < LATE


def test_a_stamp_of_when_the_request_began_is_early_by_the_byte_that_was_held_back():
    with a_server("head", threads=UPLOADS + 1) as address:
        assert try_stamp(address, uploads=UPLOADS).off_ms < EARLY


def test_a_stamp_of_when_a_thread_was_free_is_late_by_the_uploads():
    with a_server("last byte", threads=UPLOADS) as address:
        assert try_stamp(address, uploads=UPLOADS).off_ms > LATE


def test_what_is_no_stamp_is_told_with_the_first_line_of_the_answer():
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:

        def refuse() -> None:
            with listening.accept()[0] as line:
                line.recv(65_536)
                line.sendall(b"HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\n\r\n")
                line.shutdown(socket.SHUT_WR)
                while line.recv(65_536):
                    pass

        answered = pool.submit(refuse)
        with pytest.raises(ValueError, match="301 Moved"):
            try_stamp(f"http://127.0.0.1:{listening.getsockname()[1]}", uploads=0)
        answered.result()


def test_the_address_is_there_for_the_server_itself_alone(client, settings):
    address, secret = reverse("records:stamp"), settings.STAMP_TRIAL_SECRET
    assert client.get(address, headers={"X-Trial": secret}).status_code == 404
    for guess in ("", secret[:-1], "å"):
        assert client.post(address, headers={"X-Trial": guess}).status_code == 404
    told = client.post(address, b" ", content_type="application/octet-stream", headers={"X-Trial": secret}).json()
    assert datetime.fromisoformat(told["at"]) <= clock.now()
