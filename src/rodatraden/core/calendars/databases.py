"""The notice databases that a buyer may hand its notices over to, with how well each row is founded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.calendars.rows import Country, RuleDataError, Status, data_text, read_tables

if TYPE_CHECKING:
    from datetime import date

REGISTER = "https://www.konkurrensverket.se/upphandling/registrerade-annonsdatabaser/annonsdatabasregistret/"
"""Where the Swedish register stands; which databases are registered is said there and nowhere else (lag 2019:668)."""


@dataclass(frozen=True, slots=True)
class NoticeDatabase:
    """A database in which notices are published; `url` is empty where its address is not known."""

    id: str
    country: Country
    name: str
    url: str
    paragraph: str
    source: str
    checked_on: date
    status: Status

    @property
    def is_verified(self) -> bool:
        """Whether somebody has read the source itself."""
        return self.status is Status.READ


def parse_databases(text: str, *, name: str) -> tuple[NoticeDatabase, ...]:
    """Return the notice databases of a data file, in its order.

    Raises:
        RuleDataError: a field is unknown or missing, a country or status is none, or a name stands twice.
    """
    fields = set(NoticeDatabase.__dataclass_fields__)
    found: list[NoticeDatabase] = []
    for entry in read_tables(text, table="database", known=fields, needed=fields - {"url"}, name=name):
        try:
            row = NoticeDatabase(**{**entry, "country": Country(entry["country"]), "status": Status(entry["status"])})
        except (TypeError, ValueError) as error:
            raise RuleDataError(f"{name}: {entry['id']}: {error}") from error
        if any(each.name == row.name for each in found):
            raise RuleDataError(f"{name}: {row.name} stands twice")
        found.append(row)
    return tuple(found)


NOTICE_DATABASES = parse_databases(data_text("notice_databases.toml"), name="notice_databases.toml")


def databases_in(country: Country) -> tuple[NoticeDatabase, ...]:
    """Return the notice databases of a country; none where no row is known, and then the name is written."""
    return tuple(each for each in NOTICE_DATABASES if each.country == country)
