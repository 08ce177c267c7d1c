"""A file that is written straight to the disk holds what one that is written the ordinary way does."""

from __future__ import annotations

import os
import random
import resource

import pytest

from rodatraden.cli import disk
from rodatraden.cli import straight as module
from rodatraden.cli.straight import PAGE, ROOM, straight

SEED = 20261130
LENGTHS = (0, 1, PAGE - 1, PAGE, PAGE + 1, ROOM - 1, ROOM, ROOM + 1, 2 * ROOM + 3 * PAGE + 5)


def unknown(monkeypatch):
    monkeypatch.delattr(os, "O_DIRECT")


def refused(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 1)  # so that the disk is asked for what it can't do


@pytest.mark.parametrize("how", [lambda _: None, unknown, refused], ids=["as it is", "unknown", "refused"])
def test_whatever_is_written_where_lies_there(tmp_path, monkeypatch, how):
    how(monkeypatch)
    draw = random.Random(SEED)
    for number in range(4):
        path, plain = tmp_path / str(number), bytearray()
        with disk.new_whole(path) as file, straight(file) as into:
            for _ in range(12):
                data, at = draw.randbytes(draw.choice(LENGTHS)), into.tell()
                if draw.random() < 0.3:
                    at = draw.choice(
                        [draw.randrange(len(plain) + 2 * PAGE), draw.randrange(len(plain) + 1) // PAGE * PAGE]
                    )
                    assert into.seek(at) == at
                assert into.write(data) == len(data)
                assert into.tell() == at + len(data)
                plain += bytes(max(0, at + len(data) - len(plain)) if data else 0)
                plain[at : at + len(data)] = data
        assert path.read_bytes() == bytes(plain)


def test_what_is_handed_over_may_be_used_again_at_once(tmp_path):
    room, draw = bytearray(ROOM + 7), random.Random(SEED)
    plain = b""
    with disk.new_whole(tmp_path / "a") as file, straight(file) as into:
        for _ in range(4):
            room[:] = draw.randbytes(len(room))
            into.write(room)
            plain += bytes(room)
    assert (tmp_path / "a").read_bytes() == plain


@pytest.fixture
def small_files():
    """Let no file grow above a room: a limit that every disk keeps, and a memory that poses as one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_too_much(path):
    with path.open("wb") as file, straight(file) as into:
        into.write(bytes(2 * ROOM))


@pytest.mark.usefixtures("small_files")
def test_what_the_disk_says_comes_out_at_the_end_at_the_latest(tmp_path):
    with pytest.raises(OSError, match="File too large"):
        write_too_much(tmp_path / "a")
