"""Links of letters, followed as a browser does it: what stands behind # is given in a form, and leads to a page.

`every_link` makes one of each kind that there is, about a published tender and its buyer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.awards.actions import ask_for_documents
from rodatraden.bids.models import OpeningObserver
from rodatraden.core.codes import code_digest
from rodatraden.parties.actions import invite
from rodatraden.parties.models import Membership
from rodatraden.tenders.actions import follow_answers
from rodatraden.tenders.queries import code_of_subscription
from rodatraden.ui.links import FIELD, new_code
from tests.factories.parties import make_person

if TYPE_CHECKING:
    from datetime import datetime

    from django.test import Client

    from rodatraden.tenders.models import Tender


def link_in(text: str) -> str:
    """Return the one link of ours with a code that a text holds, from the root of the site on."""
    (found,) = set(re.findall(r"https?://[^/\s]+(/[^\s<]*#[^\s<]+)", text))
    return found


def follow(client: Client, link: str) -> str:
    """Follow a link: give its code where the link leads, and return the address of the page that it is the key to."""
    asks, _, code = link.partition("#")
    answer = client.post(asks, {FIELD: code})
    assert answer.status_code == 302, (link, answer.status_code)
    return answer["Location"]


def every_link(tender: Tender, *, at: datetime) -> list[str]:
    """Return a link of each kind: to an answer by mail, a role, documents that were asked for, and the opening, which somebody observes."""
    buyer, (asked, invited, observed) = tender.procurement.buyer, (new_code() for _ in range(3))
    followed = follow_answers(tender=tender, email="foljer@example.org", by=None, at=at)
    ask_for_documents(tender=tender, wanted="Allt som finns", token=asked, by=None, at=at)
    invite(
        organisation=buyer,
        email="ny@example.org",
        role=Membership.Role.DIRECTOR,
        token=invited,
        link="",
        by=make_person("Inbjudare", organisation=buyer, role=Membership.Role.ADMINISTRATOR),
        at=at,
    )
    OpeningObserver.objects.filter(tender=tender).update(token_sha256=code_digest(observed))
    codes = {
        "tenders:subscription_code": code_of_subscription(followed),
        "awards:request_code": asked,
        "parties:invitation_code": invited,
        "bids:observation_code": observed,
    }
    return [f"{reverse(asks)}#{code}" for asks, code in codes.items()]
