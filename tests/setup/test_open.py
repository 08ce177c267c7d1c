"""`rodatraden open`: one's own bid is read again as a whole or not at all, and a holder peels a sheet of all bids."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from uuid import uuid4

import pyrage
import pytest

from rodatraden.cli import locked, main
from rodatraden.core.offer import Offer, OfferFile, index_of
from rodatraden.core.sealing.bundle import read_bundle
from rodatraden.core.sealing.contents import NewFile
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import Sheet, read_sheet
from rodatraden.core.sealing.wraps import peel
from tests.core.sealing.given import BID, TENDER, keys
from tests.core.sealing.test_bundle import OWN, written
from tests.setup.places import can_mount, environment, on_small_disk
from tests.setup.sealing import JPEG, filled

HOLDERS = keys().holders.holders


def said(capsys) -> str:
    return capsys.readouterr().err.replace("\u00a0", " ")


@pytest.fixture
def bundle(tmp_path):
    """A sealed bid with its own key beside it."""
    folder = filled(tmp_path)
    kept = ("--out", str(tmp_path / "anbud.rtbid"), "--keep", str(tmp_path / "nyckel.txt"))
    assert main(["seal", str(folder), *kept]) == 0
    return tmp_path / "anbud.rtbid"


def unlock(bundle, *, key="nyckel.txt", into="ut"):
    folder = bundle.parent
    return main(["open", str(bundle), "--key", str(folder / key), "--into", str(folder / into)])


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "data")


class TestOwnBid:
    def test_all_of_it_comes_out(self, bundle, capsys):
        capsys.readouterr()
        assert unlock(bundle) == 0
        told = capsys.readouterr().out
        with bundle.open("rb") as file:
            assert read_bundle(file).manifest.sha256 in told
        assert names(bundle.parent / "ut") == ["filer", "index.json", "manifest.json", "pris.json"]
        assert (bundle.parent / "ut/filer/cv.jpg").read_bytes() == JPEG
        assert json.loads((bundle.parent / "ut/pris.json").read_text())["currency"] == "SEK"

    def test_the_bids_very_key_opens_the_bid_and_not_its_price(self, bundle, capsys):
        with bundle.open("rb") as file:
            own = read_bundle(file).packages[Holds.BID].wraps.own
        kept = (bundle.parent / "nyckel.txt").read_text().split()[-1]
        (bundle.parent / "bid.txt").write_bytes(peel({1: own}, kept)[1] or b"")
        capsys.readouterr()
        assert unlock(bundle, key="bid.txt") == 0
        assert "Priset har en egen nyckel och är fortfarande förseglat." in capsys.readouterr().out
        assert names(bundle.parent / "ut") == ["filer", "index.json", "manifest.json"]

    def test_nothing_is_written_over_and_nothing_is_left_behind(self, bundle, capsys):
        assert unlock(bundle) == 0
        before = names(bundle.parent)
        assert unlock(bundle) == 2
        assert "ut går inte att skriva.\n  Filen finns redan." in said(capsys)
        assert names(bundle.parent) == before

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "Den ska ha en enda rad som börjar med AGE-SECRET-KEY-1."),
            ("# public key: age1x\nhej\n", "Den ska ha en enda rad som börjar med AGE-SECRET-KEY-1."),
            ("AGE-SECRET-KEY-1ABC", "Nyckeln är inte rätt skriven"),
            (f"{OWN}\n{OWN}\n", "Den ska ha en enda rad"),
            (f"{OWN}\n", "Den öppnar inget i"),
        ],
        ids=["empty", "none", "misspelt", "two", "another"],  # a key is drawn anew in every process
    )
    def test_a_key_that_does_not_open_it_is_told(self, bundle, capsys, text, told):
        (bundle.parent / "annan.txt").write_text(text)
        capsys.readouterr()
        assert unlock(bundle, key="annan.txt") == 2
        found = said(capsys)
        assert "annan.txt går inte att använda." in found
        assert told in found
        assert not (bundle.parent / "ut").exists()

    def test_a_key_is_read_in_groups_and_small_letters_as_it_was_typed_from_paper(self, bundle):
        kept = (bundle.parent / "nyckel.txt").read_text().split()[-1]
        typed = " ".join(kept[n : n + 4] for n in range(0, len(kept), 4)).lower()
        (bundle.parent / "papper.txt").write_text(typed)
        assert unlock(bundle, key="papper.txt") == 0

    def test_a_key_behind_a_passphrase_of_another_program_asks_for_it(self, bundle, capsys, monkeypatch):
        kept = (bundle.parent / "nyckel.txt").read_bytes()
        (bundle.parent / "last.age").write_bytes(pyrage.passphrase.encrypt(kept, "H\u00e4st"))
        monkeypatch.setattr(locked, "getpass", lambda _question: "fel")
        assert unlock(bundle, key="last.age") == 2
        assert "Lösenfrasen öppnar den inte." in said(capsys)
        monkeypatch.setattr(locked, "getpass", lambda _question: "Ha\u0308st")  # ä typed as a and two dots
        assert unlock(bundle, key="last.age") == 0

    def test_a_damaged_bundle_gives_nothing(self, bundle, capsys):
        data = bytearray(bundle.read_bytes())
        data[len(data) // 2] ^= 1
        bundle.write_bytes(bytes(data))
        before = names(bundle.parent)
        assert unlock(bundle) == 2
        assert "Det förseglade anbudet är inte som det förseglades: bid/parts/00000.age" in said(capsys)
        bundle.write_bytes(b"hej")
        assert unlock(bundle) == 2
        assert "Det här är inget förseglat anbud, eller så är filen inte hel." in said(capsys)
        assert names(bundle.parent) == before

    def test_what_is_not_there_or_not_said_is_told(self, bundle, capsys):
        assert unlock(bundle.parent / "borta.rtbid") == 2
        assert "borta.rtbid går inte att öppna.\n  Det finns ingen sådan fil." in said(capsys)
        assert main(["open", str(bundle), "--key", str(bundle.parent / "nyckel.txt")]) == 2
        assert "Säg vilket förseglat anbud" in said(capsys)
        assert main(["open", str(bundle), "--key", "x", "--wraps", "y", "--out", "z"]) == 2
        assert "Med --wraps anges bara --key och --out." in said(capsys)

    def test_names_from_inside_never_lead_out_of_the_folder_nor_onto_each_other(self, tmp_path):
        notes = [
            OfferFile(uuid4(), None, name, "image/jpeg", 1, "", 1)
            for name in ("cv.jpg", "CV.jpg", "../../ute.jpg", "/x.jpg", "index.json")
        ]
        files = [NewFile.of(str(note.id), note.name.encode()) for note in notes]
        index = index_of(Offer(files=tuple(notes)))
        (tmp_path / "a.rtbid").write_bytes(written(*files, content=index))
        (tmp_path / "nyckel.txt").write_text(str(OWN))
        assert unlock(tmp_path / "a.rtbid") == 0
        assert names(tmp_path) == ["a.rtbid", "nyckel.txt", "ut"]
        assert {path.name: path.read_bytes().decode() for path in (tmp_path / "ut/filer").iterdir()} == {
            "cv.jpg": "cv.jpg",
            "2-CV.jpg": "CV.jpg",
            str(notes[2].id): "../../ute.jpg",
            str(notes[3].id): "/x.jpg",
            "index.json": "index.json",
        }

    def test_a_bid_of_another_program_is_written_by_the_names_in_its_index(self, tmp_path):
        (tmp_path / "a.rtbid").write_bytes(written(NewFile.of("Plan.pdf", b"plan")))
        (tmp_path / "nyckel.txt").write_text(str(OWN))
        assert unlock(tmp_path / "a.rtbid") == 0
        assert (tmp_path / "ut/filer/Plan.pdf").read_bytes() == b"plan"

    @pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed")
    def test_the_age_program_opens_the_same_with_the_kept_key(self, bundle):
        with bundle.open("rb") as file:
            found = read_bundle(file)
            (bundle.parent / "own.age").write_bytes(found.packages[Holds.PRICE].wraps.own)
            (bundle.parent / "index.age").write_bytes(found.packages[Holds.PRICE].index)

        def age(key, file):
            command = ["age", "--decrypt", "-i", str(bundle.parent / key), str(bundle.parent / file)]
            return subprocess.run(command, capture_output=True, check=True).stdout

        (bundle.parent / "key.txt").write_bytes(age("nyckel.txt", "own.age"))
        plain = age("key.txt", "index.age")
        assert plain.startswith(b"rodatraden index 1\n")
        assert b'"amount":"1140.5"' in plain


class TestSheet:
    @pytest.fixture
    def sheet(self, bundle):
        """What the first holder is to peel: one bid, and one whose wrap is junk."""
        first = HOLDERS[0].key
        with bundle.open("rb") as file:
            found = read_bundle(file)
        wraps = peel(found.packages[Holds.BID].wraps.wraps, keys().layers[Holds.BID])
        mine = {(found.manifest.bid, pair): data for pair, data in wraps.items() if data and pair[0] == first}
        (bundle.parent / "jonas.txt").write_text(keys().private[first])
        return Sheet(TENDER, Holds.BID, first, {(BID, next(iter(wraps))): b"junk", **mine})

    def peeled(self, folder, sheet, key="jonas.txt", out="ut.json"):
        (folder / "blad.json").write_bytes(sheet.canonical())
        return main(
            ["open", "--wraps", str(folder / "blad.json"), "--key", str(folder / key), "--out", str(folder / out)]
        )

    def test_one_layer_comes_off_and_one_bad_wrap_stops_no_other(self, bundle, sheet, capsys):
        capsys.readouterr()
        assert self.peeled(bundle.parent, sheet) == 0
        told = capsys.readouterr().out
        assert "Upplåst för 1 av 2 anbud" in told
        assert "Det som inte gick att låsa upp är utelämnat." in told
        found = read_sheet((bundle.parent / "ut.json").read_bytes())
        assert set(found.wraps) == {line for line in sheet.wraps if line[0] != BID}

    def test_the_last_holder_gets_the_key_that_opens_the_bid(self, bundle, sheet):
        last = HOLDERS[1].key
        assert self.peeled(bundle.parent, sheet) == 0
        found = read_sheet((bundle.parent / "ut.json").read_bytes())
        (bundle.parent / "ingrid.txt").write_text(keys().private[last])
        second = replace(
            found, key=last, wraps={line: each for line, each in found.wraps.items() if line[1][1] == last}
        )
        assert self.peeled(bundle.parent, second, key="ingrid.txt", out="klart.json") == 0
        (key,) = read_sheet((bundle.parent / "klart.json").read_bytes()).wraps.values()
        (bundle.parent / "anbudets.txt").write_bytes(key)
        assert unlock(bundle, key="anbudets.txt") == 0

    def test_another_holders_key_and_other_files_are_told(self, bundle, sheet, capsys):
        (bundle.parent / "sara.txt").write_text(keys().private[HOLDERS[2].key])
        assert self.peeled(bundle.parent, sheet, key="sara.txt") == 2
        found = said(capsys)
        assert "sara.txt går inte att använda.\n  Den här nyckeln öppnar ingenting här." in found
        assert not (bundle.parent / "ut.json").exists()
        assert self.peeled(bundle.parent, sheet) == 0
        assert self.peeled(bundle.parent, sheet) == 2
        assert "ut.json går inte att skriva.\n  Filen finns redan." in said(capsys)
        wraps = ("open", "--wraps", str(bundle), "--key", str(bundle.parent / "jonas.txt"))
        assert main([*wraps, "--out", str(bundle.parent / "x.json")]) == 2
        assert "Bladet med nycklar att låsa upp går inte att läsa." in said(capsys)
        assert main([*wraps]) == 2


@pytest.mark.skipif(not can_mount(), reason="this user may not mount a small disk")
def test_on_a_full_disk_a_sentence_says_so_and_nothing_is_left(tmp_path):
    folder, small = filled(tmp_path), tmp_path / "small"
    small.mkdir()
    bundle, key = str(tmp_path / "a.rtbid"), str(tmp_path / "key.txt")
    assert main(["seal", str(folder), "--out", bundle, "--keep", key]) == 0
    command = [sys.executable, "-m", "rodatraden.cli", "open", bundle, "--key", key, "--into", str(small / "ut")]
    done = on_small_disk(
        small, 1000, ["sh", "-c", '"$@"; echo "$?"; ls -A "$0"', str(small), *command], env=environment()
    )
    assert done.stderr.startswith("Disken är full.")
    assert done.stdout == "1\n"
