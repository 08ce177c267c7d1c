"""`rodatraden seal`: a bid is filled in and sealed without a server, and everything that stops it is told with its place."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.cli import answers, disk, main, seal
from rodatraden.cli.disk import BadFileError
from rodatraden.core.canonical import canonical_json
from rodatraden.core.offer import DeclarationHow, PartyRole, index_of, read_index
from rodatraden.core.sealing.bundle import check_holders, read_bundle
from rodatraden.core.sealing.contents import PART
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.parts import MOST_PARTS, plain_parts
from tests.core.forms import CRITERION, CV, METHOD, MUST, TERM, form
from tests.core.sealing.given import keys
from tests.setup.places import can_mount, environment, on_small_disk
from tests.setup.sealing import JPEG, answers_of, change, fill_in, filled, folder_of


def sealed(tmp_path, folder, *more):
    return main(["seal", str(folder), "--out", str(tmp_path / "anbud.rtbid"), *more])


def said(capsys) -> str:
    return capsys.readouterr().err.replace("\u00a0", " ")


def left(tmp_path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir() if path.name != "data")


def test_a_folder_is_made_with_every_question_and_says_what_to_do(tmp_path, capsys):
    folder = folder_of(tmp_path)
    told = capsys.readouterr().out
    assert "före 2026-06-01 kl. 23.59 svensk tid" in told
    assert "1. Skriv dina svar i anbud.json" in told
    found = answers_of(folder)
    assert found["delar"][0] == {
        "nummer": 1,
        "namn": "CV",
        "fråga": "Den som gör arbetet. Ska finnas. Högst 2 sidor; det som kommer efter läses inte. "
        "PDF, Word, Excel, PNG, JPEG, XML.",
        "filer": [],
    }
    assert found["krav"][0]["fråga"] == "Minst 24 månader. Bevis: CV. Uppfyller du kravet?"
    assert found["pris"]["fråga"] == "Ditt pris per timme i SEK, utan moms"
    assert (folder / "anbudsmall.json").read_bytes() == form().canonical()


def test_what_is_there_is_never_written_over(tmp_path, capsys):
    folder = folder_of(tmp_path)
    change(folder, fill_in)
    before = (folder / "anbud.json").read_bytes()
    capsys.readouterr()
    assert main(["seal", str(folder), "--start", str(tmp_path / "mall.json")]) == 2
    assert main(["seal", str(folder), "--start", str(folder / "anbudsmall.json")]) == 2
    assert "anbud.json går inte att skriva.\n  Filen finns redan." in said(capsys)
    assert (folder / "anbud.json").read_bytes() == before
    (tmp_path / "anbud.rtbid").write_bytes(b"mitt")
    assert sealed(tmp_path, folder) == 2
    assert "anbud.rtbid går inte att skriva" in said(capsys)
    assert (tmp_path / "anbud.rtbid").read_bytes() == b"mitt"


def test_the_folder_may_hold_the_form_already(tmp_path):
    (tmp_path / "anbudsmall.json").write_bytes(form().canonical())
    assert main(["seal", str(tmp_path), "--start", str(tmp_path / "anbudsmall.json")]) == 0
    assert (tmp_path / "anbud.json").exists()


def test_an_empty_bid_is_told_all_that_is_missing_and_nothing_is_written(tmp_path, capsys):
    folder = folder_of(tmp_path)
    assert sealed(tmp_path, folder) == 2
    assert said(capsys) == (
        "Ligger i mappen men nämns inte i anbud.json: cv.jpg, metod.jpg\n"
        "Anbudet är inte komplett. Rätta det här i anbud.json:\n"
        "  – Ladda upp CV.\n"
        "  – Ladda upp Metodbeskrivning.\n"
        "  – Svara om du uppfyller K1 Erfarenhet.\n"
        "  – Godta de särskilda kontraktsvillkoren.\n"
        "  – Namnge den som utför uppdraget.\n"
        "  – Fyll i priset.\n"
        "  – Fyll i egen försäkran.\n"
    )
    assert left(tmp_path) == ["anbudet", "mall.json"]


def test_a_whole_bid_is_sealed_to_the_holders(tmp_path, capsys):
    folder = filled(tmp_path)
    capsys.readouterr()
    assert sealed(tmp_path, folder, "--keep", str(tmp_path / "nyckel.txt")) == 0
    told = capsys.readouterr().out
    with (tmp_path / "anbud.rtbid").open("rb") as file:
        bundle = read_bundle(file)
        check_holders(bundle, keys().holders)
    assert keys().holders.sha256 in told
    assert bundle.manifest.sha256 in told
    assert "Jonas Ekdahl, Ingrid Möller, Sara Nyqvist, Förvarad i arkivet" in told
    assert bundle.manifest.documents_sha256 == form().snapshot_sha256
    assert bundle.manifest.made_with == f"rodatraden seal {seal.program_hash()}"
    for name in ("anbud.rtbid", "nyckel.txt"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert b"Elin" not in (tmp_path / "anbud.rtbid").read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_was_written_is_what_the_opener_reads(tmp_path):
    folder = filled(tmp_path)
    change(folder, lambda found: found["andra företag"]["svar"][0].update({"roll": "Konsortium", "namn": "Ek AB"}))
    assert sealed(tmp_path, folder, "--keep", str(tmp_path / "nyckel.txt"), "--yes") == 0
    assert main([
        "open", str(tmp_path / "anbud.rtbid"), "--key", str(tmp_path / "nyckel.txt"), "--into", str(tmp_path / "ut"),
    ]) == 0  # fmt: skip
    offer = read_index(json.loads((tmp_path / "ut/index.json").read_text(encoding="utf-8")))
    assert offer.replies[MUST].is_met
    assert offer.replies[MUST].text == "Se cv"
    assert (offer.promises[MUST].text, offer.promises[MUST].page_reference) == ("Vi lovar.", "s. 1")
    assert set(offer.promises) == {MUST}
    assert [person.name for person in offer.people] == ["Elin Hagström"]
    assert [(company.role, company.name) for company in offer.companies] == [(PartyRole.CONSORTIUM, "Ek AB")]
    assert offer.declaration.how is DeclarationHow.HERE
    assert offer.accepts_terms
    assert [(file.item, file.name, file.media_type, file.pages) for file in offer.files] == [
        (CV, "cv.jpg", "image/jpeg", 1),
        (METHOD, "metod.jpg", "image/jpeg", 1),
    ]
    assert json.loads((tmp_path / "ut/pris.json").read_text())["amount"] == "1140.5"


def test_a_fixed_price_is_accepted_and_no_price_is_sealed(tmp_path):
    folder = folder_of(tmp_path, asks=form(fixed_price=Decimal(900)))
    change(folder, fill_in)
    change(folder, lambda found: found["pris"].update(svar="ja"))
    without = {"layers": {"bid": keys().holders.layers[Holds.BID]}}
    holders = json.loads(keys().holders.canonical()) | without
    (folder / "nyckelinnehavare.json").write_text(
        json.dumps(holders, sort_keys=True, separators=(",", ":"), ensure_ascii=False), encoding="utf-8"
    )
    assert sealed(tmp_path, folder) == 0
    with (tmp_path / "anbud.rtbid").open("rb") as file:
        assert set(read_bundle(file).packages) == {Holds.BID}


class TestWarnings:
    def test_without_a_terminal_they_stop_the_bid_until_it_is_told_to_go_on(self, tmp_path, capsys, monkeypatch):
        folder = filled(tmp_path)
        change(folder, lambda found: found["krav"][0].update(svar="nej"))
        monkeypatch.setattr("sys.stdin", io.StringIO())
        assert sealed(tmp_path, folder) == 2
        assert said(capsys) == (
            "Det här stoppar inte anbudet, men du ska veta om det:\n"
            "  – Du svarar att du inte uppfyller K1 Erfarenhet. Ett sådant anbud förkastas.\n"
            "Rätta det, eller kör samma kommando med --yes.\n"
        )
        assert not (tmp_path / "anbud.rtbid").exists()
        assert sealed(tmp_path, folder, "--yes") == 0

    @pytest.mark.parametrize(("answer", "code"), [("ja", 0), ("J", 0), ("nej", 2), ("", 2)])
    def test_at_a_terminal_they_are_asked_about(self, tmp_path, monkeypatch, answer, code):
        folder = filled(tmp_path)
        change(folder, lambda found: found["personer"]["svar"][0].update(uppdrag=[]))
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _question: answer)
        assert sealed(tmp_path, folder) == code
        assert (tmp_path / "anbud.rtbid").exists() is (code == 0)


@pytest.mark.parametrize(
    ("changing", "told"),
    [
        (lambda a: a["krav"][0].update(utfästlse="x"), "”krav” 1 → ”utfästlse”: Det ordet är inte känt här. Menade du ”utfästelse”?"),
        (lambda a: a.update(prs={}), "”prs”: Det ordet är inte känt här. Menade du ”pris”?"),
        (lambda a: a["krav"][0].update(svar="kanske"), "”krav” 1 → ”svar”: Skriv ”ja” eller ”nej”."),
        (lambda a: a["krav"][0].update(svar=1), "”krav” 1 → ”svar”: Skriv ”ja” eller ”nej”."),
        (lambda a: a["krav"][0].update(svar=["ja"]), "”krav” 1 → ”svar”: Skriv ”ja” eller ”nej”."),
        (lambda a: a["krav"][1].update(krav="K1"), "”krav” 2 → ”krav”: Dokumenten har inget sådant krav"),
        (lambda a: a["krav"][0].update(krav="K9"), "”krav” 1 → ”krav”: Dokumenten har inget sådant krav"),
        (lambda a: a["krav"][0].update(utfästelse="x" * 301), "Texten har 301 tecken. Den får ha högst 300."),
        (lambda a: a["krav"][0].update(hur=7), "”krav” 1 → ”hur”: Skriv en text mellan citattecken."),
        (lambda a: a["krav"][0].update(hur="\0"), "”krav” 1 → ”hur”: Texten har tecken som inte är text."),
        (lambda a: a.update(krav={}), "”krav”: Här ska det stå en lista"),
        (lambda a: a.update(krav=["K1"]), "”krav” 1: Här ska det stå ett stycke inom klammerparenteser."),
        (lambda a: a["delar"][0].update(nummer=9), "”delar” 1 → ”nummer”: Dokumenten frågar inte efter någon del"),
        (lambda a: a["delar"][0].update(nummer="1"), "”delar” 1 → ”nummer”: Dokumenten frågar inte efter någon del"),
        (lambda a: a["delar"][1].update(nummer=1), "”delar” 2 → ”nummer”: Den delen står två gånger."),
        (lambda a: a["delar"][0].update(filer="cv.jpg"), "”delar” 1 → ”filer”: Här ska det stå en lista"),
        (lambda a: a["delar"][0].update(filer=[7]), "”delar” 1 → ”filer”: Skriv filnamn mellan citattecken."),
        (lambda a: a["delar"][0].update(filer=["cv.jpg"] * 2), "”delar” 1 → ”filer”: cv.jpg står två gånger."),
        (lambda a: a["pris"].update(svar="1.050"), "”pris” → ”svar”: 1.050 kan betyda 1 050 eller 1,05."),
        (lambda a: a["pris"].update(svar="0"), "”pris” → ”svar”: Priset ska vara större än noll."),
        (lambda a: a["pris"].update(svar="gratis"), "”pris” → ”svar”: gratis"),
        (lambda a: a["pris"].update(svar=True), "”pris” → ”svar”: Skriv en text"),
        (lambda a: a["egen försäkran"].update(lämnas="sen"), "”egen försäkran” → ”lämnas”: Skriv ett av: här, espd."),
        (lambda a: a["egen försäkran"]["brott"].update(stämmer="?"), "”brott” → ”stämmer”: Skriv ”ja” eller ”nej”."),
        (lambda a: a["andra företag"]["svar"][0].update(roll="vän"), "”andra företag” → ”svar” 1 → ”namn”: Skriv vilket"),
        (lambda a: a["andra företag"]["svar"][0].update(namn="A"), "”roll”: Skriv ett av: konsortium, åberopat, underl"),
        (lambda a: a["personer"]["svar"][0].update(namn=""), "”personer” → ”svar” 1 → ”namn”: Skriv vem det är."),
        (lambda a: a["personer"]["svar"][0]["uppdrag"][0].update({"från": "i fjol"}), "”uppdrag” 1 → ”från”: Skriv en dag"),
        (lambda a: a["personer"]["svar"][0]["uppdrag"][0].update({"till": "2020-01-01"}), "”till”: Uppdraget slutar innan"),
        (lambda a: a["upphandling"].update(id="x"), "Den svarar på en annan upphandling än anbudsmallen."),
        (lambda a: a["upphandling"].update(fingeravtryck="x"), "Den svarar på en annan version av dokumenten"),
        (lambda a: a.update(format="annat"), "Den börjar inte som den ska."),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_is_told_with_its_place(tmp_path, capsys, changing, told):
    folder = filled(tmp_path)
    change(folder, changing)
    assert sealed(tmp_path, folder) == 2
    found = said(capsys)
    assert found.startswith("anbud.json ")
    assert told in found
    assert not (tmp_path / "anbud.rtbid").exists()


def test_all_that_is_wrong_is_told_at_once(tmp_path, capsys):
    folder = filled(tmp_path)
    change(folder, lambda found: (found["pris"].update(svar="x"), found["krav"][0].update(svar="x")))
    assert sealed(tmp_path, folder) == 2
    assert said(capsys).count("\n  ") == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "Rad 1, tecken 1: här saknas"),
        (b'{\n "format": "x"\n "a": 1}', "Rad 3, tecken 2: här saknas"),
        (b'{"a": 1, "a": 2}', "”a” står två gånger i samma stycke."),
        ('{"a": "å"}'.encode("latin-1"), "Spara filen som UTF-8"),
        (b"[" * 100_000, "parenteser eller ett tal utan slut"),
        (b'{"a": ' + b"9" * 5000 + b"}", "parenteser eller ett tal utan slut"),
        (b"[]", "Den börjar inte som den ska."),
        (b"x" * 5_000_000, "Den är alldeles för stor"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_told_with_line_and_sign(tmp_path, capsys, text, told):
    folder = filled(tmp_path)
    (folder / "anbud.json").write_bytes(text)
    assert sealed(tmp_path, folder) == 2
    assert told in said(capsys)


def test_a_file_that_notepad_has_saved_is_read(tmp_path):
    folder = filled(tmp_path)
    (folder / "anbud.json").write_bytes(b"\xef\xbb\xbf" + (folder / "anbud.json").read_bytes().replace(b"\n", b"\r\n"))
    assert sealed(tmp_path, folder) == 0


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("borta.jpg", None, "”delar” 1 → ”filer”: Det finns ingen borta.jpg i "),
        ("../mall.json", None, "Filnamnet '../mall.json' innehåller tecken"),
        ("tom.pdf", b"", "tom.pdf är tom."),
        ("cv.exe", b"MZ", "cv.exe är av ett slag som inte tas emot."),
        ("cv.pdf", JPEG, "cv.pdf är en JPEG-fil, vad namnet än säger."),
        ("cv.png", b"\x89PNG\r\n\x1a\nx", "cv.png är trasig"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_place(tmp_path, capsys, name, data, told):
    folder = filled(tmp_path)
    if data is not None:
        (folder / name).write_bytes(data)
    change(folder, lambda found: found["delar"][0].update(filer=[name]))
    assert sealed(tmp_path, folder) == 2
    found = said(capsys)
    assert found.startswith("Filer som anbud.json nämner går inte att använda:\n")
    assert told in found


def test_a_file_of_a_kind_that_the_part_does_not_take_is_refused(tmp_path, capsys):
    asks = json.loads(form().canonical())
    asks["items"][0]["kinds"] = ["PDF"]
    folder = filled(tmp_path)
    data = json.dumps(asks, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (folder / "anbudsmall.json").write_text(data, encoding="utf-8")
    assert sealed(tmp_path, folder) == 2
    assert "cv.jpg är JPEG, och det som tas emot är PDF." in said(capsys)


def test_a_name_is_found_however_the_disk_spells_its_letters(tmp_path):
    folder = filled(tmp_path)
    (folder / "cv.jpg").rename(folder / "fo\u0308rslag.jpg")
    change(folder, lambda found: found["delar"][0].update(filer=["f\u00f6rslag.jpg"]))
    assert sealed(tmp_path, folder) == 0


def test_a_file_that_was_perhaps_forgotten_is_told_and_stops_nothing(tmp_path, capsys):
    folder = filled(tmp_path)
    (folder / "bilaga.pdf").write_bytes(b"")
    (folder / "anteckningar.txt").write_bytes(b"")
    assert sealed(tmp_path, folder) == 0
    assert said(capsys) == "Ligger i mappen men nämns inte i anbud.json: bilaga.pdf\n"


@pytest.mark.parametrize(("at", "is_late"), [("2026-06-01T21:58:59Z", False), ("2026-06-01T21:59:00Z", True)])
def test_a_bid_that_comes_too_late_by_this_machines_clock_is_sealed_and_told(
    tmp_path, capsys, time_machine, at, is_late
):
    folder = filled(tmp_path)
    time_machine.move_to(at, tick=False)
    assert sealed(tmp_path, folder) == 0
    assert ("Enligt datorns klocka är den tiden ute." in capsys.readouterr().out) is is_late
    with (tmp_path / "anbud.rtbid").open("rb") as file:
        assert read_bundle(file).manifest.sealed_at == datetime.fromisoformat(at)


def test_how_far_it_has_come_is_shown_on_a_terminal_alone(monkeypatch, capsys):
    for is_terminal in (False, True):
        monkeypatch.setattr("sys.stderr.isatty", lambda shown=is_terminal: shown, raising=False)
        with disk.Progress("Förseglar", 3) as progress:
            for _ in range(3):
                progress.add(1)
        shown = capsys.readouterr().err
        assert shown == ("\rFörseglar 33 %\rFörseglar 66 %\rFörseglar 100 %\r\x1b[K" if is_terminal else "")


def test_an_espd_is_sealed_with_the_bid(tmp_path):
    folder = filled(tmp_path)
    (folder / "espd.xml").write_bytes(b"<?xml version='1.0'?><espd/>")
    change(folder, lambda found: found["egen försäkran"].update({"lämnas": "espd", "espd": ["espd.xml"]}))
    assert sealed(tmp_path, folder) == 0


class TestFormAndHolders:
    def refused(self, tmp_path, folder, capsys):
        capsys.readouterr()
        assert sealed(tmp_path, folder) == 2
        return said(capsys)

    def test_a_form_that_was_changed_is_refused_with_its_place(self, tmp_path, capsys):
        folder = filled(tmp_path)
        data = (folder / "anbudsmall.json").read_bytes()
        (folder / "anbudsmall.json").write_bytes(data.replace(b'"is_required":true', b'"is_required":1'))
        told = self.refused(tmp_path, folder, capsys)
        assert told.endswith(
            "Det här är ingen anbudsmall. Hämta den på nytt från upphandlingens sida.\n  Var: $.items[0]\n"
        )

    def test_files_that_are_not_there_are_told(self, tmp_path, capsys):
        folder = filled(tmp_path)
        (folder / "nyckelinnehavare.json").unlink()
        assert "Hämta den från upphandlingens sida." in self.refused(tmp_path, folder, capsys)
        (folder / "anbudsmall.json").unlink()
        assert "anbudsmall.json går inte att läsa.\n  Det finns ingen sådan fil." in self.refused(
            tmp_path, folder, capsys
        )
        assert main(["seal", str(folder)]) == 2
        assert "Säg med --out" in said(capsys)

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            (b"rodatraden-holders-1", b"rodatraden-holders-2", "ingen lista över nyckelinnehavare"),
            (b"c9e6a1b01", b"c9e6a1b02", "en annan upphandling"),
            (b'"price":"age1', b'"pris":"age1', ""),
        ],
    )
    def test_a_list_that_is_not_this_tenders_is_refused(self, tmp_path, capsys, old, new, told):
        folder = filled(tmp_path)
        data = (folder / "nyckelinnehavare.json").read_bytes()
        assert old in data
        (folder / "nyckelinnehavare.json").write_bytes(data.replace(old, new))
        found = self.refused(tmp_path, folder, capsys)
        assert found.split("\n")[0].endswith("nyckelinnehavare.json går inte att använda.")
        assert told in found

    def test_a_list_with_a_price_does_not_fit_a_form_with_a_fixed_one(self, tmp_path, capsys):
        folder = folder_of(tmp_path, asks=form(fixed_price=Decimal(900)))
        assert "Den passar inte ihop med anbudsmallen" in self.refused(tmp_path, folder, capsys)

    def test_form_and_holders_may_lie_elsewhere(self, tmp_path):
        folder = filled(tmp_path)
        for name in ("anbudsmall.json", "nyckelinnehavare.json"):
            (folder / name).rename(tmp_path / name)
        more = ("--form", str(tmp_path / "anbudsmall.json"), "--holders", str(tmp_path / "nyckelinnehavare.json"))
        assert sealed(tmp_path, folder, *more) == 0


def test_a_file_that_changes_while_it_is_sealed_leaves_nothing_behind(tmp_path, capsys, monkeypatch):
    folder = filled(tmp_path)

    def changed(*arguments, **named):
        (folder / "cv.jpg").write_bytes(JPEG + b"\xff\xd9")
        return plain_parts(*arguments, **named)

    monkeypatch.setattr(seal, "plain_parts", changed)
    assert sealed(tmp_path, folder, "--keep", str(tmp_path / "nyckel.txt")) == 2
    assert "cv.jpg går inte att använda.\n  Den har ändrats medan den förseglades." in said(capsys)
    assert left(tmp_path) == ["anbudet", "mall.json"]


@pytest.mark.parametrize("how", ["written", "exchanged"])
def test_a_file_of_the_same_size_that_changes_after_its_pages_were_counted_leaves_nothing_behind(
    tmp_path, capsys, monkeypatch, how
):
    folder = filled(tmp_path)
    file = folder / "cv.jpg"
    before = file.stat()

    def changed(*arguments, **named):
        if how == "exchanged":
            (tmp_path / "other.jpg").write_bytes(JPEG[::-1])
            (tmp_path / "other.jpg").rename(file)
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        else:
            file.write_bytes(JPEG[::-1])
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        return plain_parts(*arguments, **named)

    monkeypatch.setattr(seal, "plain_parts", changed)
    assert sealed(tmp_path, folder, "--keep", str(tmp_path / "nyckel.txt")) == 2
    assert "cv.jpg går inte att använda.\n  Den har ändrats medan den förseglades." in said(capsys)
    assert left(tmp_path) == ["anbudet", "mall.json"]


def test_more_parts_than_there_are_rooms_come_out_as_they_went_in(tmp_path):
    folder = filled(tmp_path)
    big = JPEG[:-2] + os.urandom((seal.ROOMS + 2) * PART) + JPEG[-2:]
    (folder / "cv.jpg").write_bytes(big)
    assert sealed(tmp_path, folder, "--keep", str(tmp_path / "nyckel.txt")) == 0
    opening = ["open", str(tmp_path / "anbud.rtbid"), "--key", str(tmp_path / "nyckel.txt"), "--into"]
    assert main([*opening, str(tmp_path / "ut")]) == 0
    assert (tmp_path / "ut/filer/cv.jpg").read_bytes() == big
    told = json.loads((tmp_path / "ut/index.json").read_text(encoding="utf-8"))
    assert sha256(big).hexdigest() in [each["sha256"] for each in told["files"]]


def test_a_file_that_is_gone_when_it_is_sealed_leaves_nothing_behind(tmp_path, capsys, monkeypatch):
    folder = filled(tmp_path)

    def gone(*arguments, **named):
        (folder / "cv.jpg").unlink()
        return plain_parts(*arguments, **named)

    monkeypatch.setattr(seal, "plain_parts", gone)
    assert sealed(tmp_path, folder) == 2
    assert "cv.jpg går inte att läsa.\n  Det finns ingen sådan fil." in said(capsys)
    assert left(tmp_path) == ["anbudet", "mall.json"]


def lengthen(picture, size):
    """Make a picture this long, of which the disk holds next to nothing."""
    with picture.open("r+b") as file:
        file.seek(size - 2)
        file.write(JPEG[-2:])


def seal_onto(small, kilobytes, folder, *program):
    """Seal onto a disk of so many kilobytes, and return what is said, and the exit code and what is left there."""
    command = [sys.executable, *program, "seal", str(folder), "--out", str(small / "a.rtbid")]
    small.mkdir()
    done = on_small_disk(
        small, kilobytes, ["sh", "-c", '"$@"; echo "$?"; ls -A "$0"', str(small), *command], env=environment()
    )
    return done.stderr.replace("\u00a0", " "), done.stdout.split()


FILLING = """
import sys
from pathlib import Path
from rodatraden.cli import main, seal

plain_parts = seal.plain_parts

def filling(*arguments):
    for number, room in enumerate(plain_parts(*arguments)):
        if number == 1:
            with open(Path(sys.argv[-1]).parent / "other", "wb", buffering=0) as other:
                while other.write(bytes(4096)) == 4096:
                    pass
        yield room

seal.plain_parts = filling
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(not can_mount(), reason="this user may not mount a small disk")
class TestASmallDisk:
    def test_is_told_before_anything_is_written_with_what_is_needed(self, tmp_path):
        folder = filled(tmp_path)
        lengthen(folder / "cv.jpg", 2_000_000_000)
        said, (code, *there) = seal_onto(tmp_path / "small", 3000, folder, "-m", "rodatraden.cli")
        assert said.startswith("Disken är full. Det förseglade anbudet tar 2 003 MB, och där ")
        assert "a.rtbid ska skrivas är 3 MB lediga." in said
        assert (code, there) == ("1", [])

    def test_that_fills_up_meanwhile_is_told_and_nothing_is_left(self, tmp_path):
        folder = filled(tmp_path)
        (folder / "cv.jpg").write_bytes(JPEG[:-2] + bytes(5 * PART) + JPEG[-2:])
        said, (code, *there) = seal_onto(tmp_path / "small", 30_000, folder, "-c", FILLING)
        assert said == "Disken är full. Frigör plats och kör samma kommando igen. Ingenting har gått förlorat.\n"
        assert (code, there) == ("1", ["other"])


@pytest.mark.parametrize(("most", "told"), [(MOST_PARTS * PART, "2147"), (58 * PART, "243")])
def test_files_that_are_together_more_than_the_server_takes_are_told_before_any_is_read(tmp_path, capsys, most, told):
    folder = folder_of(tmp_path, asks=replace(form(), most_bytes=most))
    change(folder, fill_in)
    lengthen(folder / "cv.jpg", most)
    assert sealed(tmp_path, folder) == 2
    assert f"Filerna är för stora. Tillsammans får de vara högst {told} MB." in said(capsys)
    assert left(tmp_path) == ["anbudet", "mall.json"]


def test_whoever_interrupts_leaves_nothing_behind(tmp_path, capsys, monkeypatch):
    folder = filled(tmp_path)
    (folder / "cv.jpg").write_bytes(JPEG[:-2] + bytes(3 * PART) + JPEG[-2:])
    reading = []

    def interrupted(*arguments, **named):
        """By the signal of Ctrl-C, which reaches the main thread while others read and seal."""
        for number, room in enumerate(plain_parts(*arguments, **named)):
            if number == 1:
                reading.append(threading.current_thread())
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            yield room

    monkeypatch.setattr(seal, "plain_parts", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which a test in the background may lack
    try:
        assert sealed(tmp_path, folder) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert "Avbrutet. Inget anbud har skrivits." in said(capsys)
    assert left(tmp_path) == ["anbudet", "mall.json"]
    monkeypatch.setattr(seal, "plain_parts", plain_parts)
    assert sealed(tmp_path, folder) == 0, "and the same command can be run again"
    assert [thread.is_alive() for thread in reading] == [False]


def test_two_bids_of_the_same_answers_have_nothing_in_common(tmp_path):
    folder = filled(tmp_path)
    for name in ("a.rtbid", "b.rtbid"):
        assert main(["seal", str(folder), "--out", str(tmp_path / name)]) == 0
    found = []
    for name in ("a.rtbid", "b.rtbid"):
        with (tmp_path / name).open("rb") as file:
            found.append(read_bundle(file).manifest)
    one, other = found
    assert one.bid != other.bid
    assert {package.recipient for package in one.packages.values()}.isdisjoint(
        package.recipient for package in other.packages.values()
    )


def test_titles_from_outside_do_not_steer_the_terminal(tmp_path, capsys):
    asks = json.loads(form().canonical()) | {"title": "Köp\x1b[2J"}
    data = json.dumps(asks, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (tmp_path / "mall.json").write_text(data, encoding="utf-8")
    main(["seal", str(tmp_path / "m"), "--start", str(tmp_path / "mall.json")])
    assert "\x1b" not in capsys.readouterr().out


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["ja", "här", "2027-02-28"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, each in inner for place in places(each, (*way, key)))]


@settings(max_examples=300, deadline=None)
@given(st.data(), values)
def test_whatever_stands_at_any_place_it_is_read_or_told(data, value):
    found = json.loads(answers.skeleton(form()))
    fill_in(found)
    *way, last = data.draw(st.sampled_from(places(found)[1:]))
    piece = found
    for key in way:
        piece = piece[key]
    piece[last] = value
    written = json.dumps(found).encode()
    with suppress(BadFileError):
        said_in = answers.read_answers(written, form())
        read_index(json.loads(canonical_json(index_of(said_in.offer))))


@given(st.binary(max_size=200))
def test_any_bytes_are_told_to_be_no_answers(data):
    with pytest.raises(BadFileError):
        answers.read_answers(data, form())


def test_every_question_of_the_form_is_in_the_skeleton():
    found = json.loads(answers.skeleton(form()))
    assert [row["krav"] for row in found["krav"]] == ["K1", "K2", "K3"]
    assert {MUST, CRITERION, TERM} == {row.id for row in form().asks.requirements}
    assert answers.read_answers(answers.skeleton(form()), form()).files == ()


def test_it_starts_neither_django_nor_a_database(tmp_path):
    folder = filled(tmp_path)
    code = (
        "import sys; from rodatraden.cli import main; code = main(sys.argv[1:]);"
        "assert not {name for name in sys.modules if name.split('.')[0] in {'django', 'sqlite3', 'openpyxl', 'numpy'}};"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "seal", str(folder), "--out", str(tmp_path / "a.rtbid")],
        env=environment(RODATRADEN_DATA_DIR=str(tmp_path / "none")), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
