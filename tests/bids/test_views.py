"""The pages of bids, walked as the people who use them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rodatraden.bids.models import Bid, BidDraft, FrozenHolders, Submission
from rodatraden.bids.queries import read_offer
from rodatraden.procurements.models import StageFact
from tests.factories import keys
from tests.factories.bids import give_written_bid, make_bidder, open_box, pdf, supplier_of, write_draft
from tests.factories.procurements import declare
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


def draft_as(client, tender, bidder):
    client.force_login(bidder)
    draft = write_draft(tender, bidder=bidder, at=BEFORE)
    return BidDraft.objects.select_related("tender__procurement", "supplier").get(pk=draft.pk)


def test_a_supplier_walks_from_the_start_to_the_receipt(client, tender, bidder, now):
    FrozenHolders.objects.filter(tender=tender).delete()  # as of documents from before keys were asked for
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
    give_written_bid(tender)
    page = reverse("bids:opening", args=[case.procurement.pk])
    now(DEADLINE + timedelta(minutes=5))
    first, second = case.openers
    client.force_login(first)
    assert client.get(page).status_code == 200
    assert StageFact.objects.filter(kind="closed").count() == 1
    assert client.post(page, {"act": "ask"}).status_code == 422  # with a key of one's own, or not at all
    assert client.post(page, {"act": "confirm"}).status_code == 422
    keys.unlock(tender, first, second, at=DEADLINE + timedelta(minutes=5))
    client.force_login(second)
    bid = Bid.objects.get()
    assert client.get(page).status_code == 200
    for closed in (reverse("bids:bid", args=[bid.pk]), reverse("bids:list", args=[case.procurement.pk])):
        answer = client.get(closed)
        assert answer["Location"].startswith(reverse("procurements:declare", args=[case.procurement.pk]))


def test_the_access_list_reads_the_bidders_names_before_it_declares_anew(client, case, tender, now):
    give_written_bid(tender, supplier="Mellanrum Samverkan AB")
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
    give_written_bid(tender)
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


class TestBadInput:
    """Each with a clear message, and nothing lost."""

    def test_two_tabs_on_one_part_show_both_and_the_next_save_decides(self, client, tender, bidder, now):
        draft = draft_as(client, tender, bidder)
        page = reverse("bids:price", args=[draft.pk])
        version = hidden(client.get(page), "version")
        assert client.post(page, {"version": version, "price": "800"}).status_code == 302
        answer = client.post(page, {"version": version, "price": "700"})
        assert answer.status_code == 409
        assert 'value="700"' in answer.text
        assert "800" in answer.text
        assert client.post(page, {"version": hidden(answer, "version"), "price": "700"}).status_code == 302
        assert offer_of(draft, bidder).price == 700

    def test_what_was_typed_stays_beside_the_message(self, client, tender, bidder, now):
        draft = draft_as(client, tender, bidder)
        answer = client.post(reverse("bids:price", args=[draft.pk]), {"version": draft.version, "price": "1.050"})
        assert answer.status_code == 422
        assert 'value="1.050"' in answer.text
        assert offer_of(draft, bidder).price == 1000

    def test_a_chosen_file_is_named_and_asked_for_again(self, client, tender, bidder, now):
        draft = draft_as(client, tender, bidder)
        item = tender.content_items.get(number=2)
        page = reverse("bids:upload", args=[draft.pk, item.pk])
        for name, data in (("metod.exe", b"MZ"), ("tom.pdf", b""), ("trasig.pdf", b"%PDF-1.4 x")):
            answer = client.post(page, {"file": file(name, data)})
            assert answer.status_code == 422
            assert name in answer.text
        assert [each.name for each in offer_of(draft, bidder).files_of(item.pk)] == [f"{item.title}.pdf"]

    def test_five_pages_where_four_are_read_must_be_handed_in_knowingly(self, client, tender, bidder, now):
        draft = draft_as(client, tender, bidder)
        item = tender.content_items.get(max_pages=4)
        client.post(reverse("bids:upload", args=[draft.pk, item.pk]), {"file": file(data=pdf(pages=5))})
        page = reverse("bids:hand_in", args=[draft.pk])
        form = client.get(page)
        key = {"version": hidden(form, "version"), "idempotency_key": hidden(form, "idempotency_key")}
        assert client.post(page, key).status_code == 422
        assert not Submission.objects.exists()
        assert client.post(page, key | {"knows": "on"}).status_code == 302

    def test_the_back_button_after_handing_in_shows_the_same_receipt(self, client, tender, bidder, now):
        draft = draft_as(client, tender, bidder)
        page = reverse("bids:hand_in", args=[draft.pk])
        form = client.get(page)
        key = {"version": hidden(form, "version"), "idempotency_key": hidden(form, "idempotency_key")}
        first = client.post(page, key)
        now(DEADLINE + timedelta(hours=1))
        assert client.post(page, key)["Location"] == first["Location"]
        assert Submission.objects.count() == 1

    def test_an_ended_session_keeps_what_was_typed(self, client, tender, bidder, now):
        draft = draft_as(client, tender, bidder)
        page = reverse("bids:requirements", args=[draft.pk])
        form = client.get(page)
        typed = {
            "version": hidden(form, "version"),
            "written-by": hidden(form, "written-by"),
            "written-at": page,
            "promise-K4": "Ett långt löfte",
        }
        client.logout()
        assert "logga-in" in client.post(page, typed)["Location"]
        client.force_login(bidder)
        assert "Ett långt löfte" in client.get(page).text

    def test_a_late_bid_is_stored_as_late_and_says_so(self, client, tender, bidder, now):
        draft = draft_as(client, tender, bidder)
        now(DEADLINE)
        page = reverse("bids:hand_in", args=[draft.pk])
        form = client.get(page)
        key = {"version": hidden(form, "version"), "idempotency_key": hidden(form, "idempotency_key")}
        receipt = client.get(client.post(page, key)["Location"])
        assert Submission.objects.get().is_late
        assert "för sent" in receipt.text

    def test_an_incomplete_bid_lists_exactly_what_is_missing(self, client, tender, bidder, now):
        FrozenHolders.objects.filter(tender=tender).delete()  # as of documents from before keys were asked for
        client.force_login(bidder)
        client.post(reverse("bids:start", args=[tender.pk]), {"supplier": str(supplier_of(bidder).pk)})
        draft = BidDraft.objects.get()
        page = reverse("bids:hand_in", args=[draft.pk])
        answer = client.post(page, {"version": "0", "idempotency_key": "k"})
        assert answer.status_code == 422
        assert "Fyll i priset." in answer.text
        assert "Ladda upp Metodbeskrivning." in answer.text

    def test_another_suppliers_addresses_do_not_exist(self, client, tender, bidder, now):
        draft = write_draft(tender, bidder=bidder, at=BEFORE)
        submission = give_written_bid(tender, bidder=bidder, at=BEFORE)
        item = tender.content_items.get(number=2)
        row = draft.files.filter(removed_at=None)[0]
        client.force_login(make_bidder("Annan AB"))
        for name, args in (
            *((name, [draft.pk]) for name in ("overview", "requirements", "people", "price", "declaration")),
            *((name, [draft.pk]) for name in ("parties", "try", "hand_in", "espd")),
            ("upload", [draft.pk, item.pk]),
            ("person", [draft.pk, 1]),
            ("draft_file", [draft.pk, row.pk]),
            *((name, [submission.pk]) for name in ("receipt", "receipt_json", "receipt_pdf", "withdraw")),
        ):
            for send in (client.get, client.post):
                assert send(reverse(f"bids:{name}", args=args)).status_code == 404
        assert Submission.objects.filter(withdrawn_at=None).count() == 1


def offer_of(draft, bidder):
    fresh = BidDraft.objects.select_related("tender__procurement", "supplier").get(pk=draft.pk)
    return read_offer(fresh, by=bidder, at=BEFORE)


def test_a_draft_is_reached_from_its_tender(client, tender, bidder, now):
    draft = draft_as(client, tender, bidder)
    for name, page in (("draft", "overview"), ("trial", "try"), ("submit", "hand_in")):
        answer = client.get(reverse(f"bids:{name}", args=[tender.pk]))
        assert answer["Location"] == reverse(f"bids:{page}", args=[draft.pk])
    other = make_bidder("Annan AB")
    client.force_login(other)
    workspace = reverse("bids:workspace", args=[tender.pk, supplier_of(other).pk])
    assert client.get(reverse("bids:draft", args=[tender.pk]))["Location"] == workspace
    FrozenHolders.objects.filter(tender=tender).delete()
    assert client.get(reverse("bids:draft", args=[tender.pk]))["Location"] == reverse("bids:start", args=[tender.pk])


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
        "file-2": file(),
        "met-K1": "yes",
        "promise-K4": "Inom 5 dagar",
        "idempotency_key": "k",
    }
    assert client.get(page).status_code == 200
    assert client.post(page, bid)["Location"] == reverse("bids:list", args=[case.procurement.pk])
    assert "Utifrån AB" in client.get(reverse("bids:list", args=[case.procurement.pk])).text
    assert Bid.objects.get().promises.get().text == "Inom 5 dagar"
