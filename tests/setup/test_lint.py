"""`rodatraden lint`: what it says of seed 000, as JSON too, its exit codes, and files that can't be used."""

from __future__ import annotations

import json
import subprocess
import sys

from rodatraden.cli import main
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation import evaluate
from rodatraden.core.evaluation.bids import read_bid
from tests.core.evaluation.worked import CASES, read
from tests.setup.places import environment

WRITTEN, MENDED = CASES / "seed-000-as-written.json", CASES / "seed-000.json"


def test_seed_000_as_it_stands_is_told_with_paragraph_and_line(capsys) -> None:
    assert main(["lint", str(WRITTEN)]) == 1
    told = capsys.readouterr().out.replace("\u00a0", " ")
    assert told.startswith(
        "Processcoachning för systemisk samverkansutveckling (frö 000, som det är skrivet)\n\nFEL ”Samordn"
    )
    assert (
        "FEL Meriterande erfarenhet ska ge poäng, men har inga i modellen.\n"
        "  Så lagar du: Ge det ett kriterium med poäng, eller fråga efter det som skall-krav.\n"
        "  Stöd: LOU 16 kap. 1 och 6 §§\n"
        "  Var: case.documents.asked[1], rad 42 (scored_without_points)\n"
    ) in told
    assert (
        "TANKE Ett anbud med 12 poäng slår ett med 20 om det är mer än 800 billigare. Är det meningen?\n"
        "  Så lagar du: Visa det som en tabell i dokumenten, och ändra vad en poäng är värd om det inte är meningen.\n"
        "  Stöd: programmets eget val\n"
        "  Var: case.model.combination.per_point, rad 19 (trade_off)\n"
        "  Exempel: A är först: det är precis så mycket billigare.\n"
        "    1. A (2 139,99, 12 p) → 2 939,99 · 2. B (2 940, 20 p) → 2 940\n"
        "\n"
        "Fel: 2. Varningar: 11. Värt en tanke: 1.\n"
    ) in told


def test_without_errors_the_exit_code_is_0(capsys) -> None:
    assert main(["lint", str(MENDED)]) == 0
    assert capsys.readouterr().out.endswith("\nFel: 0. Varningar: 0. Värt en tanke: 1.\n")


def test_what_is_not_verified_says_so(tmp_path, capsys) -> None:
    case = json.loads((CASES / "24-price-lines-currency.json").read_text(encoding="utf-8"))
    case["documents"] = {"unbound_lines": ["utbildning"]}
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    assert main(["lint", str(tmp_path / "case.json")]) == 0
    assert "  Stöd: LOU 4 kap. 1 §; Kammarrätten i Sundsvall 2024 (inte kontrollerat)\n" in capsys.readouterr().out


def test_the_json_holds_examples_that_compute_again(capsys) -> None:
    assert main(["lint", str(WRITTEN), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [remark["code"] for remark in data["remarks"]][:2] == ["free_rejection", "scored_without_points"]
    shown = [remark for remark in data["remarks"] if remark["example"]]
    assert [remark["code"] for remark in shown] == ["tie_rule", "trade_off"]
    for remark in shown:
        for tried in remark["example"]["tried"]:
            outcome = evaluate(read("seed-000-as-written").lots[0].model, [read_bid(bid, "") for bid in tried["bids"]])
            assert canonical_hash(tried["outcome"]) == outcome.hash


def test_lots_a_gate_and_a_case_without_points_are_told(tmp_path, capsys) -> None:
    main(["lint", str(CASES / "25-lots.json")])
    told = capsys.readouterr().out
    assert "\nVARNING Norr: Inget sägs om lika anbud." in told
    assert "1. A (121) → 121" in told
    case = json.loads(MENDED.read_text(encoding="utf-8"))
    case["model"]["gates"] = [{"minimum": "18"}]
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    main(["lint", str(tmp_path / "case.json")])
    assert "Lyckåstrand Process AB (15 p): under spärren" in capsys.readouterr().out


def test_a_workbook_is_looked_at_too(tmp_path, capsys) -> None:
    main(["evaluate", str(WRITTEN), "--excel", str(tmp_path / "a.xlsx")])
    capsys.readouterr()
    assert main(["lint", str(tmp_path / "a.xlsx")]) == 1
    assert "  Var: case.documents.asked[1] (scored_without_points)\n" in capsys.readouterr().out


def test_a_bad_file_gives_2(tmp_path, capsys) -> None:
    (tmp_path / "case.json").write_text("{", encoding="utf-8")
    assert main(["lint", str(tmp_path / "case.json")]) == 2
    assert "är ingen räknefil som går att läsa." in capsys.readouterr().err


def test_it_starts_neither_django_nor_a_database(tmp_path) -> None:
    code = (
        "import sys; from rodatraden.cli import main; main(sys.argv[1:]);"
        "assert not {name for name in sys.modules if name.split('.')[0] in {'django', 'sqlite3', 'openpyxl'}}"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "lint", str(MENDED)],
        env=environment(RODATRADEN_DATA_DIR=str(tmp_path / "none")), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
