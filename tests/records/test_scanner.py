"""A scanner that misbehaves in whatever way: never a file that is called clean, and never an error that ends the worker."""

from __future__ import annotations

import io

import pytest

from rodatraden.records import scanner
from rodatraden.records.scanner import Fault, ScannerError, Verdict, Why, parse, scan, try_scanner
from tests.factories.scanner import listening, take_all

PATIENCE = 0.2
"""Seconds: how long a silent scanner is waited for here."""


def says(*words: bytes):
    def answer(connection):
        take_all(connection)
        for each in words:
            connection.sendall(each)

    return answer


def is_silent(connection):
    take_all(connection)
    connection.settimeout(10)
    connection.recv(1)  # until the other side hangs up


def hangs_in_the_middle(connection):
    connection.recv(20)
    connection.settimeout(10)
    while connection.recv(1):
        pass


def dies_in_the_middle(connection):
    connection.recv(100)


def refuses_in_the_middle(connection):
    connection.recv(100)
    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (says(b"stream: OK\0"), Verdict()),
        (says(b"stream", b": ", b"OK", b"\0"), Verdict()),
        (says(b"stream: Win.Test.X-1 FOUND\0"), Verdict(finding="Win.Test.X-1")),
        (says(b"stream: Win\x1b[1m\xff FOUND\0"), Verdict(finding="Win[1m\ufffd")),
        (says(b"stream: " + b"x" * 300 + b" FOUND\0"), Verdict(finding="x" * 200)),
        (says(b"stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0"), Verdict(why=Why.LIMITS)),
        (says(b"stream: Heuristics.Encrypted.Zip FOUND\0"), Verdict(why=Why.LOCKED)),
        (says(b"stream: Can't allocate memory ERROR\0"), Verdict(why=Why.REFUSED)),
        (refuses_in_the_middle, Verdict(why=Why.TOO_LARGE)),
        (says(b"stream: OK"), Verdict(why=Why.BROKEN_OFF)),
        (says(b"stream: OK\n"), Verdict(why=Why.BROKEN_OFF)),
        (says(b"stream: OK "), Verdict(why=Why.BROKEN_OFF)),
        (says(b"stream: OK, perhaps\0"), Verdict(why=Why.BROKEN_OFF)),
        (says(b"stream: \x00 FOUND\0"), Verdict(why=Why.BROKEN_OFF)),
        (says(b"stream: \x01 FOUND\0"), Verdict(why=Why.BROKEN_OFF)),
        (says(b"HTTP/1.1 200 OK\r\n\r\n"), Verdict(why=Why.BROKEN_OFF)),
        (says(b"x" * 100_000), Verdict(why=Why.BROKEN_OFF)),
        (says(b"\xff\xfe\0"), Verdict(why=Why.BROKEN_OFF)),
        (says(), Verdict(why=Why.BROKEN_OFF)),
        (is_silent, Verdict(why=Why.BROKEN_OFF)),
        (hangs_in_the_middle, Verdict(why=Why.BROKEN_OFF)),
        (dies_in_the_middle, Verdict(why=Why.BROKEN_OFF)),
    ],
)
def test_only_ok_is_clean(answer, verdict, tmp_path):
    with listening(tmp_path, answer) as place:
        assert scan(io.BytesIO(b"ett anbud" * 100_000), place, patience=PATIENCE) == verdict


def test_every_byte_is_sent(tmp_path):
    data, taken = bytes(range(256)) * 1_000 + b"slut", []

    def answer(connection):
        taken.append(take_all(connection)[1])
        connection.sendall(b"stream: OK\0")

    with listening(tmp_path, answer) as place:
        assert scan(io.BytesIO(data), place) == Verdict()
    assert taken == [data]


def test_a_file_that_cannot_be_read_is_not_clean(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(10)

    with listening(tmp_path, says(b"stream: OK\0")) as place:
        assert scan(Broken(b"x" * 100), place, patience=PATIENCE) == Verdict(why=Why.NOT_READ)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (says(b"ClamAV 1.4.3/27841/Mon Nov 30 09:12:00 2026\0"), Fault.FINDS_NOTHING),
        (says(b"stream: OK\0"), Fault.NOT_REACHED),
        (says(b"UNKNOWN COMMAND\0"), Fault.NOT_REACHED),
        (says(), Fault.NOT_REACHED),
        (is_silent, Fault.NOT_REACHED),
    ],
)
def test_a_scanner_that_does_not_show_what_it_finds_is_not_used(answer, fault, tmp_path):
    with listening(tmp_path, answer) as place, pytest.raises(ScannerError) as refused:
        try_scanner(place, patience=PATIENCE)
    assert refused.value.fault == fault


def test_a_scanner_says_which_it_is_and_by_what_it_looks(tmp_path):
    version = b"ClamAV 1.4.3/27841/Mon Nov 30 09:12:00 2026\0"
    answers = iter([version, b"stream: Eicar FOUND\0", b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0"])

    def answer(connection):
        take_all(connection)
        connection.sendall(next(answers))

    with listening(tmp_path, answer) as place:
        found = try_scanner(place)
    assert found == scanner.Scanner("ClamAV 1.4.3", "27841/Mon Nov 30 09:12:00 2026")


def test_where_nobody_listens_no_file_is_to_blame(tmp_path):
    for place in (str(tmp_path / "none"), "127.0.0.1:1", "nonsense"):
        with pytest.raises(ScannerError):
            scan(io.BytesIO(b"x"), place)


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("[::1]:3310", ("::1", 3310)),
        ("localhost:3310", ("localhost", 3310)),
        ("192.0.2.7:3310", None),
        ("scanner.example:3310", None),
        ("127.0.0.1", None),
        ("127.0.0.1:", None),
        ("127.0.0.1:3310x", None),
        ("127.0.0.1:65536", None),
        ("clamd.ctl", None),
    ],
)
def test_files_are_sent_to_no_other_machine(place, address):
    if address is None:
        with pytest.raises(ValueError, match="neither"):
            parse(place)
    else:
        assert parse(place) == address
