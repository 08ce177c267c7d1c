"""The workspace of a bid: what the page hands the program, and the addresses that opaque parts, and what hands them in, come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from rodatraden.bids.models import SealedPart, SealedUpload, Submission
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.sealing.bundle import LONGEST_PART
from rodatraden.core.sealing.hand_in import LONGEST, lay_hand_in, read_hand_in
from tests.bids.test_actions_registering import elsewhere
from tests.factories.bids import close_box, make_bidder, supplier_of
from tests.factories.keys import ring_of
from tests.factories.sealed import offer_for, seal_bid
from tests.factories.tenders import DEADLINE, make_drafted

BEFORE = DEADLINE - timedelta(hours=1)


@pytest.fixture
def ring(case, tender):
    return ring_of(tender)


@pytest.fixture
def bidder(client, time_machine):
    time_machine.move_to(BEFORE, tick=False)
    person = make_bidder()
    client.force_login(person)
    return person


@pytest.fixture
def sealed(tender, ring):
    return seal_bid(tender)


@pytest.fixture
def base(tender, bidder, sealed):
    return reverse("bids:held", args=[tender.pk, supplier_of(bidder).pk, sealed.id])


def put(client, base, name, data, *, sha256=None):
    return client.put(
        base + name, data, content_type="application/octet-stream", headers={"X-Sha256": sha256 or sha256_hex(data)}
    )


def post(client, base, handed_in, *, key="k"):
    return client.post(
        f"{base}lamna-in", handed_in, content_type="application/octet-stream", headers={"Idempotency-Key": key}
    )


def send(client, base, sealed):
    for name, data in sealed.parts.items():
        assert put(client, base, name, data).status_code == 200


def test_what_has_come_is_told_and_handed_in_once(client, base, sealed):
    assert client.get(base).json()["parts"] == {}
    send(client, base, sealed)
    told = client.get(base).json()
    assert told["parts"] == {name: sha256_hex(data) for name, data in sealed.parts.items()}
    assert told["receipt"] is None
    done = post(client, base, sealed.handed_in)
    assert done.json() == {"receipt": reverse("bids:receipt", args=[sealed.id])}
    assert post(client, base, sealed.handed_in).json() == done.json()
    assert client.get(base).json()["receipt"] == done.json()["receipt"]
    assert Submission.objects.get().received_at == BEFORE


def test_the_same_key_with_another_body_is_a_conflict(client, base, sealed):
    send(client, base, sealed)
    post(client, base, sealed.handed_in)
    found = read_hand_in(sealed.handed_in)
    other = lay_hand_in(replace(found.manifest, made_with="annat").canonical(), found.packages)
    assert post(client, base, other).status_code == 409


def test_a_part_that_was_damaged_on_its_way_is_not_stored(client, base, sealed):
    name, data = next(iter(sealed.parts.items()))
    answer = put(client, base, name, data[:-1], sha256=sha256_hex(data))
    assert answer.status_code == 422
    assert "skadades" in answer.json()["reason"]
    assert not SealedPart.objects.exists()


@pytest.mark.parametrize(
    ("name", "size"),
    [("bid/parts/00000.age", 4_300_000), ("bid/wraps.json", 1), ("bid/parts/x.age", 1), ("../bid/parts/00000.age", 1)],
)
def test_what_is_too_large_or_no_part_is_refused_with_its_reason(client, base, name, size):
    answer = put(client, base, name, bytes(size))
    assert answer.status_code in {404, 422}
    assert not SealedPart.objects.exists()


def test_what_is_larger_than_it_can_be_is_not_read(client, base, sealed):
    """Neither a part nor what hands in a bid: by what its head says."""
    sent = BytesIO(bytes(10))
    for method, name, most in (("PUT", "bid/parts/00000.age", LONGEST_PART), ("POST", "lamna-in", LONGEST)):
        told = {"CONTENT_LENGTH": str(most + 1), "wsgi.input": sent, "CONTENT_TYPE": "application/octet-stream"}
        answer = client.generic(method, base + name, headers={"Idempotency-Key": "k"}, **told)
        assert (answer.status_code, sent.tell()) == (422, 0)
        assert "större än den kan vara" in answer.json()["reason"]


def test_what_hands_in_a_bid_may_be_larger_than_a_form(client, base, sealed, settings):
    """A bid of many pages has an index of megabytes."""
    send(client, base, sealed)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert post(client, base, sealed.handed_in).status_code == 200


def test_a_bid_without_files_is_handed_in_in_one_request(client, tender, ring, bidder):
    sealed = seal_bid(tender, sealing=(replace(offer_for(tender)[0], files=()), []))
    base = reverse("bids:held", args=[tender.pk, supplier_of(bidder).pk, sealed.id])
    assert post(client, base, sealed.handed_in).json() == {"receipt": reverse("bids:receipt", args=[sealed.id])}


def test_what_hands_in_nothing_begins_nothing(client, base, sealed, tender):
    for wrong in (b"", b"skr\xc3\xa4p", seal_bid(tender).handed_in):
        assert post(client, base, wrong).status_code == 422
    assert not SealedUpload.objects.exists()


class Unread:
    """A body that nobody may read."""

    def read(self, *_):
        raise AssertionError

    readline = read


def test_what_somebody_sends_who_bids_for_nobody_is_not_read(client, base, sealed):
    client.force_login(make_bidder("Annat AB"))
    unread = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(LONGEST)}
    answer = client.post(f"{base}lamna-in", content_type="application/octet-stream", **unread)
    assert answer.status_code == 404


def test_a_bid_whose_parts_have_not_come_is_not_handed_in(client, base, sealed):
    answer = post(client, base, sealed.handed_in)
    assert answer.status_code == 422
    assert answer.json()["reason"]
    assert not Submission.objects.exists()


def test_inv_05_what_is_handed_in_when_the_time_is_out_is_kept_as_late(client, base, sealed, tender, time_machine):
    send(client, base, sealed)
    close_box(tender)
    time_machine.move_to(DEADLINE + timedelta(minutes=1), tick=False)
    assert post(client, base, sealed.handed_in).status_code == 200
    assert Submission.objects.get().is_late


def test_inv_02_nobody_else_reaches_the_bid(client, base, sealed, tender, case):
    send(client, base, sealed)
    for stranger in (make_bidder("Annat AB"), case.officer, case.openers[0]):
        other = Client()
        other.force_login(stranger)
        assert other.get(base).status_code == 404
        assert put(other, base, "bid/parts/00000.age", b"{}").status_code == 404
        assert post(other, base, sealed.handed_in).status_code == 404
    nobody = Client().get(base)
    assert nobody.status_code == 302
    assert not Submission.objects.exists()


def test_a_procurement_that_is_not_published_is_as_one_that_is_not_there(tender, client, bidder, sealed):
    for number in (make_drafted()[1].pk, uuid4()):
        base = reverse("bids:held", args=[number, supplier_of(bidder).pk, sealed.id])
        answers = [client.get(base), put(client, base, "bid/parts/00000.age", b"{}")]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert not SealedUpload.objects.exists()


def test_only_the_page_of_the_same_site_may_send(base, bidder, sealed):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bidder)
    assert put(strict, base, *next(iter(sealed.parts.items()))).status_code == 403
    assert post(strict, base, sealed.handed_in).status_code == 403
    assert not SealedPart.objects.exists()


def test_the_page_posts_nothing_and_has_a_place_for_every_question(client, tender, ring, bidder):
    page = client.get(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    text = page.content.decode()
    workspace = text[text.index("data-workspace") : text.index("</main>")]
    assert "<form" not in workspace
    assert tender.frozen_holders.sha256 in workspace
    for item in tender.content_items.filter(is_price=False):
        assert f'data-place="delar/{item.number}/filer"' in workspace
    for row in tender.requirements.all():
        assert f'data-place="krav/{row.label}/utfästelse"' in workspace
    assert "blob:" in page["Content-Security-Policy"]


def test_what_goes_wrong_before_the_form_is_ready_stands_outside_it_with_a_way_to_try_again(
    client, tender, ring, bidder
):
    page = client.get(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    text = page.content.decode()
    before, form = text[: text.index("data-workspace")], text[text.index("data-workspace") :]
    for part in ("fault", "starting", "retry"):
        assert f'data-part="{part}"' in before
        assert f'data-part="{part}"' not in form


def test_the_receipt_of_a_sealed_bid_lets_its_browser_take_the_draft_away(client, base, sealed):
    send(client, base, sealed)
    page = client.get(post(client, base, sealed.handed_in).json()["receipt"])
    assert "data-draft" in page.content.decode()


def test_where_bids_come_in_another_tool_there_is_no_workspace(db, client, bidder):
    _case, tender = elsewhere()
    assert client.get(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk])).status_code == 404


def test_who_begins_is_offered_a_mail_when_the_documents_change(client, tender, ring, bidder):
    """Nobody is told that somebody writes a bid, so that only who asks for it gets one."""
    follow = f'href="{reverse("tenders:follow_answers", args=[tender.pk])}"'
    assert follow in client.get(reverse("bids:start", args=[tender.pk])).content.decode()
    client.force_login(bidder)
    page = reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk])
    assert follow in client.get(page).content.decode()


def test_who_starts_a_bid_is_led_to_the_workspace(client, tender, ring, bidder):
    supplier = supplier_of(bidder)
    answer = client.post(reverse("bids:start", args=[tender.pk]), {"supplier": supplier.pk})
    assert answer["Location"] == reverse("bids:workspace", args=[tender.pk, supplier.pk])
