"""The verifier that stands alone: signatures against another library, receipts and logs changed in every way."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json
from rodatraden.core.ledger import cover_leaf, leaf_hash, offline, root_hash
from rodatraden.core.ledger.offline import Entry, Head, Key, Unproven, Wrong
from tests.core.ledger.exported import KEY, PRIVATE, entries, export, flipped, note, receipt, sign


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
@settings(max_examples=25)
def test_a_signature_of_another_library_holds(message, seed):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    assert offline.is_signed(message, private.sign(message), public)
    assert not offline.is_signed(message + b"x", private.sign(message), public)


@given(st.data())
@settings(max_examples=60)
def test_a_signature_with_any_bit_changed_holds_neither_here_nor_there(data):
    signature = bytearray(PRIVATE.sign(b"what was signed"))
    bit = data.draw(st.integers(0, 64 * 8 - 1))
    signature[bit // 8] ^= 1 << bit % 8
    assert not offline.is_signed(b"what was signed", bytes(signature), KEY.public)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(KEY.public).verify(bytes(signature), b"what was signed")


@pytest.mark.parametrize("key", [bytes(31), bytes(33), b"\xff" * 32, bytes([2, *bytes(31)])])
def test_what_is_no_key_signs_nothing(key):
    assert not offline.is_signed(b"x", bytes(64), key)


@pytest.mark.parametrize("order", ["0100" + "00" * 30, "ecff" + "ff" * 29 + "7f", "00" * 32])
def test_a_key_by_which_anybody_signs_anything_is_none(order):
    """The points of small order: with the neutral one, zeros would be a signature of any message."""
    assert not offline.is_signed(b"x", bytes.fromhex("0100" + "00" * 30) + bytes(32), bytes.fromhex(order))


def test_the_vector_of_rfc_8032():
    """Section 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert offline.is_signed(b"\x72", signature, public)
    assert not offline.is_signed(b"\x73", signature, public)


def test_a_key_is_told_and_read():
    assert offline.read_key(str(KEY)) == KEY
    for wrong in ("", "name", str(KEY)[:-3], str(KEY).replace("rodatraden", "roeda"), f"+{str(KEY).partition('+')[2]}"):
        with pytest.raises(Unproven):
            offline.read_key(wrong)


def test_a_head_is_read_only_with_its_signature():
    hashes = [line["leaf_hash"] for line in entries(5)]
    good = note(hashes)
    assert offline.read_head(good, KEY) == Head(5, root_hash(hashes))
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    for wrong in (
        good.replace("\n5\n", "\n6\n"),
        note(hashes, private=other),
        note(hashes, key=Key("rodatraden-else", KEY.public)),
        "",
        good.partition("\n\n")[0],
    ):
        with pytest.raises(Unproven):
            offline.read_head(wrong, KEY)


def test_what_is_signed_but_tells_no_head_is_refused():
    for text in ("rodatraden-test\n05\nAAAA\n", "rodatraden-test\n5\nAAAA\n", "rodatraden-test\nfive\n\n"):
        with pytest.raises(Unproven):
            offline.read_head(offline.signed_note(text, KEY, PRIVATE.sign(text.encode())), KEY)


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
                    lambda part: st.lists(part) | st.dictionaries(st.text(), part)))  # fmt: skip
def test_what_was_read_as_json_is_written_as_the_program_writes_it(value):
    assert offline.canonical(value) == canonical_json(value).decode()


def test_a_receipt_proves_its_place():
    lines = entries(13)
    place = offline.check_receipt(receipt(4, lines), KEY)
    assert (place.index, place.leaf_hash, place.head.size) == (4, lines[4]["leaf_hash"], 13)


def _everywhere(value: object, path: tuple = ()) -> list[tuple]:
    match value:
        case dict():
            return [place for key, part in value.items() for place in _everywhere(part, (*path, key))]
        case list():
            return [place for at, part in enumerate(value) for place in _everywhere(part, (*path, at))]
        case _:
            return [path]


def _changed(value: object) -> object:
    return value + 1 if isinstance(value, int) else f"{value}0"


def test_every_part_of_a_receipt_is_proved():
    """Each value changed alone breaks the signature; signed anew by a forger with the key, the log's proof."""
    good = receipt(4, entries(13))
    for path in _everywhere(good):
        bad = copy.deepcopy(good)
        part = bad
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = _changed(part[path[-1]])
        with pytest.raises(Unproven):
            offline.check_receipt(bad, KEY)
        if path[0] not in {"key", "signature"}:
            bad.pop("signature")
            with pytest.raises(Unproven):
                offline.check_receipt(sign(bad), KEY)


@pytest.mark.parametrize("wrong", [{}, {"signature": 1}, {"signature": "", "ledger": None}])
def test_what_is_no_receipt_is_refused(wrong):
    with pytest.raises(Unproven):
        offline.check_receipt(wrong, KEY)


def test_an_exported_log_holds_with_its_receipts():
    lines = export(23)
    plain = [line for line in lines if "index" in line]
    places = [offline.check_receipt(receipt(at, plain[:size]), KEY) for at, size in ((0, 1), (4, 7), (19, 23))]
    head = offline.check_log(lines, KEY, places)
    assert head == Head(23, root_hash(line["leaf_hash"] for line in plain))


def test_a_log_that_was_cut_off_or_put_back_is_told_by_a_later_receipt():
    later = offline.check_receipt(receipt(19, entries(23)), KEY)
    with pytest.raises(Unproven, match="hade 23, den är avklippt"):
        offline.check_log(export(20), KEY, [later])


def test_a_log_written_anew_is_told_by_a_head_and_the_entries_are_narrowed_down():
    lines = export(23)
    plain = [line for line in lines if "index" in line]
    leaf = cover_leaf(bytes(96))
    plain[11] |= {"leaf": leaf.text, "leaf_hash": leaf.hash, "body": None}
    with pytest.raises(Unproven, match="posterna 10–14"):
        offline.check_log(lines, KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"what": "withdrawn", "withdrawn_at": "2026-05-04T11:00:04Z"},
        {"received_at": "2026-05-04T10:59:59Z"},
        {"in_time": False},
        {"packages": [{"holds": "bid", "sha256": "cc"}, {"holds": "price", "sha256": "bb"}]},
        {"packages": [{"holds": "bid", "sha256": "aa"}]},
        {"what": "something else"},
    ],
)
def test_a_receipt_that_says_something_else_than_its_entry_is_refused_though_it_is_signed(change):
    told = {name: value for name, value in receipt(4, entries(13)).items() if name != "signature"}
    with pytest.raises(Unproven):
        offline.check_receipt(sign(told | change), KEY)


def test_a_log_with_no_heads_of_its_own_is_told_by_a_receipt():
    lines = entries(23)
    place = offline.check_receipt(receipt(19, lines), KEY)
    leaf = cover_leaf(bytes(96))
    anew = [line | {"leaf": leaf.text, "leaf_hash": leaf.hash, "body": None} if line["index"] == 3 else line for line in lines]  # fmt: skip
    with pytest.raises(Unproven, match="posterna 0–22"):
        offline.check_log(anew, KEY, [place], is_signed_whole=False)


@pytest.mark.parametrize("left", [[], [{"head": "first"}]])
def test_a_log_whose_heads_were_taken_away_or_that_was_added_to_is_not_believed(left):
    """Whoever writes the file can make up entries with right hashes; only a signed head of all of them proves it."""
    plain = entries(7)
    heads = [{"head": note([line["leaf_hash"] for line in plain[:5]])} for _ in left]
    with pytest.raises(Unproven, match="slutar inte med ett undertecknat huvud"):
        offline.check_log([*plain, *heads], KEY)


@given(st.data())
@settings(max_examples=150)
def test_every_change_of_an_exported_log_is_named(data):
    lines = export(12)
    where = data.draw(st.sampled_from([at for at, line in enumerate(lines) if "index" in line]))
    line = lines[where]
    kind = data.draw(st.sampled_from(["leaf", "leaf_hash", "salt", "text", "drop", "double", "swap", "body part"]))
    if kind in {"salt", "text", "body part"} and line["body"] is None:
        return
    match kind:
        case "leaf" | "leaf_hash":
            line[kind] = line[kind].translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
        case "salt":
            line["body"]["who"]["salt"] = "00" * 32
        case "text":
            line["body"]["what"]["text"] += " "
        case "body part":
            del line["body"]["when"]
        case "drop":
            del lines[where]
        case "double":
            lines.insert(where, line)
        case "swap" if where + 1 < len(lines):
            lines[where], lines[where + 1] = lines[where + 1], lines[where]
            if "head" in lines[where] or "head" in lines[where + 1]:
                return  # a head out of its place proves as much
        case _:
            return
    with pytest.raises(Unproven, match=r"Post|post"):
        offline.check_log(lines, KEY)


LONG = 3 * offline.TILE + 40


@cache
def long_log() -> tuple[Entry, ...]:
    """More entries than a few blocks, every third without a body."""
    return tuple(offline.read_entry(line) for line in entries(LONG))


def one_by_one(rows: list[Entry]) -> tuple[int, Wrong] | None:
    """What a check of each entry by itself finds first, as docs/rules/ledger.md says it."""
    seen = set()
    for expected, (number, leaf, told, body) in enumerate(rows):
        if not 0 <= number <= expected:
            return expected, Wrong.MISSING
        if number < expected or told in seen:
            return number, Wrong.DOUBLED
        if leaf_hash(leaf.encode()) != told:
            return expected, Wrong.ALTERED
        try:
            committed = offline.read_leaf(leaf)
        except ValueError:
            return expected, Wrong.UNKNOWN
        opened = {part: sha256(salt + text).hexdigest() for part, (salt, text) in (body or {}).items()}
        if body is not None and opened != committed:
            return expected, Wrong.BODY
        seen.add(told)
    return None


def in_blocks(rows: list[Entry]) -> tuple[int, Wrong] | None:
    """What the check in blocks finds first; what it gives out before that are the hashes of the entries before it."""
    good: list[str] = []
    found = None
    try:
        for hashes in offline.checked(offline.blocks(rows)):
            good += [each.hex() for each in hashes]
    except offline.FaultyError as error:
        found = error.index, error.wrong
    assert good == [row.leaf_hash for row in rows[: len(good)]]
    assert found or len(good) == len(rows)
    return found


def with_hash(entry: Entry, leaf: str) -> Entry:
    return Entry(entry.number, leaf, leaf_hash(leaf.encode()), None)


def with_body(entry: Entry, **parts: tuple[bytes, bytes]) -> Entry:
    return entry._replace(body={**(entry.body or {}), **parts})


def capitals(entry: Entry) -> Entry:
    at = next(at for at, sign in enumerate(entry.leaf) if at > 20 and sign in "abcdef")
    return with_hash(entry, entry.leaf[:at] + entry.leaf[at].upper() + entry.leaf[at + 1 :])


ENTRIES = {
    "sign of the leaf": lambda entry, chance: entry._replace(leaf=flipped(entry.leaf, chance)),
    "sign of the leaf and its hash": lambda entry, chance: with_hash(entry, flipped(entry.leaf, chance)),
    "hash": lambda entry, chance: entry._replace(leaf_hash=flipped(entry.leaf_hash, chance)),
    "hash in capitals": lambda entry, _: entry._replace(leaf_hash=entry.leaf_hash.upper()),
    "leaf in capitals": lambda entry, _: capitals(entry),
    "leaf backwards": lambda entry, _: with_hash(entry, entry.leaf[::-1]),
    "no leaf": lambda entry, _: with_hash(entry, ""),
    "number": lambda entry, chance: entry._replace(number=entry.number + chance.choice([-300, -1, 1, 300])),
    "body": lambda entry, chance: with_body(entry, **{chance.choice(offline.PARTS): (bytes(32), b"x")}),
    "a part more": lambda entry, _: with_body(entry, why=(bytes(32), b"x")),
    "no part": lambda entry, _: entry._replace(body={}),
    "no text": lambda entry, _: entry._replace(leaf="\ud800"),
}
"""What can be done to an entry by itself."""
PAIRS = {
    "a sign moved to the next leaf": lambda one, other: (
        one._replace(leaf=one.leaf[:-1]),
        other._replace(leaf=one.leaf[-1] + other.leaf),
    ),
    "a sign moved to the next hash": lambda one, other: (
        one._replace(leaf_hash=one.leaf_hash[:-1]),
        other._replace(leaf_hash=one.leaf_hash[-1] + other.leaf_hash),
    ),
    "both leaves in one": lambda one, other: (with_hash(one, f"{one.leaf}\0{other.leaf}"), with_hash(other, "")),
    "both hashes in one": lambda one, other: (
        one._replace(leaf_hash=f"{one.leaf_hash},{other.leaf_hash}"),
        other._replace(leaf_hash=""),
    ),
    "exchanged": lambda one, other: (other, one),
    "exchanged but for their numbers": lambda one, other: (
        other._replace(number=one.number),
        one._replace(number=other.number),
    ),
    "the first taken out": lambda _, other: (other,),
    "the first twice": lambda one, other: (one, one, other),
    "the first twice under two numbers": lambda one, other: (one, one._replace(number=other.number)),
}
"""What can be done to an entry and the next one."""


SHOWN_BY_HEADS = {"sign of the leaf and its hash", "leaf in capitals", "exchanged but for their numbers"}
"""Written anew with its hash, a leaf without a body tells nothing by itself."""


@pytest.mark.parametrize("kind", [*(each for each in ENTRIES if each != "no text"), *PAIRS])
def test_what_is_named_first_does_not_depend_on_the_block_that_it_lies_in(kind):
    chance, found = Random(kind), set()
    for number in range(40):
        rows = list(long_log())
        if number % 4 == 0:  # and another fault somewhere
            at = chance.randrange(LONG)
            rows[at] = rows[at]._replace(leaf_hash=flipped(rows[at].leaf_hash, chance))
        at = chance.choice([0, offline.TILE - 1, offline.TILE, chance.randrange(LONG - 1), LONG - 2])
        rows[at : at + 2] = [ENTRIES[kind](rows[at], chance), rows[at + 1]] if kind in ENTRIES else PAIRS[kind](*rows[at : at + 2])  # fmt: skip
        found.add(in_blocks(rows))
        assert in_blocks(rows) == one_by_one(rows)
    assert None not in found or kind in SHOWN_BY_HEADS


def test_an_entry_that_is_told_again_is_named_however_far_off():
    for first, last in ((0, LONG - 1), (3, 200), (3, 300)):
        rows = list(long_log())
        rows[last] = rows[first]._replace(number=last)
        assert in_blocks(rows) == one_by_one(rows) == (last, Wrong.DOUBLED)


def test_a_salt_of_another_length_opens_nothing_though_its_hash_is_right():
    rows = list(long_log())
    (salt, text), rest = rows[300].body["what"], rows[300].body
    rows[300] = rows[300]._replace(body={**rest, "what": (salt[:-1], salt[-1:] + text)})
    assert in_blocks(rows) == (300, Wrong.BODY)


def test_what_is_no_text_is_told_as_such_after_what_stands_before_it():
    rows = list(long_log())
    rows[300] = ENTRIES["no text"](rows[300], None)
    with pytest.raises(UnicodeEncodeError):
        in_blocks(rows)
    rows[299] = ENTRIES["hash"](rows[299], Random(1))
    assert in_blocks(rows) == (299, Wrong.ALTERED)


def test_a_log_that_nobody_touched_holds_as_a_whole_and_entry_by_entry(monkeypatch):
    rows, asked = list(long_log()), []
    wrong = offline._wrong
    monkeypatch.setattr(offline, "_wrong", lambda *given: asked.append(given[1]) or wrong(*given))
    assert in_blocks(rows) is None
    assert asked == []  # or a million would take minutes
    monkeypatch.setattr(offline, "_hashes", lambda *_: None)
    assert in_blocks(rows) is None
    assert asked == list(range(LONG))


class TestFile:
    """The export as a file, whose lines are read in a short way where they are written as nearly all are."""

    @staticmethod
    def lines(size: int = 600) -> list[str]:
        """A line for each entry, of which one in ten has a body, and a head in the middle and at the end."""
        rows = [line | {"body": line["body"] if line["index"] % 10 == 0 else None} for line in entries(size)]
        hashes = [row["leaf_hash"] for row in rows]
        lines = [
            {"format": offline.LOG_FORMAT, "key": str(KEY)},
            *rows[:400],
            {"head": note(hashes[:400])},
            *rows[400:],
        ]
        return [offline.canonical(line) + "\n" for line in [*lines, {"head": note(hashes)}]]

    @staticmethod
    def checked(tmp_path: Path, capsys, lines: list[str]) -> tuple[int, str]:
        (tmp_path / "log").write_text("".join(lines), encoding="utf-8")
        code = offline.main(["--key", str(KEY), str(tmp_path / "log")])
        return code, capsys.readouterr().out

    def test_it_holds_however_its_lines_are_written(self, tmp_path, capsys):
        lines = self.lines()
        code, said = self.checked(tmp_path, capsys, lines)
        assert (code, "600 poster" in said) == (0, True)
        for every in (1, 7):
            written = [
                json.dumps(json.loads(line)) + "\n" if at % every == 0 else line for at, line in enumerate(lines)
            ]
            assert self.checked(tmp_path, capsys, written) == (code, said)
        assert self.checked(tmp_path, capsys, [line + "\n" for line in lines]) == (code, said)

    def test_a_leaf_of_the_usual_length_with_other_escapes_is_read_as_json(self, tmp_path, capsys):
        texts = [offline.canonical({"format": 1, "what": '"' + "a" * n, "when": "b", "who": "c"}) for n in range(300)]
        (leaf,) = (text for text in texts if len(json.dumps(text)) == len('""') + 247)
        row = {"index": 0, "leaf": leaf, "leaf_hash": leaf_hash(leaf.encode()), "body": None}
        lines = [{"format": offline.LOG_FORMAT, "key": str(KEY)}, row, {"head": note([row["leaf_hash"]])}]
        assert self.checked(tmp_path, capsys, [offline.canonical(line) + "\n" for line in lines])[0] == 0

    def test_a_line_of_the_usual_length_that_is_no_json_is_no_entry(self, tmp_path, capsys):
        leaf = offline.canonical({"format": 1, "what": "a" * 64, "when": "b" * 64, "who": "c" * 65})
        row = {"index": 0, "leaf": leaf, "leaf_hash": leaf_hash(leaf.encode()), "body": None}
        line = offline.canonical(row).replace('\\"who', '"who')
        head = offline.canonical({"head": note([row["leaf_hash"]])})
        first = offline.canonical({"format": offline.LOG_FORMAT, "key": str(KEY)})
        assert len(line) == len(self.lines(2)[2].rstrip())
        assert self.checked(tmp_path, capsys, [f"{each}\n" for each in (first, line, head)])[0] == 2

    @pytest.mark.parametrize("told", ['"body":0', '"body":false', '"body":[]', '"body":{}', '"index":1e999'])
    def test_a_row_of_another_kind_is_no_entry(self, tmp_path, capsys, told):
        lines = self.lines(3)
        name = told.partition(":")[0]
        lines[2] = re.sub(f"{name}:(null|[0-9]+)", told, lines[2], count=1)
        assert self.checked(tmp_path, capsys, lines)[0] in {1, 2}

    def test_any_sign_of_any_line_counts(self, tmp_path, capsys):
        good, chance = self.lines(60), Random(5)
        for _ in range(400):
            lines = list(good)
            at = chance.randrange(1, len(lines))
            where = chance.randrange(len(lines[at]) - 1)
            sign = chance.choice([sign for sign in '0a"\\ ,}A' if sign != lines[at][where]])
            lines[at] = lines[at][:where] + sign + lines[at][where + 1 :]
            assert self.checked(tmp_path, capsys, lines)[0] != 0, (at, where, sign)

    def test_the_entry_that_is_wrong_is_named_before_a_line_after_it_that_is_none(self, tmp_path, capsys):
        for wrong, broken, told in ((300, 310, "Post 299 har ändrats"), (310, 300, "filen går inte att läsa")):
            lines = self.lines()
            lines[wrong] = lines[wrong].replace('"leaf_hash":"', '"leaf_hash":"0')
            lines[broken] = "{"
            assert told in self.checked(tmp_path, capsys, lines)[1]

    def test_an_entry_is_named_before_a_later_head_and_after_an_earlier_one(self, tmp_path, capsys):
        for at, told in ((100, "Post 99 har ändrats"), (450, "inte undertecknat")):
            lines = self.lines()
            lines[at] = lines[at].replace('"leaf_hash":"', '"leaf_hash":"0')
            lines[401] = lines[401].replace("\\n400\\n", "\\n401\\n")
            assert told in self.checked(tmp_path, capsys, lines)[1]


def test_it_runs_alone_on_another_machine(tmp_path):
    """One file, no packages, no network: exit 0 when all holds, 1 when not, 2 when a file can't be read."""
    alone = tmp_path / "kontrollera.py"
    alone.write_bytes(Path(offline.__file__).read_bytes())
    lines = export(13)
    plain = [line for line in lines if "index" in line]
    (tmp_path / "kvitto.json").write_text(json.dumps(receipt(4, plain)), encoding="utf-8")
    log = [{"format": offline.LOG_FORMAT, "key": str(KEY)}, *lines]
    (tmp_path / "logg.jsonl").write_text("\n".join(map(json.dumps, log)), encoding="utf-8")
    (tmp_path / "fel.json").write_text("[]", encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", str(alone), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    code, said = run("--key", str(KEY), "kvitto.json", "logg.jsonl")
    assert (code, said.count("håller.")) == (0, 2)
    code, said = run("kvitto.json")
    assert (code, "INTE KONTROLLERAT" in said) == (3, True)
    (tmp_path / "twice.json").write_text('{"a":1,"a":2}', encoding="utf-8")
    assert run("twice.json")[0] == 2
    (tmp_path / "line.jsonl").write_text("\n".join(map(offline.canonical, log)).replace("bid_", "bid\u2028"), "utf-8")
    assert run("--key", str(KEY), "line.jsonl")[0] == 1  # read line by line, whatever signs stand in a text
    assert run("fel.json")[0] == 2
    assert run("ingen.json")[0] == 2
    bad = receipt(4, plain) | {"received_at": "2026-05-04T10:00:00Z"}
    (tmp_path / "kvitto.json").write_text(json.dumps(bad), encoding="utf-8")
    code, said = run("--key", str(KEY), "kvitto.json")
    assert (code, "HÅLLER INTE" in said) == (1, True)
    assert run("--key", "fel", "kvitto.json")[0] == 1
