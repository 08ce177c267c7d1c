"""A visitor who does not hang up holds up nobody else."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from threading import BoundedSemaphore, Event

import pytest
from gunicorn import util
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
        sock.close()

    monkeypatch.setattr(util, "close_graceful", until_hung_up)
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
