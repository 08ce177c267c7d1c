"""What a call-off gives: hours that are done, and material that belongs to the buyer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.contracts.actions import deliver, report_delivered_hours
from rodatraden.contracts.models import CallOff, Deliverable
from rodatraden.contracts.rules import ceiling_of
from rodatraden.core.answer import RefusedError
from rodatraden.records.models import DiaryDocument, LedgerBody
from rodatraden.records.queries import read_bytes
from tests.contracts.conftest import SIGNED_ON
from tests.factories.bids import pdf
from tests.factories.contracts import fresh, noon, order, supplier_person
from tests.factories.files import encrypted_pdf

pytestmark = pytest.mark.django_db

AT = noon(SIGNED_ON)


def give(made, by, **changed):
    given = {"title": "Samtalsguide", "data": pdf(), "file_name": "guide.pdf"} | changed
    return deliver(order=made, by=by, at=AT, **given)


class TestDeliver:
    def test_it_belongs_to_the_association_as_the_published_clause_says(self, world, contract):
        given = give(order(world, contract), supplier_person(contract), title=" Samtalsguide ")
        assert (given.title, given.right) == ("Samtalsguide", "Allt material tillhör förbundet.")
        assert read_bytes(given.file) == pdf()
        assert (given.file.name, given.file.media_type) == ("guide.pdf", "application/pdf")

    def test_it_is_received_in_the_diary_and_the_ledger(self, world, contract):
        given = give(order(world, contract), world.case.contract_manager)
        document = DiaryDocument.objects.get(file=given.file)
        assert (document.direction, document.counterparty, document.subject) == (
            "received",
            contract.supplier.name,
            "Samtalsguide",
        )
        assert LedgerBody.objects.get(object_id=given.pk).what == f'{{"sha256":"{given.file.sha256}"}}'

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"title": " "}, "title"),
            ({"data": b""}, "file"),
            ({"data": b"MZ program", "file_name": "guide.exe"}, "file"),
            ({"data": encrypted_pdf()}, "file"),
            ({"file_name": "guide.png"}, "file"),
        ],
    )
    def test_what_can_not_be_taken_is_said_at_its_field(self, world, contract, changed, field):
        with pytest.raises(RefusedError) as refused:
            give(order(world, contract), world.case.contract_manager, **changed)
        assert refused.value.answer.mend == field
        assert not Deliverable.objects.exists()


class TestReportDeliveredHours:
    def report(self, world, made, hours, *, by=None):
        by = by or world.case.contract_manager
        return report_delivered_hours(order=made, delivered_hours=Decimal(hours), by=by, at=AT)

    def test_the_last_report_stands_and_commits_nothing_more(self, world, contract):
        made = order(world, contract, hours=100)
        for hours in ("40", "60.25", "55.5"):
            self.report(world, made, hours, by=supplier_person(contract))
        assert CallOff.objects.get(pk=made.pk).delivered_hours == Decimal("55.5")
        assert ceiling_of(fresh(contract), SIGNED_ON).committed == 114_000

    @pytest.mark.parametrize("hours", ["-0.01", "100.01"])
    def test_never_less_than_nothing_nor_more_than_was_ordered(self, world, contract, hours):
        made = order(world, contract, hours=100)
        with pytest.raises(RefusedError, match=r"Between 0 and 100\.00 hours") as refused:
            self.report(world, made, hours)
        assert refused.value.answer.mend == "delivered_hours"
        assert CallOff.objects.get(pk=made.pk).delivered_hours is None
