"""Every page, from the documents to the contract, where documents have another model than an addition in kronor."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.urls import resolve, reverse

from rodatraden.contracts.rules import signed_on
from rodatraden.core.evaluation import LowestPrice, PercentageAddition, QualityOnly
from tests.factories.contracts import make_contract, noon, supplier_person

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Combination
    from rodatraden.parties.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
LINK = re.compile(r'href="(/[^"#?]*)')
ROOMS = {"pages", "tenders", "bids", "assessments", "evaluation", "awards", "contracts", "publication"}
LEFT_OUT = {
    "publication:how_we_count",
    "tenders:stress",
    *(f"publication:{name}" for name in ("word", "archive", "results")),
    *(f"{room}:file" for room in ("bids", "contracts")),
    "tenders:export",
    "pages:log_export",
}
"""A page about another procurement's model; a simulation and files, whose words have tests of their own."""


@pytest.fixture
def at(monkeypatch):
    """Let the server's clock show an instant."""

    def set_clock(instant):
        monkeypatch.setattr("rodatraden.config.clock.now", lambda: instant)

    return set_clock


def walked(client, person: Person | None, start: str) -> dict[str, str]:
    """Open the first page of each view that links lead to, as a person; return the texts of those in HTML by their views."""
    client.logout()
    if person is not None:
        client.force_login(person)
    texts: dict[str, str] = {}
    ways, opened = deque([start]), set(LEFT_OUT)
    while ways:
        address = ways.popleft()
        found = resolve(address)
        if found.view_name in opened or not ROOMS & set(found.namespaces):
            continue
        opened.add(found.view_name)
        answer = client.get(address)
        assert answer.status_code in {200, 302}, (found.view_name, answer.status_code)
        if not answer.get("Content-Type", "").startswith("text/html"):
            answer.getvalue()  # read to its end, so that its file is closed
            continue
        page = answer.content.decode()
        texts[found.view_name] = re.sub(r"<[^>]*>", " ", unescape(page))
        ways.extend(each for each in LINK.findall(page) if not each.startswith("/static/"))
    return texts


@dataclass(frozen=True)
class Expected:
    """Who wins, what everybody reads of the model, and what nobody may read anywhere."""

    weighing: Combination
    winner: str
    words: str
    never: tuple[str, ...]


LOWEST = Expected(LowestPrice(), "Bro & Bryggor HB", "Lägst pris är först", ("påslag", "per saknad poäng"))
PERCENT = Expected(
    PercentageAddition(Decimal(10), Decimal(20)),
    "Mellanrum Samverkan AB",
    "10 % av priset läggs på",
    ("kr för varje poäng", "kr per poäng"),
)

QUALITY = Expected(
    QualityOnly(),
    "Mellanrum Samverkan AB",
    "Priset är fast och lika för alla: 950\u00a0kr per timme",
    (
        "utvärderingspriset",
        "öppnade priserna",
        "priserna öppnas",
        "priserna öppnades",
        "öppna priserna",
        "priset är förseglat",
        "priset förseglas",
        "pris, enligt anbudet",
        "vunnit med ett pris",
        "lägre pris går först",
    ),
)


@pytest.mark.parametrize("expected", [LOWEST, PERCENT, QUALITY], ids=["lowest", "percent", "quality"])
def test_the_whole_way_to_the_contract_is_told_in_the_words_of_the_model(client, at, expected):
    world, contract = make_contract(weighing=expected.weighing)
    at(noon(signed_on(contract)))
    assert (world.fresh_tender().outcome.winner.supplier.name, contract.supplier.name) == (expected.winner,) * 2
    case = reverse("pages:case", args=[world.procurement.pk])
    people = {
        "officer": (world.case.officer, case),
        "supplier": (supplier_person(contract), reverse("pages:home")),
        "everybody": (None, reverse("publication:tender", args=[world.tender.pk])),
    }
    texts = {who: walked(client, person, start) for who, (person, start) in people.items()}
    pages = [(who, name, text) for who, found in texts.items() for name, text in found.items()]
    assert [(who, name, each) for who, name, text in pages for each in expected.never if each in text.lower()] == []
    assert {"tenders:model", "evaluation:outcome", "awards:decision", "contracts:detail"} <= texts["officer"].keys()
    assert expected.words in texts["everybody"]["publication:tender"]
