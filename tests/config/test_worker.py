"""A visitor who does not hang up holds up nobody else."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from contextlib import suppress
from threading import BoundedSemaphore, Event, Thread

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from rodatraden.config import worker
from rodatraden.config.worker import Worker


@pytest.fixture
def working():
    """A worker as it is when it begins to take in connections."""
    made = Worker.__new__(Worker)
    made.hanging_up = BoundedSemaphore(worker.MOST)
    made.nr_conns, made.alive = 1000, True
    return made


@pytest.fixture
def answered():
    """Make a connection whose request has been answered, and which is to end."""
    lines = []

    def make() -> TConn:
        ours, theirs = socket.socketpair()
        lines.extend((ours, theirs))
        return TConn(Config(), ours, ("", 0), ("", 0))

    yield make
    for each in lines:
        each.close()


def ended() -> Future[bool]:
    found: Future[bool] = Future()
    found.set_result(False)
    return found


def test_nobody_is_waited_for_where_connections_are_taken_in(working, answered, monkeypatch):
    """gunicorn's own worker would stand still here, two seconds for each."""
    hung_up, waited, begun = Event(), [], []

    def until_hung_up(sock):
        begun.append(sock)
        waited.append(hung_up.wait(20))

    monkeypatch.setattr(worker, "until_hung_up", until_hung_up)
    for _ in range(worker.MOST):
        working.finish_request(answered(), ended())
    assert waited == []
    one_more = answered()
    working.finish_request(one_more, ended())
    assert one_more.sock.fileno() == -1, "closed at once, since so many are waited for already"
    hung_up.set()
    for _ in range(worker.MOST):
        assert working.hanging_up.acquire(timeout=20)
    assert len(begun) == worker.MOST
    assert working.nr_conns == 1000 - worker.MOST - 1


def test_the_visitor_gets_all_of_the_answer_and_is_then_hung_up_on(working):
    ours, theirs = socket.socketpair()
    ours.sendall(b"svar")
    working.finish_request(TConn(Config(), ours, ("", 0), ("", 0)), ended())
    assert theirs.recv(100) == b"svar"
    assert theirs.recv(100) == b""
    theirs.close()
    for _ in range(worker.MOST):
        assert working.hanging_up.acquire(timeout=20)


def test_a_large_file_that_nobody_wants_does_not_cut_off_the_answer_that_says_so(working):
    """What is sent here is more than both ends' buffers hold: the sender is still sending when it has been answered."""
    listener = socket.create_server(("127.0.0.1", 0))
    theirs = socket.create_connection(listener.getsockname())
    ours, _ = listener.accept()
    sending = Thread(target=theirs.sendall, args=(bytes(20_000_000),))
    sending.start()
    ours.sendall(b"nej, den tas inte emot")
    working.finish_request(TConn(Config(), ours, ("", 0), ("", 0)), ended())
    sending.join(20)
    assert not sending.is_alive()
    assert theirs.recv(100) == b"nej, den tas inte emot"
    assert theirs.recv(100) == b""
    theirs.close()
    listener.close()


def test_who_goes_on_sending_is_hung_up_on_in_the_end(monkeypatch):
    monkeypatch.setattr(worker, "HANGS_UP_WITHIN", 0.2)
    ours, theirs = socket.socketpair()
    hung_up = Event()

    def send():
        with suppress(OSError):
            while not hung_up.is_set():
                theirs.send(b"mer")

    sending = Thread(target=send)
    sending.start()
    worker.until_hung_up(ours)
    hung_up.set()
    ours.close()
    sending.join(20)
    assert not sending.is_alive()
    theirs.close()


def test_who_is_silent_is_hung_up_on(monkeypatch):
    monkeypatch.setattr(worker, "SENDS_NOTHING", 0.01)
    ours, theirs = socket.socketpair()
    worker.until_hung_up(ours)
    assert theirs.recv(100) == b"", "told that nothing more is coming"
    ours.close()
    theirs.close()
