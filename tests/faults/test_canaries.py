"""A thousand marked strings in sealed bids, handed in to a real server: nowhere before the opening is there one of them (INV-01).

All of them begin with a word of the run's own, which is what is looked for: as it is, in other encodings, hexadecimal,
base64 and compressed. Prices are numbers, which begin with digits of the run's own.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connections
from django.urls import reverse

from rodatraden.core.offer import Company, CvEntry, CvPerson, PartyRole, PromiseText, Reply
from rodatraden.core.sealing import NewFile
from tests.factories.bids import close_box, make_bidder, pdf, supplier_of
from tests.factories.keys import unlock
from tests.factories.sealed import bundle_of, offer_for, seal_bid
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.hunt import everything_stored, forms, hits, processes_of, remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.offer import Offer
    from rodatraden.tenders.models import Tender

BIDS, MARKS = 5, 1_000


class Marks:
    """The marked strings: how they all begin, and how many have been given away."""

    def __init__(self, chance: Random) -> None:
        self.word = "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=14))
        self.digits = str(chance.randrange(100_000_000, 999_999_999))
        self._numbers = count(1)
        self.given = 0

    def one(self) -> str:
        self.given = next(self._numbers)
        return f"{self.word}{self.given:05}"

    def price(self) -> Decimal:
        self.given = next(self._numbers)
        return Decimal(f"{self.digits}{self.given % 1000:03}.00") / 100


def marked(tender: Tender, marks: Marks) -> tuple[Offer, list[NewFile]]:
    """An offer with a mark in everything that it can hold, and a fifth of all marks."""
    offer, _ = offer_for(tender)
    files, listed = [], []
    for each in offer.files:
        file = NewFile.of(str(uuid4()), pdf(" ".join(marks.one() for _ in range(20))))
        files.append(file)
        listed.append(
            replace(each, id=type(each.id)(file.name), name=f"{marks.one()}.pdf", size=file.size, sha256=file.sha256)
        )
    job = lambda: CvEntry(marks.one(), date(2020, 1, 1), date(2024, 1, 1), marks.one())  # noqa: E731 -- one line
    filled = replace(
        offer,
        files=tuple(listed),
        replies={key: Reply(is_met=True, text=marks.one()) for key in offer.replies},
        promises={key: PromiseText(marks.one(), marks.one()) for key in offer.promises},
        people=(CvPerson(marks.one(), tuple(job() for _ in range(20))),),
        declaration=replace(offer.declaration, signatory=marks.one(), explanation=marks.one()),
        price=marks.price(),
    )
    left = MARKS // BIDS - marks.given % (MARKS // BIDS)
    companies = tuple(Company(PartyRole.SUBCONTRACTOR, marks.one(), does="x") for _ in range(left))
    return replace(filled, companies=companies), files


@pytest.fixture
def marks(seed) -> Marks:
    return Marks(Random(seed))


def found_in(places: Iterator[tuple[str, bytes]], marks: Marks) -> set[str]:
    return {place for place, data in places if hits(marks.word, data) or hits(marks.digits, data)}


def test_inv_01_none_of_a_thousand_marks_is_found_before_the_opening(site, marks, tmp_path):
    case, tender = make_published()
    bidders = [make_bidder(f"Bolag {number}") for number in range(BIDS)]
    bundles = {bidder: bundle_of(seal_bid(tender, sealing=marked(tender, marks))) for bidder in bidders}
    assert marks.given == MARKS
    site.is_now(DEADLINE - timedelta(hours=2))
    site.sign_in(*bidders, case.officer)
    site.start()
    for bidder, bundle in bundles.items():
        visitor, fields = site.of(bidder), {"supplier": str(supplier_of(bidder).pk), "idempotency_key": uuid4().hex}
        broken = visitor.post(reverse("bids:sealed", args=[tender.pk]), fields, {"bundle": bundle[:-9]})
        assert broken.status == 422  # what is refused is told of nowhere either
        answer = visitor.post(reverse("bids:sealed", args=[tender.pk]), fields, {"bundle": bundle})
        assert answer.status == 302, answer
        assert visitor.get(answer.location).status == 200
    for name in ("pages:case", "pages:log", "bids:opening"):
        assert site.of(case.officer).get(reverse(name, args=[case.procurement.pk])).status == 200
    running = processes_of(site.group)
    assert len(running) >= 4  # the server, its two workers, and the one for what takes long
    assert {pid: remembered([marks.word, marks.digits], pid) for pid in running} == {pid: set() for pid in running}
    assert found_in(everything_stored(tmp_path), marks) == set()  # with the server running: its journal is not empty
    site.kill()
    assert b"Unprocessable" in site.logged  # what was refused is told of, and nothing more
    assert not hits(marks.word, site.logged)
    close_box(tender)
    assert found_in(everything_stored(tmp_path), marks) == set()

    unlock(tender, *case.openers[:2], at=DEADLINE + timedelta(hours=1))
    connections.close_all()
    places = found_in(everything_stored(tmp_path), marks)  # the same search finds them when they are there to be found
    assert "dump" in places
    assert any(place.startswith("database") for place in places)
    assert any(place.startswith("data/files/") for place in places)


HOLD = """
import sys
held = sys.stdin.buffer.read()
print("held", flush=True)
sys.stdin.close()
import signal
signal.pause()
"""


@pytest.mark.one_engine
def test_what_is_planted_in_the_memory_of_a_process_is_found_in_every_form(marks):
    for form in forms(marks.word):
        with subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdin.write(os.urandom(1000) + form + os.urandom(1000))
            process.stdin.close()
            assert process.stdout.readline() == b"held\n"
            assert remembered([marks.word, marks.digits], process.pid) == {marks.word}
            process.kill()


@pytest.mark.one_engine
def test_what_is_planted_in_a_file_is_found_in_every_form(marks):
    for form in forms(marks.word):
        noise = os.urandom(1000)
        assert not hits(marks.word, noise)
        for data in (form, gzip.compress(form), b"x" + gzip.compress(noise + form)):
            assert hits(marks.word, noise + data + noise)
