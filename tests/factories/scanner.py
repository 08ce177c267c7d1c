"""A scanner that says what a test wants, on a socket as clamd's: what clamd itself says is asked in tests/scanner."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from rodatraden.records.scanner import trade_file

ZIP = b"PK\x03\x04"


@contextmanager
def listening(folder, answer):
    """Where a scanner listens that does `answer(connection)` with each connection."""
    place = str(folder / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen()

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        answer(connection)
                    except OSError:
                        continue

        Thread(target=serve, daemon=True).start()
        yield place
        listener.shutdown(socket.SHUT_RDWR)


def take_all(connection) -> tuple[bytes, bytes]:
    """Read an order and its pieces as clamd does; return the order and the bytes of the file."""
    stream = connection.makefile("rb")
    order = b""
    while not order.endswith(b"\0"):
        order += stream.read(1)
    data = b""
    while order == b"zINSTREAM\0" and (size := int.from_bytes(stream.read(4), "big")):
        data += stream.read(size)
    return order, data


class Says:
    """A scanner that can be relied on, and says `said` of every file but those that it is tried with."""

    def __init__(self) -> None:
        self.version, self.said = b"ClamAV 1.4.3/1/Mon", b"stream: OK"
        self.trade, self.deep = b"stream: Eicar FOUND", b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND"
        self.scans = self.trials = 0
        self.place = ""

    def __call__(self, connection) -> None:
        order, data = take_all(connection)
        connection.sendall(self._about(order, data) + b"\0")

    def _about(self, order: bytes, data: bytes) -> bytes:
        if order == b"zVERSION\0":
            self.trials += 1
            return self.version
        if data == trade_file():
            return self.trade
        if data.startswith(ZIP):
            return self.deep
        self.scans += 1
        return self.said

    def goes_away(self) -> None:
        Path(self.place).rename(f"{self.place}.gone")

    def comes_back(self) -> None:
        Path(f"{self.place}.gone").rename(self.place)
