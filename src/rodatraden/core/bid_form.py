"""What a tender asks of a bid, as plain values with one JSON form: what the pages, the command line and a browser fill in.

The form is made from the documents as they were published and is public. Who seals a bid on a machine of its own needs
nothing else of the server but the list of who holds the keys. It is read strictly: a form that was changed by hand or
on the way is no form.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical
from rodatraden.core.message import say
from rodatraden.core.paging import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.message import Message

FORMAT = "rodatraden-bid-form-1"
LONGEST = 4 * 1024 * 1024
"""Hundreds of requirements with all their text are some hundred kilobytes."""


class AskKind(StrEnum):
    """What a requirement does to a bid or a contract; the values are those of the documents."""

    MUST = "must"
    CRITERION = "criterion"
    TERM = "term"


class BidFormError(ValueError):
    """These bytes are no form; `field` says what in it is wrong, where that can be said."""

    def __init__(self, reason: Message, field: str = "") -> None:
        super().__init__(f"{field}: {reason}" if field else str(reason))
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A part of the bid that is answered by one or more files, of one of `kinds`; an annex binds both if the bid wins."""

    id: UUID
    number: int
    title: str
    description: str
    is_required: bool
    max_pages: int | None
    rejects_over_limit: bool
    is_annex: bool
    kinds: tuple[FileKind, ...]


@dataclass(frozen=True, slots=True)
class AskedRequirement:
    """A requirement, award criterion or special contract term; `label` is its short name in the documents (K3)."""

    id: UUID
    label: str
    kind: AskKind
    title: str
    text: str = ""
    question: str = ""
    level: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Asks:
    """What a bid must hold. `fixed_price` is what the documents fix, without VAT: no bid then states a price of its own.

    `names_people` tells whether the assignment is tied to named people.
    """

    items: tuple[AskedItem, ...]
    requirements: tuple[AskedRequirement, ...]
    fixed_price: Decimal | None
    names_people: bool

    @property
    def musts(self) -> tuple[AskedRequirement, ...]:
        """The requirements that every bid must meet."""
        return tuple(each for each in self.requirements if each.kind is AskKind.MUST)

    @property
    def terms(self) -> tuple[AskedRequirement, ...]:
        """The special contract terms, which a bid accepts as they are."""
        return tuple(each for each in self.requirements if each.kind is AskKind.TERM)


@dataclass(frozen=True, slots=True)
class BidForm:
    """The form of one tender: what is asked, by which version of the documents, and before which instant a bid must come.

    A price is per `price_unit` in `currency`, without VAT. `most_bytes` is what the files of a bid may be together: the
    documents don't say so, the server that takes bids does.
    """

    tender: UUID
    title: str
    deadline_at: datetime
    snapshot: int
    snapshot_sha256: str
    currency: str
    price_unit: str
    most_bytes: int
    asks: Asks

    def canonical(self) -> bytes:
        """Return the form as the bytes that are published."""
        return canonical_json(
            {
                "format": FORMAT,
                "tender": self.tender,
                "title": self.title,
                "deadline_at": self.deadline_at,
                "snapshot": {"number": self.snapshot, "sha256": self.snapshot_sha256},
                "currency": self.currency,
                "price_unit": self.price_unit,
                "most_bytes": self.most_bytes,
                "fixed_price": self.asks.fixed_price,
                "names_people": self.asks.names_people,
                "items": [_written(item) for item in self.asks.items],
                "requirements": [_written(row) for row in self.asks.requirements],
            }
        )


def read_bid_form(data: bytes) -> BidForm:
    """Return the form that its canonical bytes say.

    Raises:
        BidFormError: the bytes are no form.
    """
    if len(data) > LONGEST:
        raise BidFormError(say("This is no bid form."))
    try:
        found = read_canonical(data)
    except NotCanonicalError as error:
        raise BidFormError(error.reason, error.path) from error
    form = _form(found)
    if form.canonical() != data:
        raise BidFormError(say("This is no bid form."))
    return form


def _written(row: AskedItem | AskedRequirement) -> dict[str, object]:
    values = {each.name: getattr(row, each.name) for each in fields(row)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _form(value: object) -> BidForm:
    match value:
        case {
            "format": str(form),
            "tender": tender,
            "title": str(title),
            "deadline_at": deadline_at,
            "snapshot": {"number": int(number), "sha256": str(digest), **rest_of_snapshot},
            "currency": str(currency),
            "price_unit": str(price_unit),
            "most_bytes": int(most_bytes),
            "fixed_price": fixed_price,
            "names_people": bool(names_people),
            "items": list(items),
            "requirements": list(requirements),
            **rest,
        } if form == FORMAT and not rest and not rest_of_snapshot and type(number) is int and _is_size(most_bytes):
            asks = Asks(
                tuple(_item(row, f"$.items[{n}]") for n, row in enumerate(items)),
                tuple(_requirement(row, f"$.requirements[{n}]") for n, row in enumerate(requirements)),
                None if fixed_price is None else _amount(fixed_price, "$.fixed_price"),
                names_people,
            )
            _check_once([str(each.id) for each in asks.items] + [str(each.id) for each in asks.requirements], "id")
            _check_once([each.label for each in asks.requirements], "label")
            _check_once([str(each.number) for each in asks.items], "number")
            return BidForm(
                tender=_uuid(tender, "$.tender"),
                title=title,
                deadline_at=_instant(deadline_at, "$.deadline_at"),
                snapshot=number,
                snapshot_sha256=digest,
                currency=currency,
                price_unit=price_unit,
                most_bytes=most_bytes,
                asks=asks,
            )
    raise BidFormError(say("This is no bid form."))


def _is_size(value: int) -> bool:
    return type(value) is int and value >= 0


def _item(value: object, field: str) -> AskedItem:
    match value:
        case {
            "id": id_,
            "number": int(number),
            "title": str(title),
            "description": str(description),
            "is_required": bool(is_required),
            "max_pages": None | int() as max_pages,
            "rejects_over_limit": bool(rejects),
            "is_annex": bool(is_annex),
            "kinds": list(kinds),
            **rest,
        } if not rest and type(number) is int and (max_pages is None or (type(max_pages) is int and max_pages > 0)):
            return AskedItem(
                _uuid(id_, field),
                number,
                title,
                description,
                is_required,
                max_pages,
                rejects,
                is_annex,
                _kinds(kinds, field),
            )
    raise _wrong(field)


def _requirement(value: object, field: str) -> AskedRequirement:
    match value:
        case {"id": id_, "kind": str(kind), **texts} if set(texts) == {
            "label",
            "title",
            "text",
            "question",
            "level",
            "evidence",
        } and kind in set(AskKind):
            return AskedRequirement(id=_uuid(id_, field), kind=AskKind(kind), **_texts(texts, field))
    raise _wrong(field)


def _texts(texts: Mapping[Any, Any], field: str) -> dict[str, str]:
    if not all(isinstance(text, str) for text in texts.values()):
        raise _wrong(field)
    return dict(texts)


def _kinds(kinds: list[object], field: str) -> tuple[FileKind, ...]:
    try:
        found = tuple(FileKind(str(kind)) for kind in kinds)
    except ValueError as error:
        raise _wrong(field) from error
    if not found:
        raise _wrong(field)
    return found


def _uuid(value: object, field: str) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise _wrong(field) from error


def _instant(value: object, field: str) -> datetime:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _wrong(field) from error


def _amount(value: object, field: str) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise _wrong(field) from error
    if not amount.is_finite() or amount <= 0:
        raise _wrong(field)
    return amount


def _check_once(values: list[str], name: str) -> None:
    if len(set(values)) < len(values):
        raise BidFormError(say("This is no bid form."), name)


def _wrong(field: str) -> BidFormError:
    return BidFormError(say("This is no bid form."), field)
