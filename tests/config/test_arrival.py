"""When a request's last byte had come: the kernel's word, the proxy's where nobody else can speak, else our own clock."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from rodatraden.config import clock
from rodatraden.config.arrival import APPLICATION, KERNEL, KERNEL_STEP, PROXY, TCP_INFO_HEAD, arrival, since_last_data
from rodatraden.config.place import ROOT
from rodatraden.records.rules import EXACT_SOURCES

SEEN = datetime(2026, 5, 4, 10, 0, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_rest(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: SEEN)


@pytest.fixture
def connected():
    """Two ends of a TCP connection on loopback: the supplier's and the server's."""
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()) as far:
        near, _ = listening.accept()
        with near:
            yield far, near


class Connection:
    """A connection on which data last came so many milliseconds ago, as the kernel would say it."""

    def __init__(self, milliseconds: int) -> None:
        self.told = TCP_INFO_HEAD.pack(*range(8), *range(11), milliseconds)

    def getsockopt(self, level: int, option: int, size: int) -> bytes:
        assert (level, option) == (socket.IPPROTO_TCP, socket.TCP_INFO)
        return self.told[:size]


def test_the_kernel_tells_when_data_last_came_however_late_the_view_is(rf):
    request = rf.post("/", {"a": "b"}, **{"gunicorn.socket": Connection(1500)})
    found = arrival(request)
    assert (found.at, found.source) == (SEEN - timedelta(seconds=1.5) - KERNEL_STEP, KERNEL)
    assert found.is_synchronised is clock.kept().is_synchronised


def test_a_real_connection_tells_that_its_data_came_now(rf, connected):
    far, near = connected
    far.sendall(b"x")
    assert near.recv(1) == b"x"
    ago = since_last_data(near)
    assert ago is not None
    assert timedelta() <= ago < timedelta(seconds=30)
    assert arrival(rf.post("/", {"a": "b"}, **{"gunicorn.socket": near})).source == KERNEL


def test_what_is_no_tcp_connection_is_stamped_by_the_application(rf):
    one, other = socket.socketpair()
    with one, other:
        assert since_last_data(one) is None
        found = arrival(rf.post("/", {"a": "b"}, **{"gunicorn.socket": one}))
    assert (found.at, found.source) == (SEEN, APPLICATION)
    assert arrival(rf.post("/", {"a": "b"})).source == APPLICATION


def test_a_kernel_that_tells_less_is_not_believed(rf):
    short = Connection(1500)
    short.told = short.told[:40]
    assert arrival(rf.post("/", {"a": "b"}, **{"gunicorn.socket": short})).source == APPLICATION


@pytest.fixture
def behind_a_proxy(settings):
    settings.ARRIVAL = "proxy"


def told(rf, value: str | None, *, address: str = ""):
    extra = {"REMOTE_ADDR": address, "gunicorn.socket": Connection(1500)}
    return arrival(rf.post("/", {"a": "b"}, **extra | ({"HTTP_X_ARRIVED": value} if value is not None else {})))


def test_behind_a_proxy_its_word_counts_less_what_it_may_be_late(rf, behind_a_proxy):
    found = told(rf, f"{int(SEEN.timestamp()) - 3}.318")
    assert (found.at, found.source) == (SEEN - timedelta(seconds=3) + timedelta(milliseconds=318 - 25), PROXY)


@pytest.mark.parametrize(
    "value",
    [None, "", "1", "1777888800", "-1.000", "1777888800.3", "1e9.000", "\uff11777888800.318", "9" * 13 + ".000"],
)
def test_what_no_proxy_of_ours_writes_is_not_believed(rf, behind_a_proxy, value):
    found = told(rf, value)
    assert (found.at, found.source) == (SEEN, APPLICATION)


def test_a_word_of_the_future_is_not_believed(rf, behind_a_proxy):
    assert told(rf, f"{int(SEEN.timestamp())}.001").source == APPLICATION


def test_whoever_reaches_the_application_with_an_address_of_their_own_is_no_proxy(rf, behind_a_proxy):
    assert told(rf, f"{int(SEEN.timestamp()) - 3600}.000", address="127.0.0.1").source == APPLICATION


def test_without_a_proxy_a_header_says_nothing(rf):
    extra = {"REMOTE_ADDR": "", "HTTP_X_ARRIVED": f"{int(SEEN.timestamp()) - 3600}.000"}
    assert arrival(rf.post("/", {"a": "b"}, **extra)).source == APPLICATION


@pytest.mark.parametrize("kind", ["application/octet-stream", "multipart/form-data; boundary=x"])
def test_the_whole_request_is_read_before_the_clock_is(rf, monkeypatch, kind):
    request = rf.post("/", data=b"--x--\r\n", content_type=kind)
    was_read = []

    def now() -> datetime:
        was_read.append(hasattr(request, "_body") or hasattr(request, "_files"))
        return SEEN

    monkeypatch.setattr(clock, "now", now)
    arrival(request)
    assert was_read == [True]


def test_what_a_view_has_not_read_is_read_before_the_clock_is(rf, monkeypatch):
    request = rf.post("/", data=b"x" * 200_000, content_type="application/octet-stream")
    assert request.read(10) == b"x" * 10
    left = []

    def now() -> datetime:
        left.append(request.read(1))
        return SEEN

    monkeypatch.setattr(clock, "now", now)
    arrival(request)
    assert left == [b""]


def test_the_proxy_of_the_manual_overwrites_what_a_visitor_may_not_say():
    lines = (ROOT / "docs/rules/arrival.md").read_text(encoding="utf-8").split("```")[1].split("\n")
    told = {tuple(line.strip().rstrip(";").split()) for line in lines}
    assert {
        ("access_log", "off"),
        ("error_log", "/var/log/nginx/rodatraden.log", "crit"),
        ("proxy_request_buffering", "on"),
        ("proxy_set_header", "X-Arrived", "$msec"),
        ("proxy_set_header", "X-Forwarded-For", "$remote_addr"),
        ("proxy_set_header", "X-Forwarded-Proto", "$scheme"),
        ("proxy_set_header", "Host", "$http_host"),
    } <= told


def test_the_sources_that_a_stamp_may_rest_on_are_the_kernels_and_the_proxys():
    assert {KERNEL, PROXY} == EXACT_SOURCES
