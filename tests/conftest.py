"""What every test stands on: a data folder of its own, and a database that can be reset.

The ledger refuses to be emptied, so tests with real commits (`fresh_database`, and `live` for journeys) are reset by
copying a template of the migrated, empty database over, never by flushing tables.
"""

from __future__ import annotations

import gc
import inspect
import os
import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from tests import repeated

# A busy machine is no fault of a property. Examples are new ones in each run: many runs try what one night does.
hypothesis_settings.register_profile("house", deadline=None, max_examples=40)
hypothesis_settings.register_profile("nightly", deadline=None, max_examples=100)
hypothesis_settings.load_profile("house")

# Thousands of models and templates live all through a run: to look through them at each collection is a tenth of its time.
gc.set_threshold(50_000, 20, 20)

SPEAK_TO_A_DATABASE = {"db", "fresh_database", "live", "shared_rows"}
WITH_REAL_COMMITS = {"fresh_database", "live"}
PAGES_FORMS_RULES_AND_PAPERS = re.compile(r"test_(views|forms|rules|documents|languages)|.*_(views|pages)\.py")
"""Files of tests about what Python makes of rows: of their statements nearly all are made by tests of verbs and reads too."""
TESTS = Path(__file__).parent
NOTES = pytest.StashKey[repeated.Notes]()
LONGEST_FILES = (
    "demo/test_loading.py",
    "security/test_before_its_time.py",
    "assessments/test_who_sees.py",
    "security/test_matrix.py",
    "publication/test_views_models.py",
    "contracts/test_languages.py",
    "demo/test_days.py",
)
"""Files of the rooms that take above 20 s each, the longest first; each runs in one process."""
OF_THE_DATABASE = {"IntegrityError", "DatabaseError", "ProgrammingError", "OperationalError"}


def pytest_addoption(parser):
    parser.addoption(
        "--nightly",
        action="store_true",
        help="look at every page in every width and colour scheme, try more examples of each property",
    )
    parser.addoption(
        "--part",
        default="1/1",
        metavar="K/N",
        help="of what --nightly counts in tests/faults the K-th of N parts: N runs, whenever they are made, are one night",
    )
    parser.addoption(
        "--database-only", action="store_true", help="leave out what need not be asked of a second database"
    )
    parser.addoption(
        "--note-statements", action="store_true", help="note what each test asks of the database, for --database-only"
    )


def pytest_configure(config):
    if config.getoption("--nightly"):
        hypothesis_settings.load_profile("nightly")
    if config.getoption("--note-statements"):
        process = os.environ.get("PYTEST_XDIST_WORKER")
        if process is None:
            repeated.forget()
        config.stash[NOTES] = repeated.Notes(repeated.place() / f"{process or 'one'}.json")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Note what a test asks of the database, where that is wanted."""
    with item.config.stash[NOTES].of(item.nodeid) if NOTES in item.config.stash else nullcontext():
        return (yield)


def pytest_sessionfinish(session):
    if NOTES in session.config.stash:
        session.config.stash[NOTES].write()


def pytest_collection_modifyitems(config, items):
    """Begin with the longest files; leave out, when asked to, what can't differ from one database to the next.

    CONTRIBUTING.md says what that is, and by which principle ("Which tests are repeated on PostgreSQL").
    """
    items.sort(key=how_late)  # files stay whole, and in their order
    if not config.getoption("--database-only"):
        return
    spoken = [item for item in items if speaks_to_a_database(item)]
    again = spoken if config.getoption("--nightly") else repeated_of(spoken, repeated.noted())
    names = {item.nodeid for item in again}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in names])
    items[:] = [item for item in items if item.nodeid in names]


def repeated_of(items, noted):
    """Return the tests to repeat: of those whose statements are noted, enough to make each again; the others all."""
    differ = [item for item in items if differs_by_engine(item)]
    always = {item.nodeid for item in differ if is_always_repeated(item) or item.nodeid not in noted}
    names = repeated.enough({item.nodeid: noted[item.nodeid] for item in differ if item.nodeid in noted}, always=always)
    return [item for item in differ if item.nodeid in names]


def how_late(item) -> int:
    """Return how late a test begins: two processes are done at the same time when what is left last is short."""
    place = item.path.relative_to(TESTS).as_posix()
    return LONGEST_FILES.index(place) if place in LONGEST_FILES else len(LONGEST_FILES)


def speaks_to_a_database(item) -> bool:
    return bool(item.get_closest_marker("django_db")) or not SPEAK_TO_A_DATABASE.isdisjoint(item.fixturenames)


def differs_by_engine(item) -> bool:
    """Whether a test asks something of the database; its own marker says so, else the file that it stands in."""
    if item.get_closest_marker("both_engines"):
        return True
    if item.get_closest_marker("one_engine") or PAGES_FORMS_RULES_AND_PAPERS.match(item.path.name):
        return False
    if is_always_repeated(item):
        return True
    names = inspect.unwrap(item.function).__code__.co_names
    is_refusal, counts_queries = "raises" in names, "queries" in item.name
    return not (is_refusal or counts_queries) and is_first_case(item)


def is_always_repeated(item) -> bool:
    """Whether a test asks what no statement shows: what is marked, real commits, what the database refuses."""
    if item.get_closest_marker("both_engines") or not WITH_REAL_COMMITS.isdisjoint(item.fixturenames):
        return True
    return not OF_THE_DATABASE.isdisjoint(inspect.unwrap(item.function).__code__.co_names)


def is_first_case(item) -> bool:
    """Whether a test is the first of those that ask the same of other values, or the only one."""
    return not hasattr(item, "callspec") or not any(item.callspec.indices.values())


@pytest.fixture(autouse=True)
def data_dir(tmp_path, settings):
    """Give each test a data folder of its own: files, keys, the demo's clock."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


@pytest.fixture(autouse=True)
def _no_memory_between_tests():
    """Forget the counts of sign-in attempts, so that no test locks the next one out."""
    from django.core.cache import cache  # noqa: PLC0415 -- Django is set up by now

    cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Keep SQLite's test database in a file, so that threads, a server among them, share it; one for each worker."""
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by now

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def template_database(django_test_environment, django_db_modify_db_settings, django_db_blocker, tmp_path_factory):
    """Give the migrated, empty database that this process's own is a copy of, and is reset from."""
    from tests import database  # noqa: PLC0415 -- Django is set up by now

    with django_db_blocker.unblock():
        return database.template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def django_db_setup(template_database, django_db_blocker):
    """Make the database for whichever tests are run: pytest-django makes none where only `fresh_database` asks for it."""
    from tests import database  # noqa: PLC0415 -- Django is set up by now

    with django_db_blocker.unblock(), database.copy(template_database), django_db_blocker.block():
        yield


@pytest.fixture(scope="module")
def shared_rows(django_db_setup, django_db_blocker):
    """Let the tests of a module share rows that are costly to make, such as a procurement all the way to its contract.

    What fixtures of the module write within it is undone after the module's last test; each test's own rows (`db`)
    nest in it and are undone as always.
    """
    from django.db import transaction  # noqa: PLC0415 -- Django is set up by now

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def fresh_database(django_db_setup, template_database, django_db_blocker):
    """Give a test the database with real commits, as it was after the migrations, and reset it afterwards.

    For what `django_db` can't show: several connections, what happens at a commit, a server.
    """
    from tests import database  # noqa: PLC0415 -- Django is set up by now

    with django_db_blocker.unblock():
        yield
        database.reset(template_database)


@pytest.fixture
def live(fresh_database, monkeypatch):
    """Serve the site, static files included, from a thread on the fresh database; the value is its address.

    pytest-django's own live server would empty all tables afterwards, which the ledger refuses.
    """
    from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: PLC0415 -- Django is set up by now
    from django.test.testcases import LiveServerThread  # noqa: PLC0415 -- Django is set up by now

    class KeptByBrowsers(StaticFilesHandler):
        """Static files as an installation serves them: a visitor fetches each once, not a dozen with every page."""

        def serve(self, request):
            response = super().serve(request)
            response.headers["Cache-Control"] = (
                "max-age=315360000, public, immutable"  # the clock of a test moves by years
            )
            return response

    # Playwright's synchronous interface runs an event loop in the test's own thread.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    server = LiveServerThread("localhost", KeptByBrowsers)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://{server.host}:{server.port}"
    server.terminate()
