"""What is decided under the contract reaches the supplier and the diary."""

from __future__ import annotations

import pytest

from rodatraden.bids.models import Submission
from rodatraden.parties.models import Organisation
from rodatraden.records.models import DiaryDocument, OutboxMail
from tests.factories.contracts import order, supplier_person
from tests.factories.diary import filed

pytestmark = pytest.mark.django_db


def test_the_supplier_is_written_to_at_its_own_address(world, contract):
    Organisation.objects.filter(pk=contract.supplier_id).update(email="avtal@mellanrum.example")
    order(world, contract)
    mail = OutboxMail.objects.latest("written_at")
    assert (mail.to, mail.case) == ("avtal@mellanrum.example", world.procurement.pk)
    assert mail.subject.endswith(": Processcoachning")


def test_else_to_who_handed_in_the_bid(world, contract):
    order(world, contract)
    assert OutboxMail.objects.latest("written_at").to == supplier_person(contract).email


def test_the_diary_has_the_words_of_the_order(world, contract):
    placed = order(world, contract)
    direction, receiver, text = filed(world.procurement, f"Avrop {placed.number}")
    assert (direction, receiver) == ("sent", contract.supplier.name)
    mail = OutboxMail.objects.latest("written_at")
    assert " ".join(mail.text.split()) in " ".join(text.split())
    assert placed.description in text


def test_without_an_address_the_diary_still_tells_it(world, contract):
    """A bid that was received in another tool has no account behind it."""
    submission = contract.bid.submission
    contract.bid.submission = None
    contract.bid.save()
    assert Submission.objects.filter(pk=submission.pk).exists()
    before = OutboxMail.objects.count()
    order(world, contract)
    assert OutboxMail.objects.count() == before
    assert DiaryDocument.objects.filter(case=world.procurement.diary_case, direction="sent").latest("serial").on
