"""What proves the log: cover, tiles, signed heads, receipts; and every way to alter it is named (INV-32)."""

from __future__ import annotations

import json
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from django.db.models import Count

from rodatraden.core.ledger import (
    TILE,
    Head,
    Unproven,
    cover_leaf,
    head_text,
    offline,
    read_head,
    read_key,
    root_hash,
    signed_note,
    told_head,
    tree,
)
from rodatraden.core.ledger.offline import check_log, check_receipt, require_growth, root_by_path
from rodatraden.records.actions import ledger as actions
from rodatraden.records.actions import (
    publish_head,
    record_cover,
    record_event,
    restore_ledger_triggers,
    sign_export,
    sign_receipt,
)
from rodatraden.records.actions.ledger import sign_head
from rodatraden.records.models import LedgerBody, LedgerEntry, LedgerHead, LedgerTile
from rodatraden.records.queries import (
    consistency_path,
    exported,
    head_of,
    head_with_path,
    ledger_size,
    log_holds,
    verify_ledger,
)
from rodatraden.records.queries import ledger as queries
from rodatraden.records.queries.ledger import APPEND_ONLY, kept_head_path, key_path, public_key
from rodatraden.records.tasks import keep_log
from tests.factories.parties import START, make_buyer

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the ledger: every case
DAY = timedelta(days=1)


def grow(number: int) -> None:
    """Add entries of nothing, as many as said: what they tell does not matter here."""
    first = ledger_size()
    leaves = [cover_leaf((first + n).to_bytes(96, "big")) for n in range(number)]
    LedgerEntry.objects.bulk_create(
        LedgerEntry(index=index, leaf=leaf.text, leaf_hash=leaf.hash) for index, leaf in enumerate(leaves, first)
    )


def hashes() -> list[str]:
    return list(LedgerEntry.objects.order_by("index").values_list("leaf_hash", flat=True))


def drop_triggers() -> None:
    """What somebody with all rights does first."""
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")


def test_the_key_is_made_once_and_only_its_owner_reads_it():
    with transaction.atomic():
        sign_head()
        kept = key_path().read_text()
        sign_head()
    assert key_path().read_text() == kept
    assert stat.S_IMODE(key_path().stat().st_mode) == 0o600


@pytest.mark.parametrize("size", [0, 1, 7, TILE - 1, TILE, TILE + 1, 3 * TILE + 5])
def test_a_signed_head_is_that_of_all_entries_however_many_tiles(size):
    grow(size)
    with transaction.atomic():
        note = sign_head()
    assert told_head(note) == head_of(size) == Head(size, root_hash(hashes()))
    assert LedgerTile.objects.count() == size // TILE


def test_tiles_are_written_down_as_they_become_whole():
    for _ in range(5):
        grow(TILE // 2)
        with transaction.atomic():
            sign_head()
    assert list(LedgerTile.objects.values_list("level", "number")) == [(1, 0), (1, 1)]
    assert head_of(ledger_size()).root == root_hash(hashes())


def test_proofs_lead_from_any_entry_and_any_earlier_log_to_the_root():
    grow(2 * TILE + 30)
    with transaction.atomic():
        sign_head()
    size = ledger_size()
    for first in (1, 30, TILE, TILE + 1, 2 * TILE, size):
        require_growth(head_of(first), head_of(size), consistency_path(first, size))
    head, path = head_with_path(300, size)
    assert (head, len(path)) == (head_of(size), 10)
    assert root_by_path(hashes()[300], 300, size, path) == head.root


def test_a_head_and_a_proof_take_a_query_for_each_block_of_256(django_assert_num_queries):
    """Two of leaves, where the entry lies and where the log ends, and one of tiles, however many tiles there are."""
    for more in (2 * TILE + 3, 4 * TILE):
        grow(more)
        with transaction.atomic():
            sign_head()
        size = ledger_size()
        with django_assert_num_queries(3):
            head_with_path(300, size)
        with django_assert_num_queries(2):
            head_with_path(size - 1, size)


def test_tiles_of_tiles_are_written_down_and_proofs_lead_over_them(monkeypatch):
    """As true of tiles of 4 as of those of 256, and read faster."""
    for module in (offline, tree, sys.modules["rodatraden.core.ledger.verify"], queries, actions):
        monkeypatch.setattr(module, "TILE", 4)
    for more in (3, 30, 40, 1, 64):
        grow(more)
        with transaction.atomic():
            sign_head()
        size = ledger_size()
        head, path = head_with_path(size // 2, size)
        assert head.root == root_hash(hashes()) == root_by_path(hashes()[size // 2], size // 2, size, path)
    assert dict(LedgerTile.objects.order_by().values_list("level").annotate(Count("pk"))) == {1: 34, 2: 8, 3: 2}
    assert verify_ledger() is None
    drop_triggers()
    LedgerTile.objects.filter(level=2, number=5).update(root=hashes()[0])
    assert str(verify_ledger().reason) == "The root kept of the entries 80 to 95 is not theirs."


def test_a_tile_that_is_written_while_the_log_is_read_breaks_nothing(monkeypatch):
    read = queries._entries

    def while_others_write():
        yield from read()
        grow(TILE)
        sign_export()

    with monkeypatch.context() as patched:
        patched.setattr(queries, "_entries", while_others_write)
        assert verify_ledger() is None
    assert LedgerTile.objects.exists()
    assert verify_ledger() is None


def test_cover_is_entries_that_hold_and_tell_of_nothing():
    before = LedgerBody.objects.count()
    with transaction.atomic():
        for _ in range(50):
            record_cover()
    added = ledger_size()
    assert added >= 50
    assert LedgerBody.objects.count() == before
    assert verify_ledger() is None
    shapes = {(len(leaf), min(json.loads(leaf))) for leaf in LedgerEntry.objects.values_list("leaf", flat=True)}
    make_buyer()
    told = LedgerEntry.objects.get(index=LedgerBody.objects.latest("index").index).leaf
    assert shapes == {(len(told), "format")}  # a real entry looks the same


def test_inv_02_how_much_cover_there_is_can_not_be_known_before():
    """From one number to the next nobody reads how many entries of something lie between."""
    sizes = set()
    for _ in range(60):
        before = ledger_size()
        with transaction.atomic():
            record_cover()
        sizes.add(ledger_size() - before)
    assert len(sizes) > 5


def withdrawal(of) -> dict:
    return {"what": "withdrawn", "submission": of.pk, "withdrawn_at": START}


def test_a_receipt_proves_itself():
    buyer = make_buyer()
    with transaction.atomic():
        event = record_event("bid_withdrawn", of=buyer, by=None, at=START)
        text = sign_receipt(receipt=withdrawal(buyer), event=event)
    receipt = json.loads(text)
    place = check_receipt(receipt, read_key(receipt["key"]))
    assert (place.index, place.head) == (event.index, head_of(ledger_size()))
    assert "who" not in receipt["ledger"]["told"]  # the entry says who; the receipt does not open it


def test_a_head_is_published_once_for_each_day():
    make_buyer()
    first = publish_head(by=None, at=START)
    assert publish_head(by=None, at=START + timedelta(hours=1)) is None
    make_buyer("Annat")
    second = publish_head(by=None, at=START + DAY)
    assert [head.size for head in LedgerHead.objects.order_by("day")] == [first.size, second.size] == [1024, 2048]
    assert read_head(second.note, read_key(second.key)) == head_of(second.size)
    assert verify_ledger() is None


def test_a_clock_that_is_set_back_publishes_nothing_before_it_has_come_past_the_last_head():
    publish_head(by=None, at=START + DAY)
    assert publish_head(by=None, at=START) is None
    assert publish_head(by=None, at=START + DAY) is None
    publish_head(by=None, at=START + 2 * DAY)
    assert [head.size for head in LedgerHead.objects.order_by("day")] == [1024, 2048]
    assert verify_ledger() is None


def test_the_worker_publishes_and_covers_at_random_looks(monkeypatch):
    monkeypatch.setattr("rodatraden.records.tasks.randbelow", lambda _: 1)
    keep_log(at=START)
    keep_log(at=START)
    assert (LedgerHead.objects.count(), ledger_size()) == (1, 1024)
    monkeypatch.setattr("rodatraden.records.tasks.randbelow", lambda _: 0)
    keep_log(at=START)
    assert (LedgerHead.objects.count(), ledger_size() > 1024) == (1, True)


@pytest.mark.parametrize(
    ("model", "change"), [(LedgerHead, {"size": 3}), (LedgerHead, {"note": "x"}), (LedgerTile, {"root": "x"})]
)
def test_published_heads_and_the_roots_of_tiles_are_append_only(model, change):
    publish_head(by=None, at=START)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all().delete()


def test_inv_32_a_log_written_anew_with_its_hashes_is_told_by_the_heads():
    """No body, right hash, right number: only what was signed earlier shows it, and between which heads it is."""
    for day in range(3):
        grow(5)
        publish_head(by=None, at=START + day * DAY)
    drop_triggers()
    leaf = cover_leaf(b"\xff" * 96)
    LedgerEntry.objects.filter(index=1500).update(leaf=leaf.text, leaf_hash=leaf.hash)
    fault = verify_ledger()
    assert (fault.index, str(fault.reason)) == (1024, "One of the entries 1024 to 2047 is not what the log had.")


def test_inv_32_a_log_put_back_as_it_was_is_told_by_the_latest_head():
    publish_head(by=None, at=START)
    drop_triggers()
    LedgerEntry.objects.filter(index__gte=800).delete()
    fault = verify_ledger()
    assert (fault.index, str(fault.reason)) == (800, "Entry 800 is missing.")


def rewrite() -> None:
    """What whoever has the database, and nothing else, can do to an entry without anything in it to show it."""
    drop_triggers()
    leaf = cover_leaf(b"\xff" * 96)
    LedgerEntry.objects.filter(index=3).update(leaf=leaf.text, leaf_hash=leaf.hash)


def test_inv_32_the_heads_can_not_be_taken_away():
    """A copy of the latest one lies beside the key, outside the database."""
    publish_head(by=None, at=START)
    rewrite()
    LedgerHead.objects.all().delete()
    assert str(verify_ledger().reason) == "One of the entries 0 to 1023 is not what the log had."
    assert not log_holds()


def test_inv_32_a_head_signed_by_somebody_elses_key_is_not_believed():
    publish_head(by=None, at=START)
    rewrite()
    private = Ed25519PrivateKey.generate()
    key = public_key(private)
    text = head_text(head_of(ledger_size()), key.name)
    LedgerHead.objects.update(note=signed_note(text, key, private.sign(text.encode())), key=str(key))
    assert str(verify_ledger().reason) == f"The head of {START.date()} is not signed by this installation's key."


def test_inv_32_a_head_that_was_forged_is_not_believed():
    publish_head(by=None, at=START)
    drop_triggers()
    note = LedgerHead.objects.get().note
    LedgerHead.objects.update(note=note.replace("\n1024\n", "\n1023\n"))
    assert str(verify_ledger().reason) == f"The head of {START.date()} is not signed by this installation's key."


def test_inv_32_a_lost_key_stops_until_a_person_has_said_which_it_was():
    head = publish_head(by=None, at=START)
    key_path().unlink()
    assert str(verify_ledger().reason) == "The key that signs the log is gone. Put secrets/log.key back."
    with transaction.atomic():
        sign_head()  # receipts go on, under a new key
    assert "is not signed by this installation's key" in str(verify_ledger().reason)
    (key_path().parent / "log.former").write_text(f"{head.key}\n")
    assert "secrets/log.head, is not signed by it" in str(verify_ledger().reason)
    kept_head_path().unlink()
    assert verify_ledger() is None


def test_inv_32_a_log_without_its_protection_stops_the_opening_and_the_award():
    make_buyer()
    assert log_holds()
    drop_triggers()
    assert not log_holds()
    restore_ledger_triggers()
    assert log_holds()


def test_an_exported_log_is_checked_without_us():
    buyer = make_buyer()
    publish_head(by=None, at=START)
    with transaction.atomic():
        event = record_event("bid_withdrawn", of=buyer, by=None, at=START)
        receipt = json.loads(sign_receipt(receipt=withdrawal(buyer), event=event))
    grow(20)
    publish_head(by=None, at=START + DAY)
    key = read_key(receipt["key"])
    for with_bodies in (False, True):
        first, *lines = [json.loads(line) for line in exported(head=sign_export(), with_bodies=with_bodies)]
        assert first == {"format": "rodatraden-log-1", "key": str(key)}
        assert check_log(lines, key, [check_receipt(receipt, key)]) == head_of(ledger_size())
        assert any(line.get("body") for line in lines) is with_bodies
        with pytest.raises(Unproven, match="slutar inte med"):
            check_log(lines[:-2], key)  # cut off, with the head that says so


def test_the_verifier_that_is_handed_out_is_the_one_that_we_check_by(client):
    answer = client.get("/offentligt/logg/kontrollera.py")
    source = Path(check_log.__code__.co_filename)
    assert answer.getvalue() == source.read_bytes()
