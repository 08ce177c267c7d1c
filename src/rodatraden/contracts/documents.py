"""The contract as a document to sign: the parties, the price and the clauses, and its annexes.

Three annexes are made of requirements and promises: the terms, what each party does, how it is known. The others are
parts of the bid that were published as annexes, such as a rollout plan: the bid's own files, named by their fingerprints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from rodatraden.contracts.queries import annexes_of, terms_of
from rodatraden.core.instants import local_date
from rodatraden.tenders.models import Requirement, Tender
from rodatraden.tenders.queries import latest_snapshot
from rodatraden.ui.documents import (
    Annex,
    Block,
    Bullets,
    Code,
    Column,
    Facts,
    Heading,
    Lead,
    Note,
    Numbered,
    Paper,
    Signatures,
    Table,
    Text,
    written_in,
)
from rodatraden.ui.words import amount, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.contracts.models import Contract, Term
    from rodatraden.contracts.queries import BidAnnex

ActsBy = Requirement.ActsBy
CLAUSES = (
    "volume_clause",
    "rights_clause",
    "platform_clause",
    "travel_clause",
    "price_clause",
    "replacement_clause",
    "termination_clause",
)
"""The published clauses that the contract repeats, in their order; the others are of the procurement, not of the contract."""


@written_in(lambda contract, *_: contract.tender.procurement.language)
def contract_paper(contract: Contract, at: datetime) -> Paper:
    """Return the contract as it is drawn up; nothing in it has been rewritten: promises word for word, clauses as published."""
    procurement = contract.tender.procurement
    terms, annexes = list(terms_of(contract)), annexes_of(contract.bid_id)
    return Paper(
        kind="contract",
        title=gettext("Contract"),
        subtitle=gettext("%(title)s, case %(number)s")
        % {"title": procurement.title, "number": procurement.diary_case.number},
        buyer=contract.buyer.name,
        on=local_date(at, procurement.country),
        blocks=(
            Lead(
                gettext("Between %(buyer)s and %(supplier)s.")
                % {"buyer": contract.buyer.name, "supplier": contract.supplier.name}
            ),
            *_parties(contract),
            *_money(contract),
            *_clauses(contract.tender),
            *_people(contract),
            *_parts(contract, annexes),
            Heading(gettext("Signatures")),
            Text(gettext("The contract is concluded when the last party has signed. The term runs from that day.")),
            Signatures(
                (
                    gettext("For the buyer: %(name)s") % {"name": contract.buyer.name},
                    gettext("For the supplier: %(name)s") % {"name": contract.supplier.name},
                )
            ),
            *_promises(terms),
            *_who_does_what(terms),
            *_plan(terms),
            *(block for annex in annexes for block in _annex(contract, annex)),
        ),
    )


def _parties(contract: Contract) -> Iterable[Block]:
    yield Heading(gettext("The parties"))
    parties = ((gettext("Buyer"), contract.buyer), (gettext("Supplier"), contract.supplier))
    yield Facts([(role, ", ".join(filter(None, (party.name, party.published_number)))) for role, party in parties])
    if contract.tender.procurement.summary:
        yield Heading(gettext("What it is about"))
        yield Text(contract.tender.procurement.summary)


def _money(contract: Contract) -> Iterable[Block]:
    months = ngettext("%(n)s month", "%(n)s months", contract.period_months) % {"n": contract.period_months}
    facts = [
        (
            gettext("Price, fixed in the procurement documents")
            if contract.tender.has_fixed_price
            else gettext("Price, as offered"),
            f"{_sum(contract.price, contract)} {contract.get_price_unit_display()}",
        ),
        (gettext("Ceiling"), _sum(contract.ceiling, contract)),
    ]
    if contract.tender.fixed_price_vat:
        facts.insert(1, (gettext("VAT"), contract.tender.get_fixed_price_vat_display()))
    if contract.yearly_frame is not None:
        facts.append((gettext("Planned per year"), _sum(contract.yearly_frame, contract)))
    facts.append((gettext("First period"), months))
    if contract.periods > 1:
        facts.append(
            (
                gettext("Options"),
                ngettext("%(n)s more, of %(months)s", "%(n)s more, each of %(months)s", contract.periods - 1)
                % {"n": contract.periods - 1, "months": months},
            )
        )
    yield Heading(gettext("Price, ceiling and term"))
    yield Facts(facts)
    yield Note(gettext("Amounts are without VAT. An option is taken up by the buyer before the period before it ends."))


def _sum(value: Decimal, contract: Contract) -> str:
    return amount(value, contract.currency)


def _clauses(tender: Tender) -> Iterable[Block]:
    said = [(name, getattr(tender, name)) for name in CLAUSES if getattr(tender, name)]
    if said:
        yield Heading(gettext("Clauses as they were published"))
    for name, text in said:
        label = str(Tender._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001 -- Django's public name
        yield Heading(label[:1].upper() + label[1:], 2)
        yield Text(text)


def _people(contract: Contract) -> Iterable[Block]:
    names = [person.name for person in contract.bid.named_people.order_by("name", "pk")]
    if names:
        yield Heading(gettext("The named person"))
        yield Bullets(names)


def _parts(contract: Contract, annexes: Sequence[BidAnnex]) -> Iterable[Block]:
    """Say what the contract consists of; in which order they count is what the published documents say."""
    snapshot, submission = latest_snapshot(contract.tender), contract.bid.submission
    yield Heading(gettext("What the contract consists of"))
    yield Numbered(
        [
            gettext("This document with its annexes"),
            gettext("The published documents of the procurement, version %(number)s")
            % {"number": snapshot.number if snapshot else "–"},
            gettext("The supplier's bid, number %(number)s") % {"number": contract.bid.number},
        ]
    )
    yield Heading(gettext("Annexes"), 2)
    yield Bullets(
        [
            gettext("Annex 1. Promises and terms"),
            gettext("Annex 2. Who does what"),
            gettext("Annex 3. Plan for the follow-up"),
            *(
                gettext("%(annex)s: the supplier's own, in %(files)s")
                % {"annex": _name_of(annex), "files": ", ".join(each.file.name for each in annex.files)}
                for annex in annexes
            ),
        ]
    )
    if snapshot:
        yield Code(gettext("Fingerprint of the published documents (SHA-256)"), snapshot.sha256)
    if submission:
        yield Code(gettext("Fingerprint of the sealed bid (SHA-256)"), submission.fingerprint)


def _promises(terms: Sequence[Term]) -> Iterable[Block]:
    yield Annex(gettext("Annex 1. Promises and terms"))
    yield Text(gettext("Where the supplier made a promise, the term is the promise, word for word."))
    yield Table(
        (
            Column(gettext("Requirement"), share=3),
            Column(gettext("Contract term"), share=5),
            Column(gettext("Lowest level"), share=4),
        ),
        [
            [
                f"{term.requirement.label} {term.requirement.title}",
                f"{term.text}\n({_source(term)})",
                "\n".join(filter(None, (term.requirement.level or "–", term.requirement.consequence))),
            ]
            for term in terms
        ],
    )


def _source(term: Term) -> str:
    if term.promise is None:
        return gettext("As it was published")
    said = gettext("The supplier's promise, word for word")
    return ", ".join(filter(None, (said, term.promise.page_reference)))


def _who_does_what(terms: Sequence[Term]) -> Iterable[Block]:
    """Tell each party what is its to do; a requirement that names nobody binds the supplier, who answered it."""
    yield Annex(gettext("Annex 2. Who does what"))
    for who in ActsBy:
        theirs = [term for term in terms if (term.requirement.acts_by or ActsBy.SUPPLIER) == who]
        if theirs:
            yield Heading(str(who.label), 2)
            yield Bullets([f"{term.requirement.label} {term.requirement.title}: {term.text}" for term in theirs])


def _plan(terms: Sequence[Term]) -> Iterable[Block]:
    yield Annex(gettext("Annex 3. Plan for the follow-up"))
    yield Text(gettext("The buyer follows up. Days are counted from the day on which the last party signed."))
    yield Table(
        (
            Column(gettext("Requirement"), share=3),
            Column(gettext("How we know"), share=5),
            Column(gettext("When"), share=3),
        ),
        [
            [
                f"{term.requirement.label} {term.requirement.title}",
                term.requirement.follow_up_how or "–",
                _when(term.requirement),
            ]
            for term in terms
        ],
    )


def _when(requirement: Requirement) -> str:
    if requirement.follow_up_when == Requirement.When.AFTER_MONTHS and requirement.follow_up_months:
        months = requirement.follow_up_months
        return ngettext("Once, after %(n)s month", "Once, after %(n)s months", months) % {"n": months}
    return requirement.get_follow_up_when_display() or "–"


def _name_of(annex: BidAnnex) -> str:
    return gettext("Annex %(number)s. %(title)s") % {"number": annex.number, "title": annex.asked.title}


def _annex(contract: Contract, annex: BidAnnex) -> Iterable[Block]:
    """Name the files of the bid that are the annex; what stands in them is theirs, and is not written anew here."""
    yield Annex(_name_of(annex))
    yield Text(
        gettext(
            "This annex is the supplier's own, as it was handed in with the bid. Nobody has changed a word of it. "
            "It binds both parties as it stands."
        )
    )
    yield Facts(
        [
            (gettext("Version"), gettext("1, as it stood in the bid")),
            (gettext("From"), gettext("Bid number %(number)s") % {"number": contract.bid.number}),
            (gettext("Received"), moment(contract.bid.received_at, seconds=True)),
            *([(gettext("What was asked for"), annex.asked.description)] if annex.asked.description else []),
        ]
    )
    for each in annex.files:
        yield Heading(each.file.name, 2)
        yield Facts([(gettext("Pages"), gettext("not counted") if each.pages is None else str(each.pages))])
        if each.is_over_limit:
            most = {"most": annex.asked.max_pages}
            yield Note(gettext("When the bids were judged at most %(most)s pages were read.") % most)
        yield Code(gettext("Fingerprint of the file (SHA-256)"), each.file.sha256)
    yield Note(
        gettext(
            "The file lies beside this document where the contract is read. It is the one that was agreed on if its "
            "fingerprint is the one above: a single changed character gives another."
        )
    )
