"""The page of the model: what is found stands first and weightiest first, and says what a person has accepted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.evaluation import TieRule
from rodatraden.tenders.actions import set_evaluation_model, start_tender
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import make_drafted
from tests.tenders.pages import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_five_findings_are_shown_at_once_and_the_rest_on_demand(client):
    case = make_case()
    start_tender(procurement=case.procurement, template="seed_000_as_written", by=case.officer, at=START)
    client.force_login(case.officer)
    shown = client.get(url("model", case.procurement.pk)).content.decode()
    first, more = shown.split("Visa en anmärkning till", 1)
    assert first.count(">Stoppar<") == 5
    assert (">Varning<" in first, ">Varning<" in more.partition("</details>")[0]) == (False, True)
    assert "3 kontroller godkända" in more


def test_a_warning_shows_bids_and_leads_to_accepting_it_and_then_says_who_did(client):
    case, tender = make_drafted()
    set_evaluation_model(
        tender=tender,
        per_point=Decimal(100),
        target=Decimal(20),
        gate=Decimal(12),
        tie_rule=TieRule.NONE,
        by=case.officer,
        at=START,
    )
    client.force_login(case.officer)
    page, accept = (
        url(*each) for each in (("model", case.procurement.pk), ("accept", case.procurement.pk, "model:tie_rule"))
    )
    shown = client.get(page).content.decode()
    assert (accept in shown, "Anbud som visar det" in shown) == (True, True)
    client.post(accept, {"reason": "Lottning passar inte här."})
    shown = client.get(page).content.decode()
    assert (accept in shown, "Lottning passar inte här." in shown, ">Godtaget<" in shown) == (False, True, True)


def test_who_may_not_edit_is_not_asked_to_accept(client):
    case, tender = make_drafted()
    set_evaluation_model(
        tender=tender,
        per_point=Decimal(100),
        target=Decimal(20),
        gate=None,
        tie_rule=TieRule.NONE,
        by=case.officer,
        at=START,
    )
    client.force_login(case.need_owner)
    shown = client.get(url("model", case.procurement.pk)).content.decode()
    assert (">Varning<" in shown, "/publicera/godta/" in shown) == (True, False)
