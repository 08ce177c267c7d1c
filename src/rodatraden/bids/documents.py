"""The receipt of a bid, for people; and the list that is drawn up when the bids are opened, from the protocol of the opening."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from rodatraden.core.canonical import sha256_hex
from rodatraden.core.instants import local_date
from rodatraden.ui.documents import Block, Code, Column, Facts, Heading, Lead, Note, Paper, Table, Text, written_in
from rodatraden.ui.words import amount, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rodatraden.bids.models import Opening, Submission


@written_in(lambda opening: opening.tender.procurement.language)
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
        blocks=(*_act(told), *_list(told), *_left_unread(told), *_files(told), *_proof(told, opening.protocol)),
    )


def _act(told: Any) -> Iterable[Block]:
    first, second = told["opened_by"]
    counted = ngettext(
        "%(n)s bid was opened, in one act.", "%(n)s bids were opened, all in one act.", len(told["bids"])
    )
    yield Lead(counted % {"n": len(told["bids"])})
    yield Facts(
        (
            (gettext("Deadline for bids"), moment(_at(told["deadline_at"]), seconds=True)),
            (gettext("The box was closed"), moment(_at(told["closed_at"]), seconds=True)),
            (gettext("Asked for the opening"), f"{first['name']}, {moment(_at(first['at']), seconds=True)}"),
            (gettext("Confirmed and opened"), f"{second['name']}, {moment(_at(second['at']), seconds=True)}"),
            (gettext("Published documents"), gettext("Version %(number)s") % {"number": told["snapshot"]["number"]}),
            *((gettext("Observer from a chamber of commerce"), _observed(each)) for each in told.get("observers", ())),
        )
    )


def _observed(observer: Any) -> str:
    names = {"name": observer["name"], "chamber": observer["chamber"]}
    if observer["taken_at"] is None:
        return gettext("%(name)s, %(chamber)s, did not use the link") % names
    return gettext("%(name)s, %(chamber)s, followed the steps from %(at)s") % {
        **names,
        "at": moment(_at(observer["taken_at"]), seconds=True),
    }


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
        fixed = {"price": amount(Decimal(told["fixed_price"]))}
        yield Text(gettext("No bid holds a price: the documents fix it to %(price)s for all.") % fixed)


def _left_unread(told: Any) -> Iterable[Block]:
    keys = told.get("keys", {})
    left = [bid for bid in told["bids"] if bid["submission"] in keys.get("left_unread", ())]
    if not left:
        return
    yield Heading(gettext("Left unread"))
    named = ", ".join(f"{bid['number']}. {bid['supplier']['name']}" for bid in left)
    yield Text(
        gettext("No key came out for %(bids)s. What was handed in is left sealed, and is kept.") % {"bids": named}
    )
    decision = keys.get("decision")
    if decision is None:
        yield Text(gettext("The key failed to come out for pairs of key holders that have nobody in common."))
        return
    yield Text(gettext("Two officials decided to open the others, since no other pair of key holders could be had."))
    yield Facts(
        (
            (gettext("Unlocked in vain"), "; ".join(_pair(pair) for pair in decision["failed"])),
            (gettext("Can't be reached"), ", ".join(each["name"] for each in decision["unreachable"])),
            (gettext("Reason"), decision["reason"]),
            (gettext("Proposed by"), _by(decision["proposed"])),
            (gettext("Decided by"), _by(decision["decided"])),
        )
    )


def _pair(pair: Any) -> str:
    first, last = pair
    return gettext("%(first)s first, %(last)s last") % {"first": first["name"], "last": last["name"]}


def _by(act: Any) -> str:
    return f"{act['name']}, {moment(_at(act['at']), seconds=True)}"


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


STAMPS = {
    "kernel-last-byte": gettext_lazy("The server, when the last byte had come"),
    "proxy-last-byte": gettext_lazy("The server's gate, when the last byte had come"),
    "application-clock-after-last-byte": gettext_lazy("The program, when it had read the last byte"),
}
"""By which clock a bid was stamped, in words, by how the receipt says it (docs/rules/arrival.md)."""


def stamped_by(source: str) -> str:
    """Return by which clock a bid was stamped, as people read it; one that is not known as it was written."""
    return str(STAMPS.get(source, source))


def clock_kept(told: Mapping[str, Any]) -> str:
    """Return what a receipt tells of how that clock was kept, as people read it."""
    clock = told.get("clock", {})
    if clock.get("synchronised") is None:
        return gettext("It is not known whether the clock was synchronised")
    if not clock["synchronised"]:
        return gettext("The clock was not synchronised")
    return gettext("The clock was synchronised, and at most %(ms)s ms wrong") % {"ms": clock["error_ms"]}


@written_in(lambda submission: submission.tender.procurement.language)
def receipt_paper(submission: Submission) -> Paper:
    """Return the receipt of a bid as people read it: what came, when, by whose clock, and how it is proved.

    Of a bid that was withdrawn, that of the withdrawal. The proof itself is the JSON, whose fingerprint stands in it; like
    every receipt it holds nothing that the bid says.
    """
    text = submission.withdrawal_receipt or submission.receipt
    told = json.loads(text)
    procurement = submission.tender.procurement
    is_withdrawn = told["what"] == "withdrawn"
    at = _at(told["withdrawn_at" if is_withdrawn else "received_at"])
    if is_withdrawn:
        lead = gettext("The bid is withdrawn. It takes no part.")
    elif told["in_time"]:
        lead = gettext("The whole bid came in time. It lies sealed until two officials open all bids in one act.")
    else:
        lead = gettext("The bid came too late. It is kept sealed, and is never opened with the others.")
    return Paper(
        kind="bid-receipt",
        title=gettext("Receipt of a withdrawn bid") if is_withdrawn else gettext("Receipt of a bid"),
        subtitle=f"{procurement.title}, {submission.supplier.name}",
        buyer=procurement.buyer.name,
        on=local_date(at, procurement.country),
        number=told["submission"],
        version=submission.version,
        blocks=(
            Lead(lead),
            Facts(
                (
                    (gettext("Withdrawn") if is_withdrawn else gettext("Time of receipt"), moment(at, seconds=True)),
                    (gettext("Stamped by"), stamped_by(told["stamped_by"])),
                    (gettext("How the clock was kept"), clock_kept(told)),
                    (gettext("Deadline for bids"), moment(_at(told["deadline_at"]), seconds=True)),
                    (gettext("Supplier"), submission.supplier.name),
                    (gettext("Entry in the log"), str(told["ledger"]["index"])),
                )
            ),
            *_packages(told),
            Heading(gettext("How it is proved")),
            Text(
                gettext(
                    "The proof is the receipt as data (JSON), which was e-mailed and can be fetched beside this document. It is signed, and "
                    "holds the head of the log. Anybody can check it on a computer of their own, without us: the page about the log says how."
                )
            ),
            Text(f"{settings.SITE_URL}{reverse('records:public_log')}"),
            Code(gettext("Fingerprint of the receipt as data (SHA-256)"), sha256_hex(text.encode())),
            Code(gettext("Public key"), told["key"]),
        ),
    )


def _packages(told: Any) -> Iterable[Block]:
    if "packages" not in told:
        return
    yield Heading(gettext("What was received, sealed"))
    yield Code(gettext("Fingerprint of the bid (SHA-256)"), told["manifest"])
    for package in told["packages"]:
        name = gettext("Package with the price") if package["holds"] == "price" else gettext("Package with the bid")
        yield Code(gettext("%(what)s (SHA-256)") % {"what": name}, package["sha256"])
    yield Code(gettext("Fingerprint of the published documents (SHA-256)"), told["snapshot"]["sha256"])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
