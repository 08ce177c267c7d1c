"""What a bid holds, terms, dates and the evaluation model, each on its page; what was typed is never lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rodatraden.tenders.queries import content_of, requirements
from tests.factories.bids import pdf
from tests.factories.tenders import (
    DEADLINE,
    make_drafted,
)
from tests.tenders.pages import LATER, key, local, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_what_a_bid_holds_is_changed_on_its_page(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("content_create", case.procurement.pk)
    refused = client.post(page, {"title": "Referens", "rejects_over_limit": "on", "is_required": "on"})
    assert (refused.status_code, "Referens" in refused.content.decode()) == (422, True)
    sent = {"title": "Referens", "max_pages": "2", "is_required": "on"} | key()
    for _ in range(2):  # a double click
        client.post(page, sent)
    item = tender.content_items.get(number=5)
    client.post(url("content_edit", case.procurement.pk, item.pk), {"title": "Referenser", "max_pages": "3"})
    item.refresh_from_db()
    assert (item.title, item.max_pages, item.is_required) == ("Referenser", 3, False)
    client.post(url("content_remove", case.procurement.pk, item.pk))
    assert tender.content_items.count() == 4


def test_a_part_of_the_bid_becomes_an_annex_of_the_contract_and_everybody_reads_it_before_they_bid(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    item = tender.content_items.get(title="Lösning av case")
    page = url("content_edit", case.procurement.pk, item.pk)
    assert 'name="is_annex"' in client.get(page).content.decode()
    client.post(page, {"title": item.title, "is_required": "on", "is_annex": "on"})
    price = tender.content_items.get(is_price=True)
    refused = client.post(
        url("content_edit", case.procurement.pk, price.pk), {"title": price.title, "is_price": "on", "is_annex": "on"}
    )
    assert (refused.status_code, "Priset står i själva avtalet" in refused.content.decode()) == (422, True)
    assert [row.title for row in tender.content_items.filter(is_annex=True).order_by("number")] == [
        "Metodbeskrivning",
        "Lösning av case",
    ]
    assert client.get(url("contents", case.procurement.pk)).content.decode().count("Blir en bilaga till avtalet") == 2
    told = {row["title"]: row["is_annex"] for row in content_of(tender)["content_items"]}
    assert (told["Metodbeskrivning"], told["Prisbilaga"]) == (True, False)


def test_a_file_is_added_and_an_empty_one_refused(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("contents", case.procurement.pk)
    empty = client.post(page, {"file": SimpleUploadedFile("a.pdf", b""), "title": "Bilaga"})
    assert (empty.status_code, "0 byte" in empty.content.decode()) == (422, True)
    claimed = SimpleUploadedFile("a.pdf", data := pdf(), content_type=f"text/{'x' * 200}")
    sent = {"title": "Bilaga"} | key()
    for _ in range(2):  # a double click
        claimed.seek(0)
        client.post(page, sent | {"file": claimed})
    document = tender.documents.get()
    assert document.file.media_type == "application/pdf"
    assert b"".join(client.get(url("document", document.pk)).streaming_content) == data
    client.post(url("document_remove", case.procurement.pk, document.pk))
    document.refresh_from_db()
    assert document.removed_at == LATER


def test_terms_keep_what_was_typed_when_an_amount_can_not_be_read(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("terms", case.procurement.pk)
    sent = {
        "introduction": "Nytt uppdrag",
        "ceiling": "3.000",
        "periods": "4",
        "period_months": "12",
        "price_unit": "hour",
    }
    answer = client.post(page, sent)
    shown = answer.content.decode()
    assert (answer.status_code, "Nytt uppdrag" in shown, 'value="3.000"' in shown) == (422, True, True)
    client.post(page, sent | {"ceiling": "3 000 000,50 kr"})
    tender.refresh_from_db()
    assert (tender.ceiling, tender.introduction) == (Decimal("3000000.50"), "Nytt uppdrag")


def test_too_short_a_time_for_bids_is_refused_with_its_reason(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("dates", case.procurement.pk)
    assert "LOU 11 kap. 6 §" in client.get(page).content.decode()
    short = client.post(page, {"deadline_at": local(LATER + timedelta(days=9))})
    assert (short.status_code, "för kort" in short.content.decode()) == (422, True)
    client.post(page, {"deadline_at": local(DEADLINE + timedelta(days=20))})
    tender.refresh_from_db()
    assert tender.deadline_at == DEADLINE + timedelta(days=20)
    client.post(page, {"propose": "1"})
    tender.refresh_from_db()
    assert "question_deadline_at" in tender.proposed


def test_the_model_is_chosen_in_words_and_tried_with_made_up_bids(client):
    case, tender = make_drafted()
    client.force_login(case.officer)
    page = url("model", case.procurement.pk)
    client.post(
        page, {"kind": "addition", "unit": "hour", "per_point": "50", "target": "20", "gate": "10", "tie_rule": "none"}
    )
    shown = client.get(page).content.decode()
    assert ("500\u00a0kr</b> billigare" in shown, "Varning" in shown) == (True, True)
    criteria = [str(row.pk) for row in requirements(tender)[1:3]]
    trial = {
        "anbud-TOTAL_FORMS": "1",
        "anbud-INITIAL_FORMS": "0",
        "anbud-0-name": "Prov",
        "anbud-0-price": "1 050",
        **{f"anbud-0-{criterion}": "8" for criterion in criteria},
    }
    tried = client.get(page, trial).content.decode()
    assert ("Så räknas Prov" in tried, "1\u00a0250\u00a0kr" in tried) == (True, True)
    assert client.get(page, trial | {"anbud-0-price": "gratis"}).status_code == 200
