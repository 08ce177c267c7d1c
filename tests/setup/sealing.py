"""A bid on a supplier's own machine: the folder with form, holders, answers and files, as `rodatraden seal` wants it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rodatraden.cli import main
from tests.core.forms import form
from tests.core.sealing.given import keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rodatraden.core.bid_form import BidForm

JPEG = b"\xff\xd8\xff" + bytes(1000) + b"\xff\xd9"


def folder_of(tmp_path: Path, *, asks: BidForm | None = None) -> Path:
    """A folder with every question, the list of holders and two files, and no answers."""
    (tmp_path / "mall.json").write_bytes((asks or form()).canonical())
    folder = tmp_path / "anbudet"
    assert main(["seal", str(folder), "--start", str(tmp_path / "mall.json")]) == 0
    (folder / "nyckelinnehavare.json").write_bytes(keys().holders.canonical())
    (folder / "cv.jpg").write_bytes(JPEG)
    (folder / "metod.jpg").write_bytes(JPEG + b"metod\xff\xd9")
    return folder


def answers_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "anbud.json").read_text(encoding="utf-8"))
    return found


def change(folder: Path, changing: Callable[[dict[str, Any]], object]) -> None:
    """Write the answers anew, after `changing` them."""
    found = answers_of(folder)
    changing(found)
    (folder / "anbud.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def fill_in(found: dict[str, Any]) -> None:
    """Answer all that must be answered."""
    found["delar"][0]["filer"] = ["cv.jpg"]
    found["delar"][1]["filer"] = ["metod.jpg"]
    found["krav"][0].update({"svar": "ja", "hur": "Se cv", "utfästelse": "Vi lovar.", "sida i anbudet": "s. 1"})
    found["särskilda kontraktsvillkor"]["svar"] = "ja"
    person = found["personer"]["svar"][0]
    person["namn"] = "Elin Hagström"
    person["uppdrag"][0].update({"uppdragsgivare": "Region Prov", "från": "2023-01-01", "till": "2025-06-30"})
    declaration = found["egen försäkran"]
    declaration.update({"lämnas": "här", "undertecknare": "Elin Hagström", "titel": "VD"})
    for statement in ("brott", "skatter", "andra grunder"):
        declaration[statement]["stämmer"] = "ja"
    found["pris"]["svar"] = "1 140,50 kr"


def filled(tmp_path: Path) -> Path:
    """A folder with a bid that lacks nothing."""
    folder = folder_of(tmp_path)
    change(folder, fill_in)
    return folder


def answer_all(folder: Path, written: Callable[[str], bytes]) -> None:
    """Answer all that the documents of the tests of rooms ask, each part by a file that `written` makes of its name."""

    def answer(found: dict[str, Any]) -> None:
        for part in found["delar"]:
            name = f"del-{part['nummer']}.pdf"
            (folder / name).write_bytes(written(part["namn"]))
            part["filer"] = [name]
        for requirement in found["krav"]:
            if "svar" in requirement:
                requirement["svar"] = "ja"
        if "särskilda kontraktsvillkor" in found:
            found["särskilda kontraktsvillkor"]["svar"] = "ja"
        person = found["personer"]["svar"][0]
        person["namn"] = "Elin Hagström"
        person["uppdrag"][0] |= {"uppdragsgivare": "Region Prov", "från": "2023-01-01", "till": "2025-06-30"}
        declared = found["egen försäkran"]
        declared |= {"lämnas": "här", "undertecknare": "Elin Hagström", "titel": "VD"}
        for statement in ("brott", "skatter", "andra grunder"):
            declared[statement]["stämmer"] = "ja"
        found["pris"]["svar"] = "1 140,50"

    change(folder, answer)
