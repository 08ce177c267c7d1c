"""./run: prepare everything that is missing, then start Röda tråden on this machine."""

from __future__ import annotations

import argparse
import os
import sys

from tools import bootstrap, trial

HIGHEST_PORT = 65535


def parser() -> argparse.ArgumentParser:
    """Return what ./run understands, in Swedish."""
    reader = argparse.ArgumentParser(
        prog="./run",
        description="Startar Röda tråden på den här datorn, med ett exempel att gå igenom.",
        epilog="Uppgifterna ligger i mappen var/. En annan mapp anges med RODATRADEN_DATA_DIR.",
        add_help=False,
    )
    reader.add_argument("-h", "--help", action="help", help="visa den här texten")
    reader.add_argument("--port", type=port, default=8000, metavar="N", help="port på localhost, annars 8000")
    way = reader.add_mutually_exclusive_group()
    way.add_argument("--empty", action="store_true", help="utan exempel: frågar efter er organisation och dig")
    way.add_argument("--check", action="store_true", help="prova allt i en tillfällig mapp, visa resultatet och sluta")
    return reader


def port(text: str) -> int:
    """Return `text` as the number of a port that an ordinary user may open."""
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text} är inget portnummer, det ska vara ett tal från 1 till {HIGHEST_PORT}")
    return int(text)


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
    become_server(options.port, empty=options.empty)
    return 0


def become_server(port: int, *, empty: bool) -> None:
    """Replace this process by the server's, which gets Ctrl+C and the signals of a service manager directly."""
    command = [str(bootstrap.PYTHON), "-m", "rodatraden.cli", "start", "--port", str(port)]
    os.execve(bootstrap.PYTHON, [*command, *(["--empty"] if empty else [])], bootstrap.environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
