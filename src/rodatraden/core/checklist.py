"""The checklist of a bid: what is done, what is missing, and what does not stop the bid but should be known.

One rule for the pages, the command line and whoever else lets a bid be handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rodatraden.core.message import Amount, Message, say
from rodatraden.core.offer import DeclarationHow, Part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from rodatraden.core.bid_form import AskedItem, Asks
    from rodatraden.core.offer import Declaration, Offer


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist: `no` stops the bid, `warning` asks, `yes` is done; `waiting` may be left out."""

    part: Part
    state: Literal["yes", "no", "warning", "waiting"]
    text: Message


def checklist(asks: Asks, offer: Offer) -> tuple[Point, ...]:
    """Return the points of a bid, in the order of its parts."""
    return (
        *(point for item in asks.items for point in _file(item, offer)),
        *_requirements(asks, offer),
        *_people(asks, offer),
        *_price(asks.fixed_price, offer),
        *_declaration(offer.declaration, has_espd=bool(offer.files_of(None))),
    )


def missing(asks: Asks, offer: Offer) -> tuple[Point, ...]:
    """Return exactly what must be mended before the bid can be handed in."""
    return tuple(point for point in checklist(asks, offer) if point.state == "no")


def warnings(asks: Asks, offer: Offer) -> tuple[Point, ...]:
    """Return what does not stop the bid, but what the supplier should decide on knowingly."""
    return tuple(point for point in checklist(asks, offer) if point.state == "warning")


def _file(item: AskedItem, offer: Offer) -> Iterator[Point]:
    files = offer.files_of(item.id)
    if not files:
        if item.is_required:
            yield Point(Part.FILES, "no", say("Upload {item}.", item=item.title))
        else:
            yield Point(Part.FILES, "waiting", say("{item} may be left out.", item=item.title))
        return
    pages = sum(file.pages or 0 for file in files)
    if item.max_pages is not None and pages > item.max_pages:
        if item.rejects_over_limit:
            text = say(
                "{item} has {pages} pages, at most {most} are allowed. The documents say that a longer one is rejected. "
                "Shorten it.",
                item=item.title,
                pages=pages,
                most=item.max_pages,
            )
            yield Point(Part.FILES, "no", text)
        else:
            text = say(
                "{item} has {pages} pages, at most {most} are read.", item=item.title, pages=pages, most=item.max_pages
            )
            yield Point(Part.FILES, "warning", text)
    elif item.max_pages is not None and any(file.pages is None for file in files):
        yield Point(
            Part.FILES,
            "warning",
            say(
                "The pages of {item} cannot be counted. At most {most} are read; upload a PDF to be sure.",
                item=item.title,
                most=item.max_pages,
            ),
        )
    else:
        yield Point(Part.FILES, "yes", say("{item} is uploaded.", item=item.title))


def _requirements(asks: Asks, offer: Offer) -> Iterator[Point]:
    for must in asks.musts:
        reply = offer.replies.get(must.id)
        if reply is None or reply.is_met is None:
            yield Point(
                Part.REQUIREMENTS,
                "no",
                say("Answer whether you meet {label} {title}.", label=must.label, title=must.title),
            )
        elif not reply.is_met:
            yield Point(
                Part.REQUIREMENTS,
                "warning",
                say(
                    "You say that you do not meet {label} {title}. Such a bid is rejected.",
                    label=must.label,
                    title=must.title,
                ),
            )
        else:
            yield Point(Part.REQUIREMENTS, "yes", say("You meet {label} {title}.", label=must.label, title=must.title))
    if asks.terms:
        if offer.accepts_terms:
            yield Point(Part.REQUIREMENTS, "yes", say("You accept the special contract terms."))
        else:
            yield Point(Part.REQUIREMENTS, "no", say("Accept the special contract terms."))
    if not offer.promises:
        yield Point(Part.REQUIREMENTS, "waiting", say("You have not written any promise. A promise may be left out."))


def _people(asks: Asks, offer: Offer) -> Iterator[Point]:
    if offer.people:
        yield Point(Part.PEOPLE, "yes", say("You have named {names}.", names=", ".join(p.name for p in offer.people)))
        for person in offer.people:
            if not person.entries:
                yield Point(
                    Part.PEOPLE, "warning", say("{name} has no earlier assignments in the CV.", name=person.name)
                )
    elif asks.names_people:
        yield Point(Part.PEOPLE, "no", say("Name who does the work."))
    else:
        yield Point(Part.PEOPLE, "waiting", say("You have not named anybody. The documents do not ask for it."))


def _price(fixed: Decimal | None, offer: Offer) -> Iterator[Point]:
    accepted = offer.accepted_price
    if fixed is not None:
        if accepted is None:
            yield Point(Part.PRICE, "no", say("Accept the fixed price of {price} kr.", price=Amount(fixed)))
        elif accepted != fixed:
            yield Point(
                Part.PRICE,
                "no",
                say(
                    "The fixed price has changed from {old} kr to {new} kr. Accept the new one.",
                    old=Amount(accepted),
                    new=Amount(fixed),
                ),
            )
        else:
            yield Point(Part.PRICE, "yes", say("You accept the fixed price of {price} kr.", price=Amount(fixed)))
    elif offer.price is None:
        yield Point(Part.PRICE, "no", say("Fill in the price."))
    else:
        yield Point(Part.PRICE, "yes", say("The price is {price} kr.", price=Amount(offer.price)))


def _declaration(declaration: Declaration, *, has_espd: bool) -> Iterator[Point]:
    grounds = (declaration.no_crime, declaration.taxes_paid, declaration.no_other_ground)
    if declaration.how is DeclarationHow.ESPD:
        if has_espd:
            yield Point(Part.DECLARATION, "yes", say("The ESPD is uploaded."))
        else:
            yield Point(Part.DECLARATION, "no", say("Upload the ESPD, or fill in the self-declaration here."))
    elif declaration.how is DeclarationHow.MISSING or None in grounds or not declaration.signatory.strip():
        yield Point(Part.DECLARATION, "no", say("Fill in the self-declaration."))
    elif not all(grounds):
        if declaration.explanation.strip():
            yield Point(
                Part.DECLARATION,
                "warning",
                say("You state a ground for exclusion. The buyer asks you about it before anything is decided."),
            )
        else:
            yield Point(
                Part.DECLARATION, "no", say("Explain the ground for exclusion and what you have done about it.")
            )
    else:
        yield Point(Part.DECLARATION, "yes", say("The self-declaration is filled in."))
