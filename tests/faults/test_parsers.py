"""Whatever bytes come in place of a manifest, what hands a bid in, wraps, a list of holders, a sheet, a bundle or a receipt: read, or refused in words.

Good ones are mutated, by bytes and by what their JSON says, some hundred times each in the short form and a hundred thousand in
the long one; guided by chance alone, not by coverage.
"""

from __future__ import annotations

import io
import json
import tracemalloc
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pytest

from rodatraden.core.canonical import canonical_json
from rodatraden.core.ledger.offline import Unproven, check_growth, check_receipt, main, read_entry, read_head
from rodatraden.core.sealing import PackageError
from rodatraden.core.sealing.bundle import read_bundle
from rodatraden.core.sealing.hand_in import read_hand_in
from rodatraden.core.sealing.holders import read_holders
from rodatraden.core.sealing.manifest import read_manifest
from rodatraden.core.sealing.peels import Sheet, read_sheet
from rodatraden.core.sealing.wraps import read_wraps
from tests.core.ledger.test_offline import KEY, entries, note, receipt
from tests.core.sealing.given import keys, three_files
from tests.core.sealing.test_bundle import written
from tests.core.sealing.test_hand_in import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT, LONG = 600, 100_000
SIGNED = 20
"""How many times fewer are tried of what is checked by a signature: that takes milliseconds, and most fail at it."""
MOST_MEMORY = 64 * 2**20
STRANGE = [
    None,
    True,
    -1,
    0,
    2**53 - 1,
    10**40,
    "",
    "0",
    "\0",
    "å",
    "../x",
    "9" * 5000,
    [],
    {},
    [[]],
    {"a": None},
    [None] * 300,
]
WITHOUT_FORM = [
    b"",
    b"{",
    b"[" * 20_000,
    b'{"a":' * 20_000,
    b"\xff\xfe",
    b"null",
    b"1e999",
    b'{"a":1,"a":1}',
    b"PK\x05\x06" + bytes(18),
]


def a_bundle(data: bytes) -> None:
    read_bundle(io.BytesIO(data))


def a_receipt(data: bytes) -> None:
    check_receipt(_object(data), KEY)


def a_proof(data: bytes) -> None:
    check_growth(_object(data), KEY)


def an_entry(data: bytes) -> None:
    read_entry(_object(data))


def a_head(data: bytes) -> None:
    read_head(data.decode("utf-8", "replace"), KEY)


def _object(data: bytes) -> dict:
    """Read as the verifier's own command does, which tells what is no JSON object before it looks at it."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@cache
def good() -> dict[Callable[[bytes], object], bytes]:
    """What each parser reads, as it should be."""
    lines, bundle = entries(13), written()
    hashes = [line["leaf_hash"] for line in lines]
    sealed = three_files().sealed
    sheet = Sheet(keys().holders.tender, three_files().envelope.holds, keys().holders.holders[0].key, {})
    growth = {"first": note(hashes[:4]), "second": note(hashes), "path": []}
    return {
        a_bundle: bundle,
        read_hand_in: WHOLE,
        read_manifest: read_bundle(io.BytesIO(bundle)).manifest.canonical(),
        read_wraps: sealed.wraps,
        read_holders: keys().holders.canonical(),
        read_sheet: sheet.canonical(),
        a_receipt: json.dumps(receipt(4, lines)).encode(),
        a_proof: json.dumps(growth).encode(),
        an_entry: json.dumps(lines[4]).encode(),
        a_head: note(hashes).encode(),
    }


def by_bytes(data: bytes, chance: Random) -> bytes:
    """Flip, cut out, put in, double or exchange some bytes."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        at, length = chance.randrange(len(changed) + 1), chance.choice([1, 2, 8, 64, 1000])
        match chance.randrange(5):
            case 0 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = chance.randbytes(length)
            case 3:
                changed[at:at] = changed[at : at + length]
            case _:
                changed[at : at + length] = chance.choice([b"\0", b"\xff", b"{", b'"', b"9"]) * length
    return bytes(changed)


def by_content(data: bytes, chance: Random) -> bytes:
    """Say something else in one place of a JSON value, and write it as the program would."""
    try:
        value = json.loads(data)
    except ValueError:
        return by_bytes(data, chance)
    place = value
    while True:
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.2:
            break
        place = place[key]
    if isinstance(place, dict) and chance.random() < 0.2:
        place[chance.choice(["x", "format", ""])] = place.pop(key)
    else:
        place[key] = chance.choice(STRANGE)
    try:
        return canonical_json(value)
    except ValueError:
        return json.dumps(value).encode()


@pytest.mark.parametrize("read", good(), ids=lambda read: read.__name__)
def test_whatever_comes_is_read_or_refused_in_words_and_in_little_memory(read, form):
    chance, whole = Random(f"{read.__name__} {form.part}"), good()[read]
    tracemalloc.start()
    try:
        times = form.times(SHORT, LONG) // (SIGNED if read in {a_receipt, a_proof, a_head} else 1)
        for number in range(times):
            data = (by_bytes, by_content)[number % 2](whole, chance)
            try:
                read(data)
            except (PackageError, Unproven):
                continue
            except Exception as error:
                error.add_note(f"number {number}: {data[:2000]!r}")
                raise
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("read", good(), ids=lambda read: read.__name__)
@pytest.mark.parametrize("data", WITHOUT_FORM, ids=range(len(WITHOUT_FORM)))
def test_what_has_no_form_is_refused(read, data):
    with pytest.raises((PackageError, Unproven)):
        read(data)


@pytest.mark.parametrize("data", WITHOUT_FORM, ids=range(len(WITHOUT_FORM)))
def test_the_verifier_says_that_a_file_can_not_be_read(data, tmp_path, capsys):
    (tmp_path / "kvitto.json").write_bytes(data)
    assert main([str(tmp_path / "kvitto.json")]) in {1, 2}
    assert "går inte att läsa" in capsys.readouterr().out
