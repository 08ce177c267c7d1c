"""`rodatraden stress`: what it says of seed 000 and of a model with faults, as JSON too, its exit codes and bad files."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from rodatraden.cli import FEWEST_TENDERS, MOST_TENDERS, main
from rodatraden.core.canonical import canonical_hash
from tests.core.evaluation.worked import CASES
from tests.setup.places import environment

MENDED, CLIPPED, MIN_MAX = (CASES / f"{name}.json" for name in ("seed-000", "06-clipped", "09-min-max"))
FEW = ("--tenders", "500")


def told(capsys) -> str:
    return str(capsys.readouterr().out).replace("\u00a0", " ")


def test_seed_000_is_told_with_assumptions_and_figures(capsys) -> None:
    assert main(["stress", str(MENDED)]) == 0
    text = told(capsys)
    assert text.startswith("Processcoachning för systemisk samverkansutveckling (frö 000, lagad)\n\nAntaganden\n")
    assert "10 000 upphandlingar hittades på, med startvärdet 20260316." in text
    assert "Det kan inte hända: i den här modellen beror ordningen mellan två anbud bara på de två." in text
    assert "  100 kr i mitten, från 100 kr till 100 kr i nio fall av tio\n" in text
    assert "  100: 100 % (99,9–100) (annonserad)\n" in text


def test_price_without_effect_is_told_with_bids_and_stops(capsys) -> None:
    assert main(["stress", str(CLIPPED), *FEW]) == 1
    text = told(capsys)
    assert "!! Lägre pris lönar sig inte" in text
    assert "(HFD 2022 ref. 41)\n     Exempel:\n" in text


def test_the_json_can_be_made_again_from_what_it_states(capsys, tmp_path) -> None:
    assert main(["stress", str(MIN_MAX), *FEW, "--seed", "7", "--json"]) == 1
    (lot,) = json.loads(capsys.readouterr().out)["lots"]
    report = lot["report"]
    assert (report["seed"], report["tenders"], report["dropped"]["of"] <= 500) == (7, 500, True)
    assumed = tmp_path / "market.json"
    assumed.write_text(json.dumps({"market": report["market"]}), encoding="utf-8")
    again = ["--market", str(assumed), "--tenders", str(report["tenders"]), "--seed", str(report["seed"]), "--json"]
    assert main(["stress", str(MIN_MAX), *again]) == 1
    assert json.loads(capsys.readouterr().out)["lots"] == [lot]
    assert len(lot["hash"]) == len(canonical_hash({}))


def test_the_budget_of_the_file_is_told(capsys, tmp_path) -> None:
    assumed = tmp_path / "market.json"
    assumed.write_text('{"budget": {"ceiling": "3000000", "volume": "3000"}}', encoding="utf-8")
    assert main(["stress", str(MENDED), *FEW, "--market", str(assumed)]) == 0
    text = told(capsys)
    assert "  över taket i " in text
    assert "  taket räcker till " in text


def test_each_lot_is_tested(capsys) -> None:
    assert main(["stress", str(CASES / "25-lots.json"), *FEW]) == 0
    assert told(capsys).count("Så ofta inträffar det") == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "innehåller ingen marknad som går att läsa"),
        ('{"market": {"kind": "guess", "price": "1"}}', "market.kind: Det ska vara något av parametric, typed."),
        ('{"market": {"kind": "parametric", "price": "-1"}}', "market.price: "),
        ('{"budget": {"ceiling": "1e3"}}', "budget.ceiling: "),
        ('{"bud": {}}', "bud"),
    ],
)
def test_a_market_that_can_not_be_read_is_told_by_field(content: str, said: str, capsys, tmp_path) -> None:
    assumed = tmp_path / "market.json"
    assumed.write_text(content, encoding="utf-8")
    assert main(["stress", str(MENDED), "--market", str(assumed)]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_and_a_model_that_can_not_be_used(capsys, tmp_path) -> None:
    assert main(["stress", str(MENDED), "--market", str(tmp_path / "none.json")]) == 2
    assert "none.json går inte att läsa" in capsys.readouterr().err
    case = json.loads(MENDED.read_text(encoding="utf-8"))
    case["model"]["gates"] = [{"minimum": "21"}]
    case.pop("expected")
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    assert main(["stress", str(tmp_path / "case.json")]) == 2
    assert "case.json kan inte prövas." in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["99", str(MOST_TENDERS + 1), "1e4", "tio", "\uff11\uff10\uff10\uff10"])
def test_a_number_of_tenders_that_is_none_is_refused(wrong: str, capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["stress", str(MENDED), "--tenders", wrong])
    assert stopped.value.code == 2
    assert f"{wrong} är inget heltal från {FEWEST_TENDERS} till {MOST_TENDERS}" in capsys.readouterr().err


def test_it_starts_neither_django_nor_a_database_and_only_it_starts_numpy(tmp_path) -> None:
    code = (
        "import sys; from rodatraden.cli import main; main(sys.argv[2:]);"
        "found = {name.split('.')[0] for name in sys.modules} & {'django', 'sqlite3', 'openpyxl', 'numpy'};"
        "assert ','.join(sorted(found)) == sys.argv[1], found"
    )
    for command, loaded in ((("evaluate", str(MENDED)), ""), (("stress", str(MENDED), *FEW), "numpy")):
        done = subprocess.run(
            [sys.executable, "-c", code, loaded, *command],
            env=environment(RODATRADEN_DATA_DIR=str(tmp_path / "none")), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
