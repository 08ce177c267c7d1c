"""The contract to sign: the promises word for word, who does what, how it is known, for those who see the contract."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.urls import reverse

from rodatraden.contracts.queries import terms_of
from rodatraden.records.queries import read_bytes
from tests.factories.awards import make_awarded
from tests.factories.contracts import draw_up, make_contract
from tests.factories.parties import make_buyer, make_person
from tests.pdf import flowing

pytestmark = pytest.mark.django_db


def one_line(text):
    return " ".join(text.split())


@pytest.fixture
def drawn_up():
    world = make_awarded()
    return world, draw_up(world)


def test_it_holds_the_parties_the_money_and_every_term_as_it_was_promised_or_published(drawn_up):
    world, contract = drawn_up
    assert (contract.document.version, contract.document.counterparty) == (1, contract.supplier.name)
    text = flowing(read_bytes(contract.document.file))
    for said in (
        f"Mellan {contract.buyer.name} och {contract.supplier.name}.",
        "Pris, enligt anbudet 1 140 kr per timme",
        "För köparen:",
        "Namnförtydligande",
        "Bilaga 1. Utfästelser och villkor",
        "Bilaga 2. Vem gör vad",
        "Bilaga 3. Plan för uppföljningen",
        contract.bid.submission.fingerprint,
    ):
        assert said in text
    for term in terms_of(contract):
        assert one_line(term.text) in text
        assert term.requirement.label in text
        assert one_line(term.requirement.follow_up_how) in text
    assert any(term.promise for term in terms_of(contract))
    for person in contract.bid.named_people.all():
        assert person.name in text
    for bid in world.bids:
        assert (bid.supplier.name in text) is (bid == contract.bid)


def test_a_part_of_the_bid_that_was_published_as_an_annex_is_one_by_its_fingerprint_and_no_other_is(drawn_up):
    world, contract = drawn_up
    text = flowing(read_bytes(contract.document.file))
    annex = contract.bid.files.get(content_item__title="Metodbeskrivning")
    for said in (
        "Bilaga 4. Metodbeskrivning",
        "Ingen har ändrat ett ord i den.",
        annex.file.name,
        f"Sidor {annex.pages}",
        annex.file.sha256,
    ):
        assert said in text
    assert "Bilaga 5" not in text
    others = [file for bid in world.bids for file in bid.files.select_related("file") if file != annex]
    assert len(others) > len(world.bids)
    assert not [file for file in others if file.file.sha256 != annex.file.sha256 and file.file.sha256 in text]


def test_an_annex_longer_than_what_was_read_says_so():
    world = make_awarded()
    bid = world.tender.award.winner
    bid.files.filter(content_item__is_annex=True).update(pages=9, is_over_limit=True)
    text = flowing(read_bytes(draw_up(world).document.file))
    assert "Sidor 9" in text
    assert "När anbuden bedömdes lästes högst 4 sidor." in text


def test_the_annex_is_the_very_file_of_the_bid_for_those_who_see_the_contract(drawn_up, client):
    world, contract = drawn_up
    annex = contract.bid.files.get(content_item__title="Metodbeskrivning").file
    loser = next(bid for bid in world.bids if bid != contract.bid)
    theirs = loser.files.get(content_item__title="Metodbeskrivning").file
    cv = contract.bid.files.get(content_item__title="CV för namngiven konsult").file
    address = reverse("contracts:file", args=[annex.pk])
    for person in (world.case.officer, world.case.contract_manager, contract.bid.submission.submitted_by):
        client.force_login(person)
        page = client.get(reverse("contracts:detail", args=[contract.pk])).content.decode()
        assert (address in page, annex.sha256 in page, "Bilaga 4. Metodbeskrivning" in one_line(page)) == (True,) * 3
        assert sha256(client.get(address).getvalue()).hexdigest() == annex.sha256
        for other in (theirs, cv):
            assert client.get(reverse("contracts:file", args=[other.pk])).status_code == 404
    for person in (loser.submission.submitted_by, make_person("Stranger", organisation=make_buyer("Annat"))):
        client.force_login(person)
        assert client.get(address).status_code == 404


def test_it_does_not_name_who_of_the_buyer_follows_up(drawn_up):
    _, contract = drawn_up
    text = flowing(read_bytes(contract.document.file))
    names = {term.requirement.follow_up_by.name for term in terms_of(contract)}
    assert names
    assert not [name for name in names if name in text]


def test_what_is_drawn_up_stays_as_it_was_when_the_contract_is_signed():
    _, contract = make_contract()
    assert contract.document != contract.signed_file
    assert "Underskrifter" in flowing(read_bytes(contract.document.file))


def test_who_fetches_it_and_who_may_have_it_checked(drawn_up, client):
    world, contract = drawn_up
    case = world.case
    people = {
        "officer": case.officer,
        "evaluator": case.evaluators[0],
        "need_owner": case.need_owner,
        "decider": case.decider,
        "contract_manager": case.contract_manager,
        "supplier": contract.bid.submission.submitted_by,
        "loser": next(bid for bid in world.bids if bid != contract.bid).submission.submitted_by,
        "stranger": make_person("Stranger", organisation=make_buyer("Annat")),
        "anonymous": None,
    }
    for address in (
        reverse("contracts:document", args=[contract.pk]),
        reverse("contracts:word", args=[contract.pk]),
        f"{reverse('records:check')}?sha256={contract.document.file.sha256}",
    ):
        found = set()
        for name, person in people.items():
            client.logout()
            if person:
                client.force_login(person)
            answer = client.get(address)
            body = answer.getvalue()
            is_it = answer["Content-Type"].startswith("application/") or contract.document.number.encode() in body
            if answer.status_code == 200 and is_it:
                found.add(name)
        assert found == set(people) - {"loser", "stranger", "anonymous"}
