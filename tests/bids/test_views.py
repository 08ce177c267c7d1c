"""The pages of bids, walked as the people who use them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rodatraden.bids.models import Bid, BidDraft, Submission
from rodatraden.procurements.models import StageFact
from tests.factories.bids import give_bid, make_bidder, open_box, pdf, supplier_of, write_draft
from tests.factories.procurements import make_case
from tests.factories.tenders import DEADLINE, make_published_tender

pytestmark = pytest.mark.django_db

BEFORE = DEADLINE - timedelta(hours=3)


@pytest.fixture
def case():
    return make_case()


@pytest.fixture
def tender(case):
    return make_published_tender(case)


@pytest.fixture
def bidder():
    return make_bidder()


@pytest.fixture
def now(time_machine):
    """Move the clock: `now(instant)`; it stands still there."""

    def move(at):
        time_machine.move_to(at, tick=False)

    move(BEFORE)
    return move


def file(name="metod.pdf", data=None, kind="application/pdf"):
    return SimpleUploadedFile(name, pdf() if data is None else data, kind)


def hidden(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text.replace("\n", " "))[1]


def draft_as(client, tender, bidder):
    client.force_login(bidder)
    draft = write_draft(tender, bidder=bidder, at=BEFORE)
    return BidDraft.objects.select_related("tender__procurement", "supplier").get(pk=draft.pk)


def test_a_supplier_walks_from_the_start_to_the_receipt(client, tender, bidder, now):
    start = reverse("bids:start", args=[tender.pk])
    assert "Metodbeskrivning" in client.get(start).text
    client.force_login(bidder)
    answer = client.post(start, {"supplier": str(supplier_of(bidder).pk)})
    draft = BidDraft.objects.get()
    overview = reverse("bids:overview", args=[draft.pk])
    assert answer["Location"] == overview
    assert client.get(overview).status_code == 200
    for item in tender.content_items.filter(is_price=False):
        page = reverse("bids:upload", args=[draft.pk, item.pk])
        assert client.get(page).status_code == 200
        assert client.post(page, {"file": file(f"{item.number}.pdf")})["Location"] == overview

    page = client.get(reverse("bids:requirements", args=[draft.pk]))
    assert "Svarar på hela frågan, med exempel" in page.text
    typed = {
        "version": hidden(page, "version"),
        "met-K1": "yes",
        "text-K1": "Se cv",
        "promise-K4": "Vi svarar inom 5 dagar",
        "page-K4": "s. 2",
        "accepts_terms": "on",
    }
    assert client.post(page.wsgi_request.path, typed)["Location"] == overview
    page = client.get(reverse("bids:person", args=[draft.pk, 1]))
    typed = {
        "version": hidden(page, "version"),
        "name": "Elin Hagström",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-client": "Region Prov",
        "form-0-starts_on": "2023-01-01",
        "form-0-ends_on": "2024-12-31",
        "form-0-description": "Processledning",
    }
    assert client.post(page.wsgi_request.path, typed)["Location"] == overview
    assert "24" in client.get(reverse("bids:people", args=[draft.pk])).text
    page = client.get(reverse("bids:price", args=[draft.pk]))
    assert client.post(page.wsgi_request.path, {"version": hidden(page, "version"), "price": "1 050,50 kr"})["Location"]
    page = client.get(reverse("bids:declaration", args=[draft.pk]))
    typed = {
        "version": hidden(page, "version"),
        "how": "here",
        "no_crime": "yes",
        "taxes_paid": "yes",
        "no_other_ground": "yes",
        "signatory": "Elin Hagström",
        "signatory_title": "VD",
    }
    assert client.post(page.wsgi_request.path, typed)["Location"] == overview
    page = client.get(reverse("bids:parties", args=[draft.pk]))
    typed = {
        "version": hidden(page, "version"),
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-role": "subcontractor",
        "form-0-name": "Underbolaget AB",
        "form-0-does": "Transkribering",
    }
    assert client.post(page.wsgi_request.path, typed)["Location"] == overview
    assert client.get(reverse("bids:try", args=[draft.pk])).status_code == 200
    assert Submission.objects.count() == 0
    page = client.get(reverse("bids:hand_in", args=[draft.pk]))
    typed = {"version": hidden(page, "version"), "idempotency_key": hidden(page, "idempotency_key")}
    answer = client.post(page.wsgi_request.path, typed)
    submission = Submission.objects.get()
    assert answer["Location"] == reverse("bids:receipt", args=[submission.pk])
    receipt = client.get(answer["Location"])
    assert "1.pdf" in receipt.text
    fetched = client.get(reverse("bids:receipt_json", args=[submission.pk]))
    assert json.loads(fetched.content)["in_time"] is True
    assert client.get(reverse("bids:mine")).status_code == 200
    again = client.post(page.wsgi_request.path, typed)
    assert again["Location"] == answer["Location"]
    assert Submission.objects.count() == 1
    page = client.get(reverse("bids:withdraw", args=[submission.pk]))
    client.post(page.wsgi_request.path, {"idempotency_key": hidden(page, "idempotency_key")})
    submission.refresh_from_db()
    assert submission.withdrawn_at == BEFORE


def test_officials_open_on_their_page_and_read_the_bids(client, case, tender, now):
    give_bid(tender)
    page = reverse("bids:opening", args=[case.procurement.pk])
    now(DEADLINE + timedelta(minutes=5))
    first, second = case.openers
    client.force_login(first)
    assert client.get(page).status_code == 200
    assert StageFact.objects.filter(kind="closed").count() == 1
    assert client.post(page, {"act": "ask"}).status_code == 302
    assert client.post(page, {"act": "confirm"}).status_code == 422
    client.force_login(second)
    assert client.post(page, {"act": "confirm"}).status_code == 302
    bid = Bid.objects.get()
    assert client.get(page).status_code == 200
    for closed in (reverse("bids:bid", args=[bid.pk]), reverse("bids:list", args=[case.procurement.pk])):
        answer = client.get(closed)
        assert answer["Location"].startswith(reverse("procurements:declare", args=[case.procurement.pk]))


def test_the_access_list_reads_bid_and_files(client, case, tender, now):
    give_bid(tender)
    open_box(case, tender)
    bid = Bid.objects.get()
    client.force_login(case.evaluators[0])
    page = client.get(reverse("bids:bid", args=[bid.pk]))
    assert "Vi håller K4." in page.text
    assert client.get(reverse("bids:list", args=[case.procurement.pk])).status_code == 200
    fetched = client.get(reverse("bids:file", args=[bid.files.all()[0].pk]))
    assert fetched["Content-Disposition"].startswith("attachment")
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert fetched["Content-Security-Policy"] == "sandbox"
    assert fetched.getvalue().startswith(b"%PDF")
    client.force_login(case.openers[0])
    page = reverse("bids:opening", args=[case.procurement.pk])
    assert client.post(page, {"act": "attest"}).status_code == 302
    assert "Mellanrum" in client.get(page).text
