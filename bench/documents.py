"""What it costs to set the documents of the example as PDF: `python bench/documents.py [--json]`.

Run with the environment's Python (`.venv/bin/python`). Each document is set again from what the example holds, with a
last page; the first one of all is told apart, since it reads the fonts. Targets: 0.2 s each, 200 in a row in 30 s.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.ground import best_of, example

if TYPE_CHECKING:
    from rodatraden.ui.documents import Paper

ROUNDS, IN_A_ROW = 9, 200
ONE_LIMIT_MS, ROW_LIMIT_S = 200, 30
KB = 1000


def papers() -> dict[str, Paper]:
    """Return one document of each kind, from the procurements of the example that have come all the way, or were cancelled."""
    from rodatraden.awards.documents import (  # noqa: PLC0415 -- as above
        access_paper,
        cancellation_notice_paper,
        cancellation_paper,
        decision_paper,
        notification_paper,
        revocation_paper,
    )
    from rodatraden.awards.models import Cancellation, Revocation  # noqa: PLC0415 -- as above
    from rodatraden.bids.documents import opening_list_paper, receipt_paper  # noqa: PLC0415 -- as above
    from rodatraden.contracts.documents import contract_paper  # noqa: PLC0415 -- as above
    from rodatraden.contracts.models import Contract  # noqa: PLC0415 -- as above
    from rodatraden.evaluation.documents import protocol_paper  # noqa: PLC0415 -- as above
    from rodatraden.evaluation.queries import frozen_outcome  # noqa: PLC0415 -- as above
    from rodatraden.records.models import AccessAnswer, AccessRequest  # noqa: PLC0415 -- as above
    from rodatraden.tenders.documents import documents_paper  # noqa: PLC0415 -- as above
    from rodatraden.tenders.queries import latest_snapshot  # noqa: PLC0415 -- as above

    contract = Contract.objects.select_related("tender").order_by("drawn_up_at")[0]
    tender, decision = contract.tender, contract.bid.awards.get()
    counted, snapshot = frozen_outcome(tender), latest_snapshot(tender)
    cancelled = Cancellation.objects.all()[0]
    assert counted, "the outcome is frozen"
    assert snapshot, "the documents are published"
    by = decision.decided_by
    revoked = Revocation(
        decision=decision,
        cause=Revocation.Cause.WITHDREW,
        reason=decision.reasons,
        revoked_by=by,
        revoked_at=decision.decided_at,
    )
    asked = AccessRequest(case=tender.procurement.diary_case, wanted=decision.reasons, asked_at=decision.decided_at)
    answer = AccessAnswer(
        request=asked,
        outcome=AccessAnswer.Outcome.PART,
        provision="OSL 31 kap. 16 §",
        text=decision.reasons,
        answered_at=decision.decided_at,
        answered_by=by,
    )
    made = {
        "procurement documents": documents_paper(snapshot),
        "bid receipt": receipt_paper(contract.bid.submission),
        "opening list": opening_list_paper(tender.opening),
        "evaluation protocol": protocol_paper(tender, counted, contract.drawn_up_at),
        "award decision": decision_paper(decision),
        "notification": notification_paper(decision.notifications.all()[0]),
        "revocation": revocation_paper(revoked),
        "cancellation": cancellation_paper(cancelled, cancelled.reason),
        "notice of cancellation": cancellation_notice_paper(cancelled, cancelled.reason),
        "answer on documents": access_paper(answer, tender, ["Anbud 1"]),
        "contract with annexes": contract_paper(contract, contract.drawn_up_at),
    }
    return {name: replace(paper, number="2026/014-3") for name, paper in made.items()}


def memory_mb() -> float:
    """Return the most memory that the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> dict[str, object]:
    """Set each document, then many in a row that all differ."""
    from pypdf import PdfReader  # noqa: PLC0415 -- Django is set up by now

    from rodatraden.assessments.documents import feedback_pdf  # noqa: PLC0415 -- as above
    from rodatraden.assessments.models import FeedbackReport  # noqa: PLC0415 -- as above
    from rodatraden.ui.documents import Code, Heading, typeset  # noqa: PLC0415 -- as above

    closing = (Heading("Kontrollera att handlingen är äkta"), Code("Fingeravtryck (SHA-256)", "0f" * 32))
    made = papers()
    start = perf_counter()
    typeset(made["award decision"], closing=closing)
    first = (perf_counter() - start) * 1000
    report = FeedbackReport.objects.select_related("item__round__case__diary_case", "frozen_by")[0]
    ways = {name: lambda paper=paper: typeset(paper, closing=closing) for name, paper in made.items()}
    ways["feedback report"] = lambda: feedback_pdf(report)
    pdfs = {name: way() for name, way in ways.items()}
    best = best_of(ROUNDS, ways)
    before, start = memory_mb(), perf_counter()
    for number in range(IN_A_ROW):
        typeset(replace(made["notification"], subtitle=f"Nummer {number}"), closing=closing)
    return {
        "first_ms": round(first, 1),
        "documents": [
            {
                "document": name,
                "pages": len(PdfReader(BytesIO(pdf)).pages),
                "kb": round(len(pdf) / KB),
                "ms": round(best[name], 1),
            }
            for name, pdf in pdfs.items()
        ],
        "in_a_row": IN_A_ROW,
        "in_a_row_s": round(perf_counter() - start, 2),
        "grown_mb": round(memory_mb() - before, 1),
        "limits": {"one_ms": ONE_LIMIT_MS, "in_a_row_s": ROW_LIMIT_S},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    with example():
        found = measure()
    if as_json:
        print(json.dumps(found, indent=1))
        return
    print(f"{'document':24}{'pages':>7}{'kB':>7}{'ms':>9}   target {ONE_LIMIT_MS} ms")
    for row in found["documents"]:
        print(f"{row['document']:24}{row['pages']:>7}{row['kb']:>7}{row['ms']:>9}")
    print(f"{'the very first':24}{'':>7}{'':>7}{found['first_ms']:>9}")
    print(
        f"{IN_A_ROW} notifications in a row: {found['in_a_row_s']} s (target {ROW_LIMIT_S} s), {found['grown_mb']} MB more held"
    )


if __name__ == "__main__":
    main()
