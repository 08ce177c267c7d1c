"""A case file from the disk, and what is said when it can't be read or computed: what, where, and how to mend it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rodatraden.cli.words import _, said
from rodatraden.core.evaluation import InputError, ModelError
from rodatraden.core.evaluation.case import Case, field_of, line_of, read_case

if TYPE_CHECKING:
    from collections.abc import Callable

BAD_FILE = 2
"""The exit code of a file that can't be used, the same as of a command that can't be understood."""


class BadFileError(Exception):
    """A file that can't be used; `lines` say why."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines)
        self.lines = lines


@dataclass(frozen=True, slots=True)
class File:
    """A case with the bytes that it was read from."""

    name: str
    data: bytes
    case: Case

    def fault(self, error: InputError) -> BadFileError:
        """Return what is said when the evaluation can't be computed."""
        field = field_of(self.case, error)
        source = [(_("Rule"), error.source)] if error.source else []
        return _bad(_("{file} can't be computed."), self.name, [
            *_place(self.data, field), *_value(error.value), (_("Fault"), said(error.reason)), *source,
        ])  # fmt: skip


def read(name: str) -> File:
    """Read a case file.

    Raises:
        BadFileError: there is no such file, or it holds no case.
    """
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError):
            reason = _("There is no such file.")
        elif isinstance(error, IsADirectoryError):
            reason = _("This is a folder.")
        raise BadFileError([_("{file} can't be read.").format(file=name), f"  {reason}"]) from error
    try:
        return File(name, data, read_case(data))
    except ModelError as error:
        value = [] if error.value == "None" else [(_("Value"), error.value)]
        place = _place(data, error.field)
        raise _bad(_("{file} is no case that can be read."), name, [*place, *value, (_("Fault"), said(error.reason))]) from error  # fmt: skip


def stopping(run: Callable[[], int]) -> int:
    """Return what `run` returns, or say on the error stream why the file can't be used."""
    try:
        return run()
    except BadFileError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return BAD_FILE


def _place(data: bytes, field: str) -> list[tuple[str, str]]:
    line = line_of(data, field)
    return [(_("Where"), field if line is None else _("{field}, line {line}").format(field=field, line=line))]


def _value(value: object) -> list[tuple[str, str]]:
    return [] if value is None else [(_("Value"), str(value))]


def _bad(what: str, name: str, said_of: list[tuple[str, str]]) -> BadFileError:
    more = [(_("Mend it"), _("Change the file and run the same command again. The format: docs/case-format.md"))]
    width = max(len(label) for label, _text in [*said_of, *more]) + 1
    return BadFileError(
        [what.format(file=name), *(f"  {label + ':':<{width}} {text}" for label, text in [*said_of, *more])]
    )
