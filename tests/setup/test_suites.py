"""./test: what is counted, what is skipped and when that fails, and that a failure stops nothing."""

from __future__ import annotations

import pytest

from tools import suites
from tools.suites import Result, Step

PYTEST = Step("tests", ("pytest", "tests"))
LINT = Step("lint", ("ruff", "check"))


def _counts(passed=0, failed=0, skipped=0):
    return {"passed": passed, "failed": failed, "skipped": skipped}


@pytest.mark.parametrize(
    ("step", "last_line", "code", "counts"),
    [
        (PYTEST, "12 passed in 0.3s", 0, _counts(passed=12)),
        (PYTEST, "2 failed, 12 passed, 3 skipped in 0.3s", 1, _counts(12, 2, 3)),
        (PYTEST, "1 failed, 2 errors in 0.3s", 1, _counts(failed=3)),
        (PYTEST, "4 passed, 1 xfailed, 2 deselected in 1s", 0, _counts(passed=5)),
        (PYTEST, "no tests ran in 0.01s", 5, _counts(failed=1)),
        (PYTEST, "ERROR: file or directory not found: tests", 4, _counts(failed=1)),
        (PYTEST, "12 passed in 0.3s", -11, _counts(passed=12, failed=1)),
        (LINT, "All checks passed!", 0, _counts(passed=1)),
        (LINT, "Found 7 errors.", 1, _counts(failed=1)),
    ],
)
def test_counts(step, last_line, code, counts):
    assert suites.tally(step, ["noise 99 failed\n", last_line], code) == counts


def test_a_step_that_says_nothing_is_counted():
    assert suites.tally(PYTEST, [], 1) == _counts(failed=1)
    assert suites.tally(LINT, [], 0) == _counts(passed=1)


def test_the_table_ends_with_one_line_for_all():
    results = [Result(PYTEST, 2.5, _counts(10, 1, 2), code=1), Result(LINT, 0.5, _counts(passed=1))]
    assert list(suites.table(results, 2.7)) == [
        "Step   State    Passed  Failed  Skipped  Seconds",
        "tests  FAILED       10       1        2      2.5",
        "lint   ok            1       0        0      0.5",
        "                                             2.7",
        "11 passed, 1 failed, 2 skipped",
    ]
    assert list(suites.table([results[1]], 0.5))[-1] == "1 passed, 0 failed"


def test_a_failure_stops_nothing_and_is_seen(capfd):
    steps = [
        Step("bad", ("python", "-c", "print('one'); raise SystemExit(3)")),
        Step("absent", ("no-such-program",)),
        Step("good", ("python", "-c", "print('two')")),
    ]
    results = suites.run(steps, lacking={}, strict=False)
    assert [(result.word, result.code) for result in results] == [("FAILED", 3), ("FAILED", 1), ("ok", 0)]
    shown = capfd.readouterr().out
    assert "== bad\none\n" in shown
    assert "== good\ntwo\n" in shown


@pytest.mark.parametrize(
    ("strict", "word", "code", "counts"),
    [(False, "SKIPPED", 0, _counts(skipped=1)), (True, "FAILED", 1, _counts(failed=1))],
)
def test_what_cannot_run_here_is_said_and_fails_where_all_must_run(strict, word, code, counts, capsys):
    step = Step("journeys", ("pytest", "tests/journeys"), needs=("Chromium",))
    lacking = {"Chromium": "/usr/bin/chromium is missing"}
    [result] = suites.run([step], lacking=lacking, strict=strict)
    assert (result.word, result.code, result.counts) == (word, code, counts)
    assert "== journeys: SKIPPED, /usr/bin/chromium is missing" in capsys.readouterr().out


def test_a_missing_browser_database_scanner_and_proxy_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(suites.browser, "PROGRAMS", (tmp_path / "chromium",))
    monkeypatch.setattr(suites.postgres, "programs", lambda: None)
    monkeypatch.setattr(suites.clamd, "program", lambda: None)
    monkeypatch.setattr(suites.nginx, "program", lambda: None)
    assert set(suites.missing()) == {"Chromium", "PostgreSQL", "ClamAV", "nginx"}


def test_a_folder_without_tests_fails(tmp_path):
    [result] = suites.run([Step("empty", ("pytest", str(tmp_path)))], lacking={}, strict=False)
    assert (result.word, result.counts) == ("FAILED", _counts(failed=1))


def test_steps_see_nothing_of_the_callers_own_installation(monkeypatch, tmp_path, capfd):
    for name in ("RODATRADEN_DATABASE_URL", "RODATRADEN_DEMO", *suites.NOT_FROM_THE_CALLER):
        monkeypatch.setenv(name, "the caller's")
    show = "import os; print(sorted(name for name in os.environ if name.startswith(('RODA', 'DJANGO', 'PYTHOND'))))"
    suites.run([Step("show", ("python", "-c", show))], lacking={}, strict=False)
    assert "\n['RODATRADEN_DATA_DIR']\n" in capfd.readouterr().out


def test_two_that_leave_a_core_run_at_once_and_are_shown_in_order(tmp_path, capfd):
    """The first ends only when the second has begun."""
    waits = "import pathlib, sys, time\nwhile not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.01)\nprint('first')"
    begins = "import pathlib, sys\npathlib.Path(sys.argv[1]).touch()\nprint('second')"
    steps = [
        Step(name, ("python", "-c", code, str(tmp_path / "begun"))) for name, code in (("a", waits), ("b", begins))
    ]
    assert [result.step.name for result in suites.run(steps, lacking={}, strict=False)] == ["a", "b"]
    assert capfd.readouterr().out == "\n== a\nfirst\n\n== b\nsecond\n"


def test_every_suite_is_explained():
    assert suites.MEANINGS.keys() == suites.SUITES.keys()


def test_the_long_form_is_asked_of_pytest_alone():
    for step in (step for steps in suites.SUITES.values() for step in steps):
        assert ("--nightly" in suites.in_full(step).command) == step.is_pytest


def test_without_words_everything_is_run_in_its_short_form():
    options = suites.parser().parse_args([])
    assert (options.suites, options.nightly) == ([], False)


def test_of_the_attacks_alone_a_night_can_be_parted(capsys):
    for step in (step for steps in suites.SUITES.values() for step in steps):
        assert (suites.in_full(step, "3/17").command[-2:] == ("--part", "3/17")) == (suites.FAULTS in step.command)
    for said in ("0/3", "4/3", "3"):
        with pytest.raises(SystemExit):
            suites.main(["faults", "--nightly", "--part", said])
        assert "en del skrivs K/N" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        suites.main(["faults", "--part", "3/17"])
    assert caught.value.code == 2
    assert "--part delar den långa formen: skriv --nightly också" in capsys.readouterr().err


def test_an_unknown_suite_is_refused_with_those_that_exist(capsys):
    with pytest.raises(SystemExit) as caught:
        suites.main(["quik"])
    assert caught.value.code == 2
    assert "det finns ingen del som heter quik; delarna är quick, types, " in capsys.readouterr().err


def test_every_folder_of_tests_is_in_a_suite():
    """A folder is either named in a step or left to the rooms, which take all that is not named."""
    named = {argument for steps in suites.SUITES.values() for step in steps for argument in step.command}
    others = (suites.JOURNEYS, suites.FAULTS, suites.SCANNER, suites.PROXY)
    own = {suites.HOUSE, suites.CORE, *others, *suites.SETUP}
    assert {"tests", *own} <= named
    assert {argument.removeprefix("--ignore=") for argument in suites.OUTSIDE_ROOMS} == own


def test_a_postgresql_that_does_not_start_fails_its_step_only(tmp_path, monkeypatch, capsys):
    """Its message is shown; here the folder of its programs is empty."""
    monkeypatch.setattr(suites.postgres, "programs", lambda: tmp_path)
    steps = [Step("rooms", ("python", "-c", ""), needs=("PostgreSQL",)), Step("good", ("python", "-c", ""))]
    assert [result.word for result in suites.run(steps, lacking={}, strict=True)] == ["FAILED", "ok"]
    assert "initdb" in capsys.readouterr().out


@pytest.mark.skipif(suites.postgres.programs() is None, reason="no PostgreSQL server is installed")
def test_one_postgresql_serves_the_steps_beside_each_other_and_those_that_follow():
    ask = "import os, psycopg; psycopg.connect(os.environ['RODATRADEN_DATABASE_URL']).close()"
    steps = [
        Step("beside others", ("python", "-c", ask), ("PostgreSQL",)),
        Step("afterwards", ("python", "-c", ask, "-n"), ("PostgreSQL",)),
    ]
    assert [result.word for result in suites.run(steps, lacking={}, strict=True)] == ["ok", "ok"]


def test_the_longest_of_those_that_run_two_at_a_time_are_steps_that_begin_first():
    light = [step for steps in suites.SUITES.values() for step in steps if step.is_light]
    assert set(suites.LONGEST) <= {step.name for step in light}
    assert [step.name for step in sorted(light, key=suites._how_late)][: len(suites.LONGEST)] == list(suites.LONGEST)
