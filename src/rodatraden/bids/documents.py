"""The list that is drawn up when the bids are opened: what was opened, when and by whom, from the protocol of the opening."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, ngettext

from rodatraden.core.canonical import sha256_hex
from rodatraden.core.instants import local_date
from rodatraden.core.numbers import swedish_amount
from rodatraden.ui.documents import Block, Code, Column, Facts, Heading, Lead, Note, Paper, Table, Text
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.bids.models import Opening


def opening_list_paper(opening: Opening) -> Paper:
    """Return the list of the opened bids (LOU 12 kap. 10 §); it names the suppliers, and no price (INV-13)."""
    procurement = opening.tender.procurement
    told = json.loads(opening.protocol)
    return Paper(
        kind="opening-list",
        title=gettext("Opening protocol with the list of bids"),
        subtitle=gettext("%(title)s, case %(number)s")
        % {"title": procurement.title, "number": procurement.diary_case.number},
        buyer=procurement.buyer.name,
        on=local_date(_at(told["opened_at"]), procurement.country),
        blocks=(*_act(told), *_list(told), *_files(told), *_proof(told, opening.protocol)),
    )


def _act(told: Any) -> Iterable[Block]:
    first, second = told["opened_by"]
    counted = ngettext(
        "%(n)s bid was opened, in one act.", "%(n)s bids were opened, all in one act.", len(told["bids"])
    )
    yield Lead(counted % {"n": len(told["bids"])})
    yield Facts(
        (
            (gettext("Last time for bids"), moment(_at(told["deadline_at"]), seconds=True)),
            (gettext("The box was closed"), moment(_at(told["closed_at"]), seconds=True)),
            (gettext("Asked for the opening"), f"{first['name']}, {moment(_at(first['at']), seconds=True)}"),
            (gettext("Confirmed and opened"), f"{second['name']}, {moment(_at(second['at']), seconds=True)}"),
            (gettext("Published documents"), gettext("Version %(number)s") % {"number": told["snapshot"]["number"]}),
        )
    )


def _list(told: Any) -> Iterable[Block]:
    yield Heading(gettext("The list"))
    yield Table(
        (
            Column(gettext("Supplier"), share=4),
            Column(gettext("Time of receipt"), share=4),
            Column(gettext("Answers version"), share=2, figures=True),
            Column(gettext("Files"), share=2, figures=True),
        ),
        [
            [
                f"{bid['number']}. {bid['supplier']['name']}",
                moment(_at(bid["received_at"]), seconds=True),
                str(bid["answers_version"] or "–"),
                gettext("Cannot be read") if bid["unreadable"] else str(len(bid["files"])),
            ]
            for bid in told["bids"]
        ],
    )
    left = told["not_opened"]
    if any(left.values()):
        yield Note(
            gettext(
                "Not opened, and still sealed: %(late)s that came too late, %(replaced)s replaced, %(withdrawn)s withdrawn."
            )
            % left
        )
    if told.get("fixed_price") is None:
        yield Text(gettext("No price is opened yet. Prices stay sealed until the quality is agreed and locked."))
    else:
        fixed = {"price": swedish_amount(Decimal(told["fixed_price"]))}
        yield Text(gettext("No bid holds a price: the documents fix it to %(price)s for all.") % fixed)


def _files(told: Any) -> Iterable[Block]:
    with_files = [bid for bid in told["bids"] if bid["files"]]
    if with_files:
        yield Heading(gettext("The files of the bids"))
    for bid in with_files:
        yield Heading(f"{bid['number']}. {bid['supplier']['name']}", 2)
        yield Table(
            (
                Column(gettext("File"), share=6),
                Column(gettext("Size"), share=2, figures=True),
                Column(gettext("Pages"), share=2, figures=True),
            ),
            [[file["name"], filesizeformat(file["size"]), _pages(file)] for file in bid["files"]],
        )


def _pages(file: Any) -> str:
    if file["pages"] is None:
        return "–"
    return gettext("%(n)s, over the limit") % {"n": file["pages"]} if file["over_limit"] else str(file["pages"])


def _proof(told: Any, protocol: str) -> Iterable[Block]:
    yield Heading(gettext("What it can be checked against"))
    yield Text(
        gettext(
            "The protocol of the opening is kept beside this document, as data. It holds the fingerprint of each sealed package and of "
            "each file, by which every bidder can check its own against its receipt. When the bids were opened the log held %(size)s entries."
        )
        % {"size": told["ledger"]["size"]}
    )
    yield Code(gettext("Fingerprint of the protocol (SHA-256)"), sha256_hex(protocol.encode()))
    yield Code(gettext("Root of the log"), told["ledger"]["root"])
    yield Code(gettext("Fingerprint of the published documents (SHA-256)"), told["snapshot"]["sha256"])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
