from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.procurements import make_case
from tests.factories.tenders import make_published_tender, make_tender

pytestmark = pytest.mark.django_db
CASE_PAGES = (
    "requirements",
    "requirement_create",
    "import",
    "contents",
    "content_create",
    "terms",
    "dates",
    "deadline",
    "model",
    "publish",
    "notices",
    "questions",
)


def pages(tender):
    key = tender.procurement_id
    found = [reverse(f"tenders:{name}", args=[key]) for name in CASE_PAGES]
    found += [reverse("tenders:export", args=[key, ending]) for ending in ("docx", "xlsx")]
    found += [reverse("tenders:content_edit", args=[key, item.pk]) for item in tender.content_items.all()[:1]]
    for row in tender.requirements.all():
        found += [reverse("tenders:requirement", args=[row.pk])]
    return found


def test_drafting(client):
    case = make_case()
    tender = make_tender(case)
    client.force_login(case.officer)
    found = pages(tender) + [reverse("tenders:strike", args=[tender.requirements.first().pk])]
    assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)


def test_published(client):
    case = make_case()
    tender = make_published_tender(case)
    client.force_login(case.officer)
    found = pages(tender) + [reverse("tenders:confirm_notice", args=[tender.procurement_id, tender.notices.first().pk])]
    assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)


def test_start(client):
    case = make_case()
    client.force_login(case.officer)
    assert client.get(reverse("tenders:start", args=[case.procurement.pk])).status_code == 200


def test_public(client):
    case = make_case()
    tender = make_published_tender(case)
    found = [reverse(f"tenders:{name}", args=[tender.pk]) for name in ("answers", "ask", "follow_answers")]
    assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)
