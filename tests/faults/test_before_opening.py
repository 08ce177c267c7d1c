"""Nobody at the buyer, and nobody in public, sees in any byte of any page whether there are five sealed bids or none (INV-02).

Every address that the resolver has and that names what is there, before the box is closed and after. The short form lets
one of them look at each address in turn, `--nightly` all of them.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, reverse

from rodatraden.bids.models import SealedPart, Submission
from rodatraden.config.checks import addresses
from rodatraden.parties.models import Membership, Session
from rodatraden.records.actions import publish_head
from tests.factories.bids import close_box, make_bidder
from tests.factories.links import every_link, follow
from tests.factories.observing import make_observer
from tests.factories.parties import make_holder, make_person
from tests.factories.sealed import give_bid, seal_bid, upload
from tests.factories.tenders import DEADLINE, make_published
from tests.security.test_habits import let_go
from tests.security.test_matrix import MODELS, WORDS
from tests.security.test_matrix import addresses as named_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
BEFORE = DEADLINE - timedelta(hours=3)
CLOSED = DEADLINE + timedelta(minutes=5)
FEWEST, SHOWN = 120, 40
"""Fewer addresses, or pages that somebody gets to see, would mean that the table has lost its rows."""
NAMED = {
    **MODELS,
    "tender_id": ["tenders.Tender"],
    "snapshot_id": ["tenders.Snapshot"],
    "upload_id": ["bids.SealedUpload"],
}
SECRET_WORDS = {"name": "a"}
ENDS_THE_SESSION = {"/konto/logga-ut/"}
BY_LINKS = "somebody who was sent every link"
RANDOM = re.compile(
    r"""(csrfmiddlewaretoken|written-by|idempotency_key)"\s+value="[^"]*"|nonce="[^"]*"|"csrf":\s*"[^"]*"|hx-headers='[^']*'"""
)

OF_NOBODY = re.compile(r'"age":"[^"]*","bid":"[^"]*"')
"""In the sheet that a first holder peels: the wraps of sixteen bids, some or all of them nobody's."""


def shape(found: re.Match[str]) -> str:
    """What a holder can tell of a wrap without its key: how long it is, and the words of its header."""
    sealed = b64decode(json.loads(f"{{{found[0]}}}")["age"])
    return f"{len(sealed)} {[line.split()[:2] for line in sealed.split(b'---')[0].splitlines() if line[:2] == b'->']}"


def every_address(*, nightly: bool) -> list[str]:
    """Return each address that names what is there; in the long form also those that name what is not."""
    found = []
    for route, _, _ in addresses(get_resolver().url_patterns):
        plain = re.sub(r"\(\?P<\w+>[^)]*\)", "a", route).replace("^", "").replace("$", "")
        names = re.findall(r"<(?:\w+:)?(\w+)>", plain)
        for chosen in product(*(values_of(name, nightly=nightly) for name in names)):
            address = plain
            for name, value in zip(names, chosen, strict=True):
                address = re.sub(rf"<(?:\w+:)?{name}>", str(value), address)
            found.append(f"/{address}")
    return [each for each in found if each not in ENDS_THE_SESSION]


def values_of(name: str, *, nightly: bool) -> list:
    """Return the key of one of each kind that is there; in the long form of two, or one that anybody could make up."""
    if name not in NAMED:
        return [{**WORDS, **SECRET_WORDS}[name]]
    there = [
        key
        for label in NAMED[name]
        for key in apps.get_model(label)._base_manager.order_by("pk").values_list("pk", flat=True)[: 1 + nightly]
    ]
    return there or ([UUID(int=1)] if nightly else [])


def seen(asked, links=()) -> dict[tuple[str, str], tuple[int, str, str]]:
    """Return what each gets to see, without what is random in every answer; one of them by the codes of `links`, without an account."""
    Session.objects.all().delete()  # who is signed in elsewhere too is shown that
    found, clients = {}, {}
    for person, address in asked:
        if person not in clients:
            clients[person] = Client()
            if person == BY_LINKS:
                for link in links:
                    follow(clients[person], link)
            elif person:
                clients[person].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        answer = clients[person].get(address)
        text = OF_NOBODY.sub(shape, RANDOM.sub("", answer.getvalue().decode(errors="replace")))
        let_go(answer)
        found[str(person), address] = (answer.status_code, answer.headers.get("Location", ""), text)
    return found


@pytest.mark.parametrize("at", [BEFORE, CLOSED], ids=["while the box is open", "when it is closed"])
def test_inv_02_no_page_of_any_address_tells_five_sealed_bids_from_none(at, time_machine, nightly):
    time_machine.move_to(at, tick=False)
    case, tender = make_published(evaluators=1)
    administrator = make_person("Administrator", organisation=case.buyer, role=Membership.Role.ADMINISTRATOR)
    holder = make_holder("Innehavare", case.buyer).person
    observer = make_observer(case, tender).person
    bidders = [make_bidder(f"Bolag {number}") for number in range(6)]
    for number in range(2):
        publish_head(by=None, at=BEFORE - timedelta(days=2 - number))
    if at == CLOSED:
        close_box(tender, at=CLOSED)
    people = [case.officer, case.openers[0], administrator, case.evaluators[0], holder, case.decider, observer, None]
    there = every_address(nightly=nightly)
    assert len(there) > FEWEST
    asked = [
        (person, address)
        for number, address in enumerate(there)
        for turn, person in enumerate(people)
        if nightly or number % len(people) == turn
    ]
    observed = observer, reverse("bids:observe", args=[tender.pk])
    links = every_link(tender, at=BEFORE)
    by_links = [(BY_LINKS, address) for address in named_addresses("by_link")]
    asked = [*dict.fromkeys([*asked, observed, *by_links])]
    own = [(bidders[0], reverse("bids:mine"))]
    nothing, mine = seen(asked, links), seen(own)
    for bidder in bidders[:5]:
        give_bid(tender, bidder=bidder, at=BEFORE)
    upload(tender, seal_bid(tender), bidder=bidders[5], at=BEFORE)
    assert (Submission.objects.count(), SealedPart.objects.exists()) == (5, True)
    full = seen(asked, links)
    read = [where[1] for where, (status, *_) in full.items() if where[0] == BY_LINKS and status == 200]
    assert len(read) >= len(links), "each link leads to a page, or nothing was looked at there"
    assert full[str(observer), observed[1]][0] == 200, "the observer follows, or nothing was looked at there"
    assert seen(own) != mine, "who bids sees it, or nothing was looked at here"
    assert [where for where in nothing if full[where] != nothing[where]] == []
    statuses = [status for status, _, _ in nothing.values()]
    assert statuses.count(200) > SHOWN
    assert not [where for where, (status, _, _) in nothing.items() if status >= 500]
