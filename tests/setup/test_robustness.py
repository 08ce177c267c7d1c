"""`rodatraden robustness`: what it says of the worked example, its JSON, its options, and files that can't be used."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from rodatraden.cli import main
from rodatraden.core.evaluation import evaluate
from tests.core.evaluation.worked import CASES, read
from tests.setup.places import environment

if TYPE_CHECKING:
    from pathlib import Path

CASE = CASES / "27-assessors.json"


def told(capsys, *arguments: str, code: int = 0) -> str:
    assert main(["robustness", *arguments]) == code
    return capsys.readouterr().out.replace("\u00a0", " ")


def changed(folder: Path, **change: Any) -> str:
    value = json.loads(CASE.read_text(encoding="utf-8")) | change
    (folder / "case.json").write_text(json.dumps(value), encoding="utf-8")
    return str(folder / "case.json")


def test_the_worked_example_is_told_in_swedish(capsys) -> None:
    out = told(capsys, str(CASE))
    assert out.startswith(
        "Tre bedömares egna poäng bredvid konsensus\n\n"
        "Hur säkert utfallet är\n"
        "  Det här förklarar utfallet. Det ändrar aldrig tilldelningen.\n"
        "  Det som står här kan bli allmän handling när tilldelningen är beslutad.\n"
        "  Först: Mellanrum Samverkan AB\n"
    )
    assert out.count("Det ändrar aldrig tilldelningen.") == 1
    assert "    Hade varit först med ett pris under 940 kr\n" in out
    assert (
        "En poäng, ett steg\n"
        "  4 av 16 ändringar av en konsensuspoäng med ett steg ändrar förstaplatsen.\n"
        "    Metod för Lyckåstrand Process AB: 8 i stället för 7. Då hade Lyckåstrand Process AB varit först.\n"
    ) in out
    assert "    Utan cia. Då hade Lyckåstrand Process AB varit först.\n" in out
    assert "  Mellanrum Samverkan AB är först i 63 %.\n  Lyckåstrand Process AB är först i 37 %.\n" in out
    assert "    Hur samstämmiga de är går inte att avgöra med färre än 5 bedömare.\n" in out
    assert "    Utan Mellanrum Samverkan AB, tillbakadraget. Då hade Lyckåstrand Process AB varit först.\n" in out
    assert "  10 000 dragningar med startvärdet 20260316.\n" in out
    assert out.endswith("Räknat på nytt\n  Det som sparades ger det frysta utfallet igen, med samma fingeravtryck.\n")


def test_options_are_followed_and_said(capsys) -> None:
    out = told(capsys, str(CASE), "--joined", "median", "--seed", "7")
    assert "Räknat med medianen av bedömarnas egna poäng" in out
    assert "dragningar med startvärdet 7." in out
    with pytest.raises(SystemExit):
        main(["robustness", str(CASE), "--joined", "mode"])


def test_without_individual_scores_nothing_is_said_of_assessors(capsys) -> None:
    out = told(capsys, str(CASES / "seed-000.json"))
    assert "En poäng, ett steg" in out
    assert "bedömar" not in out.lower()


def test_lots_are_told_one_by_one_and_a_tie_as_a_tie(capsys) -> None:
    out = told(capsys, str(CASES / "25-lots.json"))
    assert [line for line in out.splitlines() if line in {"NORR", "MITT", "SYD"}] == ["NORR", "MITT", "SYD"]
    level = [path.stem for path in sorted(CASES.glob("*.json")) for lot in read(path.stem).lots if len(evaluate(lot.model, lot.bids).value.keys) > 1]  # fmt: skip
    for name in level[:1]:
        assert "Lika, så att ingen är först: " in told(capsys, str(CASES / f"{name}.json"))


def test_the_json_holds_figures_and_sentences(capsys) -> None:
    value = json.loads(told(capsys, str(CASE), "--json"))
    (lot,) = value["lots"]
    figures = lot["figures"]
    assert (value["format"], figures["value"]) == (1, ["mellanrum"])
    assert figures["resampled"]["value"]["alone"][0] == {
        "key": "mellanrum", "value": "17/27", "low": None, "high": None,
    }  # fmt: skip
    assert figures["single_changes"]["turns"][0] == {
        "bid": "lyckastrand", "criterion": "metod", "assessor": None, "score": "7", "other": "8", "first": ["lyckastrand"],
    }  # fmt: skip
    assert lot["explanation"]["removals"][0].startswith("0 av 10 borttagningar")
    assert json.loads(told(capsys, str(CASE), "--json")) == value


def test_many_turns_are_counted_and_the_rest_left_to_the_json(tmp_path, capsys) -> None:
    bids = [{"key": str(n), "price": "1000", "scores": {"metod": "8", "case": "8"}} for n in range(8)]
    out = told(capsys, changed(tmp_path, bids=bids, assessors={}, expected={"verdict": "tie", "first": []}))
    assert "  Ingen är ensam först, så det går inte att säga hur långt det var till förstaplatsen.\n" in out
    assert "Och 12 till, som --json räknar upp.\n" in out
    assert "Lika, så att ingen är först: 0, 1, 2" in out


def test_while_the_scoring_goes_on(tmp_path, capsys) -> None:
    case = json.loads(CASE.read_text(encoding="utf-8"))
    bids = [case["bids"][0], case["bids"][1] | {"scores": {"metod": "5"}}, case["bids"][3] | {"price": None}]
    name = changed(tmp_path, bids=bids)
    out = told(capsys, name, "--scoring")
    assert out.startswith("Tre bedömares egna poäng bredvid konsensus\n\nMedan poängsättningen pågår\n  2 av 3 anbud")
    assert (
        "  Lyckåstrand Process AB kan inte längre bli först: Mellanrum Samverkan AB är bättre med sin lägsta möjliga poäng "
        "än Lyckåstrand Process AB med sin högsta.\n"
        "    Inte poängsatt: Case\n    Poäng: 5 till 15\n    Värde: under spärren till 1 480\n"
    ) in out
    assert "Eketorp & Ström Coachning AB kan inte längre klara spärrarna.\n" in out
    (lot,) = json.loads(told(capsys, name, "--scoring", "--json"))["lots"]
    assert [each["can_be_first"] for each in lot["figures"]["value"]] == [False, False, True]


def test_an_individual_score_that_cannot_be_used_is_named_with_its_line(tmp_path, capsys) -> None:
    name = changed(tmp_path, assessors={"anna": {"mellanrum": {"metod": "11"}}})
    assert main(["robustness", name]) == 2
    said = capsys.readouterr().err
    assert "case.assessors.anna.mellanrum.metod, rad 1" in said
    assert "11" in said


def test_a_missing_score_is_an_error_unless_the_scoring_goes_on(tmp_path, capsys) -> None:
    case = json.loads(CASE.read_text(encoding="utf-8"))
    name = changed(tmp_path, bids=[case["bids"][0] | {"scores": {"metod": "9"}}])
    assert main(["robustness", name]) == 2
    assert "case.bids[0].scores.case" in capsys.readouterr().err
    assert told(capsys, name, "--scoring")


def test_it_starts_neither_django_nor_a_database(tmp_path) -> None:
    code = (
        "import sys; from rodatraden.cli import main; code = main(sys.argv[1:]);"
        "assert not {name for name in sys.modules if name.split('.')[0] in {'django', 'sqlite3', 'openpyxl'}}; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "robustness", str(CASE)],
        env=environment(RODATRADEN_DATA_DIR=str(tmp_path / "none")), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
