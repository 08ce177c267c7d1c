"""What clamd itself says of files, and which scanners are not relied on."""

from __future__ import annotations

import io
import zipfile

import pytest

from rodatraden.records.scanner import PIECE, Fault, ScannerError, Verdict, Why, scan, trade_file, try_scanner
from tests.scanner.conftest import INFECTED
from tools import clamd


def packed(inner: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("inre.zip", inner)
        inner = outer.getvalue()
    return inner


def said(place: str, data: bytes) -> Verdict:
    return scan(io.BytesIO(data), place)


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"", Verdict()),
        (b"%PDF-1.7 ett anbud", Verdict()),
        (b"x" * (PIECE * 3 + 1), Verdict()),
        (trade_file(), Verdict(finding=clamd.FOUND)),
        (INFECTED, Verdict(finding=clamd.FOUND)),
        (packed(INFECTED), Verdict(finding=clamd.FOUND)),
        (b"x" * 1_048_576, Verdict()),
        (b"x" * 1_048_577, Verdict(why=Why.TOO_LARGE)),
        (b"x" * 30_000_000, Verdict(why=Why.TOO_LARGE)),
        (packed(b"innerst", 40), Verdict(why=Why.LIMITS)),
        (packed(INFECTED, 40), Verdict(why=Why.LIMITS)),
    ],
    ids=["empty", "clean", "pieces", "test", "own", "packed", "most", "more", "far more", "deep", "hidden deep"],
)
def test_a_file_is_clean_only_if_it_has_been_looked_through(scanner, data, verdict):
    assert said(scanner, data) == verdict


def test_a_scanner_shows_what_it_finds_before_it_is_relied_on(scanner):
    found = try_scanner(scanner)
    assert found.name.startswith("ClamAV 1.")
    assert found.signatures == ""  # a database of our own has no number


@pytest.mark.parametrize(
    ("known", "told", "fault"),
    [
        (b"something else", [clamd.SAYS_WHEN_IT_PASSES_OVER], Fault.FINDS_NOTHING),
        (trade_file(), [], Fault.PASSES_OVER),
    ],
    ids=["knows nothing", "passes over"],
)
def test_a_scanner_that_would_call_anything_clean_is_not_used(known, told, fault):
    with clamd.server([known], told) as place, pytest.raises(ScannerError) as refused:
        try_scanner(place)
    assert refused.value.fault == fault


def test_it_is_spoken_to_on_a_port_of_this_machine_too():
    with clamd.server([trade_file()], [clamd.SAYS_WHEN_IT_PASSES_OVER, clamd.SMALL], on_port=True) as place:
        assert place.startswith("127.0.0.1:")
        assert try_scanner(place).name.startswith("ClamAV 1.")
        assert said(place, b"x" * 30_000_000) == Verdict(why=Why.TOO_LARGE)
