from __future__ import annotations

import pytest

from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.tenders.actions import publish
from rodatraden.tenders.queries import standing_in_the_way
from tests.factories.procurements import make_case
from tests.factories.tenders import PUBLISHED_AT, make_published_tender, make_tender

pytestmark = pytest.mark.django_db


def test_complete_documents_are_published():
    case = make_case()
    tender = make_tender(case)
    assert standing_in_the_way(tender, PUBLISHED_AT) == []
    snapshot = publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    assert snapshot.number == 1


def test_published():
    case = make_case()
    tender = make_published_tender(case)
    assert has_happened(tender.procurement, StageFact.Kind.NOTICE_CONFIRMED)
