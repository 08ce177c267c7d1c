"""The pages of bids, walked as the people who use them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rodatraden.bids.models import Bid, Submission
from rodatraden.core.offer import read_index
from rodatraden.procurements.models import StageFact
from tests.bids.test_actions_registering import elsewhere
from tests.factories import keys
from tests.factories.bids import make_bidder, open_box, pdf, supplier_of
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE

pytestmark = pytest.mark.django_db

BEFORE = DEADLINE - timedelta(hours=3)


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


def test_a_supplier_walks_from_the_start_to_the_receipt_and_withdraws(client, tender, bidder, now):
    start = reverse("bids:start", args=[tender.pk])
    assert "Metodbeskrivning" in client.get(start).text
    client.force_login(bidder)
    workspace = client.post(start, {"supplier": str(supplier_of(bidder).pk)})["Location"]
    assert workspace == reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk])
    assert "Metodbeskrivning" in client.get(workspace).text
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    receipt = client.get(reverse("bids:receipt", args=[submission.pk]))
    assert submission.fingerprint in receipt.text
    fetched = client.get(reverse("bids:receipt_json", args=[submission.pk]))
    assert json.loads(fetched.content)["in_time"] is True
    assert reverse("bids:receipt", args=[submission.pk]) in client.get(reverse("bids:mine")).text
    page = client.get(reverse("bids:withdraw", args=[submission.pk]))
    client.post(page.wsgi_request.path, {"idempotency_key": hidden(page, "idempotency_key")})
    submission.refresh_from_db()
    assert submission.withdrawn_at == BEFORE


def test_who_has_not_handed_in_is_told_where_a_bid_is_written(client, tender, bidder, now):
    client.force_login(bidder)
    assert "Du har inte lämnat något anbud än" in client.get(reverse("bids:mine")).text


def test_a_receipt_of_a_bid_that_came_late_says_so(client, tender, bidder, now):
    now(DEADLINE)
    submission = give_bid(tender, bidder=bidder, at=DEADLINE)
    client.force_login(bidder)
    assert "för sent" in client.get(reverse("bids:receipt", args=[submission.pk])).text


def test_another_suppliers_addresses_do_not_exist(client, tender, bidder, now):
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    client.force_login(make_bidder("Annan AB"))
    for name in ("receipt", "receipt_json", "receipt_pdf", "withdraw", "confirm"):
        for send in (client.get, client.post):
            assert send(reverse(f"bids:{name}", args=[submission.pk])).status_code == 404
    assert Submission.objects.filter(withdrawn_at=None).count() == 1


def test_officials_open_on_their_page_and_read_the_bids(client, case, tender, now):
    give_bid(tender)
    page = reverse("bids:opening", args=[case.procurement.pk])
    now(DEADLINE + timedelta(minutes=5))
    first, second = case.openers
    client.force_login(first)
    assert client.get(page).status_code == 200
    assert StageFact.objects.filter(kind="closed").count() == 1
    assert reverse("bids:unlock", args=[case.procurement.pk, "bid"]) in client.get(page).text
    assert client.post(page, {"attest": "1"}).status_code == 422  # nothing is opened yet
    keys.unlock(tender, first, second, at=DEADLINE + timedelta(minutes=5))
    client.force_login(second)
    bid = Bid.objects.get()
    assert client.get(page).status_code == 200
    for closed in (reverse("bids:bid", args=[bid.pk]), reverse("bids:list", args=[case.procurement.pk])):
        answer = client.get(closed)
        assert answer["Location"].startswith(reverse("procurements:declare", args=[case.procurement.pk]))


def test_the_access_list_reads_the_bidders_names_before_it_declares_anew(client, case, tender, now):
    give_bid(tender, supplier="Mellanrum Samverkan AB")
    open_box(case, tender, redeclare=False)
    now(DEADLINE + timedelta(days=1))
    page = reverse("bids:opening", args=[case.procurement.pk])
    shown = {}
    for person in (case.officer, case.evaluators[0], case.openers[0], case.need_owner, case.decider):
        client.force_login(person)
        text = client.get(page).text
        shown[person] = "Mellanrum" in text
        assert str(Bid.objects.get().pk) not in text
        assert reverse("procurements:declare", args=[case.procurement.pk]) in text
    assert list(shown.values()) == [True, True, True, False, False]
    declare(case, case.evaluators[0], at=DEADLINE + timedelta(days=1), has_conflict=True)
    client.force_login(case.evaluators[0])
    assert "Mellanrum" not in client.get(page).text


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
    assert client.post(page, {"attest": "1"}).status_code == 302
    assert "Mellanrum" in client.get(page).text


def test_where_bids_come_in_another_tool_the_opening_is_stated_and_nothing_is_unlocked(client, now):
    case, _tender = elsewhere()
    now(DEADLINE + timedelta(minutes=5))
    client.force_login(case.openers[0])
    page = client.get(reverse("bids:opening", args=[case.procurement.pk])).text
    assert "i det andra verktyget" in page
    assert reverse("bids:register", args=[case.procurement.pk]) in page
    unlock = reverse("bids:unlock", args=[case.procurement.pk, "bid"])
    assert unlock not in page
    assert client.get(unlock).status_code == 404


def test_inv_02_bids_from_another_tool_are_registered_on_two_pages_and_told_of_to_openers_alone_before(
    client, case, tender, now
):
    now(DEADLINE + timedelta(days=1))
    first, second = case.openers
    page = reverse("bids:register", args=[case.procurement.pk])
    protocol = reverse("bids:outside_protocol", args=[case.procurement.pk])
    client.force_login(first)
    typed = {"opened_at": "2026-02-16T14:00", "tool": "Annat"}
    refused = client.post(page, typed)
    assert (refused.status_code, "Välj en fil" in refused.text, 'value="Annat"' in refused.text) == (422, True, True)
    assert client.post(page, typed | {"protocol": file("3 anbud, Mellanrum.pdf")})["Location"] == page
    assert "Någon annan än du" in client.get(page).text
    for person in (case.officer, case.evaluators[0], case.need_owner):
        client.force_login(person)
        assert client.get(protocol).status_code == 403
        text = client.get(page).text
        assert ("Lämnat." in text, "3 anbud, Mellanrum" in text) == (True, False)
    client.force_login(second)
    assert "3 anbud, Mellanrum.pdf" in client.get(page).text
    assert b"".join(client.get(protocol).streaming_content) == pdf()
    assert client.post(page, {"confirm": "1"}).status_code == 422
    assert client.post(page, {"confirm": "1", "was_there": "on"})["Location"] == page
    client.force_login(case.officer)
    declare(case, case.officer, at=DEADLINE + timedelta(days=1))
    bid = {
        "supplier_name": "Utifrån AB",
        "received_at": "2026-02-16T10:00",
        "price": "1 050,50",
        "met-K1": "yes",
        "text-K1": "Se cv",
        "promise-K4": "Inom 5 dagar",
        "page-K4": "s. 3",
        "rows": "5",
        **{f"person-name-{row}": "Elin Hagström" for row in (1, 5)},
        **{f"client-{row}": f"Kund {row}" for row in (1, 5)},
        **{f"starts_on-{row}": f"202{row}-01-01" for row in (1, 5)},
        **{f"ends_on-{row}": f"202{row}-12-31" for row in (1, 5)},
        "person-name-2": "Per Öst",
        "how": "espd",
        "company-role-1": "subcontractor",
        "company-name-1": "Under AB",
        "accepts_terms": "on",
        "idempotency_key": "k",
    }
    assert client.get(page).status_code == 200
    half = client.post(page, bid | {"client-2": "Kund 2", "ends_on-1": "2020-01-01", "company-name-1": ""})
    assert half.status_code == 422
    for words in ("slutar innan det börjar", "första och sista dag", "företagets namn", "Välj anbudets ESPD"):
        assert words in half.text
    more = client.post(page, bid | {"add-row": "1"})
    assert (more.status_code, 'name="client-9"' in more.text, "Under AB" in more.text) == (200, True, True)
    bid |= {"espd": file("espd.pdf"), "file-2": file()}
    assert client.post(page, bid)["Location"] == reverse("bids:list", args=[case.procurement.pk])
    assert "Utifrån AB" in client.get(reverse("bids:list", args=[case.procurement.pk])).text
    found = Bid.objects.get()
    assert (found.promises.get().text, found.promises.get().page_reference) == ("Inom 5 dagar", "s. 3")
    assert [answer.text for answer in found.answers.all()] == ["Se cv"]
    assert {person.name: person.assignments.count() for person in found.named_people.all()} == {
        "Elin Hagström": 2,
        "Per Öst": 0,
    }
    offer = read_index(found.index)
    assert (offer.declaration.how, offer.accepts_terms, found.declaration_file.name) == ("espd", True, "espd.pdf")
    assert [(company.role, company.name) for company in offer.companies] == [("subcontractor", "Under AB")]
