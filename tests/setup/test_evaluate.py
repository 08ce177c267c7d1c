"""`rodatraden evaluate`: every published case, what it says, its JSON computed again, and files that can't be used."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.cli import main
from rodatraden.cli.evaluate import as_json
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation import evaluate, read_inputs
from rodatraden.core.evaluation.case import read_case
from rodatraden.core.evaluation.lots import evaluate_lots
from tests.core.evaluation.worked import CASES
from tests.setup.places import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = sorted(CASES.glob("*.json"))
SEED = CASES / "seed-000.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_published_case_gives_what_it_expects(path: Path, capsys) -> None:
    assert main(["evaluate", str(path)]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.splitlines()[0] == json.loads(path.read_text(encoding="utf-8"))["title"]
    assert told.out.splitlines()[-1] == "Utfallet är det som filen väntar sig."


def test_it_starts_neither_django_nor_a_database(tmp_path) -> None:
    code = (
        "import sys; from rodatraden.cli import main; code = main(sys.argv[1:]);"
        "assert not {name for name in sys.modules if name.split('.')[0] in {'django', 'sqlite3', 'openpyxl'}}; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "evaluate", str(SEED)],
        env=environment(RODATRADEN_DATA_DIR=str(tmp_path / "none")), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "none").exists()


def test_the_seed_is_told_so_that_a_pocket_calculator_is_enough(capsys) -> None:
    main(["evaluate", str(SEED)])
    told = capsys.readouterr().out.replace("\u00a0", " ")
    assert (
        "  Plats          Anbud                         Poäng  Jämfört pris  Värde\n"
        "  1              Mellanrum Samverkan AB           17         1 140  1 440\n"
        "  2              Lyckåstrand Process AB           15         1 000  1 500\n"
        "  3              Nordvala Utveckling HB           14           960  1 560\n"
        "  under spärren  Eketorp & Ström Coachning AB     11             –      –\n"
        "\n"
        "1. Mellanrum Samverkan AB\n"
        "    Metod: 9 av 10                 = 9 p\n"
        "    Case: 8 av 10                  = 8 p\n"
        "    Poäng: 9 + 8                   = 17 p\n"
        "    Spärren: 17 är minst 12\n"
        "    Timpris i anbudet              = 1 140 kr\n"
        "    Påslag: (20 − 17) × 100 kr     = 300 kr\n"
        "    Utvärderingspris: 1 140 + 300  = 1 440 kr\n"
        "    Plats 1\n" in told
    )


def test_a_number_that_no_decimals_hold_is_exact_and_what_a_calculator_shows(capsys) -> None:
    main(["evaluate", str(CASES / "14-corridor.json")])
    assert "Poäng ÷ pris: 17 ÷ 1 140  = 17/1140 ≈ 0,014912" in capsys.readouterr().out.replace("\u00a0", " ")


def test_another_currency_is_named(tmp_path, capsys) -> None:
    case = json.loads(SEED.read_text(encoding="utf-8"))
    case["model"]["price"]["currency"] = "NOK"
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    main(["evaluate", str(tmp_path / "case.json")])
    assert "= 1 140 NOK\n" in capsys.readouterr().out.replace("\u00a0", " ")


def test_lots_are_told_one_after_the_other_with_who_is_passed_over(capsys) -> None:
    main(["evaluate", str(CASES / "25-lots.json")])
    told = capsys.readouterr().out
    assert (
        told.index("\nNORR\n") < told.index("\nMITT\n") < told.index("Först av dem som fortfarande kan vinna: Anbud B.")
    )


def test_what_a_bid_would_have_needed_is_told_and_is_enough(tmp_path, capsys) -> None:
    main(["evaluate", str(SEED)])
    told = capsys.readouterr().out.replace("\u00a0", " ")
    assert (
        "    Plats 2\n"
        "    Hade varit först med ett pris under 940 kr\n"
        "    Hade varit först med 16 poäng sammanlagt\n"
        "    Hade varit först med 8 på Metod\n"
        "    Hade varit först med 9 på Case\n"
    ) in told
    assert told.count("Hade varit först med ett pris") == 2
    for change, first in (
        ({"price": "939.99"}, "lyckastrand"), ({"price": "940"}, "mellanrum"),
        ({"scores": {"metod": "8", "case": "8"}}, "lyckastrand"),
    ):  # fmt: skip
        main(["evaluate", changed(tmp_path, lambda case, change=change: case["bids"][1].update(change)), "--json"])
        (lot,) = json.loads(capsys.readouterr().out)["lots"]
        assert lot["winner"] == first
    main(["evaluate", str(SEED), "--json"])
    (lot,) = json.loads(capsys.readouterr().out)["lots"]
    assert lot["margins"]["lyckastrand"] == {
        "behind": "60", "price": "940", "wins_when_equal": False, "points": "16",
        "points_told": "smallest", "scores": {"case": "9", "metod": "8"},
    }  # fmt: skip


def test_a_price_that_is_enough_when_equal_is_told_so(tmp_path, capsys) -> None:
    by_price = changed(tmp_path, lambda case: case["model"].update(tie_rule="lower_price"))
    main(["evaluate", by_price])
    assert "Hade varit först med ett pris på högst 940 kr\n" in capsys.readouterr().out.replace("\u00a0", " ")


# As JSON


def again(data: dict[str, Any]) -> None:
    """Compute every lot from what was stored and compare the hashes."""
    for lot in data["lots"]:
        outcome = evaluate(*read_inputs(lot["inputs"]))
        assert (outcome.inputs_hash, outcome.hash) == (lot["inputs_hash"], lot["outcome_hash"])
        assert canonical_hash(lot["inputs"]) == lot["inputs_hash"]
        assert canonical_hash(lot["outcome"]) == lot["outcome_hash"]
        for result in lot["outcome"]["results"]:
            assert len(result["steps"]) == len(lot["explanation"]["bids"][result["key"]]["steps"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_json_of_every_case_computes_again_to_the_same_hash(path: Path, capsys) -> None:
    assert main(["evaluate", str(path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["is_as_expected"] is True
    again(data)


@settings(max_examples=60)
@given(
    st.sampled_from(["seed-000", "01-lowest-price", "07-proportional", "13-ratio", "06-absolute-linear"]),
    st.lists(st.tuples(st.decimals(1, 3000, places=2), st.integers(0, 10), st.integers(0, 10)), max_size=6),
)
def test_the_json_of_any_bids_computes_again_to_the_same_hash(name: str, rows: list[Any]) -> None:
    case = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    keys = [each["key"] for each in case["model"]["criteria"]]
    case["bids"] = [
        {"key": f"b{n}", "price": f"{price:f}", "scores": dict(zip(keys, map(str, scores), strict=False))}
        for n, (price, *scores) in enumerate(rows)
    ]
    del case["expected"]
    read = read_case(json.dumps(case).encode())
    data = as_json(read, evaluate_lots(read.lots))
    assert data["is_as_expected"] is None
    again(json.loads(json.dumps(data)))


def test_the_json_holds_every_value_of_every_bid(capsys) -> None:
    main(["evaluate", str(SEED), "--json"])
    (lot,) = json.loads(capsys.readouterr().out)["lots"]
    first, *_others, last = lot["outcome"]["results"]
    assert lot["winner"] == "mellanrum"
    assert (lot["outcome"]["verdict"], lot["outcome"]["first"]) == ("first", ["mellanrum"])
    assert {key: first[key] for key in ("key", "status", "points", "price", "value", "place")} == {
        "key": "mellanrum", "status": "ranked", "points": "17", "price": "1140", "value": "1440", "place": 1,
    }  # fmt: skip
    assert [each["value"] for each in first["steps"]] == ["9", "8", "17", None, "1140", "300", "1440", None]
    assert (last["status"], last["value"], last["place"]) == ("below_gate", None, None)
    assert lot["explanation"]["bids"]["eketorp"]["reason"] == "11 poäng är under spärren 12."
    assert lot["explanation"]["model"][-1] == "Av lika anbud går det med fler poäng först."


def test_a_tie_has_no_winner(tmp_path, capsys) -> None:
    main(["evaluate", str(CASES / "06-clipped.json"), "--json"])
    (lot,) = json.loads(capsys.readouterr().out)["lots"]
    assert (lot["winner"], lot["outcome"]["verdict"], lot["outcome"]["first"]) == (None, "tie", ["A", "B"])


# What is not as expected, and what can't be used


def changed(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> str:
    case = json.loads(SEED.read_text(encoding="utf-8"))
    change(case)
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case, ensure_ascii=False, indent=2), encoding="utf-8")
    return str(path)


def test_another_outcome_than_expected_is_told_and_gives_1(tmp_path, capsys) -> None:
    name = changed(tmp_path, lambda case: case["bids"][2].update(price="500"))
    assert main(["evaluate", name]) == 1
    assert capsys.readouterr().out.endswith(
        "UTFALLET ÄR INTE DET SOM FILEN VÄNTAR SIG:\n"
        "  mellanrum väntades först, men det blev nordvala.\n"
        "  mellanrum, place: 1 väntades, men det blev 2.\n"
        "  lyckastrand, place: 2 väntades, men det blev 3.\n"
        "  nordvala, value: 1560 väntades, men det blev 1100.\n"
        "  nordvala, place: 3 väntades, men det blev 1.\n"
    )
    assert main(["evaluate", name, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["is_as_expected"] is False
    assert data["lots"][0]["differences"][0] == "mellanrum väntades först, men det blev nordvala."


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            lambda case: case["bids"][1].update(price="1e3"),
            [
                "{file} är ingen räknefil som går att läsa.",
                "  Var:         case.bids[1].price, rad 53",
                "  Värde:       '1e3'",
                "  Fel:         Det här måste vara ett helt utskrivet tal.",
            ],
        ),
        (
            lambda case: case["bids"][1]["scores"].pop("case"),
            [
                "{file} går inte att räkna.",
                "  Var:         case.bids[1].scores.case, rad 54",
                "  Fel:         Lyckåstrand Process AB saknar poäng på Case.",
            ],
        ),
        (
            lambda case: case["model"]["gates"][0].update(minimum="22"),
            [
                "{file} går inte att räkna.",
                "  Var:         case.model.gates[0], rad 34",
                "  Fel:         Inget anbud kan klara spärren 22: kriterierna ger högst 20 poäng.",
                "  Stöd:        C-546/16 Montte",
            ],
        ),
        (
            lambda case: case["bids"][3].update(price="-790", scores={"metod": "9", "case": "9"}),
            [
                "{file} går inte att räkna.",
                "  Var:         case.bids[3].price, rad 71",
                "  Värde:       -790",
                "  Fel:         Priset från Eketorp & Ström Coachning AB är −790. Ett pris måste vara mer än 0.",
                "  Stöd:        HFD 2023 ref. 7",
            ],
        ),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_where_and_why_and_gives_2(
    change: Callable[[dict[str, Any]], object], lines: list[str], tmp_path, capsys
) -> None:
    name = changed(tmp_path, change)
    assert main(["evaluate", name]) == 2
    told = capsys.readouterr()
    mend = "  Så lagar du: Ändra i filen och kör samma kommando igen. Formen beskrivs i docs/case-format.md"
    assert (told.out, told.err.replace("\u00a0", " ").splitlines()) == (
        "",
        [*(line.format(file=name) for line in lines), mend],
    )


def test_a_file_that_is_not_there_and_a_folder_are_told(tmp_path, capsys) -> None:
    assert main(["evaluate", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err == f"{tmp_path}/none.json går inte att läsa.\n  Det finns ingen sådan fil.\n"
    assert main(["evaluate", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} går inte att läsa.\n  Det här är en mapp.\n"


# Excel


def filled(path: Path, **cells: object) -> str:
    """Change cells on the sheet with the bids."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book["Anbud"][place] = value
    book.save(path)
    return str(path)


def test_the_way_to_excel_and_back_gives_the_same_fingerprints(tmp_path, capsys) -> None:
    book, again_json = tmp_path / "a.xlsx", tmp_path / "a.json"
    assert main(["evaluate", str(SEED), "--excel", str(book)]) == 0
    first = capsys.readouterr().out
    assert main(["evaluate", str(book), "--case", str(again_json)]) == 0
    second = capsys.readouterr().out
    assert second == f"Läst ur arbetsboken, antal anbud: 4.\n\n{first}"
    assert main(["evaluate", str(again_json)]) == 0
    assert capsys.readouterr().out == first


def test_what_was_typed_is_told_as_it_was_read(tmp_path, capsys) -> None:
    path = tmp_path / "a.xlsx"
    main(["evaluate", str(SEED), "--excel", str(path)])
    capsys.readouterr()
    assert main(["evaluate", filled(path, C7="1\u00a0000,00 kr")]) == 0
    assert (
        capsys.readouterr()
        .out.replace("\u00a0", " ")
        .startswith(
            "Läst ur arbetsboken, antal anbud: 4.\n  blad Anbud, rad 7, kolumn C: ”1 000,00 kr” lästes som 1 000.\n\n"
        )
    )


def test_faults_in_a_workbook_are_told_by_sheet_row_and_column(tmp_path, capsys) -> None:
    path = tmp_path / "a.xlsx"
    main(["evaluate", str(SEED), "--excel", str(path)])
    capsys.readouterr()
    assert main(["evaluate", filled(path, C7="1e3", D8="=1+1", A9=None)]) == 2
    assert capsys.readouterr().err == (
        f"{path} lästes inte. Antal fel: 3. Laga dem i arbetsboken och kör samma kommando igen.\n"
        "  blad Anbud, rad 7, kolumn C: ”1e3” Skriv ut 1e3 helt, utan e.\n"
        "  blad Anbud, rad 8, kolumn D: ”=1+1” Det här är en formel. Kopiera cellen och klistra in den som värde, så att "
        "det som räknas syns.\n"
        "  blad Anbud, rad 9, kolumn A: Anbudsgivarens korta namn saknas.\n"
    )
    assert main(["evaluate", filled(path, C7=1000, D8=None, A9="eketorp")]) == 2
    assert "  Var:         blad Anbud, rad 8, kolumn D\n" in capsys.readouterr().err


def test_a_file_that_is_there_already_is_left_alone(tmp_path, capsys) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"mine")
    assert main(["evaluate", str(SEED), "--excel", str(tmp_path / "a.xlsx")]) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path}/a.xlsx går inte att skriva.\n  Filen finns redan. Välj ett annat namn.\n"
    )
    assert (tmp_path / "a.xlsx").read_bytes() == b"mine"


def test_a_zip_that_is_no_workbook_is_told(tmp_path, capsys) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04")
    assert main(["evaluate", str(tmp_path / "a.xlsx")]) == 2
    assert "Filen är ingen Excelbok (.xlsx)." in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    command = f"{sys.executable} -m rodatraden.cli evaluate {CASES}/16-life-cycle-cost.json | head -1"
    done = subprocess.run(["/bin/sh", "-c", command], env=environment(), capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("Livscykelkostnad, 5 år och 4 %\n", "")
