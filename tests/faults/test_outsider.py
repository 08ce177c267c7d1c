"""An outsider's walk, by processes alone: sealed, handed in to a site, proved offline, opened by two; what is altered is named.

And every kind of receipt that the program gives, held against the verifier where there is nothing else.
"""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.urls import reverse

from rodatraden.bids import actions as bids
from rodatraden.bids.models import Bid, Submission
from rodatraden.cli import main
from rodatraden.core.ledger import offline
from rodatraden.records.actions import publish_head, sign_receipt
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.actions import begin_change, edit_documents, publish_change
from rodatraden.tenders.models import DocumentEdit, Tender
from tests.factories.bids import Stamp, close_box, make_bidder, next_key, pdf, supplier_of
from tests.factories.keys import ring_of
from tests.factories.parties import paper_of
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.visitor import Visitor
from tests.setup.places import environment
from tests.setup.sealing import answer_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

pytestmark = pytest.mark.one_engine  # what its requests do to the database, the kills do on both
KEY = re.compile(r"[a-z0-9.:-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}")
"""A public key as the page about the log shows it."""


@pytest.fixture
def run(tmp_path):
    """Run a command on the outsider's own machine, where there is no installation, and return what it says."""
    (tmp_path / "own").mkdir()

    def ran(*arguments: object, stdin: str = "", code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "rodatraden.cli", *map(str, arguments)],
            env=environment(RODATRADEN_DATA_DIR=str(tmp_path / "own")),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # no terminal to ask at: what is asked is read from `stdin`
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return ran


@pytest.fixture
def check(tmp_path):
    """Run the verifier alone on a third machine: one file, no packages, nothing of ours; return its answer and what it says."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    def checked(*arguments: str, **files: bytes) -> tuple[int, str]:
        for name, data in files.items():
            (folder / name.replace("_", ".")).write_bytes(data)
        done = subprocess.run(
            [sys.executable, "-I", "-S", "kontrollera.py", *arguments],
            cwd=folder,
            env={},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    return checked


def turned(data: bytes) -> bytes:
    """One bit in the middle of a bid turned: in its only part, which is by far the most of it."""
    changed = bytearray(data)
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


def test_an_outsider_seals_hands_in_and_proves_two_open_and_what_is_altered_is_named(site, run, check, tmp_path):
    case, tender = make_published()
    bidder = make_bidder()
    keys = {person: ring_of(tender).of(person) for person in case.openers}
    papers = {person: (key.pk, paper_of(key)) for person, key in keys.items()}
    supplier = str(supplier_of(bidder).pk)
    publish_head(by=None, at=DEADLINE - timedelta(days=1))
    site.is_now(DEADLINE - timedelta(hours=2))
    site.sign_in(bidder)
    site.start()

    anybody = Visitor(site.port, "")
    bundle = sealed(run, anybody, tender, tmp_path)
    receipt = handed_in(site.of(bidder), tender, supplier, bundle.read_bytes())
    proved_offline(check, anybody, receipt, bundle.read_bytes())

    site.kill()
    assert not Bid.objects.exists()
    close_box(tender)
    site.is_now(DEADLINE + timedelta(hours=1))
    site.sign_in(*case.openers)
    site.start()
    for person in case.openers:
        unlocked(site.of(person), case, run, tmp_path, papers[person])
    site.kill()
    bid = Bid.objects.get()
    assert (str(bid.submission_id), bid.is_unreadable) == (json.loads(receipt)["submission"], False)
    assert bid.named_people.get().name == "Elin Hagström"
    assert {file.file.name for file in bid.files.select_related("file")} == {
        path.name for path in (tmp_path / "anbud").glob("*.pdf")
    }
    altered_log_named(check, receipt, tmp_path)


def made(case, tender) -> tuple[dict[str, dict], dict[str, str]]:
    """Return a receipt of each kind that the program gives, and of a kind that it gave before, and what the verifier is to say of each."""
    bidder, late = make_bidder(), make_bidder("Sen AB")
    stamp = partial(Stamp, is_synchronised=True, error_ms=12)
    first = give_bid(tender, bidder=bidder, at=DEADLINE - timedelta(hours=6))
    second = give_bid(tender, bidder=bidder, replaces=first.pk, at=DEADLINE - timedelta(hours=5))
    withdrawn = bids.withdraw_bid(
        submission=second, by=bidder, arrival=stamp(DEADLINE - timedelta(hours=4)), key=next_key()
    )
    kept = give_bid(tender, bidder=bidder, at=DEADLINE - timedelta(hours=3))
    changed_at, moved = DEADLINE - timedelta(hours=2), DEADLINE + timedelta(days=10)
    change = begin_change(tender=tender, by=case.officer, at=changed_at)
    about, values = DocumentEdit.About.TERMS, {"travel_clause": "Resor ersätts inte."}
    edit_documents(
        change=change, about=about, how="revise", target=tender.pk, values=values, by=case.officer, at=changed_at
    )
    snapshot = publish_change(
        change=change, reason="Rättat", is_substantial=False, deadline_at=moved, by=case.officer, at=changed_at
    )
    confirmed = bids.confirm_bid(
        submission=kept, snapshot=snapshot, by=bidder, arrival=stamp(DEADLINE - timedelta(hours=1)), key=next_key()
    )
    too_late = give_bid(Tender.objects.get(pk=tender.pk), bidder=late, at=moved)
    texts = {
        "replaced": first.receipt,
        "replacing": second.receipt,
        "withdrawn": withdrawn.withdrawal_receipt,
        "kept": kept.receipt,
        "confirmed": confirmed.receipt,
        "late": too_late.receipt,
    }
    found = {name: json.loads(text) for name, text in texts.items()}
    assert all(set(each["clock"]) == {"synchronised", "error_ms"} for each in found.values())
    assert found["confirmed"]["clock"] == found["withdrawn"]["clock"] == {"synchronised": True, "error_ms": 12}
    beside = {"clock", "ledger", "key", "signature"}
    before = {name: value for name, value in found["kept"].items() if name not in beside}
    event = LedgerBody.objects.get(event="bid_received", object_id=kept.pk)
    with transaction.atomic():
        found["before"] = json.loads(sign_receipt(receipt=before, event=event))
    return found, {
        "replaced": f"Anbudet {first.pk} (version 1) kom i tid",
        "replacing": f"Anbudet {second.pk} (version 2) kom i tid",
        "withdrawn": f"Anbudet {second.pk} är ÅTERKALLAT",
        "kept": f"Anbudet {kept.pk} (version 3) kom i tid",
        "confirmed": f"Anbudet {kept.pk} bekräftades för version 2 av dokumenten",
        "late": f"Anbudet {too_late.pk} (version 1) kom FÖR SENT",
        "before": f"Anbudet {kept.pk} (version 3) kom i tid",
    }


def sealed(run, anybody: Visitor, tender, folder: Path) -> Path:
    """Seal a bid, made of nothing but what anybody fetches, on a machine of one's own; and read one's own copy again."""
    form, own, bundle = folder / "anbudsmall.json", folder / "anbud", folder / "anbud.rtbid"
    form.write_bytes(anybody.get(reverse("publication:bid_form", args=[tender.pk])).body)
    run("seal", own, "--start", form)
    (own / "nyckelinnehavare.json").write_bytes(anybody.get(reverse("bids:holders", args=[tender.pk])).body)
    answer_all(own, pdf)
    run("seal", own, "--out", bundle, "--keep", folder / "egen.txt", "--yes")
    run("open", bundle, "--key", folder / "egen.txt", "--into", folder / "kopia")
    assert json.loads((folder / "kopia/pris.json").read_text("utf-8"))["amount"] == "1140.5"
    return bundle


def handed_in(visitor: Visitor, tender, supplier: str, bundle: bytes) -> bytes:
    """Hand in a bid that was altered on its way, which is refused, then the bid itself; return the receipt."""
    place = reverse("bids:sealed", args=[tender.pk])
    refused = visitor.post(place, {"supplier": supplier, "idempotency_key": "a"}, {"bundle": turned(bundle)})
    assert (refused.status, "bid/parts/00000.age" in refused.body.decode()) == (422, True)
    answer = visitor.post(place, {"supplier": supplier, "idempotency_key": "b"}, {"bundle": bundle})
    assert answer.status == 302, answer.body.decode()
    return visitor.get(answer.location + "kvitto.json").body


def proved_offline(check, anybody: Visitor, receipt: bytes, bundle: bytes) -> None:
    """Check receipt and bid by the program and the key that anybody gets; then an altered one of each."""
    program = anybody.get(reverse("records:verifier")).body
    (key,) = set(KEY.findall(anybody.get(reverse("records:public_log")).body.decode()))
    asked = ("--key", key, "kvitto.json", "anbud.rtbid")
    code, said = check(*asked, kontrollera_py=program, kvitto_json=receipt, anbud_rtbid=bundle)
    assert (code, said.count("håller.")) == (0, 2), said

    code, said = check(*asked, anbud_rtbid=turned(bundle))
    assert (code, "bid/parts/00000.age är inte den som kvittot gäller." in said) == (1, True), said
    for change in ({"received_at": "2026-01-01T10:00:00Z"}, {"manifest": "0" * 64}):
        altered = json.dumps(json.loads(receipt) | change).encode()
        code, said = check(*asked, kvitto_json=altered, anbud_rtbid=bundle)
        assert (code, "Kvittot är inte undertecknat med nyckeln, eller har ändrats." in said) == (1, True), said
    check(*asked, kvitto_json=receipt)


def unlocked(visitor: Visitor, case, run, folder: Path, held: tuple[UUID, str]) -> None:
    """Fetch one's locked key and the sheet, take off one's layer on one's own machine by the printed key, and hand the sheet back."""
    (key, paper), place = held, [case.procurement.pk, "bid"]
    sheet, own, back = (folder / f"{key}-{name}" for name in ("blad.json", "nyckel.txt", "upplast.json"))
    sheet.write_bytes(visitor.get(reverse("bids:sheet", args=[*place, key])).body)
    own.write_bytes(visitor.get(reverse("parties:locked_key", args=[key])).body)
    run("open", "--wraps", sheet, "--key", own, "--out", back, stdin=paper + "\n")
    answer = visitor.post(reverse("bids:unlock", args=place), {}, {"sheet": back.read_bytes()})
    assert answer.status == 302, answer.body.decode()


def altered_log_named(check, receipt: bytes, folder: Path) -> None:
    """Hold the exported log against the receipt; then one in which the bid's entry is another."""
    assert main(["log", str(folder / "logg.jsonl")]) == 0
    lines = (folder / "logg.jsonl").read_text("utf-8").splitlines(keepends=True)
    told = json.loads(receipt)
    asked = ("--key", told["key"], "kvitto.json", "logg.jsonl", "anbud.rtbid")
    code, said = check(*asked, kvitto_json=receipt, logg_jsonl="".join(lines).encode())
    assert (code, said.count("håller.")) == (0, 3), said
    index = told["ledger"]["index"]
    (at,) = (n for n, line in enumerate(lines) if json.loads(line).get("index") == index)
    lines[at] = lines[at].replace('what\\":\\"', 'what\\":\\"0', 1)
    code, said = check(*asked, logg_jsonl="".join(lines).encode())
    assert (code, f"Post {index} har ändrats" in said) == (1, True), said
    assert Submission.objects.get().receipt.encode() == receipt


def test_every_kind_of_receipt_is_told_for_what_it_is_and_each_field_of_it_that_is_altered_is_seen(
    fresh_database, run, check, tmp_path
):
    case, tender = make_published()
    ring_of(tender)
    receipts, said_of = made(case, tender)
    (key,) = {receipt["key"] for receipt in receipts.values()}
    program = Path(offline.__file__).read_bytes()
    files = {f"{name}_json": json.dumps(receipt).encode() for name, receipt in receipts.items()}
    names = [name.replace("_", ".") for name in files]
    code, said = check("--key", key, *names, kontrollera_py=program, **files)
    lines = dict(line.split(".json: håller. ") for line in said.splitlines())
    assert code == 0
    assert all(lines[name].startswith(told) for name, told in said_of.items()), said
    assert check(*names)[0] == 3, "no key was named"

    altered = {
        f"{name}{number}_json": (f"{name}: {place}", json.dumps(bad).encode())
        for name, receipt in receipts.items()
        for number, (place, bad) in enumerate(alterations(receipt))
    }
    names = [name.replace("_", ".") for name in altered]
    code, said = check("--key", key, *names, **{name: data for name, (_, data) in altered.items()})
    seen = [line.split(": HÅLLER INTE. ")[0] for line in said.splitlines()]
    assert (code, [place for (place, _), name in zip(altered.values(), names, strict=True) if name not in seen]) == (
        1,
        [],
    )
    by_ours = run("verify", "--key", key, *(tmp_path / "elsewhere" / name for name in names), code=1)
    assert by_ours.count("HÅLLER INTE") == len(altered)


def alterations(receipt: dict) -> Iterator[tuple[str, dict]]:
    """Yield the receipt with one value changed, each in turn, with one taken away, and with one that it never had."""
    for path in paths(receipt):
        for how in ("changed", "gone"):
            bad = copy.deepcopy(receipt)
            part = bad
            for step in path[:-1]:
                part = part[step]
            if how == "changed":
                part[path[-1]] = changed(part[path[-1]])
            else:
                del part[path[-1]]
            yield f"{path} {how}", bad
    yield "more", receipt | {"note": ""}


def paths(value: object, path: tuple = ()) -> list[tuple]:
    match value:
        case dict():
            return [place for key, part in value.items() for place in paths(part, (*path, key))]
        case list():
            return [place for at, part in enumerate(value) for place in paths(part, (*path, at))]
        case _:
            return [path]


def changed(value: object) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return True
        case str():
            return value[:-1] + ("0" if value[-1:] != "0" else "1")
    raise TypeError(value)
