"""The verifier holds a sealed bid against its receipt, and names the first part in which they differ."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache

import pytest

from rodatraden.core.ledger import offline
from rodatraden.core.sealing.bundle import read_bundle
from rodatraden.core.sealing.contents import PART, NewFile
from rodatraden.core.sealing.holders import Holds
from tests.core.ledger.exported import KEY, entries, receipt
from tests.core.sealing.given import BID
from tests.core.sealing.test_bundle import written

PARTS = ["bid/parts/00000.age", "bid/parts/00001.age"]
NAMES = ["manifest.json", "bid/wraps.json", "bid/index.age", *PARTS, "price/wraps.json", "price/index.age"]


@cache
def bid() -> bytes:
    """A sealed bid of two parts and a price."""
    return written(NewFile.of("Plan.pdf", b"plan " * (PART // 5 + 1)))


def receipt_of(bundle: bytes, submission: str = str(BID)) -> dict:
    """A receipt as the server signs it, of a bundle that was handed in."""
    manifest = read_bundle(io.BytesIO(bundle)).manifest
    packages = {holds: package.sha256 for holds, package in manifest.packages.items()}
    told = {"package": packages[Holds.BID], "price_package": packages.get(Holds.PRICE)}
    sealed = told | {"manifest": manifest.sha256, "is_late": False}
    lines = entries(4, sealed=sealed, submission=submission)
    named = [{"holds": str(holds), "sha256": sha256} for holds, sha256 in packages.items()]
    return receipt(3, lines, manifest=manifest.sha256, packages=named, submission=submission)


@pytest.fixture
def check(tmp_path, capsys):
    """Answer what is said of a bid beside the receipt of `bid`, and with which code."""

    def checked(bundle: bytes, *receipts: dict, name: str = "anbud.rtbid") -> tuple[int, str]:
        (tmp_path / name).write_bytes(bundle)
        files = [tmp_path / f"kvitto-{n}.json" for n in range(len(receipts))]
        for file, told in zip(files, receipts, strict=True):
            file.write_text(json.dumps(told), "utf-8")
        code = offline.main(["--key", str(KEY), str(tmp_path / name), *map(str, files)])
        return code, capsys.readouterr().out

    return checked


def changed(name: str, data: bytes | None = None, *, packed: bool = False) -> bytes:
    """The bid with one member changed in the middle, written anew so that its ZIP is sound; `data` in its place."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bid())) as old, zipfile.ZipFile(into, "w") as new:
        for each in old.namelist():
            content = bytearray(old.read(each))
            if each == name:
                content[len(content) // 2] ^= 1
            kind = zipfile.ZIP_DEFLATED if packed and each == name else zipfile.ZIP_STORED
            new.writestr(each, data if data is not None and each == name else bytes(content), kind)
    return into.getvalue()


def without(name: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bid())) as old, zipfile.ZipFile(into, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
    return into.getvalue()


def with_more(name: str) -> bytes:
    into = io.BytesIO(bid())
    with zipfile.ZipFile(into, "a") as more:
        more.writestr(name, b"mer")
    return into.getvalue()


def between(name: str) -> bytes:
    """The bid written anew with bytes that belong to nothing before a member, or before the directory."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bid())) as old, zipfile.ZipFile(into, "w") as new:
        for each in [*old.namelist(), "the directory"]:
            if each == name:
                into.write(b"mer")
                new.start_dir = into.tell()
            if each in NAMES:
                new.writestr(each, old.read(each))
    return into.getvalue()


def commented(data: bytes) -> bytes:
    into = io.BytesIO(bid())
    with zipfile.ZipFile(into, "a") as old:
        old.comment = data
    return into.getvalue()


def with_extra(name: str) -> bytes:
    """The bid written anew with an extra field at one member, in its head and in the directory."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bid())) as old, zipfile.ZipFile(into, "w") as new:
        for each in old.namelist():
            info = zipfile.ZipInfo(each)
            info.extra = b"\xfe\xca\x03\x00mer" if each == name else b""
            new.writestr(info, old.read(each))
    return into.getvalue()


def flipped_in(name: str) -> bytes:
    """The bid with one bit of a member turned, as a disk does it: the ZIP's own CRC-32 stays as it was."""
    data = bytearray(bid())
    with zipfile.ZipFile(io.BytesIO(bid())) as old:
        member = old.getinfo(name)
    data[member.header_offset + 30 + len(name) + member.file_size // 2] ^= 1
    return bytes(data)


def test_the_bid_that_was_handed_in_is_the_one_that_the_receipt_names(check):
    code, said = check(bid(), receipt_of(bid()))
    assert (code, said.count("håller.")) == (0, 2)
    assert f"Anbudet {BID} är det som kvittot gäller, helt och oförändrat." in said


def test_it_is_told_by_its_bytes_whatever_it_is_called_and_among_several_receipts(check):
    assert check(bid(), receipt_of(written()), receipt_of(bid()), name="anbud.zip")[0] == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_first_part_that_a_disk_has_altered_is_named(check, name):
    code, said = check(flipped_in(name), receipt_of(bid()))
    assert (code, f"{name} är inte den som kvittot gäller." in said) == (1, True)


@pytest.mark.parametrize("name", NAMES[1:])
def test_what_somebody_has_put_in_a_parts_place_is_named(check, name):
    code, said = check(changed(name), receipt_of(bid()))
    told = "Någon av delarna i bid/parts" if name in PARTS else name
    assert (code, f"{told} är inte den som kvittot gäller." in said) == (1, True)


@pytest.mark.parametrize(
    ("bundle", "told"),
    [
        (lambda: without(PARTS[0]), f"{PARTS[0]} saknas på sin plats."),
        (lambda: without("price/index.age"), "price/index.age saknas på sin plats."),
        (lambda: with_more("mer.txt"), "mer.txt hör inte till anbudet."),
        (lambda: changed("bid/index.age", packed=True), "bid/index.age är inte den som kvittot gäller."),
        (lambda: changed("manifest.json", b"{" + b" " * offline.LONGEST_MANIFEST), "manifest.json är inte den"),
        (lambda: bid()[:-30], "Det här är inget förseglat anbud, eller så är filen inte hel."),
        (lambda: b"hej", "Det här är inget förseglat anbud, eller så är filen inte hel."),
        (lambda: b"", "Det här är inget förseglat anbud, eller så är filen inte hel."),
    ],
)
def test_what_is_not_that_bid_alone_is_told(check, bundle, told):
    code, said = check(bundle(), receipt_of(bid()))
    assert (code, told in said) == (1, True), said


@pytest.mark.parametrize(
    "bundle",
    [
        lambda: b"mer" + bid(),
        lambda: between(PARTS[0]),
        lambda: between("the directory"),
        lambda: commented(b"mer"),
        lambda: with_extra(PARTS[1]),
        lambda: with_extra("manifest.json"),
    ],
    ids=["before", "between", "before the directory", "comment", "extra", "extra of the first"],
)
def test_what_a_zip_holds_beside_its_members_is_told(check, bundle):
    with zipfile.ZipFile(io.BytesIO(bundle())) as read:
        assert read.namelist() == NAMES
        assert read.testzip() is None
    code, said = check(bundle(), receipt_of(bid()))
    assert (code, "Filen innehåller mer än anbudet" in said) == (1, True), said


def test_a_bid_written_anew_with_the_same_members_and_nothing_else_holds(check):
    assert check(changed(""), receipt_of(bid()))[0] == 0


def test_no_name_in_a_file_commands_the_terminal(check):
    code, said = check(with_more("\x1b[2J\u202emer.txt"), receipt_of(bid()))
    assert (code, "\\x1b[2J\\u202emer.txt hör inte till anbudet." in said) == (1, True)
    assert all(each.isprintable() for each in said.replace("\n", ""))


def test_another_version_of_the_same_bid_and_another_bid_are_told(check):
    assert "manifest.json är inte den som kvittot gäller." in check(written(), receipt_of(bid()))[1]
    code, said = check(written(), receipt_of(bid(), "ett-annat"))
    assert (code, f"Filen är anbudet {BID}, och inget kvitto gäller det." in said) == (1, True)


def test_only_a_receipt_that_holds_proves_a_bid(check):
    told = "Ett förseglat anbud jämförs med sitt kvitto, och inget kvitto som håller är med."
    forged = receipt_of(bid()) | {"received_at": "2026-05-04T10:00:00Z"}
    assert told in check(bid(), forged)[1]
    proof = {"format": offline.GROWTH_FORMAT, "first": receipt_of(bid())["ledger"]["head"], "path": []}
    proof |= {"second": proof["first"], "what": "received"}
    code, said = check(
        bid(), proof | {name: receipt_of(bid())[name] for name in ("manifest", "packages", "submission")}
    )
    assert (code, told in said, said.count("håller.")) == (1, True, 1)


def test_a_receipt_whose_packages_are_not_those_of_its_manifest_is_told(check):
    manifest = read_bundle(io.BytesIO(bid())).manifest
    lines = entries(4, sealed={"package": "aa", "price_package": None, "manifest": manifest.sha256, "is_late": False})
    told = receipt(3, lines, manifest=manifest.sha256, packages=[{"holds": "bid", "sha256": "aa"}])
    code, said = check(bid(), told)
    assert (code, "Kvittot namnger andra paket" in said) == (1, True)
