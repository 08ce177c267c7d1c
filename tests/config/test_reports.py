"""INV-01: neither log nor error report holds what people sent."""

from __future__ import annotations

import errno
import io
import logging
import sqlite3
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path
from django.utils.module_loading import import_string
from django.views.debug import ExceptionReporter
from django.views.decorators.csrf import csrf_exempt

from rodatraden.config.reports import LogFormatter, NoContents
from rodatraden.ui.policy import public

PRICE = "1140-KRONOR-HEMLIGT"


@public
@csrf_exempt
def fail(request):
    price = request.POST["price"]
    try:
        int(price)
    except ValueError as error:
        raise RuntimeError(f"no number: {price}") from error


urlpatterns = [path("fail/", fail), path("", include("rodatraden.config.urls"))]


@pytest.fixture
def written():
    """What the log of a server writes, with the formatter that settings name."""
    chosen = settings.LOGGING["formatters"]["plain"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(import_string(chosen["()"])(chosen["format"], style=chosen["style"]))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_inv_01_a_failing_view_writes_where_it_failed_and_nothing_that_was_sent(db, written):
    with override_settings(ROOT_URLCONF=__name__):
        answer = Client(raise_request_exception=False).post("/fail/", {"price": PRICE})
    assert answer.status_code == 500
    assert PRICE not in answer.text
    log = written.getvalue()
    assert "Internal Server Error: tests.config.test_reports.fail" in log
    assert "in fail" in log
    assert "builtins.ValueError" in log
    assert "builtins.RuntimeError" in log
    assert PRICE not in log


@pytest.mark.parametrize("form", ["get_traceback_text", "get_traceback_html"])
def test_inv_01_an_error_report_has_the_names_of_the_fields_only(form, settings):
    settings.DEBUG = True  # when Django itself would show all
    request = RequestFactory().post("/fail/", {"price": PRICE})
    hidden = PRICE  # noqa: F841 -- a variable of a frame
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        report = getattr(ExceptionReporter(request, *sys.exc_info()), form)()
    assert "price" in report
    assert PRICE not in report
    assert settings.DEFAULT_EXCEPTION_REPORTER_FILTER.endswith(NoContents.__name__)


def test_nobody_is_mailed_an_error_report():
    handlers = [*logging.getLogger("django").handlers, *logging.getLogger("django.request").handlers]
    assert not [h for h in handlers if "AdminEmailHandler" in type(h).__name__]


def test_a_message_without_an_exception_is_written_as_it_is():
    record = logging.LogRecord("django", logging.WARNING, __file__, 1, "Not Found: %s", ("/x/",), None)
    assert LogFormatter("{levelname} {message}", style="{").format(record) == "WARNING Not Found: /x/"


def test_inv_27_a_refused_code_of_a_request_for_documents_is_written_in_no_log(db, client, written):
    typed = "K7Q2-9XF3-0000-0000-0000-0000-0000"
    assert client.post("/begaran/", {"link_code": typed}).status_code == 422
    log = written.getvalue()
    assert "Unprocessable Entity: awards:request_code" in log
    assert "K7Q2" not in log


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        sqlite3.OperationalError("database or disk is full"),
        psycopg.errors.DiskFull("could not extend file"),
    ],
)
def test_that_the_disk_is_full_is_told_without_what_was_written(error):
    outer = OperationalError(PRICE)
    outer.__cause__ = error
    record = logging.LogRecord("django", 40, __file__, 1, "Failed", (), (OperationalError, outer, None))
    written = LogFormatter("{message}", style="{").format(record)
    assert written.count("The disk is full.") == 1
    assert PRICE not in written


def test_another_fault_of_the_database_is_not_taken_for_a_full_disk():
    error = OperationalError("database is locked")
    record = logging.LogRecord("django", 40, __file__, 1, "Failed", (), (OperationalError, error, None))
    assert "The disk is full." not in LogFormatter("{message}", style="{").format(record)
