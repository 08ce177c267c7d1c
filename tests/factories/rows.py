"""More rows like one that the verbs have made, for what is counted by rows: thirty of them cost a test no thirty stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

from django.db.models import Model

if TYPE_CHECKING:
    from typing import Any

T = TypeVar("T", bound=Model)


def copy_of(row: T, **changed: Any) -> T:
    """Write one more row like this one, with a key of its own, and return it."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    key = row._meta.pk.attname
    values[key] = uuid4() if isinstance(values[key], UUID) else None
    more = type(row)(**values)
    for name, value in changed.items():
        setattr(more, name, value)
    more.save(force_insert=True)
    return more
