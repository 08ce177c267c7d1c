"""An outsider's walk, by processes and a running site alone: sealed, handed in, proved offline, opened by two; what is altered is named."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from rodatraden.bids.models import Bid, Submission
from rodatraden.cli import main
from rodatraden.records.actions import publish_head
from tests.factories.bids import close_box, make_bidder, pdf, supplier_of
from tests.factories.keys import ring_of
from tests.factories.parties import paper_of
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.visitor import Visitor
from tests.setup.places import environment
from tests.setup.sealing import answer_all

if TYPE_CHECKING:
    from pathlib import Path
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
