"""What hashes a file and seals a part in the browser, run by Node, which has the same ciphers: each way gives the same."""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from collections import defaultdict
from hashlib import sha256
from typing import Any

import pyrage
import pytest

from rodatraden.core.sealing.age_file import CHUNK, open_into, sealed_size
from rodatraden.core.sealing.parts import PART
from tools import frontend

KEY = pyrage.x25519.Identity.generate()
SEED = 20261130
LENGTHS = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 300 * CHUNK + 7)

FAKES = """
import { readFileSync } from "node:fs";
import { natively, sealFile } from "./program.mjs";
const [recipient, file] = process.argv.slice(2);
const plain = new Uint8Array(readFileSync(file));
const subtle = Object.getPrototypeOf(crypto.subtle);
const { importKey, encrypt } = subtle;
const refuse = (name) => { throw new DOMException("unknown", name); };
let calls = 0;
const encrypting = (wrong) => () => {
  calls = 0;
  subtle.encrypt = async function (how, key, data) {
    calls += 1;
    return wrong(new Uint8Array(await encrypt.call(this, how, key, data)), data);
  };
};
const flipped = (made, at) => (made[at] ^= 1, made);
const cases = {
  "has none"() {
    subtle.importKey = function (format, ...rest) {
      return format === "raw-secret" ? refuse("NotSupportedError") : importKey.call(this, format, ...rest);
    };
  },
  "throws": encrypting(() => refuse("OperationError")),
  "throws of data": encrypting((made, data) => (data.length ? refuse("OperationError") : made)),
  "throws at the sixth chunk": encrypting((made) => (calls > 5 ? refuse("OperationError") : made)),
  "gives no bytes": encrypting(() => undefined),
  "flips the first bit of data": encrypting((made, data) => (data.length ? flipped(made, 0) : made)),
  "flips one in the last block": encrypting((made, data) => (data.length > 65000 ? flipped(made, 65530) : made)),
  "flips one of a short chunk": encrypting((made, data) => (data.length && data.length < 64 ? flipped(made, 0) : made)),
  "flips one of the tag": encrypting((made, data) => (data.length ? flipped(made, made.length - 1) : made)),
  "lacks the tag": encrypting((made, data) => made.slice(0, data.length)),
  "lacks the tag of data": encrypting((made, data) => (data.length ? made.slice(0, data.length) : made)),
  "lacks the tag at the sixth chunk": encrypting((made, data) => (calls > 5 ? made.slice(0, data.length) : made)),
};
const told = {};
for (const [name, arrange] of Object.entries(cases)) {
  arrange();
  const own = await natively(plain, recipient).then(() => true, () => false);
  arrange();
  told[name] = { own, sealed: Buffer.from(await sealFile(plain, recipient)).toString("base64") };
  Object.assign(subtle, { importKey, encrypt });
}
encrypting((made) => made)();
told["as it is"] = { own: true, sealed: Buffer.from(await sealFile(plain, recipient)).toString("base64"), calls };
console.log(JSON.stringify(told));
"""
NONCES = """
import { createHash, randomBytes } from "node:crypto";
import { sealFile } from "./program.mjs";
const [recipient, lengths] = process.argv.slice(2);
const subtle = Object.getPrototypeOf(crypto.subtle);
const { encrypt } = subtle;
const keys = [];
const told = [];
subtle.encrypt = function (how, key, data) {
  if (!keys.includes(key)) keys.push(key);
  told.push([keys.indexOf(key), Buffer.from(how.iv).toString("hex"), createHash("sha256").update(data).digest("hex")]);
  return encrypt.call(this, how, key, data);
};
for (const length of JSON.parse(lengths)) await sealFile(new Uint8Array(randomBytes(length)), recipient);
console.log(JSON.stringify(told));
"""
OTHER_HASH = """
import { fingerprint } from "./program.mjs";
Object.getPrototypeOf(crypto.subtle).digest = async () => new ArrayBuffer(32);
const file = new File(["abc"], "a");
console.log(JSON.stringify(await fingerprint(file, async () => undefined).catch(({ code }) => code)));
"""


@pytest.fixture
def ran(tmp_path):
    """Bundle one of our programs, and return what a script that imports it from ./program.mjs prints."""

    def run(program: str, script: str, *arguments: str) -> Any:
        made = frontend._node(
            "esbuild/bin/esbuild",
            str(frontend.PROGRAMS / program),
            "--bundle",
            "--format=esm",
            f"--outfile={tmp_path / 'program.mjs'}",
        )
        assert made.returncode == 0, made.stderr
        (tmp_path / "script.mjs").write_text(script, encoding="utf-8")
        done = frontend._node(str(tmp_path / "script.mjs"), *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize("by", ["browser", "age"])
def test_a_file_of_any_length_is_one_that_every_program_opens(ask, by):
    draw = random.Random(SEED)
    plains = [draw.randbytes(length) for length in LENGTHS]
    recipient = str(KEY.to_public())
    asked = [{"data": b64encode(plain).decode(), "recipient": recipient, "by": by} for plain in plains]
    for plain, found in zip(plains, ask("ageFile", asked), strict=True):
        sealed, room = b64decode(found), bytearray(len(plain))
        assert len(sealed) == sealed_size(len(plain))
        assert open_into(room, str(KEY), sealed) == len(plain)
        assert bytes(room) == plain == pyrage.decrypt(sealed, [KEY])


def test_two_files_of_the_same_have_nothing_but_their_form_in_common(ask):
    one, other = ask("ageFile", [{"data": "", "recipient": str(KEY.to_public()), "by": "browser"}] * 2)
    assert b64decode(one)[-16:] != b64decode(other)[-16:]


def test_where_the_browser_lacks_the_cipher_or_errs_the_part_is_sealed_in_javascript(ran, tmp_path):
    plain = random.Random(SEED).randbytes(8 * CHUNK + 7)
    (tmp_path / "plain").write_bytes(plain)
    told = ran("age_file.ts", FAKES, str(KEY.to_public()), str(tmp_path / "plain"))
    assert told["as it is"].pop("calls") == 2 + 9  # the trial, and each chunk
    assert len(told) == 13
    for name, each in told.items():
        sealed, room = b64decode(each["sealed"]), bytearray(len(plain))
        assert each["own"] is (name == "as it is"), name
        assert open_into(room, str(KEY), sealed) == len(plain), name
        assert bytes(room) == plain == pyrage.decrypt(sealed, [KEY]), name


def test_no_nonce_seals_two_things_under_one_key(ran):
    lengths = (0, 5, CHUNK, CHUNK + 1, CHUNK + 9, 2 * CHUNK, 2 * CHUNK + 1, 5 * CHUNK)
    found = defaultdict(set)
    for key, nonce, data in ran("age_file.ts", NONCES, str(KEY.to_public()), json.dumps(lengths)):
        found[key, nonce].add(data)
    assert len({key for key, _ in found}) == len(lengths)
    assert all(len(sealed) == 1 for sealed in found.values())


def test_what_is_hashed_piece_by_piece_has_the_hash_of_the_whole(ask):
    draw = random.Random(SEED)
    rows = [
        [b""],
        [b"abc"],
        *([draw.randbytes(length)] for length in range(54, 67)),
        [draw.randbytes(one) for one in (3, 60, 1, 64, 0, 128, 63, 65, 1)],
        *([draw.randbytes(draw.randrange(200)) for _ in range(20)] for _ in range(50)),
        [draw.randbytes(PART), draw.randbytes(PART), draw.randbytes(5)],
        [b"\xff" * 1_000_000],
    ]
    asked = [[b64encode(piece).decode() for piece in row] for row in rows]
    for row, found in zip(rows, ask("hashes", asked), strict=True):
        assert found == [sha256(b"".join(row[: n + 1])).hexdigest() for n in range(len(row))]


@pytest.mark.parametrize("way", ["room", "pieces"])
def test_a_file_has_its_hash_however_the_browser_hands_it_out(ask, way):
    draw = random.Random(SEED)
    files = [draw.randbytes(length) for length in (0, 1, PART, 2 * PART + 1)]
    found = ask("fingerprint", [{"data": b64encode(each).decode(), "from": way} for each in files])
    assert [each["hash"] for each in found] == [sha256(each).hexdigest() for each in files]
    assert [each["told"] for each in found] == [[], [1], [PART], [PART, 2 * PART, 2 * PART + 1]]


def test_a_file_that_is_shorter_than_it_was_is_named(ask):
    (found,) = ask("fingerprint", [{"data": b64encode(b"abc").decode(), "from": "cut"}])
    assert found == {"hash": "a", "told": []}


def test_where_two_hashes_of_the_same_differ_the_fault_says_so(ran):
    assert ran("laid.ts", OTHER_HASH) == "hash"
