"""An exported log made up here, with signed heads and receipts, and every way to alter it in one place."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rodatraden.core.canonical import canonical_json
from rodatraden.core.ledger import commitments, cover_leaf, inclusion_spans, offline, root_hash, root_reader
from rodatraden.core.ledger.offline import Head, Key

if TYPE_CHECKING:
    from random import Random

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = Key("rodatraden-test", PRIVATE.public_key().public_bytes_raw())
START = datetime(2026, 5, 4, 11, tzinfo=UTC)
SUBMISSION = str(UUID(int=7))


def note(hashes: list[str], key: Key = KEY, private: Ed25519PrivateKey = PRIVATE) -> str:
    text = offline.head_text(Head(len(hashes), root_hash(hashes)), key.name)
    return offline.signed_note(text, key, private.sign(text.encode()))


def entries(size: int, *, sealed: dict | None = None, submission: str = SUBMISSION) -> list[dict]:
    """Entries of one bid that is received again and again, with cover between them; `sealed` tells what was received."""
    lines = []
    sealed = sealed or {"package": "aa", "price_package": "bb", "is_late": False}
    for index in range(size):
        if index % 3 == 2:
            leaf = cover_leaf(sha256(str(index).encode()).digest() * 3)
            lines.append({"index": index, "leaf": leaf.text, "leaf_hash": leaf.hash, "body": None})
            continue
        salts = {part: sha256(f"{part}{index}".encode()).digest() for part in offline.PARTS}
        what = {"event": "bid_received", "object_id": submission, "what": sealed}
        parts = {"who": UUID(int=index), "when": START + timedelta(seconds=index), "what": what}
        leaf = commitments(salts, parts)
        body = {
            part: {"salt": salts[part].hex(), "text": canonical_json(parts[part]).decode()} for part in offline.PARTS
        }
        lines.append({"index": index, "leaf": leaf.text, "leaf_hash": leaf.hash, "body": body})
    return lines


def receipt(index: int, lines: list[dict], **more: object) -> dict:
    hashes = [line["leaf_hash"] for line in lines]
    root = root_reader(lambda level, number: [] if level else hashes[number * 256 : (number + 1) * 256])
    told = {
        "what": "received",
        "submission": SUBMISSION,
        "received_at": json.loads(lines[index]["body"]["when"]["text"]),
        "packages": [{"holds": "bid", "sha256": "aa"}, {"holds": "price", "sha256": "bb"}],
        "in_time": True,
        "key": str(KEY),
        **more,
        "ledger": {
            "index": index,
            "leaf": lines[index]["leaf"],
            "told": {part: lines[index]["body"][part] for part in ("when", "what")},
            "path": [root(span) for span in inclusion_spans(index, len(hashes))],
            "head": note(hashes),
        },
    }
    return sign(told)


def sign(told: dict) -> dict:
    return told | {"signature": base64.b64encode(PRIVATE.sign(offline.receipt_signed(told))).decode()}


def export(size: int) -> list[dict]:
    """An exported log with a head after every fifth entry, and at its end."""
    lines, out = entries(size), []
    for line in lines:
        out.append(line)
        if line["index"] % 5 == 4:
            out.append({"head": note([each["leaf_hash"] for each in lines[: line["index"] + 1]])})
    return [*out, {"head": note([each["leaf_hash"] for each in lines])}]


def mutate(lines: list[dict], places: list[int], chance: Random) -> str:
    """Alter an exported log in one place, and say how."""
    at = chance.choice(places)
    line = lines[at]
    kind = chance.choice(
        ["leaf", "hash", "both", "part", "salt", "erase part", "drop", "double", "move", "number", "head"]
    )
    match kind:
        case "leaf":
            lines[at] = line | {"leaf": flipped(line["leaf"], chance)}
        case "hash":
            lines[at] = line | {"leaf_hash": flipped(line["leaf_hash"], chance)}
        case "both":
            leaf = cover_leaf(chance.randbytes(96))
            lines[at] = line | {"leaf": leaf.text, "leaf_hash": leaf.hash, "body": None}
        case "part" | "salt" | "erase part" if line["body"]:
            part = chance.choice(sorted(line["body"]))
            body = dict(line["body"])
            told = body.pop(part)
            if kind != "erase part":
                name = "text" if kind == "part" else "salt"
                body[part] = told | {name: flipped(told[name], chance)}
            lines[at] = line | {"body": body}
        case "double":
            lines.insert(chance.choice(places), line)
        case "move" if len(places) > 1:
            other = chance.choice([each for each in places if each != at])
            lines[at], lines[other] = lines[other], line
        case "number":
            lines[at] = line | {"index": line["index"] + chance.choice([-1, 1])}
        case "head":
            where = next(place for place, each in enumerate(lines) if "head" in each)
            lines[where] = {"head": flipped(lines[where]["head"], chance)}
        case _:
            del lines[at]
    return f"{kind} of {at}"


def flipped(text: str, chance: Random) -> str:
    """Change one sign of a text into another one."""
    at = chance.randrange(len(text))
    other = chance.choice([sign for sign in "0123456789abcdef" if sign != text[at].lower()])
    return f"{text[:at]}{other}{text[at + 1 :]}"
