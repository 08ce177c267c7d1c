"""An outsider's walk, by programs and pages alone: seal on the command line, hand in, check the receipt offline, opened by two.

What is changed on the way is told.
"""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from rodatraden.bids.models import Bid, SealedPart, Submission
from rodatraden.cli import main
from rodatraden.core.ledger import read_key
from rodatraden.core.ledger.offline import Unproven, check_receipt
from rodatraden.core.sealing.bundle import read_bundle
from tests.factories.bids import close_box, make_bidder, pdf, supplier_of
from tests.factories.keys import ring_of
from tests.factories.tenders import DEADLINE

BEFORE, OPENING = DEADLINE - timedelta(hours=2), DEADLINE + timedelta(hours=1)


@pytest.fixture
def ring(case, tender):
    return ring_of(tender)


@pytest.fixture
def open_together(client, case, ring, now, tmp_path):
    """Close the box, and let each official in turn fetch a sheet, peel it with `rodatraden open`, and hand it back."""

    def unlock(person):
        client.force_login(person)
        place = [case.procurement.pk, "bid"]
        sheet, key, back = (tmp_path / f"{person.pk}-{name}" for name in ("blad.json", "nyckel.txt", "upplast.json"))
        sheet.write_bytes(client.get(reverse("bids:sheet", args=[*place, ring.of(person).pk])).content)
        key.write_text(ring.secret_of(person) + "\n", "ascii")
        assert main(["open", "--wraps", str(sheet), "--key", str(key), "--out", str(back)]) == 0
        with back.open("rb") as file:
            client.post(reverse("bids:unlock", args=place), {"sheet": file})

    def both():
        close_box(case.procurement.tender)
        now(OPENING)
        for person in case.openers:
            assert not Bid.objects.exists()
            unlock(person)
        return Bid.objects.get()

    return both


@pytest.fixture
def now(time_machine):
    """Move the clock: `now(instant)`; it stands still there, before the deadline to begin with."""

    def move(at):
        time_machine.move_to(at, tick=False)

    move(BEFORE)
    return move


@pytest.fixture
def folder(client, tender, ring, now, tmp_path):
    """A folder with a bid, made of nothing but what anybody fetches from the tender's pages."""
    form, holders = tmp_path / "anbudsmall.json", tmp_path / "anbud" / "nyckelinnehavare.json"
    form.write_bytes(client.get(reverse("publication:bid_form", args=[tender.pk])).content)
    assert main(["seal", str(tmp_path / "anbud"), "--start", str(form)]) == 0
    holders.write_bytes(client.get(reverse("bids:holders", args=[tender.pk])).content)
    told = json.loads((tmp_path / "anbud" / "anbud.json").read_text("utf-8"))
    for part in told["delar"]:
        name = f"del-{part['nummer']}.pdf"
        (tmp_path / "anbud" / name).write_bytes(pdf(part["namn"]))
        part["filer"] = [name]
    for requirement in told["krav"]:
        if "svar" in requirement:
            requirement["svar"] = "ja"
    if "särskilda kontraktsvillkor" in told:
        told["särskilda kontraktsvillkor"]["svar"] = "ja"
    person = told["personer"]["svar"][0]
    person["namn"] = "Elin Hagström"
    person["uppdrag"][0] |= {"uppdragsgivare": "Region Prov", "från": "2023-01-01", "till": "2025-06-30"}
    declared = told["egen försäkran"]
    declared |= {"lämnas": "här", "undertecknare": "Elin Hagström", "titel": "VD"}
    for statement in ("brott", "skatter", "andra grunder"):
        declared[statement]["stämmer"] = "ja"
    told["pris"]["svar"] = "1 140,50"
    (tmp_path / "anbud" / "anbud.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    return tmp_path / "anbud"


def sealed(folder: Path) -> Path:
    bundle = folder.parent / "anbud.rtbid"
    own = folder.parent / "egen-nyckel.txt"
    assert main(["seal", str(folder), "--out", str(bundle), "--keep", str(own), "--yes"]) == 0
    return bundle


def handed_in(client, tender, bundle: Path) -> Submission:
    bidder = make_bidder()
    client.force_login(bidder)
    file = BytesIO(bundle.read_bytes())
    file.name = bundle.name
    given = {"bundle": file, "supplier": supplier_of(bidder).pk, "idempotency_key": "k"}
    assert client.post(reverse("bids:sealed", args=[tender.pk]), given).status_code == 302
    return Submission.objects.get()


def test_an_outsider_seals_hands_in_and_checks_and_two_officials_open(client, tender, folder, open_together):
    bundle = sealed(folder)
    submission = handed_in(client, tender, bundle)

    receipt = json.loads(client.get(reverse("bids:receipt_json", args=[submission.pk])).content)
    assert check_receipt(receipt, read_key(receipt["key"])).index == receipt["ledger"]["index"]
    with bundle.open("rb") as file:
        assert receipt["manifest"] == read_bundle(file).manifest.sha256

    own = folder.parent / "min-kopia"
    opened = ["open", str(bundle), "--key", str(folder.parent / "egen-nyckel.txt"), "--into", str(own)]
    assert main(opened) == 0
    assert json.loads((own / "pris.json").read_text("utf-8"))["amount"] == "1140.5"

    bid = open_together()
    assert (bid.submission_id, bid.is_unreadable) == (submission.pk, False)
    assert bid.named_people.get().name == "Elin Hagström"
    assert sorted(file.file.name for file in bid.files.select_related("file")) == sorted(
        path.name for path in folder.glob("del-*.pdf")
    )


def test_a_receipt_of_another_bid_or_another_instant_is_told(client, tender, folder):
    submission = handed_in(client, tender, sealed(folder))
    receipt = json.loads(submission.receipt)
    for change in (
        {"manifest": "0" * 64},
        {"received_at": "2026-02-16T11:59:59Z"},
        {"packages": list(reversed(receipt["packages"]))[:1]},
    ):
        with pytest.raises(Unproven):
            check_receipt(copy.deepcopy(receipt) | change, read_key(receipt["key"]))


def test_a_bit_that_was_changed_on_the_way_stops_the_bid_and_one_changed_on_the_server_is_told_at_the_opening(
    client, tender, folder, open_together
):
    bundle = sealed(folder)
    whole = bundle.read_bytes()
    bidder = make_bidder("Annat AB")
    client.force_login(bidder)
    changed = bytearray(whole)
    changed[len(changed) // 2] ^= 1
    file = BytesIO(bytes(changed))
    file.name = "anbud.rtbid"
    page = client.post(
        reverse("bids:sealed", args=[tender.pk]),
        {"bundle": file, "supplier": supplier_of(bidder).pk, "idempotency_key": "a"},
    )
    assert page.status_code == 422
    assert not Submission.objects.exists()

    handed_in(client, tender, bundle)
    part = SealedPart.objects.select_related("file").get(name="bid/parts/00000.age")
    path = Path(default_storage.path(part.file.location))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    assert open_together().index == {"unreadable": "parts"}
