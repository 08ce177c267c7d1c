"""What a bid says, as the index of its sealed package holds it: one form for the sealing and the opening.

The index is read back strictly: what a supplier's package holds is material from outside, and a wrong shape is told
apart from a damaged package. The price lies in a package of its own and is never part of this index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from rodatraden.core.canonical import NotCanonicalError, canonical_json

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = 1
"""The form of index and price; a package says which it follows."""
MOST_PAGES = 1_000_000
PROMISE_LENGTH = 300
"""The longest promise, in characters. Source: policy, so that a promise can become a contract term."""


class MalformedError(ValueError):
    """An index or a price does not have the shape that it says it has."""


class Part(StrEnum):
    """The parts of a bid that are filled in one at a time."""

    FILES = "files"
    REQUIREMENTS = "requirements"
    PEOPLE = "people"
    PRICE = "price"
    DECLARATION = "declaration"


class PartyRole(StrEnum):
    """What another company is in a bid."""

    CONSORTIUM = "consortium"
    RELIED_UPON = "relied_upon"
    SUBCONTRACTOR = "subcontractor"


class DeclarationHow(StrEnum):
    """How the self-declaration is given: not yet, filled in here, or as an ESPD file."""

    MISSING = ""
    HERE = "here"
    ESPD = "espd"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bid says of one must requirement; `is_met` is None until somebody has said yes or no."""

    is_met: bool | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PromiseText:
    """A promise in the supplier's own words, with the page of the bid that it stands on."""

    text: str
    page_reference: str = ""


@dataclass(frozen=True, slots=True)
class CvEntry:
    """One earlier assignment of a named person; both days count."""

    client: str
    starts_on: date
    ends_on: date
    description: str = ""


@dataclass(frozen=True, slots=True)
class CvPerson:
    """A person that the bid names for the assignment."""

    name: str
    entries: tuple[CvEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """Another company in the bid: a member of the consortium, one whose capacity is relied upon, or a subcontractor."""

    role: PartyRole
    name: str
    registration_number: str = ""
    does: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """The supplier's self-declaration (LOU 13 kap., 15 kap. 1 §): each answer None until somebody has given it."""

    how: DeclarationHow = DeclarationHow.MISSING
    no_crime: bool | None = None
    taxes_paid: bool | None = None
    no_other_ground: bool | None = None
    explanation: str = ""
    signatory: str = ""
    signatory_title: str = ""


@dataclass(frozen=True, slots=True)
class OfferFile:
    """A file of the bid: which item of the documents it answers (none: the ESPD), and what was counted from its bytes."""

    id: UUID
    item: UUID | None
    name: str
    media_type: str
    size: int
    sha256: str
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything a bid says.

    `accepted_price` is the fixed price of the documents that the bid accepts; it is published, so it is no secret of the
    bid and lies in the index. A bid has at most one of the two: its own price, or that one.
    """

    replies: Mapping[UUID, Reply] = field(default_factory=dict)
    promises: Mapping[UUID, PromiseText] = field(default_factory=dict)
    people: tuple[CvPerson, ...] = ()
    companies: tuple[Company, ...] = ()
    declaration: Declaration = field(default_factory=Declaration)
    files: tuple[OfferFile, ...] = ()
    accepts_terms: bool = False
    price: Decimal | None = None
    accepted_price: Decimal | None = None

    def files_of(self, item: UUID | None) -> tuple[OfferFile, ...]:
        """Return the files that answer one item of the documents; None names the ESPD."""
        return tuple(file for file in self.files if file.item == item)


def index_of(offer: Offer) -> dict[str, object]:
    """Return the index of the package: everything but the price of the bid's own."""
    declaration = offer.declaration
    accepted = {} if offer.accepted_price is None else {"accepted_price": str(offer.accepted_price)}
    return {
        "format": FORMAT,
        **accepted,
        "requirements": [
            {"requirement": str(key), "is_met": reply.is_met, "text": reply.text}
            for key, reply in sorted(offer.replies.items())
        ],
        "promises": [
            {"requirement": str(key), "text": promise.text, "page_reference": promise.page_reference}
            for key, promise in sorted(offer.promises.items())
        ],
        "people": [
            {
                "name": person.name,
                "assignments": [
                    {
                        "client": entry.client,
                        "starts_on": entry.starts_on.isoformat(),
                        "ends_on": entry.ends_on.isoformat(),
                        "description": entry.description,
                    }
                    for entry in person.entries
                ],
            }
            for person in offer.people
        ],
        "companies": [
            {
                "role": str(company.role),
                "name": company.name,
                "registration_number": company.registration_number,
                "does": company.does,
            }
            for company in offer.companies
        ],
        "declaration": {
            "how": str(declaration.how),
            "no_crime": declaration.no_crime,
            "taxes_paid": declaration.taxes_paid,
            "no_other_ground": declaration.no_other_ground,
            "explanation": declaration.explanation,
            "signatory": declaration.signatory,
            "signatory_title": declaration.signatory_title,
        },
        "files": [
            {
                "id": str(file.id),
                "item": str(file.item) if file.item else None,
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "pages": file.pages,
            }
            for file in offer.files
        ],
        "accepts_terms": offer.accepts_terms,
    }


def price_of(amount: Decimal | None, *, currency: str, unit: str) -> dict[str, object]:
    """Return the index of the price package; the amount is without VAT.

    Raises:
        MalformedError: there is no price; a bid without one is not complete.
    """
    if amount is None:
        raise MalformedError("no price")
    return {"format": FORMAT, "amount": amount, "currency": currency, "unit": unit}


def read_index(value: object) -> Offer:
    """Return the offer that an index holds, which says nothing of its own price.

    Raises:
        MalformedError: the value does not have the shape of an index.
    """
    index = _mapping(value)
    _check_format(index)
    accepted = index.get("accepted_price")
    return Offer(
        replies=_keyed(index, "requirements", lambda row: Reply(_yes_no(row, "is_met"), _text(row, "text"))),
        promises=_keyed(
            index, "promises", lambda row: PromiseText(_promise(row), _text(row, "page_reference", longest=60))
        ),
        people=_rows(index, "people", _person),
        companies=_rows(index, "companies", _company),
        declaration=_declaration(_mapping(index.get("declaration"))),
        files=_rows(index, "files", _file),
        accepts_terms=_yes_no(index, "accepts_terms") is True,
        accepted_price=None if accepted is None else _amount(accepted),
    )


def read_price(value: object) -> Decimal:
    """Return the price that a price package holds.

    Raises:
        MalformedError: it holds no price above zero with at most two decimals.
    """
    index = _mapping(value)
    _check_format(index)
    return _amount(index.get("amount"))


T = TypeVar("T")


def _check_format(index: Mapping[str, object]) -> None:
    if index.get("format") != FORMAT:
        raise MalformedError(f"format {index.get('format')!r}")


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise MalformedError(f"not an object: {type(value).__name__}")
    return value


def _list(index: Mapping[str, object], key: str) -> list[object]:
    value = index.get(key)
    if not isinstance(value, list):
        raise MalformedError(f"{key} is no list")
    return value


def _rows(index: Mapping[str, object], key: str, read: Callable[[Mapping[str, object]], T]) -> tuple[T, ...]:
    return tuple(read(_mapping(row)) for row in _list(index, key))


def _keyed(index: Mapping[str, object], key: str, read: Callable[[Mapping[str, object]], T]) -> dict[UUID, T]:
    rows = [_mapping(row) for row in _list(index, key)]
    return {_uuid(row.get("requirement")): read(row) for row in rows}


def _text(row: Mapping[str, object], key: str, *, longest: int | None = None) -> str:
    value = row.get(key)
    if not isinstance(value, str) or "\0" in value or (longest is not None and len(value) > longest):
        raise MalformedError(f"{key} is no text of its length")
    try:
        canonical_json(value)
    except NotCanonicalError as error:
        raise MalformedError(f"{key} is not Unicode") from error
    return value


def _promise(row: Mapping[str, object]) -> str:
    return _text(row, "text", longest=PROMISE_LENGTH)


def _yes_no(row: Mapping[str, object], key: str) -> bool | None:
    value = row.get(key)
    if value is not None and not isinstance(value, bool):
        raise MalformedError(f"{key} is neither yes nor no")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedError(f"{value!r} is no whole number")
    return value


def _pages(value: object) -> int:
    pages = _whole(value)
    if pages > MOST_PAGES:
        raise MalformedError("more pages than a file has")
    return pages


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise MalformedError(f"{value!r} is no UUID") from error


def _day(row: Mapping[str, object], key: str) -> date:
    try:
        return date.fromisoformat(_text(row, key))
    except ValueError as error:
        raise MalformedError(f"{key} is no day") from error


def _amount(value: object) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation as error:
        raise MalformedError("no amount") from error
    if not amount.is_finite() or amount <= 0 or amount >= 10**12 or amount != round(amount, 2):
        raise MalformedError("no amount above zero with at most two decimals")
    return amount


def _person(row: Mapping[str, object]) -> CvPerson:
    return CvPerson(_text(row, "name", longest=150), _rows(row, "assignments", _entry))


def _entry(row: Mapping[str, object]) -> CvEntry:
    starts_on, ends_on = _day(row, "starts_on"), _day(row, "ends_on")
    if ends_on < starts_on:
        raise MalformedError("an assignment ends before it begins")
    return CvEntry(_text(row, "client", longest=200), starts_on, ends_on, _text(row, "description"))


def _company(row: Mapping[str, object]) -> Company:
    try:
        role = PartyRole(_text(row, "role"))
    except ValueError as error:
        raise MalformedError("role is unknown") from error
    return Company(role, _text(row, "name"), _text(row, "registration_number"), _text(row, "does"))


def _declaration(row: Mapping[str, object]) -> Declaration:
    try:
        how = DeclarationHow(_text(row, "how"))
    except ValueError as error:
        raise MalformedError("how is unknown") from error
    return Declaration(
        how=how,
        no_crime=_yes_no(row, "no_crime"),
        taxes_paid=_yes_no(row, "taxes_paid"),
        no_other_ground=_yes_no(row, "no_other_ground"),
        explanation=_text(row, "explanation"),
        signatory=_text(row, "signatory"),
        signatory_title=_text(row, "signatory_title"),
    )


def _file(row: Mapping[str, object]) -> OfferFile:
    item, pages = row.get("item"), row.get("pages")
    return OfferFile(
        id=_uuid(row.get("id")),
        item=None if item is None else _uuid(item),
        name=_text(row, "name", longest=255),
        media_type=_text(row, "media_type", longest=100),
        size=_whole(row.get("size")),
        sha256=_text(row, "sha256", longest=64),
        pages=None if pages is None else _pages(pages),
    )
