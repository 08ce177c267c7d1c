"""kill -9 at any instant of a hand-in, an opening and an award: nothing acknowledged is lost, and nothing happens twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connections
from django.urls import reverse

from rodatraden.awards.models import AwardDecision, DecisionProposal, Notification
from rodatraden.bids.models import Bid, Opening, Submission
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.sealing.peels import peel_sheet, read_sheet
from rodatraden.procurements.models import ConflictDeclaration
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.awards import REASONS, WITHOUT_PROOF
from tests.factories.bids import close_box, make_bidder, supplier_of
from tests.factories.evaluation import make_outcome
from tests.factories.keys import ring_of
from tests.factories.sealed import bundle_of, give_bid, seal_bid
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.campaign import Scene, campaign
from tests.faults.invariants import individual_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from rodatraden.parties.models import Person
    from tests.factories.sealed import SealedBid
    from tests.faults.site import Site
    from tests.faults.visitor import Answer, Visitor

SUPPLIERS = 3
ROUNDS_TO_KEEP = 10
"""How many rounds of bids lie in one installation before it is put back: their files fill the memory that they lie in."""


class HandingIn(Scene):
    """Three suppliers hand in a sealed bid each, at once, then fetch the receipt: one as a file of four megabytes, two part by part.

    What was cut off is done again in the next round, first of all, and may be cut off once more.
    """

    starts_anew = False

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        _case, self.tender = make_published()
        self.bidders = [make_bidder(f"Bolag {number}") for number in range(SUPPLIERS)]
        self.suppliers = {bidder: supplier_of(bidder).pk for bidder in self.bidders}
        site.is_now(DEADLINE - timedelta(hours=2))
        site.sign_in(*self.bidders)
        site.keep()
        self.rounds = 0

    def begin(self) -> None:
        if self.rounds % ROUNDS_TO_KEEP == 0:
            self.site.put_back()
            self.held.__init__()
            self.left = {bidder: [] for bidder in self.bidders}
        self.rounds += 1
        for left in self.left.values():
            left.append((seal_bid(self.tender), uuid4().hex))
        connections.close_all()

    def acts(self) -> Sequence[Callable[[], object]]:
        return [lambda bidder=bidder: self.hand_in(bidder) for bidder in self.bidders]

    def hand_in(self, bidder: Person) -> None:
        visitor, left = self.site.of(bidder), self.left[bidder]
        while left:
            sealed, key = left[0]
            if key not in self.held.answers:
                send = self.as_one_file if bidder is self.bidders[0] else self.part_by_part
                place = reverse("bids:receipt", args=[sealed.id])
                assert send(visitor, self.suppliers[bidder], sealed, key) == place
                self.held.answers[key] = str(sealed.id)
                self.held.acknowledged.add(sealed.id)
            receipt = visitor.get(reverse("bids:receipt_json", args=[sealed.id]))
            assert receipt.status == 200, receipt
            self.held.receipts[sealed.id] = receipt.body
            left.pop(0)

    def as_one_file(self, visitor: Visitor, supplier: UUID, sealed: SealedBid, key: str) -> str:
        """Send the form with the file that the command line wrote; return where the receipt is."""
        place = reverse("bids:sealed", args=[self.tender.pk])
        fields = {"supplier": str(supplier), "idempotency_key": key}
        return visitor.post(place, fields, {"bundle": bundle_of(sealed)}).location

    def part_by_part(self, visitor: Visitor, supplier: UUID, sealed: SealedBid, key: str) -> str:
        """Send as the page's program does: the parts that have not come yet, then what hands them in; return where the receipt is."""
        bid = [self.tender.pk, supplier, sealed.id]
        held = json.loads(visitor.get(reverse("bids:held", args=bid)).body)["parts"]
        for name, data in sealed.parts.items():
            if held.get(name) != sha256_hex(data):
                stored = visitor.send("PUT", reverse("bids:part", args=[*bid, name]), data, X_Sha256=sha256_hex(data))
                assert json.loads(stored.body) == {"sha256": sha256_hex(data)}, stored
        answer = visitor.send("POST", reverse("bids:hand_in", args=bid), sealed.handed_in, Idempotency_Key=key)
        return json.loads(answer.body)["receipt"]

    def faults_at_the_end(self) -> list[str]:
        there = set(Submission.objects.values_list("pk", flat=True))
        return [f"bid {bid} is there, and nobody handed it in" for bid in there - self.held.acknowledged]


class OpeningBids(Scene):
    """Two holders open three bids: each fetches the sheet, peels it and hands it back; then both attest the list."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.case, self.tender = make_published()
        self.ring = ring_of(self.tender)
        self.bids = {give_bid(self.tender, supplier=f"Bolag {number}").pk for number in range(SUPPLIERS)}
        self.secrets = {person: (self.ring.of(person).pk, self.ring.secret_of(person)) for person in self.case.openers}
        self.receipts = {pk: text.encode() for pk, text in Submission.objects.values_list("pk", "receipt")}
        close_box(self.tender)
        site.is_now(DEADLINE + timedelta(hours=1))
        site.sign_in(*self.case.openers)
        site.keep()

    def begin(self) -> None:
        self.site.put_back()
        self.held.__init__()
        self.held.receipts |= self.receipts
        self.held.acknowledged |= self.bids
        self.attested = set()

    def acts(self) -> Sequence[Callable[[], object]]:
        return [self.open]

    def open(self) -> None:
        first, last = self.case.openers
        case = self.case.procurement.pk
        if OPENED not in self.page_of(first):
            self.unlock(first)
            answer = self.unlock(last)
            assert answer.location == reverse("bids:opening", args=[case])
        self.held.told(case, "closed", "opened")
        for person in {first, last} - self.attested:
            # what was done before an answer was lost is refused the second time, and counted at the end
            assert self.declare(person).status == 302
            assert self.site.of(person).post(reverse("bids:opening", args=[case]), {"attest": "1"}).status in {
                302,
                422,
            }
            self.attested.add(person)
        protocol = self.site.of(last).get(reverse("bids:protocol", args=[case]))
        assert protocol.status == 200, protocol
        self.held.protocols[self.tender.pk] = protocol.body

    def page_of(self, person: Person) -> str:
        page = self.site.of(person).get(reverse("bids:opening", args=[self.case.procurement.pk]))
        assert page.status == 200, page
        return page.body.decode()

    def declare(self, person: Person) -> Answer:
        """Declare one's interests anew, now that the bidders are known (INV-15); to do it again does no harm."""
        place = reverse("procurements:declare", args=[self.case.procurement.pk])
        return self.site.of(person).post(
            place, {"has_conflict": "no", "shown": ConflictDeclaration.Moment.AFTER_OPENING}
        )

    def unlock(self, person: Person) -> Answer:
        visitor, (key, secret) = self.site.of(person), self.secrets[person]
        place = [self.case.procurement.pk, "bid"]
        sheet = visitor.get(reverse("bids:sheet", args=[*place, key]))
        assert sheet.status == 200, sheet
        peeled = peel_sheet(read_sheet(sheet.body), secret).canonical()
        answer = visitor.post(reverse("bids:unlock", args=place), {}, {"sheet": peeled})
        assert answer.status == 302, answer
        return answer

    def faults_at_the_end(self) -> list[str]:
        opening = Opening.objects.get()
        opened = set(Bid.objects.values_list("submission_id", flat=True))
        faults = [] if opened == self.bids else [f"{len(opened)} bids were opened"]
        if opening.first_attested_at is None or opening.second_attested_at is None:
            faults.append("the list was not attested by both")
        unreadable = [bid.number for bid in Bid.objects.all() if bid.is_unreadable]
        attested = LedgerBody.objects.filter(event="opening_list_attested").count()
        if attested != 2:
            faults.append(f"the list was attested {attested} times")
        return [*faults, *(f"bid {number} was not readable" for number in unreadable)]


class Awarding(Scene):
    """The officer prepares the award, the director decides, and all bidders are notified."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        world = make_outcome()
        self.case, self.bids = world.case, len(world.bids)
        self.scores = individual_scores()
        self.receipts = {pk: text.encode() for pk, text in Submission.objects.values_list("pk", "receipt")}
        site.is_now(world.opened_at + timedelta(days=4))
        site.sign_in(world.case.officer, world.case.decider)
        site.keep()

    def begin(self) -> None:
        self.site.put_back()
        self.mails = OutboxMail.objects.count()
        self.held.__init__(receipts=self.receipts, scores=self.scores)
        self.steps = [
            ("prepare", self.case.officer, WORDS | {"without_proof": WITHOUT_PROOF}),
            ("decide", self.case.decider, WORDS),
            ("notices", self.case.officer, {f"channel_{n + 1}": "electronic" for n in range(self.bids)}),
        ]
        self.keys = {name: uuid4().hex for name, _, _ in self.steps}
        self.done = set()

    def acts(self) -> Sequence[Callable[[], object]]:
        return [self.award]

    def award(self) -> None:
        case = self.case.procurement.pk
        for name, person, fields in self.steps:
            if name in self.done:
                continue
            place = reverse(f"awards:{name}", args=[case])
            sent = fields | {"idempotency_key": self.keys[name]}
            answer = self.site.of(person).post(place, sent)
            assert answer.status == 302, answer.body.decode()
            self.done.add(name)
            if name in TOLD:
                self.held.told(case, TOLD[name])

    def faults_at_the_end(self) -> list[str]:
        numbers = {
            "proposals": (DecisionProposal.objects.count(), 1),
            "decisions": (AwardDecision.objects.count(), 1),
            "notifications": (Notification.objects.count(), self.bids),
            "messages": (OutboxMail.objects.count() - self.mails, self.bids),
        }
        return [f"{found} {what} instead of {right}" for what, (found, right) in numbers.items() if found != right]


OPENED = "Anbuden är öppnade"
WORDS = {"reasons": REASONS, "delegation": "Delegationsordningen punkt 4.2", "stated_days": "", "court": ""}
TOLD = {"decide": "decided", "notices": "notified"}
SCENES = {"hand_in": (HandingIn, 40), "opening": (OpeningBids, 10), "award": (Awarding, 10)}
"""Each scene with its kills: 60 for each engine together."""
NIGHTLY = 17
"""How many times as many by night: 1,020 for each engine."""


@pytest.mark.parametrize("name", SCENES)
def test_kill_at_any_instant(site, seed, form, tmp_path, name):
    scene, kills = SCENES[name]
    kills = form.times(kills, kills * NIGHTLY)
    campaign(scene(site), kills=kills, chance=form.chance(seed), folder=tmp_path)
