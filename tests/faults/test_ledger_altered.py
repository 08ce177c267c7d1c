"""Whoever has all rights in the database alters the log: each of thousands of changes is named (INV-32).

On the rows themselves, with the guards taken away, and on the files that are checked on another machine. The short form
makes hundreds of changes of each, `--nightly` ten thousand.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection, transaction

from rodatraden.cli import main
from rodatraden.core.ledger import cover_leaf
from rodatraden.core.ledger.offline import Unproven, check_growth, check_log, check_receipt, read_key
from rodatraden.records.actions import publish_head, record_cover, record_event, sign_export, sign_receipt
from rodatraden.records.models import LedgerBody, LedgerEntry, LedgerHead, LedgerTile
from rodatraden.records.queries import consistency_path, exported, ledger_size, verify_ledger
from rodatraden.records.queries.ledger import APPEND_ONLY, kept_head_path
from tests.factories.parties import START, make_buyer

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from django.db.models import Model

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
IN_ROWS, IN_FILES, EVERY_ONE = 250, 1_000, 10_000
SIGNS = "0123456789abcdefABCDEFghijQRST+/={~"


@pytest.fixture
def times(form) -> Callable[[int], int]:
    """How many changes to make: so many in the short form, ten thousand in the long one."""
    return lambda short: form.times(short, EVERY_ONE)


@pytest.fixture
def receipts(data_dir, monkeypatch) -> list[dict]:
    """A log of three days with events, cover, receipts and published heads; the receipts that bidders hold of it."""
    monkeypatch.setattr("rodatraden.records.actions.ledger.HEADS_AT", 128)  # as true of a short log, and read faster
    buyer, given = make_buyer(), []
    for day in range(3):
        at = START + day * DAY
        for _ in range(4):
            with transaction.atomic():
                record_cover()
                event = record_event("bid_withdrawn", of=buyer, by=None, at=at, case=buyer.pk, what={"day": day})
                told = {"what": "withdrawn", "submission": buyer.pk, "withdrawn_at": at}
                given.append(json.loads(sign_receipt(receipt=told, event=event)))
        publish_head(by=None, at=at)
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")
    assert verify_ledger() is None
    return given


def any_row(model: type[Model], chance: Random) -> Model:
    """Draw a row; of entries often one with a body, which are few among those that tell of nothing."""
    of = LedgerBody if model is LedgerEntry and chance.random() < 0.5 else model
    return model._base_manager.get(pk=chance.choice(list(of._base_manager.order_by("pk").values_list("pk", flat=True))))


def otherwise(value: object, chance: Random) -> object:
    """Give another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + chance.choice([-1, 1, 7, 1000])
        case UUID():
            return UUID(int=value.int ^ 1 << chance.randrange(128))
        case None:
            return UUID(int=chance.getrandbits(128))
        case str():
            at = chance.randrange(len(value))
            return value[:at] + chance.choice([sign for sign in SIGNS if sign != value[at]]) + value[at + 1 :]
        case _:
            return value + chance.choice([-1, 1]) * chance.choice([timedelta(microseconds=1), DAY])


def alter_a_column(chance: Random) -> str:
    columns = {
        LedgerEntry: ["leaf", "leaf_hash", "index"],
        LedgerBody: ["event", "object_type", "object_id", "case", "by", "at", "what", "salts", "is_sealed", "index"],
        LedgerHead: ["size", "note", "key"],
        LedgerTile: ["root", "number", "level"],
    }
    model = chance.choice(list(columns))
    column, row = chance.choice(columns[model]), any_row(model, chance)
    value = before = getattr(row, column)
    while str(value).lower() == str(before).lower():  # a hash in capitals is the same hash
        value = otherwise(before, chance)
    if column == model._meta.pk.name:
        while value < 0 or model._base_manager.filter(pk=value).exists():
            value += ledger_size()
    if model is LedgerTile and column != "root":
        while (
            value < 0
            or LedgerTile.objects.filter(**({"level": row.level, "number": row.number} | {column: value})).exists()
        ):
            value += 1
    model._base_manager.filter(pk=row.pk).update(**{column: value})
    return f"{model.__name__} {row.pk}: {column} {value}"


def take_out_rows(chance: Random) -> str:
    """Take an entry out with its body, a few after one another, or all that come last."""
    index, number = any_row(LedgerEntry, chance).index, chance.choice([1, 3, ledger_size()])
    for model in (LedgerEntry, LedgerBody):
        model.objects.filter(index__gte=index, index__lt=index + number).delete()
    return f"{number} entries from {index} taken out"


def close_the_gap(chance: Random) -> str:
    """Take an entry out and number all that follow anew, as if it had never been."""
    index = chance.randrange(ledger_size() - 30, ledger_size() - 1)
    for model in (LedgerEntry, LedgerBody):
        model.objects.filter(index=index).delete()
        for row in model.objects.filter(index__gt=index).order_by("index"):
            model.objects.filter(pk=row.pk).update(index=row.index - 1)
    return f"{index} taken out and the gap closed"


def change_places(chance: Random) -> str:
    one, other = any_row(LedgerEntry, chance), any_row(LedgerEntry, chance)
    while other.index == one.index:
        other = any_row(LedgerEntry, chance)
    for row, told in ((one, other), (other, one)):
        LedgerEntry.objects.filter(index=row.index).update(leaf=told.leaf, leaf_hash=told.leaf_hash)
    return f"{one.index} and {other.index} in each other's place"


def tell_twice(chance: Random) -> str:
    one, other = any_row(LedgerEntry, chance), any_row(LedgerEntry, chance)
    while other.index == one.index:
        other = any_row(LedgerEntry, chance)
    LedgerBody.objects.filter(index=other.index).delete()
    LedgerEntry.objects.filter(index=other.index).update(leaf=one.leaf, leaf_hash=one.leaf_hash)
    return f"{one.index} told again as {other.index}"


def write_anew(chance: Random) -> str:
    """Put another leaf in place with its right hash, and nothing in the database to contradict it."""
    index, leaf = any_row(LedgerEntry, chance).index, cover_leaf(chance.randbytes(96))
    LedgerBody.objects.filter(index=index).delete()
    LedgerEntry.objects.filter(index=index).update(leaf=leaf.text, leaf_hash=leaf.hash)
    return f"{index} written anew"


def make_up_a_body(chance: Random) -> str:
    """Let something have happened: under the number of an entry of nothing, or beyond the last one."""
    body = any_row(LedgerBody, chance)
    told = set(LedgerBody.objects.values_list("index", flat=True))
    nothing = [index for index in range(ledger_size()) if index not in told]
    index = chance.choice([chance.choice(nothing), ledger_size() + chance.randrange(3), -1])
    LedgerBody.objects.create(
        **{f.name: getattr(body, f.name) for f in body._meta.fields if f.name != "index"}, index=index
    )
    return f"the body of {body.pk} again as {index}"


def put_an_older_copy_back(chance: Random) -> str:
    size = chance.choice([0, *LedgerHead.objects.order_by("size").values_list("size", flat=True)[:2]])
    LedgerHead.objects.filter(size__gt=size).delete()
    LedgerTile.objects.filter(number__gte=size // 256).delete()
    for model in (LedgerEntry, LedgerBody):
        model.objects.filter(index__gte=size).delete()
    return f"put back as it was with {size}"


def forge_a_head(chance: Random) -> str:
    head = any_row(LedgerHead, chance)
    if chance.random() < 0.5:
        kept_head_path().write_text(str(otherwise(head.note, chance)), encoding="utf-8")
        return "the head beside the key"
    other = LedgerHead.objects.exclude(pk=head.pk).first()
    LedgerHead.objects.filter(pk=head.pk).update(note=other.note, key=other.key, size=other.size)
    return f"the head of {other.day} given as that of {head.day}"


WAYS = [
    alter_a_column,
    take_out_rows,
    close_the_gap,
    change_places,
    tell_twice,
    write_anew,
    make_up_a_body,
    put_an_older_copy_back,
    forge_a_head,
]


def test_inv_32_every_change_of_the_rows_is_named(receipts, times, form):
    chance, missed = form.chance(32), []
    kept = kept_head_path().read_text(encoding="utf-8")
    for number in range(times(IN_ROWS)):
        way = alter_a_column if number % 2 else WAYS[number // 2 % len(WAYS)]
        with transaction.atomic():
            what = way(chance)
            if verify_ledger() is None:
                missed.append((number, what))
            transaction.set_rollback(True)
        kept_head_path().write_text(kept, encoding="utf-8")
    assert missed == []
    assert verify_ledger() is None


@pytest.fixture
def handed_over(receipts):
    """What leaves the house: the exported log with its bodies, the receipts, and the proof that it grew."""
    first, last = [head.note for head in LedgerHead.objects.order_by("size")][::2]
    sizes = [head.size for head in LedgerHead.objects.order_by("size")][::2]
    lines = [json.loads(line) for line in exported(head=sign_export(), with_bodies=True)]
    growth = {"format": "rodatraden-growth-1", "first": first, "second": last, "path": consistency_path(*sizes)}
    return {"log": lines, "receipts": receipts, "growth": growth, "key": lines[0]["key"]}


def places(value: object, way: tuple = ()) -> list[tuple]:
    """Every text, number and word of a JSON value, by the way to it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for key, each in inner for place in places(each, (*way, key))]
    return found or [way]


def altered(value: object, way: tuple, chance: Random) -> object:
    """A copy of a JSON value with one place in it otherwise, or gone."""
    if not way:
        return otherwise(value, chance) if value not in (None, "", [], {}) else "0"
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(way) == 1 and chance.random() < 0.3:
        del copy[way[0]]
    else:
        copy[way[0]] = altered(copy[way[0]], way[1:], chance)
    return copy


def in_the_log(handed_over: dict, chance: Random) -> dict:
    """Alter, drop, double, move or cut off lines of an exported log."""
    lines = list(handed_over["log"])
    entries = [at for at, line in enumerate(lines) if "index" in line]
    told = [at for at, line in enumerate(lines) if at and ("head" in line or line["body"])]
    at = chance.choice(told if chance.random() < 0.7 else range(1, len(lines)))
    match chance.choice(["alter", "alter", "drop", "double", "move", "cut off"]):
        case "alter":
            lines[at] = altered(lines[at], chance.choice(places(lines[at])), chance)
        case "drop":
            del lines[chance.choice([*entries, len(lines) - 1])]
        case "double":
            lines.insert(chance.randrange(1, len(lines)), lines[chance.choice(entries)])
        case "move":
            one, other = chance.sample(entries, 2)
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            # not after a published head: that is the whole log of its day, and only what was handed out later shows that it grew
            lines = lines[: chance.choice([end for end in range(1, len(lines) - 1) if "head" not in lines[end - 1]])]
    return handed_over | {"log": lines}


def in_a_receipt(handed_over: dict, chance: Random) -> dict:
    at = chance.randrange(len(handed_over["receipts"]))
    receipts = list(handed_over["receipts"])
    receipts[at] = altered(receipts[at], chance.choice(places(receipts[at])), chance)
    return handed_over | {"receipts": receipts}


def in_the_proof(handed_over: dict, chance: Random) -> dict:
    ways = [way for way in places(handed_over["growth"]) if way != ("format",)]  # by which its kind is told
    return handed_over | {"growth": altered(handed_over["growth"], chance.choice(ways), chance)}


def is_named(found: dict, before: dict, key) -> bool:
    """Whether the verifier says no to what was changed; what was left as it was need not be looked at again."""
    try:
        if found["growth"] is not before["growth"]:
            check_growth(found["growth"], key)
        for one, good in zip(found["receipts"], before["receipts"], strict=True):
            if one is not good:
                check_receipt(one, key)
        if found["log"] is not before["log"]:
            check_log(found["log"][1:], key)
    except Unproven:
        return True
    return False


def differs(good: dict, found: dict) -> list:
    """What was changed, short enough to be read where a change was missed."""
    before, after = (json.dumps(each, indent=0).split("\n") for each in (good, found))
    return [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]][:3]


def test_inv_32_every_change_of_a_log_a_receipt_or_a_proof_is_named(handed_over, times, form):
    chance, missed, key = form.chance(6962), [], read_key(handed_over["key"])
    for number in range(times(IN_FILES)):
        way = (in_the_log, in_a_receipt, in_the_proof)[number % 3]
        found = way(handed_over, chance)
        if not is_named(found, handed_over, key):
            missed.append((number, differs(handed_over, found)))
    assert missed == []


def test_inv_32_the_command_names_them_too(handed_over, tmp_path, capsys, times, form):
    """`rodatraden verify` on files, as an outsider runs it: 0 for all of it as it was, never 0 for anything else."""
    chance = form.chance(8032)

    def verified(found: dict) -> int:
        files = {"log.jsonl": found["log"], "growth.json": [found["growth"]]}
        files |= {f"{number}.json": [receipt] for number, receipt in enumerate(found["receipts"])}
        for name, lines in files.items():
            (tmp_path / name).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        return main(["verify", "--key", handed_over["key"], *(str(tmp_path / name) for name in files)])

    assert verified(handed_over) == 0
    for number in range(times(IN_FILES) // 50):
        found = (in_the_log, in_a_receipt, in_the_proof)[number % 3](handed_over, chance)
        assert (found, verified(found) in {1, 2}) == (found, True)
    assert "HÅLLER INTE" in capsys.readouterr().out
