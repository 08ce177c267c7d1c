"""An award in Norway, all the way: the Norwegian rows decide the standstill, and what bidders read is in bokmål."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rodatraden.awards.actions import notify_bidders
from rodatraden.awards.models import Notification
from rodatraden.awards.rules import computed_standstill, may_conclude_contract
from rodatraden.core.answer import RefusedError
from rodatraden.records.queries import read_bytes
from tests.factories.awards import award, review
from tests.factories.evaluation import make_outcome
from tests.pdf import flowing

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

SENT = datetime(2026, 12, 14, 8, 0, tzinfo=UTC)
"""Ten days later is Christmas eve: an eve is an ordinary day in Norway and none in Sweden."""


def notified(country, procedure, *, stated_days=None, channels=None):
    """Notify all in a procurement of that country and procedure; it began under Swedish law, which its rows do not know."""
    world = make_outcome((1000, 900), ((8, 8), (8, 8)), language="nb" if country == "NO" else "sv")
    procurement = world.procurement
    procurement.country, procurement.procedure = country, procedure
    procurement.save()
    decision = award(world, at=SENT - timedelta(hours=1))
    decision.tender = world.fresh_tender()
    notify_bidders(decision=decision, by=world.case.officer, at=SENT, stated_days=stated_days, channels=channels)
    return world


@pytest.mark.parametrize(
    ("country", "procedure", "stated_days", "last", "first"),
    [
        ("SE", "se-open", None, date(2026, 12, 28), date(2026, 12, 29)),
        ("NO", "no-part-3-open", None, date(2026, 12, 24), date(2026, 12, 25)),
        ("NO", "no-part-2-special", None, date(2026, 12, 24), date(2026, 12, 25)),
        ("NO", "no-part-2", 5, date(2026, 12, 21), date(2026, 12, 22)),  # day five is a Saturday
        ("NO", "no-part-3-open", 15, date(2026, 12, 29), date(2026, 12, 30)),
    ],
)
def test_inv_21_the_rows_of_the_country_decide_the_last_day(country, procedure, stated_days, last, first):
    world = notified(country, procedure, stated_days=stated_days)
    found = computed_standstill(world.fresh_tender()).known()
    assert (found.last_barred_on, found.earliest_signing_on) == (last, first)
    assert not may_conclude_contract(world.fresh_tender(), last)
    assert may_conclude_contract(world.fresh_tender(), first)


def test_in_part_ii_nobody_is_notified_before_the_authority_has_set_a_reasonable_time():
    with pytest.raises(RefusedError):
        notified("NO", "no-part-2")
    assert not Notification.objects.exists()


def test_inv_20_each_bidder_reads_in_bokmal_where_and_by_when_to_go_to_court():
    notified("NO", "no-part-3-open")
    for each in Notification.objects.all():
        told = each.standstill_text.replace("\xa0", " ")
        assert "torsdag 24. desember 2026" in told
        assert "FOA § 25-3" in told
        assert "tingretten" in told
        assert "LOU" not in told
        assert told in each.mail.text.replace("\xa0", " ")
        assert " ".join(told.split()) in flowing(read_bytes(each.document.file))


def test_inv_22_a_court_extends_part_iii_and_not_the_time_that_the_authority_set_in_part_ii():
    for procedure, stated_days, is_extended in (("no-part-3-open", None, True), ("no-part-2", 5, False)):
        world = notified("NO", procedure, stated_days=stated_days)
        review(world, received_on=date(2026, 12, 18))
        tender = world.fresh_tender()
        assert bool(may_conclude_contract(tender, date(2027, 2, 1))) is not is_extended, procedure
