"""Before the opening nobody but the bidder learns anything: not a word of a bid, and not that there is one."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from rodatraden.bids.models import Bid
from rodatraden.config.checks import addresses
from rodatraden.core.offer import (
    Company,
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
    Offer,
    OfferFile,
    PartyRole,
    PromiseText,
    Reply,
)
from rodatraden.core.sealing import NewFile
from rodatraden.records.queries import case_log
from tests.factories.bids import close_box, make_bidder, open_box, pdf, supplier_of
from tests.factories.procurements import declare
from tests.factories.sealed import bundle_of, give_bid, seal_bid, upload
from tests.factories.tenders import DEADLINE

AT = DEADLINE - timedelta(hours=3)
CANARY = "KANARIEFÅGEL"
PRICE = "7316429.85"


def mark(where: str) -> str:
    return f"{CANARY}-{where}"


def whole_bid(tender):
    """A bid with a marked word in everything that a bid can hold, and its files, as it is sealed."""
    rows = list(tender.requirements.all())
    items = [*tender.content_items.filter(is_price=False).values_list("pk", flat=True), None]
    packed = [
        NewFile.of(str(uuid4()), pdf(mark("innehåll")) * 200 if item else f"<a>{mark('espd')}</a>".encode())
        for item in items
    ]
    offer = Offer(
        replies={row.pk: Reply(is_met=True, text=mark("svar")) for row in rows if row.kind == "must"},
        promises={row.pk: PromiseText(mark("utfästelse"), mark("sida")) for row in rows},
        people=(CvPerson(mark("namn"), (CvEntry(mark("kund"), date(2020, 1, 1), date(2024, 1, 1), mark("cv")),)),),
        companies=(Company(PartyRole.SUBCONTRACTOR, mark("bolag"), mark("nr"), mark("gör")),),
        declaration=Declaration(DeclarationHow.ESPD, explanation=mark("skäl"), signatory=mark("firma")),
        files=tuple(
            OfferFile(
                UUID(file.name), item, f"{mark('filnamn')}.pdf", "application/pdf", file.size, file.sha256, pages=1
            )
            for item, file in zip(items, packed, strict=True)
        ),
        accepts_terms=True,
        price=Decimal(PRICE),
    )
    return offer, packed


def everything_stored(data_dir) -> list[tuple[str, bytes]]:
    """Return every value of every column, and every file below the data folder but the key, with its place."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            for name, value in row.items():
                raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                found.append((f"{model._meta.db_table}.{name}", raw))
    found += [(path.name, path.read_bytes()) for path in data_dir.rglob("*") if path.is_file()]
    return found


def spellings(text: str) -> list[bytes]:
    """Return the forms in which a word could lie somewhere."""
    plain = text.encode()
    escaped = json.dumps(text).strip('"').encode()
    encoded = [base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, escaped, plain.hex().encode(), text.encode("utf-16-le"), *encoded]


def leaks(text: str, data_dir, log: str = "") -> list[str]:
    places = [*everything_stored(data_dir), ("log", log.encode())]
    return sorted({place for place, value in places for form in spellings(text) if form in value})


def test_inv_01_no_column_no_file_and_no_log_line_holds_a_word_of_a_bid(tender, bidder, data_dir, caplog):
    caplog.set_level("DEBUG")
    give_bid(tender, bidder=bidder, at=AT, sealing=whole_bid(tender))
    assert leaks(CANARY, data_dir, caplog.text) == []
    assert leaks(PRICE, data_dir, caplog.text) == []
    close_box(tender)
    assert leaks(CANARY, data_dir, caplog.text) == []


def test_the_search_finds_what_is_stored_in_clear(case, tender, bidder, data_dir):
    """The opening stores in clear: what the search finds afterwards shows that it would have found it before."""
    give_bid(tender, bidder=bidder, at=AT, sealing=whole_bid(tender))
    open_box(case, tender)
    found = leaks(CANARY, data_dir)
    assert {"bids_bid.index", "bids_promise.text", "records_storedfile.name"} <= set(found)
    assert any(re.fullmatch(r"[0-9a-f]{32}", place) for place in found)  # the bytes of the files
    assert leaks(PRICE, data_dir) == []  # prices stay sealed (INV-13)


def test_inv_01_the_page_that_takes_in_a_sealed_file_leaves_nothing_behind(client, tender, bidder, caplog, data_dir):
    """What the bidder calls the file is a word of theirs too: no row, session or log keeps it."""
    caplog.set_level("DEBUG")
    client.force_login(bidder)
    page = reverse("bids:sealed", args=[tender.pk])
    given = {"supplier": supplier_of(bidder).pk, "idempotency_key": "k"}
    wrong = SimpleUploadedFile(f"{mark('fel')}.rtbid", b"PK" + mark("fel").encode() * 200_000)  # above the memory limit
    assert client.post(page, given | {"bundle": wrong}).status_code == 422
    bundle = SimpleUploadedFile(f"{mark('fil')}.rtbid", bundle_of(seal_bid(tender, sealing=whole_bid(tender))))
    assert client.post(page, given | {"bundle": bundle}).status_code == 302
    client.get(reverse("bids:mine"))
    assert leaks(CANARY, data_dir, caplog.text) == []


def every_page(case, tender) -> list[str]:
    """Return every address of every room that is about this case or tender, and those that gather all cases."""
    known = {"procurement_id": case.procurement.pk, "tender_id": tender.pk}
    pages = []
    for route, name, _ in addresses(get_resolver().url_patterns):
        wanted = set(re.findall(r"<(?:\w+:)?(\w+)>", route))
        if wanted <= set(known) and (wanted or name.startswith(("pages:", "bids:"))):
            with contextlib.suppress(NoReverseMatch):
                pages.append(reverse(name, kwargs={key: known[key] for key in wanted}))
    return pages


def seen(case, tender) -> dict[tuple[str, str], tuple[int, str]]:
    """Return what each kind of person at the buyer gets to see, without what is random in every answer."""
    found = {}
    for person in (case.officer, case.openers[0]):
        client = Client()
        client.force_login(person)
        for page in every_page(case, tender):
            answer = client.get(page)
            text = answer.getvalue().decode(errors="replace")
            text = re.sub(r'(csrfmiddlewaretoken|written-by|idempotency_key)" value="[^"]*"', r"\1", text)
            found[person.name, page] = (answer.status_code, text)
    return found


@pytest.mark.one_engine
@pytest.mark.parametrize("moment", ["while the box is open", "when it is closed"])
def test_inv_02_officials_see_the_same_to_the_byte_for_no_bid_and_for_five(case, tender, moment, time_machine):
    time_machine.move_to(AT if moment == "while the box is open" else DEADLINE + timedelta(minutes=5), tick=False)
    if moment == "when it is closed":
        close_box(tender, at=DEADLINE + timedelta(minutes=5))
    events = list(case_log(case.procurement.pk, with_sealed=False).values_list("event", flat=True))
    nothing = seen(case, tender)
    assert nothing[case.openers[0].name, reverse("bids:opening", args=[case.procurement.pk])][0] == 200
    for n in range(5):
        give_bid(tender, supplier=f"Bolag {n}", at=AT)
    bidder = make_bidder("Sjätte AB")
    upload(tender, seal_bid(tender), bidder=bidder, at=AT)
    full = seen(case, tender)
    assert [where for where in nothing if full[where] != nothing[where]] == []
    assert list(case_log(case.procurement.pk, with_sealed=False).values_list("event", flat=True)) == events


def test_inv_02_after_the_opening_only_the_access_list_sees_bidders_and_their_number(case, tender, time_machine):
    give_bid(tender, supplier="Hemlig Leverantör AB", at=AT)
    open_box(case, tender)
    time_machine.move_to(DEADLINE + timedelta(days=1), tick=False)
    (bid,) = Bid.objects.all()
    file = bid.files.all()[0]
    pages = {
        "list": reverse("bids:list", args=[case.procurement.pk]),
        "bid": reverse("bids:bid", args=[bid.pk]),
        "file": reverse("bids:file", args=[file.pk]),
        "protocol": reverse("bids:protocol", args=[case.procurement.pk]),
        "opening": reverse("bids:opening", args=[case.procurement.pk]),
        "diary": reverse("procurements:diary", args=[case.procurement.pk]),
    }
    outsiders = [case.need_owner, case.decider, case.contract_manager, make_bidder("Annan AB")]
    for person in outsiders:
        client = Client()
        client.force_login(person)
        for name, page in pages.items():
            answer = client.get(page)
            assert (name, answer.status_code) in {(name, 403), (name, 404), ("opening", 200), ("diary", 200)}
            assert "OSL 19 kap. 3" not in answer.text or name != "diary"
            assert "Hemlig" not in answer.text
            assert str(bid.pk) not in answer.text.replace(page, "")
    for person in (case.officer, *case.openers, *case.evaluators):
        client = Client()
        client.force_login(person)
        for page in pages.values():
            answer = client.get(page)
            assert (answer.status_code, bool(answer.getvalue())) == (200, True)


def test_inv_13_no_page_shows_a_price_before_the_consensus_is_locked(case, tender, time_machine):
    give_bid(tender, price=PRICE, at=AT)
    open_box(case, tender)
    time_machine.move_to(DEADLINE + timedelta(days=1), tick=False)
    (bid,) = Bid.objects.all()
    for person in case.everybody:
        client = Client()
        client.force_login(person)
        for page in (reverse("bids:list", args=[case.procurement.pk]), reverse("bids:bid", args=[bid.pk])):
            text = client.get(page).text
            assert "7 316 429" not in text.replace("\u00a0", " ")
            assert "7316429" not in text


def test_inv_15_who_has_a_conflict_with_a_bidder_loses_access(case, tender, time_machine):
    give_bid(tender, at=AT)
    open_box(case, tender, redeclare=False)
    time_machine.move_to(DEADLINE + timedelta(days=1), tick=False)
    evaluator = case.evaluators[0]
    client = Client()
    client.force_login(evaluator)
    page = reverse("bids:list", args=[case.procurement.pk])
    assert client.get(page).status_code == 302  # to the declaration
    declare(case, evaluator, at=DEADLINE, has_conflict=True)
    assert client.get(page).status_code == 403
