"""What hashes a file and seals a part in the browser, run by Node, which has the same ciphers: each way gives the same."""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from hashlib import sha256

import pyrage
import pytest

from rodatraden.core.sealing.age_file import CHUNK, open_into, sealed_size
from rodatraden.core.sealing.parts import PART
from tools import frontend

KEY = pyrage.x25519.Identity.generate()
SEED = 20261130
LENGTHS = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 300 * CHUNK + 7)

WITHOUT = """
import { natively, sealFile } from "./age_file.mjs";
const recipient = process.argv[2];
const plain = new TextEncoder().encode("a bid");
const subtle = Object.getPrototypeOf(crypto.subtle);
const { importKey, encrypt } = subtle;
const cases = {
  "has none"() {
    subtle.importKey = function (format, ...rest) {
      if (format === "raw-secret") throw new DOMException("unknown", "NotSupportedError");
      return importKey.call(this, format, ...rest);
    };
  },
  "says something else"() {
    subtle.encrypt = async () => new ArrayBuffer(16);
  },
};
const told = {};
for (const [name, arrange] of Object.entries(cases)) {
  arrange();
  const own = await natively(plain, recipient);
  told[name] = { own, sealed: Buffer.from(await sealFile(plain, recipient)).toString("base64") };
  Object.assign(subtle, { importKey, encrypt });
}
told["as it is"] = { own: (await natively(plain, recipient)) !== null };
console.log(JSON.stringify(told));
"""


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


def test_where_the_browser_lacks_the_cipher_or_errs_the_part_is_sealed_in_javascript(tmp_path):
    made = frontend._node(
        "esbuild/bin/esbuild",
        str(frontend.PROGRAMS / "age_file.ts"),
        "--bundle",
        "--format=esm",
        f"--outfile={tmp_path / 'age_file.mjs'}",
    )
    assert made.returncode == 0, made.stderr
    (tmp_path / "without.mjs").write_text(WITHOUT, encoding="utf-8")
    ran = frontend._node(str(tmp_path / "without.mjs"), str(KEY.to_public()))
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told.pop("as it is") == {"own": True}
    assert len(told) == 2
    for each in told.values():
        assert each["own"] is None
        assert pyrage.decrypt(b64decode(each["sealed"]), [KEY]) == b"a bid"


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
