"""The command `rodatraden`: what is not clicked.

Each subcommand is a module with `run(options) -> int`, imported only when it is asked for and Django is set up where
it is needed, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rodatraden.cli import ground
from rodatraden.cli.words import StopError, _, because_of_space
from rodatraden.config.place import OpenSecretError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 -- argparse has no other name for it

HIGHEST_PORT = 65535
FEWEST_TENDERS, MOST_TENDERS = 100, 10_000_000
HIGHEST_SEED = 2**53
WITHOUT_DJANGO = {"evaluate", "lint", "open", "robustness", "seal", "stress", "verify"}
"""Commands that need neither settings nor database."""


def parser() -> argparse.ArgumentParser:
    """Return what the command understands."""
    reader = argparse.ArgumentParser(prog="rodatraden", description=_("What is not clicked in Röda tråden."))
    commands = reader.add_subparsers(dest="command", required=True, metavar=_("COMMAND"))

    start = commands.add_parser("start", help=_("start the server on this machine"))
    start.add_argument("--port", type=port, default=8000, metavar="N", help=_("port on localhost, otherwise 8000"))
    start.add_argument(
        "--socket",
        type=Path,
        metavar=_("FILE"),
        help=_("listen on a unix socket instead, behind a proxy on this machine"),
    )
    start.add_argument(
        "--empty", action="store_true", help=_("without the example: asks for your organisation and you")
    )

    _add_guarding(commands)

    demo = commands.add_parser("demo", help=_("load the example into an empty database"))
    demo.add_argument(
        "--as-of", type=day, metavar=_("DATE"), help=_("the day that the example's dates follow, otherwise today")
    )

    evaluate = commands.add_parser("evaluate", help=_("compute a case file: who is first, and every step on the way"))
    evaluate.add_argument("case", metavar=_("FILE"), help=_("a case file, JSON or Excel (docs/case-format.md)"))
    evaluate.add_argument("--json", action="store_true", help=_("for machines, with what was put in and its hash"))
    evaluate.add_argument("--excel", metavar=_("NEW.xlsx"), help=_("write model, bids and result as a workbook"))
    evaluate.add_argument(
        "--case", dest="new_case", metavar=_("NEW.json"), help=_("write model and bids as a case file")
    )

    lint = commands.add_parser("lint", help=_("what law and sense say of a case file before it is published"))
    lint.add_argument("case", metavar=_("FILE"), help=_("a case file, JSON or Excel (docs/case-format.md)"))
    lint.add_argument("--json", action="store_true", help=_("for machines"))

    stress = commands.add_parser(
        "stress", help=_("how the model of a case file behaves in thousands of made-up tenders")
    )
    stress.add_argument("case", metavar=_("FILE"), help=_("a case file, JSON or Excel (docs/case-format.md)"))
    stress.add_argument(
        "--tenders", type=tenders, default=10_000, metavar="N", help=_("how many to make up, otherwise 10,000")
    )
    stress.add_argument(
        "--seed", type=seed, default=20260316, metavar="S", help=_("the start value, otherwise 20260316")
    )
    stress.add_argument(
        "--market", metavar=_("FILE"), help=_("assumptions on the bids and the budget (docs/rules/stress.md)")
    )
    stress.add_argument("--json", action="store_true", help=_("for machines"))

    robustness = commands.add_parser("robustness", help=_("how firm the outcome of a case file is"))
    robustness.add_argument("case", metavar=_("FILE"), help=_("a case file, JSON or Excel (docs/case-format.md)"))
    robustness.add_argument(
        "--joined",
        choices=("mean", "median"),
        default="mean",
        help=_("how the assessors' own scores are joined where they are counted, otherwise mean"),
    )
    robustness.add_argument(
        "--seed", type=seed, default=20260316, metavar="S", help=_("the start value, otherwise 20260316")
    )
    robustness.add_argument(
        "--scoring", action="store_true", help=_("while scores are missing: which bids can't be first any more")
    )
    robustness.add_argument("--json", action="store_true", help=_("for machines"))

    _add_sealing(commands)

    verify = commands.add_parser(
        "verify", help=_("check receipts, sealed bids, proofs and an exported event log, without network")
    )
    verify.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar=_("FILE"),
        help=_("receipt, sealed bid (.rtbid), proof (JSON) or log (JSONL)"),
    )
    verify.add_argument("--key", metavar=_("KEY"), help=_("the public key, from the page about the log"))
    log = commands.add_parser("log", help=_("write the event log to a file, for whoever is to check it"))
    log.add_argument("file", type=Path, metavar=_("NEW.jsonl"), help=_("the file to write"))
    log.add_argument(
        "--with-bodies", action="store_true", help=_("with who, when and what, for an auditor who may read it")
    )

    backup = commands.add_parser("backup", help=_("copy the database and all files to a new folder, while people work"))
    backup.add_argument("folder", type=Path, metavar=_("NEW FOLDER"), help=_("the folder to make"))
    backup.add_argument(
        "--keys", type=Path, metavar=_("NEW FOLDER"), help=_("copy the keys too, to a folder to be kept apart")
    )
    restore = commands.add_parser(
        "restore", help=_("put a backup back into an empty installation, and check all of it")
    )
    restore.add_argument("folder", type=Path, metavar=_("FOLDER"), help=_("the backup"))
    restore.add_argument("--keys", type=Path, metavar=_("FOLDER"), help=_("the keys, kept apart"))
    restore.add_argument(
        "--receipts", type=Path, nargs="+", default=[], metavar=_("FILE"), help=_("receipts that must have their entry")
    )

    _add_tasks(commands)
    commands.add_parser("manage", help=_("run one of Django's own commands"), add_help=False)
    return reader


def _add_tasks(commands: Commands) -> None:
    commands.add_parser("send-mail", help=_("send the messages that lie in the outbox"))
    commands.add_parser("sweep", help=_("put aside files that nothing refers to; work does so by itself"))
    work = commands.add_parser("work", help=_("run the long tests that have been asked for; start does so by itself"))
    work.add_argument("--once", action="store_true", help=_("end when nothing waits"))
    work.add_argument("--beside", type=int, help=argparse.SUPPRESS)  # the process of the server that it ends with
    work.add_argument("--try-stamp", metavar="URL", help=argparse.SUPPRESS)  # where that server is reached


def _add_guarding(commands: Commands) -> None:
    commands.add_parser("check", help=_("check settings, database and event log"))
    sign_out = commands.add_parser("sign-out", help=_("end the sessions of one person, or of everybody"))
    sign_out.add_argument("address", nargs="?", metavar=_("ADDRESS"), help=_("the person's e-mail address"))
    sign_out.add_argument("--everybody", action="store_true", help=_("end all sessions"))


def _add_sealing(commands: Commands) -> None:
    seal = commands.add_parser("seal", help=_("fill in and seal a bid on this machine, without browser or network"))
    seal.add_argument(
        "folder", type=Path, metavar=_("FOLDER"), help=_("the folder with anbud.json and the bid's files")
    )
    seal.add_argument(
        "--start",
        type=Path,
        metavar=_("FORM.json"),
        help=_("make the folder's anbud.json, with every question of the form"),
    )
    seal.add_argument(
        "--form", type=Path, metavar=_("FILE"), help=_("the bid form, otherwise anbudsmall.json in the folder")
    )
    seal.add_argument(
        "--holders",
        type=Path,
        metavar=_("FILE"),
        help=_("the list of who holds the keys, otherwise nyckelinnehavare.json in the folder"),
    )
    seal.add_argument("--out", type=Path, metavar=_("NEW.rtbid"), help=_("the sealed bid to write"))
    seal.add_argument(
        "--keep", type=Path, metavar=_("NEW-KEY.txt"), help=_("make a key by which you can open your own copy")
    )
    seal.add_argument("--yes", action="store_true", help=_("don't ask about what does not stop the bid"))

    opens = commands.add_parser("open", help=_("read your own sealed bid again, or unlock as one who holds a key"))
    opens.add_argument("bundle", type=Path, nargs="?", metavar=_("BID.rtbid"), help=_("your own sealed bid"))
    opens.add_argument("--key", type=Path, required=True, metavar=_("KEY.txt"), help=_("the file with the key"))
    opens.add_argument("--into", type=Path, metavar=_("NEW FOLDER"), help=_("the folder to make, with all of the bid"))
    opens.add_argument(
        "--wraps", type=Path, metavar=_("FILE"), help=_("the sheet that the page of the opening hands out")
    )
    opens.add_argument("--out", type=Path, metavar=_("NEW FILE"), help=_("with --wraps: the sheet to hand in there"))


def port(text: str) -> int:
    """Return `text` as the number of a port."""
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(_("{text} is no port number, which is from 1 to 65535").format(text=text))
    return int(text)


def tenders(text: str) -> int:
    """Return `text` as a number of tenders to make up."""
    return _whole(text, FEWEST_TENDERS, MOST_TENDERS)


def seed(text: str) -> int:
    """Return `text` as a start value."""
    return _whole(text, 0, HIGHEST_SEED)


def _whole(text: str, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not lowest <= int(text) <= highest:
        message = _("{text} is no whole number from {lowest} to {highest}")
        raise argparse.ArgumentTypeError(message.format(text=text, lowest=lowest, highest=highest))
    return int(text)


def day(text: str) -> date:
    """Return `text` as a day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = _("{text} is no day, write it as 2027-02-28").format(text=text)
        raise argparse.ArgumentTypeError(message) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code; what a person can mend is said in a sentence, never as a trace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rodatraden.config.settings")
    options, rest = parser().parse_known_args(arguments)
    if rest and options.command != "manage":
        parser().error(_("unknown: {arguments}").format(arguments=" ".join(rest)))
    options.rest = rest
    try:
        if options.command == "start":
            ground.prepare_to_serve(options.port)
        if options.command in {"start", "demo"}:
            options.is_new = ground.require_mode(empty=getattr(options, "empty", False))
        if options.command not in WITHOUT_DJANGO:
            import_module("django").setup()
        return int(import_module(f"rodatraden.cli.{options.command.replace('-', '_')}").run(options))
    except StopError as error:
        message = str(error)
    except OpenSecretError as error:
        words = _("Other users of this machine can read the secrets: {names}. Run chmod.")
        message = words.format(names=error.path.name)
    except Exception as error:
        full = because_of_space(error)
        if full is None:
            raise
        message = full
    print(message, file=sys.stderr)
    return 1
