from __future__ import annotations

import pytest

from rodatraden.procurements.models import Procurement

pytestmark = pytest.mark.usefixtures("at_home")


def test_the_same_procurement_stands_at_six_stages():
    last = {
        procurement.title.rpartition("(")[2].rstrip(")"): procurement.facts.order_by("-at", "-id")[0].kind
        for procurement in Procurement.objects.filter(title__startswith="Processcoachning")
    }
    assert last == {
        "exempel 1: utkast": "created",
        "exempel 2: öppen för anbud": "notice_confirmed",
        "exempel 3: anbuden bedöms": "opened",
        "exempel 4: avtalsspärr": "notified",
        "exempel 5: avtal och uppföljning": "contract_signed",
        "exempel 6: så som underlaget är skrivet": "created",
    }
