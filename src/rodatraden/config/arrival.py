"""When the last byte of a request had come: by a clock that no queue of ours can make late (LOU 12 kap. 8 §, INV-05).

A view may come to its turn seconds after the bid did, when others upload at the same time; the supplier is not to pay for
that. Without a proxy the kernel knows when data last came on the connection; behind one, the proxy writes down when it
had the whole request, and is the only one that can reach this process (docs/rules/arrival.md).
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import TYPE_CHECKING

from django.conf import settings
from django.http.request import RawPostDataException

from rodatraden.config import clock

if TYPE_CHECKING:
    from django.http import HttpRequest

KERNEL, PROXY, APPLICATION = "kernel-last-byte", "proxy-last-byte", "application-clock-after-last-byte"
"""By which means an arrival was measured, as receipts say it."""

TCP_INFO = getattr(socket, "TCP_INFO", None)
TCP_INFO_HEAD = Struct("=8B12I")
"""Linux: eight bytes, then numbers of 32 bits, of which the twelfth is the milliseconds since data last came."""
LEFT = 64 * 1024
"""Bytes that are thrown away at a time."""
KERNEL_STEP = timedelta(milliseconds=11)
"""By how much the kernel can tell an arrival too late: it counts in steps of at most 10 ms, and tells whole milliseconds."""
PROXY_STEP = timedelta(milliseconds=25)
"""By how much a proxy is held to write an arrival too late: on a busy machine it is woken, and deciphers, after the byte has come."""
MILLISECONDS = re.compile(r"[0-9]{1,12}\.[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """The instant at which the last byte of a request had come, by which means it was measured, and how the clock is kept.

    `is_synchronised` and `error_ms` are what the kernel knew of its clock then (`clock.Kept`); None is unknown.
    """

    at: datetime
    source: str
    is_synchronised: bool | None = None
    error_ms: int | None = None


def arrival(request: HttpRequest) -> Arrival:
    """Return when the whole body of `request` had come; never later than this process had read it. A view may have begun to read.

    The setting `ARRIVAL` says whom to ask: `kernel` where suppliers connect to this process, `proxy` where nginx does over
    a unix socket. Where the answer can't be had, the stamp is this process's clock after the last byte was read.
    """
    try:
        _ = request.POST if request.content_type == "multipart/form-data" else request.body
    except RawPostDataException:  # a view reads it in pieces: what it has left is read and thrown away
        while request.read(LEFT):
            pass
    seen = clock.now()
    found = _by_proxy(request, seen) if settings.ARRIVAL == "proxy" else _by_kernel(request, seen)
    if found is None:
        found = Arrival(seen, APPLICATION)
    kept = clock.kept()
    return replace(found, is_synchronised=kept.is_synchronised, error_ms=kept.error_ms)


def waited(request: HttpRequest) -> timedelta:
    """Return how long a request has waited for this process since its last data came; nothing of it is read for that."""
    now = clock.now()
    found = _by_proxy(request, now) if settings.ARRIVAL == "proxy" else _by_kernel(request, now)
    return timedelta(0) if found is None else max(now - found.at, timedelta(0))


def since_last_data(connection: socket.socket) -> timedelta | None:
    """Return how long ago data last came on a TCP connection, to `KERNEL_STEP`; None where the kernel does not tell."""
    if TCP_INFO is None:
        return None
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, TCP_INFO, TCP_INFO_HEAD.size)
    except OSError:  # a unix socket, or a connection that is gone
        return None
    if len(told) < TCP_INFO_HEAD.size:
        return None
    return timedelta(milliseconds=TCP_INFO_HEAD.unpack(told)[-1])


def _by_kernel(request: HttpRequest, seen: datetime) -> Arrival | None:
    connection = request.META.get("gunicorn.socket")
    ago = since_last_data(connection) if connection is not None else None
    # Its step is counted to the supplier's gain: who sent all of it before the deadline is never late.
    return None if ago is None else Arrival(seen - ago - KERNEL_STEP, KERNEL)


def _by_proxy(request: HttpRequest, seen: datetime) -> Arrival | None:
    """Return what the proxy wrote in X-Arrived: seconds since 1970 with three decimals, nginx's $msec, and not of the future.

    Believed only of who comes over a unix socket: they have no address, and cannot be a supplier.
    """
    told = request.META.get("HTTP_X_ARRIVED", "")
    if request.META.get("REMOTE_ADDR") or not MILLISECONDS.fullmatch(told):
        return None
    seconds, _, thousandths = told.partition(".")
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds), milliseconds=int(thousandths))
    at += clock.demo_offset()
    return None if at > seen else Arrival(at - PROXY_STEP, PROXY)  # to the supplier's gain, as the kernel's
