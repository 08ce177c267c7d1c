"""Call-offs under the ceiling: ordered within it, and freed as far as they were not delivered."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rodatraden.contracts.actions import call_off, cancel_call_off, extend, report_delivered_hours
from rodatraden.contracts.models import CallOff, Contract
from rodatraden.contracts.rules import ceiling_of
from rodatraden.core.answer import RefusedError
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from tests.contracts.conftest import SIGNED_ON
from tests.factories.contracts import Place, fresh, noon, order

pytestmark = pytest.mark.django_db

AT = noon(SIGNED_ON)
MOST_HOURS = Decimal("2631.57")
"""3 000 000 kr at 1 140 kr an hour, rounded down to what can be written: 2 999 989.80 kr."""


def give(world, contract, **changed):
    given = {
        "description": "Metodstöd",
        "place": Place.DIGITAL,
        "platform": "Teams",
        "starts_on": SIGNED_ON,
        "ends_on": SIGNED_ON,
        "hours": Decimal(10),
        "by": world.case.decider,
        "at": AT,
    }
    return call_off(contract=contract, **given | changed)


class TestCallOff:
    def test_hours_times_price_is_the_amount_exactly(self, world, contract):
        for hours in ("120", "0.01", "33.33", "7.25"):
            made = CallOff.objects.get(pk=order(world, contract, hours=hours).pk)
            assert made.amount == Decimal(hours) * 1140
        assert [made.number for made in CallOff.objects.order_by("number")] == [1, 2, 3, 4]
        assert ceiling_of(fresh(contract), SIGNED_ON).committed == Decimal("160.59") * 1140

    def test_the_designs_five_orders(self, world, contract):
        for hours in (120, 90, 180, 140, 96):
            order(world, contract, hours=hours)
        ceiling = ceiling_of(fresh(contract), SIGNED_ON)
        assert (ceiling.committed, ceiling.left) == (Decimal(713_640), Decimal(2_286_360))

    def test_the_last_hour_that_fits_and_the_first_that_does_not(self, world, contract):
        with pytest.raises(RefusedError, match="at most 2\u00a0631,57 hours") as refused:
            order(world, contract, hours=MOST_HOURS + Decimal("0.01"))
        assert (refused.value.answer.mend, refused.value.answer.source) == ("hours", "HFD 2022 ref. 4")
        order(world, contract, hours=MOST_HOURS)
        with pytest.raises(RefusedError, match="10,20\u00a0kr is left"):
            order(world, contract, hours="0.01")

    def test_a_ceiling_may_be_used_to_the_last_krona(self, world, contract):
        Contract.objects.filter(pk=contract.pk).update(ceiling=Decimal(1140) * 100)
        order(world, contract, hours=100)
        assert ceiling_of(fresh(contract), SIGNED_ON).left == 0
        with pytest.raises(RefusedError, match="The ceiling has been reached"):
            order(world, contract, hours="0.01")

    @pytest.mark.parametrize(
        ("starts_on", "ends_on", "field"),
        [
            (SIGNED_ON - timedelta(days=1), SIGNED_ON, "starts_on"),
            (SIGNED_ON, date(2027, 7, 1), "ends_on"),
            (date(2027, 7, 1), date(2027, 7, 31), "ends_on"),
            (date(2026, 9, 2), date(2026, 9, 1), "ends_on"),
        ],
    )
    def test_inv_24_no_order_outside_the_agreed_term(self, world, contract, starts_on, ends_on, field):
        with pytest.raises(RefusedError) as refused:
            give(world, contract, starts_on=starts_on, ends_on=ends_on)
        assert refused.value.answer.mend == field
        assert not CallOff.objects.exists()

    def test_an_option_that_is_taken_up_can_be_ordered_within(self, world, contract):
        days = {"starts_on": date(2027, 6, 1), "ends_on": date(2027, 8, 31)}
        with pytest.raises(RefusedError, match="What has been agreed runs from 2026-07-01 to 2027-06-30"):
            give(world, contract, **days)
        extend(contract=contract, reason="Målen nås.", by=world.case.decider, at=noon(date(2027, 3, 16)))
        assert give(world, contract, **days).ends_on == date(2027, 8, 31)

    def test_inv_24_nothing_is_ordered_after_the_contract_has_ended(self, world, contract):
        with pytest.raises(RefusedError, match="The contract ended on 2027-06-30"):
            give(world, contract, at=noon(date(2027, 7, 1)))
        assert give(world, contract, at=noon(date(2027, 6, 30))).number == 1

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"platform": " "}, "platform"),
            ({"platform": "", "location": "Karlskrona"}, "platform"),
            ({"place": Place.ON_SITE, "location": ""}, "location"),
            ({"description": " "}, "description"),
            ({"hours": Decimal(0)}, "hours"),
            ({"hours": Decimal(-1)}, "hours"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field(self, world, contract, changed, field):
        with pytest.raises(RefusedError) as refused:
            give(world, contract, **changed)
        assert refused.value.answer.mend == field
        assert not CallOff.objects.exists()

    def test_place_is_kept_as_it_was_chosen(self, world, contract):
        digital = give(world, contract, location="Karlskrona")
        on_site = give(world, contract, place=Place.ON_SITE, location="Karlskrona")
        assert [(made.platform, made.location) for made in (digital, on_site)] == [("Teams", ""), ("", "Karlskrona")]

    def test_there_is_no_travel_cost_to_write(self):
        fields = {field.name for field in CallOff._meta.get_fields()}
        assert not {name for name in fields if "travel" in name or "cost" in name}

    def test_a_price_that_changes_later_does_not_change_an_order(self, world, contract):
        made = order(world, contract, hours=10)
        Contract.objects.filter(pk=contract.pk).update(price=Decimal(1200))
        assert CallOff.objects.get(pk=made.pk).amount == 11_400

    def test_the_ledger_tells_hours_and_amount(self, world, contract):
        made = order(world, contract, hours="7.25")
        body = LedgerBody.objects.get(event="call_off_made", object_id=made.pk)
        assert body.what == '{"amount":"8265","hours":"7.25"}'
        assert (body.by, body.case) == (world.case.decider.pk, world.procurement.pk)


class TestCancel:
    def cancel(self, world, made, **given):
        return cancel_call_off(order=made, reason="Forumet flyttas.", by=world.case.decider, at=AT, **given)

    def test_what_has_not_been_delivered_is_free_again(self, world, contract):
        self.cancel(world, order(world, contract, hours=MOST_HOURS))
        assert ceiling_of(fresh(contract), SIGNED_ON).left == 3_000_000
        assert order(world, contract, hours=MOST_HOURS).number == 2

    def test_what_was_reported_stays_committed(self, world, contract):
        made = order(world, contract, hours=100)
        report_delivered_hours(order=made, delivered_hours=Decimal("40.5"), by=world.case.contract_manager, at=AT)
        self.cancel(world, made)
        assert ceiling_of(fresh(contract), SIGNED_ON).committed == Decimal("40.5") * 1140

    def test_the_director_says_what_was_delivered_and_accepted(self, world, contract):
        made = order(world, contract, hours=100)
        report_delivered_hours(order=made, delivered_hours=Decimal(40), by=world.case.contract_manager, at=AT)
        assert self.cancel(world, made, delivered_hours=Decimal(30)).committed == 30 * 1140

    @pytest.mark.parametrize("hours", [Decimal(-1), Decimal(100), Decimal("100.01")])
    def test_hours_that_can_not_be_are_refused(self, world, contract, hours):
        made = order(world, contract, hours=100)
        with pytest.raises(RefusedError, match=r"Less than the 100\.00 hours"):
            self.cancel(world, made, delivered_hours=hours)
        assert CallOff.objects.get(pk=made.pk).cancelled_at is None

    def test_inv_24_nothing_is_added_to_a_cancelled_order(self, world, contract):
        """Else hours reported late would pass a ceiling that has been ordered up to again."""
        made = order(world, contract, hours=MOST_HOURS)
        self.cancel(world, made)
        order(world, contract, hours=MOST_HOURS)
        with pytest.raises(RefusedError, match="has been cancelled"):
            report_delivered_hours(order=made, delivered_hours=Decimal(1), by=world.case.contract_manager, at=AT)
        assert ceiling_of(fresh(contract), SIGNED_ON).left >= 0

    def test_once_and_with_a_reason(self, world, contract):
        made = order(world, contract)
        with pytest.raises(RefusedError, match="Say why"):
            cancel_call_off(order=made, reason=" ", by=world.case.decider, at=AT)
        self.cancel(world, made)
        with pytest.raises(RefusedError, match="cancelled already"):
            self.cancel(world, made)

    def test_what_is_delivered_in_full_is_not_cancelled(self, world, contract):
        made = order(world, contract, hours=10)
        report_delivered_hours(order=made, delivered_hours=Decimal(10), by=world.case.contract_manager, at=AT)
        with pytest.raises(RefusedError, match="nothing to cancel"):
            self.cancel(world, made)

    def test_the_supplier_is_told_of_both(self, world, contract):
        made = order(world, contract, hours="7.5")
        self.cancel(world, made)
        ordered, cancelled = OutboxMail.objects.filter(subject__contains="1").order_by("written_at", "pk")[:2] or ()
        texts = ordered.text + cancelled.text
        assert "7,5" in texts
        assert "8\u00a0550\u00a0kr" in texts
        assert "Forumet flyttas." in texts
        sent = DiaryDocument.objects.filter(case=world.procurement.diary_case, direction="sent").order_by("serial")
        assert [document.counterparty for document in sent][-2:] == [contract.supplier.name] * 2
