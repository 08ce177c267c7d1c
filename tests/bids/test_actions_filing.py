"""What of the bids is in the diary's export, when and for whom: nothing before the opening, no price before the prices."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from rodatraden.bids import actions
from rodatraden.bids.actions import filing
from rodatraden.procurements.actions import appoint, record_fact
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.records.documents import diary_archive
from rodatraden.records.models import DiaryAttachment
from tests.factories import keys
from tests.factories.bids import close_box, make_bidder, open_box, open_prices, pdf
from tests.factories.parties import make_person
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE
from tests.pdf import flowing

AT = DEADLINE + timedelta(days=1)
METHOD = pdf("metodens alla sidor")
PRICE = "7316.50"
NUMBERS = ("7316,5", "7316.5", "7 316", "7\u00a0316")


def packed(case):
    """What the officer's export holds now, by the names in the archive."""
    with diary_archive(case.procurement.diary_case) as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(table: bytes):
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig")), delimiter=";"))


def lock(case):
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=AT)


@pytest.fixture
def given(tender):
    method = tender.content_items.get(title="Metodbeskrivning")
    return give_bid(tender, price=PRICE, files={method.pk: METHOD})


def test_inv_01_02_before_the_opening_the_export_is_the_same_with_a_bid_and_without(case, tender):
    before = packed(case)
    give_bid(tender, price=PRICE)
    close_box(tender)
    keys.begin(tender, case.openers[0], at=AT)
    assert packed(case) == before


def after_publishing(found):
    """Return the attachments of what came after the documents were published."""
    published = {
        row["Nummer"] for row in lines(found["handlingar.csv"]) if row["Ärendemening"].startswith("Upphandlingsd")
    }
    return [row for row in lines(found["bilagor.csv"]) if row["Nummer"] not in published]


def test_what_a_bid_says_and_its_files_are_entered_in_the_act_that_opens_it(case, tender, given):
    give_bid(tender, supplier="Annan AB", at=DEADLINE + timedelta(minutes=1))  # too late: never opened
    (bid,) = open_box(case, tender)
    found = packed(case)
    document, protocol, *declared = (
        row for row in lines(found["handlingar.csv"]) if row["Sekretessmarkering"] and row["Riktning"] != "Skickad"
    )
    assert (document["Ärendemening"], document["Riktning"]) == ("Anbud 1", "Inkommen")
    assert (document["Avsändare eller mottagare"], document["Sekretessmarkering"]) == ("", "OSL 19 kap. 3 §")
    said = json.loads(found[document["Fil"]])
    assert said == bid.index
    assert "Vi håller K4." in found[document["Fil"]].decode()
    assert "1. Mellanrum Samverkan AB" in flowing(found[protocol["Fil"]])
    assert {row["Ärendemening"] for row in declared} == {"Jävsförklaring"}  # each anew after the opening
    *attached, data, kept = after_publishing(found)
    assert json.loads(found[data["Fil"]])["kind"] == "opening-list"
    assert json.loads(found[kept["Fil"]])["bids"][0]["number"] == 1
    assert [(row["Nummer"], row["Bilaga"], row["Vad det är"]) for row in attached] == [
        (document["Nummer"], "1", "CV för namngiven konsult"),
        (document["Nummer"], "2", "Metodbeskrivning"),
        (document["Nummer"], "3", "Lösning av case"),
    ]
    assert found[attached[1]["Fil"]] == METHOD
    assert b"Annan AB" not in b"".join(found.values())
    assert "Annan AB" not in flowing(found[protocol["Fil"]])
    assert "1 som kom för sent" in flowing(found[protocol["Fil"]])


def test_inv_13_no_price_is_in_the_export_before_the_prices_are_open(case, tender, given):
    open_box(case, tender)
    lock(case)
    text = b"".join(packed(case).values()).decode("utf-8", "replace")
    assert not [number for number in NUMBERS if number in text]
    open_prices(case, tender, at=AT)
    found = packed(case)
    prices = lines(found["handlingar.csv"])[-1]
    assert (prices["Ärendemening"], prices["Sekretessmarkering"]) == ("Anbudens priser, öppnade", "OSL 19 kap. 3 §")
    told = json.loads(found[prices["Fil"]])
    assert (told["prices"], told["currency"], told["unit"]) == ([{"bid": 1, "amount": PRICE}], "SEK", "hour")


def test_inv_13_a_file_marked_price_comes_with_the_prices(case, tender):
    close_box(tender)
    outside = actions.OutsideFile("protokoll.pdf", "application/pdf", BytesIO(pdf("protokoll")))
    stated = actions.state_opening(
        tender=tender, opened_at=DEADLINE, tool="Annat", protocol=outside, by=case.openers[0], at=AT
    )
    actions.confirm_stated_opening(opening=stated, by=case.openers[1], at=AT)
    declare(case, case.officer, at=AT)
    item = tender.content_items.get(is_price=True)
    sheet = pdf("prisbilaga")
    actions.register_opened_bid(
        tender=tender,
        supplier_name="Utifrån AB",
        received_at=DEADLINE - timedelta(hours=1),
        price=Decimal(PRICE),
        files=[actions.OutsideBidFile("pris.pdf", "application/pdf", BytesIO(sheet), item, 1)],
        by=case.officer,
        at=AT,
    )
    found = packed(case)
    assert sheet not in found.values()
    assert after_publishing(found) == []
    assert "Utifrån AB" not in found["handlingar.csv"].decode()
    lock(case)
    open_prices(case, tender, at=AT)
    found = packed(case)
    (attached,) = after_publishing(found)
    assert attached["Vad det är"] == "Anbud 1, Prisbilaga"
    assert found[attached["Fil"]] == sheet


def test_an_opening_that_fails_leaves_nothing_in_the_diary_or_in_storage(case, tender, given, monkeypatch):
    close_box(tender)
    unlocking = keys.begin(tender, case.openers[0], at=AT)
    stored, attached = sorted(_stored()), DiaryAttachment.objects.count()

    def fails(*_args, **_kwargs):
        raise OSError("full")

    monkeypatch.setattr(filing, "register_document", fails)
    with pytest.raises(OSError, match="full"):
        keys.end(unlocking, case.openers[1], at=AT)
    assert sorted(_stored()) == stored
    assert DiaryAttachment.objects.count() == attached


def _stored():
    for year in default_storage.listdir("")[0]:
        yield from default_storage.listdir(year)[1]


STATES = ("published", "closed", "opened", "locked", "priced", "decided")
EXPORTS = {
    "officer": set(STATES),
    "opener": set(),
    "evaluator": set(),
    "need_owner": set(),
    "decider": set(),
    "contract_manager": set(),
    "conflicted": {"published", "closed"},
    "undeclared": {"published", "closed"},
    "stranger": set(),
    "bidder": set(),
}


def test_who_takes_the_export_out_in_each_state(case, tender, given, time_machine):
    """The procurement's officers alone; from the opening on only those who have declared anew, without a conflict."""
    time_machine.move_to(AT + timedelta(days=1), tick=False)
    people = {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "need_owner": case.need_owner,
        "decider": case.decider,
        "contract_manager": case.contract_manager,
        "conflicted": another_officer(case, "Torn"),
        "undeclared": another_officer(case, "Late"),
        "stranger": make_person("Stranger", organisation=case.buyer),
        "bidder": make_bidder("Annan AB"),
    }
    may = {name: set() for name in people}
    for state in STATES:
        bring_to(state, case, tender, people)
        for name, person in people.items():
            client = Client()
            client.force_login(person)
            answer = client.get(reverse("procurements:diary_export", args=[case.procurement.pk]))
            if answer.status_code == 200:
                may[name].add(state)
                names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
                assert any("metod" in each.lower() for each in names) is (state not in STATES[:2])
                assert any("priser" in each for each in names) is (state in {"priced", "decided"})
            else:
                assert answer.status_code in {302, 403, 404}
    assert may == EXPORTS


def another_officer(case, name):
    person = make_person(name, organisation=case.buyer, role="procurement_officer")
    role = TeamMember.Role.OFFICER
    appoint(procurement=case.procurement, person=person, role=role, by=case.officer, at=DEADLINE - timedelta(days=9))
    declare(case, person, at=DEADLINE - timedelta(days=9))
    return person


def bring_to(state, case, tender, people):
    match state:
        case "closed":
            close_box(tender)
        case "opened":
            open_box(case, tender)
            declare(case, people["conflicted"], at=AT, has_conflict=True)
        case "locked":
            lock(case)
        case "priced":
            open_prices(case, tender, at=AT)
        case "decided":
            record_fact(procurement=case.procurement, kind=StageFact.Kind.DECIDED, by=case.officer, at=AT)
