"""./run: prepare everything that is missing, then start Röda tråden on this machine."""

from __future__ import annotations

import argparse
import os
import sys

from tools import bootstrap, trial


def parser() -> argparse.ArgumentParser:
    """Return what ./run understands, in Swedish."""
    reader = argparse.ArgumentParser(
        prog="./run",
        description="Startar Röda tråden på den här datorn, med ett exempel att gå igenom.",
        epilog="Uppgifterna ligger i mappen var/. En annan mapp anges med RODATRADEN_DATA_DIR.",
        add_help=False,
    )
    reader.add_argument("-h", "--help", action="help", help="visa den här texten")
    reader.add_argument("--port", metavar="N", help="port på localhost, annars 8000")
    way = reader.add_mutually_exclusive_group()
    way.add_argument("--empty", action="store_true", help="utan exempel: frågar efter er organisation och dig")
    way.add_argument("--check", action="store_true", help="prova allt i en tillfällig mapp, visa resultatet och sluta")
    return reader


def main(arguments: list[str]) -> int:
    """Prepare, then become the server, or try everything out."""
    options = parser().parse_args(arguments)
    try:
        bootstrap.prepare(dev=False)
    except bootstrap.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        return trial.run()
    become_server(options)
    return 0


def become_server(options: argparse.Namespace) -> None:
    """Replace this process by the server's, which gets Ctrl+C and the signals of a service manager directly."""
    command = [str(bootstrap.PYTHON), "-m", "rodatraden.cli", "start"]
    if options.port:
        command += ["--port", options.port]
    if options.empty:
        command += ["--empty"]
    os.execve(bootstrap.PYTHON, command, bootstrap.environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
