"""Requests for documents: anybody asks, nobody is asked who or why, silence closes nothing; masked copies hide for good."""

from __future__ import annotations

import io
import zlib
from datetime import UTC, date, datetime, timedelta
from functools import partial
from urllib.parse import unquote

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from rodatraden.awards import queries, rules
from rodatraden.awards.actions import answer_request, ask_for_decision, ask_for_documents, make_masked_copy
from rodatraden.awards.actions.access import MOST_REQUESTS
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import access_due_on
from rodatraden.demo.pdf import pdf
from rodatraden.procurements.actions import clear_conflict
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.records.models import AccessAnswer, AccessRequest, DiaryDocument, LedgerBody, MaskedCopy, OutboxMail
from rodatraden.records.queries import read_bytes
from rodatraden.ui.links import FIELD
from tests.factories.awards import LINK, ask, award, make_awarded
from tests.factories.evaluation import make_opened, make_outcome
from tests.factories.links import follow, link_in
from tests.factories.parties import make_person
from tests.factories.procurements import declare
from tests.factories.tenders import make_published

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 14, 7, tzinfo=UTC)
NOW = datetime(2026, 6, 11, 9, 0, tzinfo=UTC)
EIGHT = ((8, 8), (8, 8))
Outcome = AccessAnswer.Outcome
OSL = "OSL 31 kap. 16 §"


@pytest.fixture
def world(db):
    return make_awarded((1000, 900), EIGHT, notified_at=SENT)


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**arguments)
    return str(refused.value.answer.reason)


def piece_of(world, ending=".pdf"):
    return next(
        each for each in queries.pieces(world.procurement) if each.file.name.endswith(ending) and not each.masked
    )


def answered(world, asked, *, outcome=Outcome.NOTHING, provision=OSL, text="Hemligt.", files=(), by=None, at=NOW):
    return answer_request(
        asked=asked, outcome=outcome, provision=provision, text=text, files=files, by=by or world.case.officer, at=at
    )


def test_inv_27_a_request_keeps_nothing_of_who_asked_and_the_officials_are_told_at_once(client, world):
    bidder = world.bids[0].submission.submitted_by
    client.force_login(bidder)
    address = reverse("awards:ask_documents", args=[world.tender.pk])
    page = client.get(address).text
    assert "Du behöver inte säga vem du är eller varför." in page
    main = page[page.index("<main") :]
    assert main.count("<textarea") == 1
    assert [kind for kind in ('type="email"', 'type="text"', "<select") if kind in main] == []
    before = OutboxMail.objects.count()
    with time_machine.travel(NOW, tick=False):
        sent = {"wanted": "Vinnarens anbud.", "idempotency_key": "k-1"}
        first, second = (client.post(address, sent)["Location"] for _ in range(2))
        link = link_in(client.get(first).text)
    assert first == second, "a double click leads to one request"
    asked = AccessRequest.objects.get()
    assert first == reverse("awards:own_request", args=[asked.pk])
    assert link.partition("#")[2] not in asked.token_sha256
    kept = [str(value) for value in AccessRequest.objects.values().get().values()]
    assert str(bidder.pk) not in kept
    assert LedgerBody.objects.get(event="access_asked").by is None
    row = DiaryDocument.objects.get(pk=asked.document_id)
    assert (row.direction, row.counterparty, row.subject) == ("received", "", "Begäran om handlingar")
    mails = OutboxMail.objects.order_by("written_at", "id")[before:]
    assert {mail.to for mail in mails} == {
        world.case.officer.email, world.case.decider.email, world.case.contract_manager.email
    }  # fmt: skip
    client.logout()
    assert client.get(first)["Location"] == reverse("awards:request_code")
    assert "Ingen har svarat än." in client.get(follow(client, link)).text
    assert client.post(reverse("awards:request_code"), {FIELD: "fel"}).status_code == 422


def test_inv_27_silence_closes_nothing_and_the_request_grows_old_on_the_officials_page(client, world):
    asked = ask(world, at=NOW)
    late = NOW + timedelta(days=400)
    case = world.case
    for person, waits in ((case.officer, 1), (case.decider, 1), (case.contract_manager, 1), (case.need_owner, 0)):
        tasks = [task for task in queries.open_tasks(person, late, cases_of(person)) if task.kind == "awards.access"]
        assert [task.due for task in tasks] == [date(2026, 6, 11)] * waits
    client.force_login(case.officer)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        text = client.get(reverse("awards:access_requests", args=[world.procurement.pk])).text
    assert "3 dagar gammal" in text
    assert reverse("awards:access_request", args=[asked.pk]) in text


@pytest.mark.parametrize(
    ("asked_on", "country", "due"),
    [
        (date(2026, 6, 11), "SE", date(2026, 6, 11)),
        (date(2026, 6, 19), "SE", date(2026, 6, 22)),  # midsummer eve
        (date(2026, 6, 11), "NO", date(2026, 6, 18)),
        (date(2026, 12, 23), "NO", date(2026, 12, 31)),  # 25 and 26 December are off, Christmas eve is not
    ],
)
def test_by_when_a_request_is_answered(asked_on, country, due):
    assert access_due_on(asked_on, country=country).known() == due


@pytest.mark.parametrize("outcome", [Outcome.PART, Outcome.NOTHING])
def test_inv_27_a_refusal_always_carries_its_provision_and_how_to_go_on(client, world, outcome):
    asked = ask(world, at=NOW)
    files = [piece_of(world).file.pk] if outcome == Outcome.PART else []
    needed = "Write which provision makes it secret."
    assert refusal(answered, world=world, asked=asked, outcome=outcome, provision=" ", files=files) == needed
    found = answered(world, asked, outcome=outcome, files=files)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessAnswer.objects.filter(pk=found.pk).update(provision="")
    text = client.get(follow(client, LINK)).text
    for said in (
        OSL,
        "Du har rätt till ett skriftligt beslut av myndigheten",
        "OSL 6 kap. 3 §",
        "Begär ett skriftligt beslut",
    ):
        assert said in text


def test_the_requester_asks_for_a_written_decision_and_gets_one_with_how_to_appeal(client, world):
    asked = ask(world, at=NOW)
    assert refusal(ask_for_decision, asked=asked, by=None, at=NOW) == "The request is not answered yet."
    answered(world, asked)
    assert refusal(answered, world=world, asked=asked) == (
        "The request is answered. Whoever asked can ask for a written decision."
    )
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        address = follow(client, LINK)
        for _ in range(2):
            assert client.post(address, {"idempotency_key": "d"})["Location"] == address
        assert "Ett skriftligt beslut begärdes" in client.get(address).text
    asked.refresh_from_db()
    assert refusal(ask_for_decision, asked=asked, by=None, at=NOW) == "A written decision is asked for already."
    tasks = [task.kind for task in queries.open_tasks(world.case.officer, NOW, cases_of(world.case.officer))]
    assert tasks == ["awards.access"]
    decision = answered(world, asked, at=NOW + timedelta(days=2))
    assert (decision.is_decision, decision.number) == (True, 2)
    text = client.get(follow(client, LINK)).text
    assert "kammarrätten" in text
    assert "inte verifierade" in text
    assert queries.open_tasks(world.case.officer, NOW, cases_of(world.case.officer)) == []
    assert refusal(answered, world=world, asked=asked).startswith("The request is answered.")


def test_files_are_handed_out_by_the_secret_link_alone(client, world):
    asked, chosen = ask(world, at=NOW), piece_of(world)
    answered(world, asked, outcome=Outcome.ALL, provision="", files=[chosen.file.pk])
    page = client.get(follow(client, LINK))
    address = reverse("awards:own_file", args=[asked.pk, chosen.file.pk])
    assert address in page.text
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("same-origin", "no-store, private")
    assert b"".join(client.get(address).streaming_content) == read_bytes(chosen.file)
    other = next(each for each in queries.pieces(world.procurement) if each.file != chosen.file)
    assert client.get(reverse("awards:own_file", args=[asked.pk, other.file.pk])).status_code == 404
    assert Client().get(address)["Location"] == reverse("awards:request_code")
    another = ask(world, token="en-annan", at=NOW)
    follow(client, "/begaran/#en-annan")
    assert client.get(reverse("awards:own_file", args=[another.pk, chosen.file.pk])).status_code == 404


@pytest.mark.parametrize(
    ("outcome", "with_file", "said"),
    [
        (Outcome.ALL, False, "Choose the files that are handed out, or an answer without any."),
        (Outcome.NOTHING, True, "Choose the files that are handed out, or an answer without any."),
        (Outcome.NONE_HELD, True, "Choose the files that are handed out, or an answer without any."),
    ],
)
def test_the_files_fit_the_outcome(world, outcome, with_file, said):
    files = [piece_of(world).file.pk] if with_file else []
    assert refusal(answered, world=world, asked=ask(world, at=NOW), outcome=outcome, files=files) == said


def test_inv_02_nothing_of_the_bids_is_handed_out_before_the_award_decision():
    world = make_outcome((1000, 900), EIGHT)
    at = world.opened_at + timedelta(days=4)
    secret = DiaryDocument.objects.filter(case=world.procurement.diary_case).exclude(secrecy_note="")
    assert secret.exists()
    assert [each.document for each in queries.pieces(world.procurement) if each.document.secrecy_note] == []
    asked = ask(world, at=at)
    file = secret.exclude(file=None).order_by("serial")[0].file
    said = refusal(answered, world=world, asked=asked, outcome=Outcome.ALL, files=[file.pk], at=at)
    assert said == "One of the files can't be handed out now."
    assert not rules.may_hand_out(secret.order_by("serial")[0], world.procurement)
    award(world, at=at)
    assert file.pk in {each.file.pk for each in queries.pieces(world.procurement)}


def test_inv_02_whoever_asks_is_told_no_number_from_which_the_bids_can_be_counted(client):
    world = make_outcome((1000, 900), EIGHT)
    at = world.opened_at + timedelta(days=4)
    asked = ask(world, at=at)
    answer = answered(world, asked, outcome=Outcome.NOTHING, files=[], provision="OSL 19 kap. 3 §", at=at)
    shown = client.get(follow(client, LINK)).text
    assert asked.case.number in shown
    assert not [each.number for each in (asked.document, answer.document) if each.number in shown]


def test_inv_02_a_declaration_made_when_the_bidders_are_known_is_handed_out_after_the_award_decision_alone():
    world = make_outcome((1000, 900), EIGHT)
    at = world.opened_at + timedelta(days=4)
    before = {each.pk for each in DiaryDocument.objects.all()}
    conflict = declare(world.case, world.case.evaluators[0], has_conflict=True, at=at)
    clear_conflict(declaration=conflict, measure="Bedömer inte det anbudet", by=world.case.decider, at=at)
    declared, decided = DiaryDocument.objects.exclude(pk__in=before).order_by("serial")
    assert {declared.secrecy_note, decided.secrecy_note} == {"OSL 19 kap. 3 §"}
    asked = ask(world, at=at)
    for document in (declared, decided):
        said = refusal(answered, world=world, asked=asked, outcome=Outcome.ALL, files=[document.file_id], at=at)
        assert said == "One of the files can't be handed out now."
    assert DiaryDocument.objects.filter(subject=declared.subject, pk__in=before, secrecy_note="").exists()
    award(world, at=at)
    assert {declared.file_id, decided.file_id} <= {each.file.pk for each in queries.pieces(world.procurement)}


def test_inv_02_what_is_handed_out_before_the_award_bears_no_number(client):
    world = make_outcome((1000, 900), EIGHT)
    at = world.opened_at + timedelta(days=4)
    asked = ask(world, at=at)
    piece = next(each for each in queries.pieces(world.procurement) if each.document == asked.document)
    copy = make_masked_copy(
        tender=world.tender, piece=piece, provision=OSL, hidden=["vinnaren"], by=world.case.officer, at=at
    )
    files = [piece.file.pk, copy.file_id]
    answer = answered(world, asked, outcome=Outcome.ALL, provision="", text="Här.", files=files, at=at)
    page = client.get(follow(client, LINK)).text
    told = [page, *(each.title for each in answer.handed_out.all())]
    for file in files:
        fetched = client.get(reverse("awards:own_file", args=[asked.pk, file]))
        fetched.getvalue()
        told += [fetched["Content-Disposition"]]
    numbers = [each.number for each in DiaryDocument.objects.filter(case=asked.case)]
    assert len(told) == 5
    assert all(piece.document.subject in each or piece.file.name in unquote(each) for each in told)
    assert not [each for each in told for number in numbers if number in each or number.replace("/", "-") in each]


def test_inv_02_what_the_program_issued_after_the_bids_waits_for_the_award():
    """Its number, its entry in the log and its fingerprint tell how many bids there are, in copies of it too."""
    world = make_outcome((1000, 900), EIGHT)
    at = world.opened_at + timedelta(days=4)
    first = ask(world, token="f" * 43, at=at)
    earlier = answered(world, first, outcome=Outcome.NOTHING, files=[], provision="OSL 19 kap. 3 §", at=at)
    issued = [earlier.document.file_id, earlier.document.attachments.get().file_id]
    asked = ask(world, at=at)
    of = {each.file.pk: each for each in queries.pieces(world.procurement)}
    for file in issued:
        said = refusal(answered, world=world, asked=asked, outcome=Outcome.ALL, files=[file], at=at)
        assert said == "One of the files can't be handed out now."
        masked = {"tender": world.tender, "piece": of[file], "provision": OSL, "hidden": ["nej"]}
        said = refusal(make_masked_copy, **masked, by=world.case.officer, at=at)
        assert said == "This file can't be handed out now."
    assert asked.document.file_id in {
        each.file.pk for each in queries.pieces_for(world.case.officer, world.procurement)
    }
    award(world, at=at)
    answered(world, asked, outcome=Outcome.ALL, provision="", files=issued, at=at)


def test_inv_02_who_does_not_read_the_bids_hands_out_nothing_that_came_after_them(client):
    world = make_outcome((1000, 900), EIGHT)
    at = world.opened_at + timedelta(days=4)
    asked = ask(world, at=at)
    first = DiaryDocument.objects.filter(case=asked.case).exclude(secrecy_note="").order_by("serial")[0].serial
    manager, officer = world.case.contract_manager, world.case.officer
    declare(world.case, manager, at=at)

    def shown(person):
        client.force_login(person)
        pages = [reverse("awards:mask", args=[world.procurement.pk]), reverse("awards:access_request", args=[asked.pk])]
        with time_machine.travel(at, tick=False):
            read = [client.get(address).text for address in pages]
        found = queries.pieces(world.procurement)
        return [each.file.pk for text in read for each in found if f'value="{each.file.pk}"' in text]

    late = [each.file.pk for each in queries.pieces(world.procurement) if each.document.serial > first]
    early = [each.file.pk for each in queries.pieces(world.procurement) if each.document.serial < first]
    assert asked.document.file_id in late
    assert (sorted(shown(officer)), sorted(shown(manager))) == (sorted((late + early) * 2), sorted(early * 2))
    said = refusal(answered, world=world, asked=asked, outcome=Outcome.ALL, files=late[:1], by=manager, at=at)
    assert said == "One of the files can't be handed out now."
    award(world, at=at)
    assert set(late) <= set(shown(manager))


def test_who_sees_and_who_answers():
    world = make_opened((1000, 900))
    case, at = world.case, world.opened_at + timedelta(days=1)
    asked = ask(world, at=at)
    declare(case, case.evaluators[0], has_conflict=True, at=at)
    people = {
        case.officer: "see answer",
        case.decider: "see answer",
        case.contract_manager: "see answer",
        case.need_owner: "see",
        case.evaluators[1]: "see",
        case.evaluators[0]: "",
        world.bids[0].submission.submitted_by: "",
        make_person(organisation=case.buyer): "",
    }
    for person, may in people.items():
        found = {
            "see": queries.requests_visible_to(person).filter(pk=asked.pk).exists(),
            "answer": bool(rules.may_answer_requests(person, world.procurement)),
        }
        assert " ".join(what for what, is_so in found.items() if is_so) == may
        if "answer" not in may:
            refusal(answered, world=world, asked=asked, by=person)
    assert not AccessAnswer.objects.exists()


def test_a_machine_cannot_fill_the_case_with_requests():
    _case, tender = make_published()
    at = datetime(2026, 1, 9, 9, tzinfo=UTC)
    verb = partial(ask_for_documents, tender=tender, wanted="Allt", by=None)
    for number in range(MOST_REQUESTS):
        verb(token=str(number), at=at)
    many = "Many requests have come at once. Try again in an hour, or write to the authority."
    assert refusal(verb, token="x", at=at + timedelta(minutes=59)) == many
    verb(token="x", at=at + timedelta(hours=2))
    assert refusal(verb, token="y", at=at, wanted=" ") == "Write which documents you want."
    assert refusal(verb, token="y", at=at, wanted="a" * 5000) == "Shorten the text to at most 4000 characters."


def everything_in(data: bytes) -> bytes:
    """Return a file's bytes and those of each stream in it, unpacked."""
    found = [data]
    for chunk in data.split(b"stream")[1:]:
        try:
            found.append(zlib.decompressobj().decompress(chunk.lstrip(b"\r\n")))
        except zlib.error:
            continue
    return b"\n".join(found)


def mask(world, piece, **more):
    arguments = {"tender": world.fresh_tender(), "piece": piece, "provision": OSL, "by": world.case.officer, "at": NOW}
    return make_masked_copy(**arguments | more)


def test_inv_28_a_masked_copy_holds_nothing_of_what_is_hidden_and_the_original_stays(client, world):
    piece = piece_of(world)
    before = read_bytes(piece.file)
    boxed = pdf("Anbud", ["Pris 1140 kr, ring Kim Secretsson."])
    said = refusal(mask, world=world, piece=piece, hidden=["Kim Secretsson"], upload=boxed)
    assert said.startswith("This can still be read in the file: Kim Secretsson.")
    assert not MaskedCopy.objects.exists()
    two = pdf("Anbud", ["Det offentliga.", "Pris 1140 kr, ring Kim Secretsson."])
    copy = mask(world, piece, hidden=["Kim Secretsson"], removed=[2], upload=two)
    data = read_bytes(copy.file)
    assert b"Secretsson" not in everything_in(data)
    assert "Det offentliga." in PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert read_bytes(piece.file) == before
    assert copy.file.pk in {each.file.pk for each in queries.pieces(world.procurement)}
    asked = ask(world, at=NOW)
    answered(world, asked, outcome=Outcome.PART, files=[copy.file.pk])
    follow(client, LINK)
    handed = b"".join(client.get(reverse("awards:own_file", args=[asked.pk, copy.file.pk])).streaming_content)
    assert handed == data


def test_inv_28_what_a_bid_says_is_masked_in_blocks_of_one_length(world):
    piece = piece_of(world, ".json")
    name = "Mellanrum" if "Mellanrum" in read_bytes(piece.file).decode() else "format"
    copy = mask(world, piece, hidden=[name])
    text = read_bytes(copy.file).decode()
    assert name not in text
    assert "▇▇▇▇▇▇" in text
    assert name in read_bytes(piece.file).decode()


def test_a_masked_copy_needs_a_provision_and_an_official(world):
    piece = piece_of(world)
    assert (
        refusal(mask, world=world, piece=piece, hidden=["abc"], provision=" ")
        == "Write by which provision it is hidden."
    )
    said = "The officer, the decision maker or the contract manager answers requests for documents."
    assert refusal(mask, world=world, piece=piece, hidden=["abc"], by=world.case.need_owner) == said
    assert refusal(mask, world=world, piece=piece, hidden=["abc"], upload=b"\xff\xfe").startswith(
        "Only PDF and plain text"
    )


def test_the_officials_pages_from_mask_to_answer(client, world):
    asked, piece = ask(world, at=NOW), piece_of(world)
    client.force_login(world.case.officer)
    address = reverse("awards:mask", args=[world.procurement.pk])
    assert "En svart ruta ovanpå text döljer ingenting." in client.get(address).text
    upload = io.BytesIO(pdf("Anbud", ["Offentligt.", "Hemlig uppgift."]))
    upload.name = "maskad.pdf"
    sent = {"piece": str(piece.file.pk), "removed": "2", "hidden": "Hemlig uppgift", "provision": OSL, "file": upload,
            "idempotency_key": "m"}  # fmt: skip
    assert client.post(address, {**sent, "removed": "2-", "idempotency_key": "x"}).status_code == 422
    upload.seek(0)
    requests = reverse("awards:access_requests", args=[world.procurement.pk])
    assert client.post(address, sent)["Location"] == requests
    copy = MaskedCopy.objects.get()
    look = reverse("awards:masked_copy", args=[copy.pk])
    assert look in client.get(requests).text
    assert b"".join(client.get(look).streaming_content) == read_bytes(copy.file)
    page = reverse("awards:access_request", args=[asked.pk])
    assert "Fråga inte vem det är eller varför." in client.get(page).text
    sent = {
        "outcome": "part",
        "chosen": [str(copy.file_id)],
        "provision": "",
        "text": "Resten är hemligt.",
        "idempotency_key": "a",
    }
    answer = client.post(page, sent)
    assert (answer.status_code, "Skriv vilken bestämmelse" in answer.text) == (422, True)
    sent |= {"provision": OSL, "idempotency_key": "b"}
    for _ in range(2):
        assert client.post(page, sent)["Location"] == page
    assert "Skicka svaret" not in client.get(page).text
    client.force_login(world.bids[0].submission.submitted_by)
    assert {client.get(each).status_code for each in (address, requests, page, look)} == {404}


def test_the_list_takes_as_many_queries_for_many_requests_as_for_one(client, world):
    client.force_login(world.case.officer)
    address = reverse("awards:access_requests", args=[world.procurement.pk])
    counts = []
    for number in range(2):
        for n in range(1 + 4 * number):
            ask(world, token=f"{number}x{n}", at=NOW)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_norwegian_refusal_says_how_to_go_on_by_norwegian_law(client, world):
    asked = ask(world, at=NOW)
    answered(world, asked)
    type(world.procurement).objects.update(country="NO")
    text = client.get(follow(client, LINK)).text
    assert "Offentleglova §§ 31 och 32" in text
    assert "OSL 6 kap. 3 §" not in text
