"""What the server writes about itself: never what people sent (INV-01).

A bid's price that could not be read would otherwise stand in a log: as a field of the form, as a variable of a frame, or
in the words of an exception.
"""

from __future__ import annotations

import logging
import re
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.views.debug import SafeExceptionReporterFilter

from rodatraden.config.place import is_about_space

if TYPE_CHECKING:
    from types import TracebackType

    from django.http import HttpRequest


class NoContents(SafeExceptionReporterFilter):
    """Keeps the contents of forms, files, cookies and variables out of every error report, also while debugging."""

    def is_active(self, request: HttpRequest | None) -> bool:  # noqa: ARG002 -- Django's signature
        """Always."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return the names of the fields that were sent, each with nothing in it."""
        return dict.fromkeys(request.POST if request else (), self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: object) -> Any:  # noqa: ARG002
        """Return no variables at all: any of them can hold what was sent."""
        return []


A_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ByPage(logging.Filter):
    """Lets a line about an answer name its page in place of its address, which may name a procurement and who bids for it (INV-02).

    Where no page was looked up, since too many asked or there is none, the address stands without its keys.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return that the line is written, with no address of a page of ours in it."""
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        if request is not None and isinstance(record.args, tuple):
            path = request.path.encode("unicode_escape").decode("ascii")
            page = match.view_name if match else path
            told = (page if each in {path, request.path} else each for each in record.args)
            record.args = tuple(A_KEY.sub("…", each) if isinstance(each, str) else each for each in told)
        return True


STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class LogFormatter(logging.Formatter):
    """Writes where and as what something failed, without the words of the exception, which can quote what was sent.

    That the disk is full is told: it is what an operator can mend, and nothing that anybody sent.
    """

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 -- logging's
        """Return the instant in UTC, with its zone."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's name for it
        """Return the line with what steers a terminal or breaks a line written out: nobody writes lines of their own."""
        record.message = STEERING.sub(lambda sign: f"\\x{ord(sign[0]):02x}", record.message)
        return super().formatMessage(record)

    def formatException(  # noqa: N802 -- logging's name for it
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return the frames, from the outermost in, the kind of each exception in the chain, and whether the disk is full."""
        return "\n".join(self._told(ei[1])) if ei[1] else ""

    def _told(self, error: BaseException) -> list[str]:
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        before = [*self._told(cause), ""] if cause else []
        space = ["The disk is full."] if is_about_space(error) and not (cause and is_about_space(cause)) else []
        frames = "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
        return [*before, frames, f"{type(error).__module__}.{type(error).__qualname__}", *space]
