"""A migrated database of its own with the example in it, for the measures of pages."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

ROOT = Path(__file__).resolve().parents[1]
AS_OF = date(2026, 11, 2)


@contextmanager
def example() -> Iterator[None]:
    """Set Django up on a temporary data folder, migrate and load the example; everything is gone afterwards."""
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    with tempfile.TemporaryDirectory(prefix="rodatraden-bench-") as folder:
        os.environ.update(
            {
                "RODATRADEN_DATA_DIR": folder,
                "RODATRADEN_DEMO": "1",
                "DJANGO_SETTINGS_MODULE": "rodatraden.config.settings",
            }
        )
        import django  # noqa: PLC0415 -- settings read the folder made above

        django.setup()
        from django.conf import settings  # noqa: PLC0415 -- as above
        from django.core.management import call_command  # noqa: PLC0415 -- as above

        from rodatraden import demo  # noqa: PLC0415 -- as above

        settings.ROOT_URLCONF = "bench.urls"
        settings.ALLOWED_HOSTS = ["testserver"]
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        demo.load(AS_OF)
        yield


def signed_in(name: str | None) -> Client:
    """Return a client, signed in as the person of the example with that name; nobody when None."""
    from django.test import Client  # noqa: PLC0415 -- Django is set up by now

    from rodatraden.parties.models import Person  # noqa: PLC0415 -- as above

    client = Client()
    if name:
        person = Person.objects.get(name=name)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fetch(client: Client, path: str) -> None:
    """Fetch a page, which must answer 200.

    Raises:
        RuntimeError: it answered something else.
    """
    answer = client.get(path)
    if answer.status_code != 200:  # noqa: PLR2004 -- what a page answers
        raise RuntimeError(f"{path} answered {answer.status_code}")
    b"".join(answer) if answer.streaming else answer.content


def best_of(rounds: int, measures: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Return the best processor time of each measure in milliseconds; they take turns, so that all see the same machine."""
    best = dict.fromkeys(measures, float("inf"))
    for measure in measures.values():
        measure()
    for _ in range(rounds):
        for name, measure in measures.items():
            began = process_time()
            measure()
            best[name] = min(best[name], (process_time() - began) * 1000)
    return best
