"""The pages of a bid that is sealed elsewhere: fetch the holders, hand in the file, receipt; then two who unlock."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from rodatraden.bids.models import Bid, Submission
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import peel_sheet, read_sheet
from tests.bids.test_actions_registering import elsewhere
from tests.factories.bids import close_box, make_bidder
from tests.factories.keys import ring_of
from tests.factories.parties import make_person
from tests.factories.sealed import bundle_of, give_bid, seal_bid
from tests.factories.tenders import DEADLINE

BEFORE = DEADLINE - timedelta(hours=1)
OPENING = DEADLINE + timedelta(hours=1)


@pytest.fixture
def ring(case, tender):
    return ring_of(tender)


@pytest.fixture
def now(time_machine):
    """Move the clock: `now(instant)`; it stands still there."""

    def move(at):
        time_machine.move_to(at, tick=False)

    move(BEFORE)
    return move


@pytest.fixture
def bidder(client, now):
    person = make_bidder()
    client.force_login(person)
    return person


def page_of(tender) -> str:
    return reverse("bids:sealed", args=[tender.pk])


def hand_in(client, tender, data: bytes, *, key="k"):
    file = BytesIO(data)
    file.name = "anbud.rtbid"
    supplier = client.get(page_of(tender)).context["form"].fields["supplier"].initial
    given = {"bundle": file, "supplier": supplier.pk, "idempotency_key": key}
    return client.post(page_of(tender), given, follow=True)


def test_anybody_fetches_the_list_of_holders(client, tender, ring):
    answer = client.get(reverse("bids:holders", args=[tender.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="nyckelinnehavare.json"'
    assert sha256_hex(answer.content) == tender.frozen_holders.sha256


def test_where_bids_come_in_another_tool_there_is_no_such_page(db, client, bidder):
    _case, tender = elsewhere()
    assert client.get(page_of(tender)).status_code == 404
    assert client.get(reverse("bids:holders", args=[tender.pk])).status_code == 404


def test_a_sealed_bid_is_handed_in_as_one_file(client, tender, ring, bidder, now):
    now(BEFORE)
    sealed = seal_bid(tender)
    page = hand_in(client, tender, bundle_of(sealed))
    assert page.redirect_chain == [(reverse("bids:receipt", args=[sealed.id]), 302)]
    text = page.content.decode()
    assert sealed.manifest.sha256 in text
    assert "Bara du kan läsa vad du lämnade in, tills" in text
    again = hand_in(client, tender, bundle_of(sealed))
    assert again.redirect_chain == page.redirect_chain
    assert Submission.objects.count() == 1


def test_a_sealed_bid_may_be_larger_than_a_file_of_one_and_not_larger_than_a_bid(
    client, tender, ring, bidder, settings
):
    settings.BID_FILE_MAX_BYTES = 1000
    settings.BID_SEALED_MAX_BYTES = 1000
    bundle = bundle_of(seal_bid(tender))
    assert hand_in(client, tender, bundle).status_code == 422
    assert not Submission.objects.exists()
    settings.BID_SEALED_MAX_BYTES = 10_000_000
    assert hand_in(client, tender, bundle, key="again").redirect_chain
    assert Submission.objects.exists()


def test_a_file_that_is_no_sealed_bid_is_refused_with_its_reason(client, tender, ring, bidder, now):
    now(BEFORE)
    page = hand_in(client, tender, b"%PDF-1.4")
    assert page.status_code == 422
    assert not Submission.objects.exists()


def test_the_bid_that_was_handed_in_is_listed_among_ones_own(client, tender, ring, bidder, now):
    now(BEFORE)
    hand_in(client, tender, bundle_of(seal_bid(tender)))
    listed = client.get(reverse("bids:mine")).content.decode()
    assert reverse("bids:receipt", args=[Submission.objects.get().pk]) in listed


def unlock(client, case, ring, person, holds=Holds.BID):
    client.force_login(person)
    place = [case.procurement.pk, str(holds)]
    fetched = client.get(reverse("bids:sheet", args=[*place, ring.of(person).pk]))
    assert fetched.status_code == 200
    assert fetched["Cache-Control"] == "no-store, private"
    file = BytesIO(peel_sheet(read_sheet(fetched.content), ring.secret_of(person)).canonical())
    file.name = "upplast.json"
    return client.post(reverse("bids:unlock", args=place), {"sheet": file}, follow=True)


def test_two_officials_unlock_on_their_pages_and_all_bids_are_opened(client, case, tender, ring, now):
    bids = [give_bid(tender, supplier=f"Bolag {n}") for n in range(2)]
    close_box(tender)
    now(OPENING)
    first, last = case.openers
    waits = unlock(client, case, ring, first)
    assert "Din nyckel är upplåst" in waits.content.decode()
    assert not Bid.objects.exists()
    done = unlock(client, case, ring, last)
    assert done.redirect_chain[-1][0] == reverse("bids:opening", args=[case.procurement.pk])
    assert {bid.submission_id for bid in Bid.objects.all()} == {each.pk for each in bids}


def test_who_holds_no_key_is_told_so_and_gets_no_sheet(client, case, tender, ring, now):
    give_bid(tender)
    close_box(tender)
    now(OPENING)
    client.force_login(case.officer)
    page = client.get(reverse("bids:unlock", args=[case.procurement.pk, "bid"]))
    assert "blad.json" not in page.content.decode()
    sheet = reverse("bids:sheet", args=[case.procurement.pk, "bid", ring.of(case.openers[0]).pk])
    assert client.get(sheet).status_code == 403
    client.force_login(make_person("Utomstående"))
    assert client.get(sheet).status_code == 404


def test_an_official_gets_no_sheet_for_anothers_key_nor_before_the_time_is_out(client, case, tender, ring, now):
    give_bid(tender)
    first, last = case.openers
    client.force_login(first)
    mine, other = (reverse("bids:sheet", args=[case.procurement.pk, "bid", ring.of(each).pk]) for each in (first, last))
    now(BEFORE)
    assert client.get(mine).status_code == 403
    close_box(tender)
    now(OPENING)
    assert client.get(mine).status_code == 200
    assert client.get(other).status_code == 403


def test_the_opening_page_leads_to_the_keys_where_there_are_any(client, case, tender, ring, now):
    close_box(tender)
    now(OPENING)
    client.force_login(case.openers[0])
    page = client.get(reverse("bids:opening", args=[case.procurement.pk])).content.decode()
    assert reverse("bids:unlock", args=[case.procurement.pk, "bid"]) in page
    assert 'value="ask"' not in page


def test_inv_02_the_page_is_the_same_for_no_bid_and_for_three(client, case, tender, ring, now):
    close_box(tender)
    now(OPENING)
    client.force_login(case.openers[0])
    empty = client.get(reverse("bids:unlock", args=[case.procurement.pk, "bid"])).content
    for n in range(3):
        give_bid(tender, supplier=f"Bolag {n}", at=BEFORE)
    full = client.get(reverse("bids:unlock", args=[case.procurement.pk, "bid"])).content
    assert without_chance(empty) == without_chance(full)


def without_chance(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrf" not in line and b"nonce" not in line]


def test_a_supplier_fetches_what_it_handed_in_byte_for_byte(client, tender, ring, bidder):
    """Sealed as it is: its own key opens it, and nobody here can."""
    bundle = bundle_of(seal_bid(tender))
    hand_in(client, tender, bundle)
    address = reverse("bids:sealed_copy", args=[Submission.objects.get().pk])
    answer = client.get(address)
    assert b"".join(answer) == bundle
    assert answer["Content-Length"] == str(len(bundle))
    assert answer["Content-Disposition"].endswith('.rtbid"')
    assert answer["Cache-Control"] == "no-store, private"
    assert address in client.get(reverse("bids:receipt", args=[Submission.objects.get().pk])).content.decode()
    asked = client.head(address)
    assert (asked["Content-Length"], b"".join(asked)) == (str(len(bundle)), b"")
    assert client.post(address).status_code == 405


def test_nobody_but_its_supplier_fetches_a_sealed_bid(client, case, tender, ring, now):
    address = reverse("bids:sealed_copy", args=[give_bid(tender).pk])
    for person in (case.officer, *case.openers, make_bidder("Annan AB")):
        client.force_login(person)
        assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("which", ["what handed it in", "a part"])
def test_who_fetches_what_is_gone_is_told_so(client, tender, ring, bidder, which):
    """Before anything of it is sent: an answer that breaks off says nothing."""
    submission = give_bid(tender, bidder=bidder)
    gone = submission.handed_in if which == "what handed it in" else submission.upload.parts.first().file
    default_storage.delete(gone.location)
    answer = client.get(reverse("bids:sealed_copy", args=[submission.pk]))
    assert answer.status_code == 403
    assert "finns inte kvar här" in answer.content.decode()
