"""System checks: an address without a declared policy stops the build, and a log without its guards is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import Error, Warning  # noqa: A004 -- Django's name for it
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from rodatraden.records.models import LedgerEntry
from rodatraden.records.queries import missing_triggers
from rodatraden.records.scanner import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any


def addresses(
    patterns: Iterable[URLPattern | URLResolver], prefix: str = "", namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield every address below `patterns`: its route, its name with namespaces, and its view."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from addresses(pattern.url_patterns, route, inner)
        else:
            yield route, ":".join([*namespaces, pattern.name or ""]), pattern.callback


def policy_faults(patterns: Iterable[URLPattern | URLResolver]) -> list[str]:
    """List the addresses whose views declare no policy."""
    return [
        f"/{route} has no policy: decorate its view with one of rodatraden.ui.policy"
        for route, _, view in addresses(patterns)
        if getattr(view, "policy", None) is None
    ]


def every_address_has_a_policy(**_: object) -> list[Error]:
    """Every address says who may come to it at all, in the open or not at all."""
    return [Error(fault, id="rodatraden.E001") for fault in policy_faults(get_resolver().url_patterns)]


def the_scanner_is_on_this_machine(**_: object) -> list[Error]:
    """What is named as a virus scanner is one that files can be sent to: on this machine, since they are sent as they are."""
    if not settings.SCANNER:
        return []
    try:
        parse(settings.SCANNER)
    except ValueError as fault:
        return [Error(f"RODATRADEN_SCANNER: {fault}", id="rodatraden.E002")]
    return []


def a_scanner_is_set(**_: object) -> list[Warning]:
    """Files that others send are scanned (OWASP ASVS 5.4.3); asked for where the program is set up to be used."""
    if settings.SCANNER:
        return []
    return [
        Warning(
            "Files that others send are not scanned for viruses: no scanner is set",
            hint="Install clamav-daemon and set RODATRADEN_SCANNER to its socket; see docs/security.md.",
            id="rodatraden.W002",
        )
    ]


def the_log_is_append_only(*, databases: Sequence[str] | None = None, **_: object) -> list[Warning]:
    """The triggers that refuse to alter the log are in place (INV-32).

    A warning and no error, since the command that restores them, `migrate`, is stopped by errors.
    """
    if not databases or LedgerEntry._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001
        return []
    return [
        Warning(
            f"The log can be altered: the trigger {name} is missing",
            hint="Find out who took it away, check the log with `rodatraden check`, then run `rodatraden manage migrate`.",
            id="rodatraden.W001",
        )
        for name in missing_triggers()
    ]
