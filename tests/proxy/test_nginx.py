"""Behind nginx as it is documented: a bid's stamp is the proxy's, nobody else can write it, and no answer is lost."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connections
from django.urls import reverse

from rodatraden.bids.models import Submission
from rodatraden.config import clock
from rodatraden.config.arrival import PROXY
from tests.factories.tenders import DEADLINE
from tests.faults.around import Around
from tests.faults.visitor import Visitor

pytestmark = pytest.mark.one_engine
ROUNDS = 5
IN_MEMORY = 16 * 1024
"""Bytes of a request that nginx holds without a file."""
LARGE = bytes(1_000_000)
"""More than what lies between two programs holds: its sender is still sending when it has been refused."""


def test_inv_05_behind_a_proxy_no_bid_is_late_that_was_sent_in_time_and_none_in_time_that_was_sent_late(site, seed):
    tried = Around(site).send_at_the_deadline(ROUNDS, Random(seed))
    assert min(tried.values()) > 0, "the instants were not on both sides of the deadline"
    assert set(Submission.objects.values_list("received_by", flat=True)) == {PROXY}


def test_inv_02_the_proxy_writes_nowhere_who_asked_for_what(site, proxy):
    """What hands in a bid is larger than nginx's memory for it, and comes in a file of its own."""
    around = Around(site)
    bid, request = around.prepare()[0]
    site.start()
    connections.close_all()
    answer = around.send(bid, request, clock.machine_time()).answer
    assert answer.startswith(b"HTTP/1.1 200"), answer
    site.kill()
    assert len(request) > IN_MEMORY
    assert proxy[0].asked.read_bytes() == b""
    assert "/anbud/" not in proxy[0].log.read_text("utf-8")


def test_inv_05_nobody_but_the_proxy_writes_when_a_bid_came(site):
    """A supplier who says that a bid came an hour ago, in the proxy's own words, is not believed."""
    around = Around(site)
    asked = around.prepare(X_Arrived=f"{(DEADLINE - timedelta(hours=1)).timestamp():.3f}")
    site.start()
    connections.close_all()
    site.is_now(DEADLINE + timedelta(seconds=1))
    for bid, request in asked:
        answer = around.send(bid, request, clock.machine_time()).answer
        assert answer.startswith(b"HTTP/1.1 200"), answer
    site.kill()
    assert all(Submission.objects.values_list("is_late", flat=True))
    assert Submission.objects.count() == len(asked)


def test_who_sends_a_large_file_that_is_refused_is_told_why(site):
    """What is not read must be read and thrown away, or nginx finds the line broken and says 502."""
    site.start()
    anybody = Visitor(site.port, "", trusts=site.trusts)
    place = reverse("account_login")
    answers = []
    for _ in range(60):
        anybody.get(place)
        anybody.token = ""  # as when a session has ended meanwhile
        answers.append(anybody.send("POST", place, LARGE))
    assert {answer.status for answer in answers} == {403}
    assert "<h1" in answers[0].body.decode()
    site.kill()


def test_attempts_to_sign_in_are_counted_by_the_address_that_the_proxy_saw(site):
    """Who makes up a new address for each attempt is stopped all the same."""
    site.start()
    place = reverse("account_login")
    told = []
    for number in range(60):
        stranger = Visitor(site.port, f"ingen.{number}@example.se", trusts=site.trusts)
        stranger.get(place)
        fields = f"csrfmiddlewaretoken={stranger.token}&login={stranger.email}&password=gissning".encode()
        answer = stranger.send(
            "POST",
            place,
            fields,
            Content_Type="application/x-www-form-urlencoded",
            X_Forwarded_For=f"198.51.100.{number}",
        )
        told.append(answer.status)
    assert 429 in told
    site.kill()
