"""Manifests whose last byte is sent around the deadline, over real connections: none in time is refused, none late taken in.

What happened before the deadline is told by the sender: who had sent all of it before is in time, however the server was
busy; who began to send the last byte later than the published tolerance after it is not.
"""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.urls import reverse

from rodatraden.bids.models import Submission
from rodatraden.bids.rules import SETTLING
from rodatraden.config import clock
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.sealed import seal_bid, upload
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.invariants import Held, broken

if TYPE_CHECKING:
    from rodatraden.parties.models import Person
    from tests.faults.site import Site

pytestmark = pytest.mark.one_engine
TOLERANCE = timedelta(milliseconds=50)
"""docs/rules/arrival.md."""
AROUND = 0.1
"""Seconds before and after the deadline that are tried."""
AT_ONCE = 8
"""As many as the server answers at the same time: who waits in the queue of a proxy is the proxy's to stamp."""
ROUNDS, NIGHTLY = 15, 1250
TO_KEEP = 25
AHEAD = timedelta(seconds=0.7)


@dataclass(frozen=True)
class Sent:
    """What hands in a bid, with the instants between which its last byte was sent, by this machine's clock."""

    bid: UUID
    began: datetime
    ended: datetime
    answer: bytes


class Around:
    """Suppliers who each hold the last byte of a bid until an instant."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.case, self.tender = make_published()
        self.bidders = [make_bidder(f"Bolag {number}") for number in range(AT_ONCE)]
        self.suppliers = {bidder: supplier_of(bidder).pk for bidder in self.bidders}
        site.is_now(DEADLINE - timedelta(hours=2))
        site.sign_in(*self.bidders)
        site.keep()

    def prepare(self) -> list[tuple[UUID, bytes]]:
        """Let every part of a bid of each come, and return its number with the request that hands it in."""
        asked = []
        for bidder in self.bidders:
            sealed = seal_bid(self.tender)
            upload(self.tender, sealed, bidder=bidder, at=DEADLINE - timedelta(hours=1))
            asked.append((sealed.id, self.request(bidder, sealed.id, sealed.handed_in)))
        return asked

    def request(self, bidder: Person, bid: UUID, handed_in: bytes) -> bytes:
        visitor = self.site.of(bidder)
        head = {
            "Host": "127.0.0.1",
            "Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()),
            "X-CSRFToken": visitor.token,
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(handed_in)),
            "Connection": "close",
        }
        place = reverse("bids:hand_in", args=[self.tender.pk, self.suppliers[bidder], bid])
        lines = [f"POST {place} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        return "\r\n".join(lines).encode() + handed_in

    def send(self, bid: UUID, request: bytes, at: datetime) -> Sent:
        with socket.create_connection(("127.0.0.1", self.site.port), timeout=60) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.sendall(request[:-1])
            Event().wait(max(0, (at - clock.machine_time()).total_seconds()))
            began = clock.machine_time()
            line.sendall(request[-1:])
            ended = clock.machine_time()
            answer = b""
            while data := line.recv(4096):
                answer += data
        return Sent(bid, began, ended, answer)


def test_inv_05_no_bid_is_late_that_was_sent_in_time_and_none_in_time_that_was_sent_late(site, seed, form):
    around, chance = Around(site), form.chance(seed)
    tried = {True: 0, False: 0}
    for number in range(form.times(ROUNDS, NIGHTLY)):
        if number and number % TO_KEEP == 0:
            site.kill()
            site.put_back()
        asked = around.prepare()
        if number % TO_KEEP == 0:
            site.start()
        connections.close_all()
        deadline = DEADLINE - site.is_now(DEADLINE - AHEAD)
        with ThreadPoolExecutor(AT_ONCE) as suppliers:
            sending = [
                suppliers.submit(
                    around.send, bid, request, deadline + timedelta(seconds=chance.uniform(-AROUND, AROUND))
                )
                for bid, request in asked
            ]
            sent = [each.result() for each in sending]
        late = dict(Submission.objects.filter(pk__in=[each.bid for each in sent]).values_list("pk", "is_late"))
        for each in sent:
            assert each.bid in late, each.answer
            if each.ended < deadline:
                assert not late[each.bid], f"sent {deadline - each.ended} before the deadline, and called late"
            elif each.began >= deadline + TOLERANCE:
                assert late[each.bid], f"sent {each.began - deadline} after the deadline, and called in time"
            tried[late[each.bid]] += 1
    site.kill()
    assert min(tried.values()) > ROUNDS, "the instants were not on both sides of the deadline"


JUMPS = timedelta(days=1)
ROUNDS_OF_JUMPS, NIGHTLY_JUMPS = 1, 63
"""Eight jumps each: 8, and 504 by night."""


def test_inv_05_a_box_that_was_closed_stays_closed_whatever_the_clock_says_then(site, seed, form):
    around, chance = Around(site), form.chance(seed)
    official = around.case.openers[0]
    site.sign_in(official)
    asked = around.prepare()
    site.start()
    site.is_now(DEADLINE + SETTLING)
    page = reverse("bids:opening", args=[around.case.procurement.pk])
    assert site.of(official).get(page).status == 200  # the first who looks after the deadline closes it
    for number in range(form.times(ROUNDS_OF_JUMPS, NIGHTLY_JUMPS)):
        if number:
            asked = around.prepare()
        connections.close_all()
        for bid, request in asked:
            jump = timedelta(seconds=chance.uniform(-1, 1) * JUMPS.total_seconds())
            site.is_now(DEADLINE + jump)
            sent = around.send(bid, request, clock.machine_time())
            assert sent.answer.startswith(b"HTTP/1.1 200"), sent.answer
    site.kill()
    assert Submission.objects.count() == Submission.objects.filter(is_late=True).count() > 0
    assert not (faults := broken(Held())), faults
