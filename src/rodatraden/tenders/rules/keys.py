"""Whether there are people who can open the bids, asked before the documents are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.message import say
from rodatraden.parties.rules import enough_holders, holders_of
from rodatraden.procurements.rules import enough_openers, openers_with_keys
from rodatraden.tenders.rules.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rodatraden.core.answer import Answer
    from rodatraden.parties.rules import HolderState
    from rodatraden.tenders.rules.checks import Documents


def keys(documents: Documents) -> Iterator[Finding]:
    """Three people hold keys to the bids and have practised lately, two opening officials among them (LOU 12 kap. 10 §).

    Bids are sealed to those who hold the keys when the documents are published. With fewer one lost key could be the
    loss of every bid, and nobody but the server could open them. Not asked where bids come in another tool: nothing is
    sealed here then.
    """
    procurement = documents.procurement
    if documents.tender.bids_address:
        yield documents.finding(
            "keys_elsewhere",
            say(
                "Bids are handed in in another tool, so nobody is asked for an opening key here. How they are kept closed there is for that tool to show."
            ),
            page="tenders:dates",
            source="LOU 12 kap. 10 §",
            anchor="id_bids_address",
            severity=Severity.HINT,
        )
        return
    holders = holders_of(procurement.buyer, documents.at)
    openers = openers_with_keys(procurement, documents.at, holders)
    for code, answer, states in (
        ("key_holders", enough_holders(procurement.buyer, documents.at, holders), holders),
        ("opener_keys", enough_openers(procurement, documents.at, holders), openers),
    ):
        if not answer:
            yield _keys(documents, code, answer, states)


def _keys(documents: Documents, code: str, answer: Answer, states: Sequence[HolderState]) -> Finding:
    assert answer.reason is not None
    return Finding(
        code,
        answer.reason,
        Severity.STOPS,
        answer.source,
        "parties:key_holders",
        url_kwargs={"organisation_id": documents.procurement.buyer_id},
        people=tuple((state.person.name, state.remains) for state in states if state.remains),
    )
