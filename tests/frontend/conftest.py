"""The programs of frontend/sealing, asked by Python: bundled as they are for browsers, and run by Node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tools import frontend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ASK = """
import { readFileSync } from "node:fs";
import { answer } from "./corpus.mjs";
const told = [];
for (const each of JSON.parse(readFileSync(process.argv[2], "utf8"))) told.push(await answer(each));
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="session")
def ask(tmp_path_factory) -> Callable[[str, Sequence[Any]], list[Any]]:
    """Ask one question about many things: `ask("amount", ["1 050,50"])`."""
    folder = tmp_path_factory.mktemp("corpus")
    program = folder / "corpus.mjs"
    how = ("--bundle", "--format=esm", "--target=es2022", "--loader:.txt=text", f"--outfile={program}")
    made = frontend._node("esbuild/bin/esbuild", str(frontend.PROGRAMS / "corpus.ts"), *how)
    assert made.returncode == 0, made.stderr
    runner = folder / "ask.mjs"
    runner.write_text(ASK, encoding="utf-8")

    def asked(name: str, about: Sequence[Any]) -> list[Any]:
        questions = folder / "questions.json"
        questions.write_text(json.dumps([[name, each] for each in about]), encoding="utf-8")
        told = frontend._node(str(runner), str(questions))
        assert told.returncode == 0, told.stderr
        answers: list[Any] = json.loads(told.stdout)
        return answers

    return asked
