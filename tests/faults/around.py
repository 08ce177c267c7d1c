"""Suppliers who each hold the last byte of a bid until an instant around the deadline, and remember when they sent it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import connections
from django.urls import reverse

from rodatraden.bids.models import Submission
from rodatraden.config import clock
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.sealed import seal_bid, upload
from tests.factories.tenders import DEADLINE, make_published

if TYPE_CHECKING:
    from random import Random

    from rodatraden.parties.models import Person
    from tests.faults.site import Site

AT_ONCE = 8
"""As many as the server answers at the same time: who waits in the queue of a proxy is the proxy's to stamp."""
TOLERANCE = timedelta(milliseconds=50)
"""docs/rules/arrival.md."""
AROUND = 0.1
"""Seconds before and after the deadline that are tried."""
TO_KEEP = 25
"""Rounds after which the installation is put back: its files fill the memory that they lie in."""
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

    def prepare(self, **more: str) -> list[tuple[UUID, bytes]]:
        """Let every part of a bid of each come, and return its number with the request that hands it in, with `more` headers."""
        asked = []
        for bidder in self.bidders:
            sealed = seal_bid(self.tender)
            upload(self.tender, sealed, bidder=bidder, at=DEADLINE - timedelta(hours=1))
            asked.append((sealed.id, self.request(bidder, sealed.id, sealed.handed_in, **more)))
        return asked

    def request(self, bidder: Person, bid: UUID, handed_in: bytes, **more: str) -> bytes:
        """Return what hands in a bid, with `more` headers, as it goes over the line."""
        visitor = self.site.of(bidder)
        head = {
            "Host": self.site.host,
            "Referer": f"{self.site.address}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()),
            "X-CSRFToken": visitor.token,
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(handed_in)),
            "Connection": "close",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        place = reverse("bids:hand_in", args=[self.tender.pk, self.suppliers[bidder], bid])
        lines = [f"POST {place} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        return "\r\n".join(lines).encode() + handed_in

    def send(self, bid: UUID, request: bytes, at: datetime) -> Sent:
        with self.site.line() as line:
            line.sendall(request[:-1])
            Event().wait(max(0, (at - clock.machine_time()).total_seconds()))
            began = clock.machine_time()
            line.sendall(request[-1:])
            ended = clock.machine_time()
            answer = b""
            while data := line.recv(4096):
                answer += data
        return Sent(bid, began, ended, answer)

    def send_at_the_deadline(self, rounds: int, chance: Random) -> dict[bool, int]:
        """Send so many rounds, and return how many were in time (False) and late (True), none of them wrongly."""
        tried = {True: 0, False: 0}
        for number in range(rounds):
            if number and number % TO_KEEP == 0:
                self.site.kill()
                self.site.put_back()
            asked = self.prepare()
            if number % TO_KEEP == 0:
                self.site.start()
            connections.close_all()
            deadline = DEADLINE - self.site.is_now(DEADLINE - AHEAD)
            with ThreadPoolExecutor(AT_ONCE) as suppliers:
                sending = [
                    suppliers.submit(
                        self.send, bid, request, deadline + timedelta(seconds=chance.uniform(-AROUND, AROUND))
                    )
                    for bid, request in asked
                ]
                sent = [each.result() for each in sending]
            found = Submission.objects.filter(pk__in=[each.bid for each in sent])
            late = dict(found.values_list("pk", "is_late"))
            for each in sent:
                assert each.bid in late, each.answer
                if each.ended < deadline:
                    assert not late[each.bid], f"sent {deadline - each.ended} before the deadline, and called late"
                elif each.began >= deadline + TOLERANCE:
                    assert late[each.bid], f"sent {each.began - deadline} after the deadline, and called in time"
                tried[late[each.bid]] += 1
        self.site.kill()
        return tried
