"""The pages of bids, walked as the people who use them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.bids.models import Bid, Submission
from rodatraden.core.offer import read_index
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import Reading
from tests.bids.test_actions_registering import elsewhere
from tests.factories import keys
from tests.factories.bids import make_bidder, open_box, pdf, supplier_of
from tests.factories.observing import make_observer
from tests.factories.parties import make_person, make_supplier
from tests.factories.procurements import declare
from tests.factories.rows import copy_of
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


def test_who_reads_a_bid_is_noted_once_a_day_and_the_supplier_is_not(client, case, tender, now, bidder):
    """Directive 2014/24 annex IV f and g: it can be established who had access to what."""
    give_bid(tender, bidder=bidder)
    open_box(case, tender)
    bid = Bid.objects.get()
    file = bid.files.order_by("pk")[0]
    pages = [reverse("bids:bid", args=[bid.pk]), *(reverse(f"bids:{how}", args=[file.pk]) for how in ("file", "read"))]
    reader = case.evaluators[0]

    def read_all(person, at, status=200):
        now(at)
        client.force_login(person)
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == status
            answer.getvalue()

    first, later = DEADLINE + timedelta(hours=2), DEADLINE + timedelta(hours=3)
    read_all(reader, first)
    read_all(reader, later)
    read_all(bidder, later)
    read_all(make_person("Utomstående"), later, status=404)
    of_first = [(reader.pk, bid.pk, bid.pk, first), (reader.pk, bid.pk, file.pk, first)]
    found = Reading.objects.filter(case=case.procurement.pk).values_list("read_by", "subject", "document", "read_at")
    assert sorted(found) == sorted(of_first)
    read_all(reader, first + timedelta(days=1))
    assert Reading.objects.count() == 2 * len(of_first)


def test_who_fetches_the_declaration_of_a_bid_is_noted(client, case, tender, now):
    give_bid(tender)
    open_box(case, tender)
    bid = Bid.objects.get()
    now(DEADLINE + timedelta(hours=2))
    client.force_login(case.officer)
    page = reverse("bids:bid_espd", args=[bid.pk])
    assert client.get(page).status_code == 404
    assert not Reading.objects.exists()
    Bid.objects.update(declaration_file=bid.files.order_by("pk")[0].file)
    client.get(page).getvalue()
    noted = Reading.objects.get()
    assert (noted.read_by, noted.document) == (case.officer, Bid.objects.get().declaration_file_id)


def test_a_file_that_is_held_back_is_not_noted_as_read(client, case, tender, now, settings):
    settings.SCANNER = "/run/clamav/clamd.ctl"
    give_bid(tender)
    open_box(case, tender)
    bid = Bid.objects.get()
    file = bid.files.order_by("pk")[0]
    Bid.objects.update(declaration_file=file.file)
    now(file.file.stored_at + timedelta(minutes=1))
    client.force_login(case.officer)
    pages = [reverse(f"bids:{how}", args=[file.pk]) for how in ("file", "read")] + [
        reverse("bids:bid_espd", args=[bid.pk])
    ]
    assert [client.get(page).status_code for page in pages] == [409, 409, 409]
    assert not Reading.objects.exists()
    settings.SCANNER = ""
    for page in pages:
        client.get(page).getvalue()
    assert sorted(Reading.objects.values_list("document", flat=True)) == sorted([file.pk, file.file_id])


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
    half = client.post(
        page,
        bid
        | {"client-2": "Kund 2", "ends_on-1": "2020-01-01", "company-name-1": "", "promise-K4": "", "signatory": "Eva"},
    )
    assert half.status_code == 422
    lacks = ("slutar innan det börjar", "första och sista dag", "företagets namn", "Välj anbudets ESPD")
    for words in (*lacks, "Skriv vad som utlovas på den sidan", "Du har fyllt i den egna försäkran"):
        assert words in half.text
    more = client.post(page, bid | {"add-row": "1"})
    assert (more.status_code, 'name="client-9"' in more.text, "Under AB" in more.text) == (200, True, True)
    for _ in range(2):  # sent twice it is one
        sent = bid | {"espd": file("espd.pdf"), "file-2": file()}
        assert client.post(page, sent)["Location"] == reverse("bids:list", args=[case.procurement.pk])
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


def test_before_the_opening_pages_take_as_many_queries_for_thirty_rows_as_for_one(client, case, tender, bidder, now):
    """What bidders read, and who observes."""
    submission = give_bid(tender, bidder=bidder, at=BEFORE)
    observer = make_observer(case, tender)
    made = {bidder: [reverse("bids:mine"), reverse("bids:receipt", args=[submission.pk])]}
    made[bidder] += [reverse("bids:start", args=[tender.pk]), reverse("pages:home")]
    made[bidder].append(reverse("bids:workspace", args=[tender.pk, supplier_of(bidder).pk]))
    made[case.officer] = [reverse("bids:observers", args=[case.procurement.pk])]
    version_of(submission, version=2)  # a receipt of what has been replaced says by what
    before = counted(client, made)
    for number in range(29):
        copy_of(observer, token_sha256=f"{number:064}", email=f"{number}@example.org", person=make_person())
        version_of(submission, version=3 + number)
        version_of(submission, tender=tender_like(tender, number))
    assert counted(client, made) == before
    client.force_login(bidder)
    assert client.get(reverse("bids:mine")).text.count(tender.procurement.title) >= 30


def test_after_the_opening_pages_take_as_many_queries_for_thirty_rows_as_for_one(client, case, tender, bidder, now):
    """What officials and an observer read: bids, and in each files, promises, answers and people."""
    give_bid(tender, bidder=bidder, at=BEFORE)
    observer = make_observer(case, tender)
    open_box(case, tender, at=DEADLINE + timedelta(minutes=5))
    now(DEADLINE + timedelta(days=1))
    bid = Bid.objects.order_by("number")[0]
    made = {
        case.officer: [
            reverse("bids:opening", args=[case.procurement.pk]),
            reverse("bids:list", args=[case.procurement.pk]),
            reverse("bids:bid", args=[bid.pk]),
            reverse("bids:unlock", args=[case.procurement.pk, "price"]),
        ],
        observer.person: [reverse("bids:observe", args=[tender.pk])],
    }
    one = counted(client, made)
    more_of(bid)
    assert counted(client, made) == one
    client.force_login(case.officer)
    assert "Bolag 128" in client.get(reverse("bids:list", args=[case.procurement.pk])).text


def version_of(submission, **changed):
    """Write one more bid that was handed in like this one."""
    return copy_of(submission, upload=copy_of(submission.upload), **changed)


def tender_like(tender, number):
    """Write one more procurement like this one, as far as the lists of its bidders read it."""
    other = copy_of(
        tender,
        procurement=copy_of(
            tender.procurement, diary_case=copy_of(tender.procurement.diary_case, serial=1000 + number)
        ),
    )
    for fact in tender.procurement.facts.all():
        copy_of(fact, procurement=other.procurement)
    for snapshot in tender.snapshots.all():
        copy_of(snapshot, tender=other)
    return other


def more_of(bid):
    """Twenty-nine bids more like this one, each with as much in it, and as much more in this one."""
    named, promise, item = bid.named_people.all()[0], bid.promises.all()[0], bid.files.all()[0]
    answer, assignment = bid.answers.all()[0], named.assignments.all()[0]
    requirements = [copy_of(answer.requirement, number=100 + number) for number in range(29)]
    for number, requirement in enumerate(requirements, start=100):
        other = copy_of(bid, number=number, supplier=make_supplier(f"Bolag {number}"), submission=None)
        for one in (bid, other):
            copy_of(item, bid=one)
            copy_of(promise, bid=one, requirement=requirement)
            copy_of(answer, bid=one, requirement=requirement)
            copy_of(assignment, person=copy_of(named, bid=one))


def counted(client, made):
    """How many queries each page takes for each person, once it has been shown before."""
    found = {}
    for person, addresses in made.items():
        client.force_login(person)
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200, address
            found[person.name, address] = len(queries)
    return found
