"""A feedback report as a document: words first, points after."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.assessments.queries import read, terms_mark
from rodatraden.core.instants import local_date
from rodatraden.records.documents import archive_entry, csv_bytes, file_name
from rodatraden.ui.documents import (
    Bullets,
    Code,
    Column,
    Facts,
    Heading,
    Lead,
    Note,
    Paper,
    Table,
    Text,
    typeset,
    written_in,
)
from rodatraden.ui.words import moment, number, percentage, points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from rodatraden.assessments.models import FeedbackReport, Round
    from rodatraden.core.assessment import Feedback, Needed, Part
    from rodatraden.core.exact import Exact
    from rodatraden.ui.documents import Block

SWEDEN = "SE"


@written_in(lambda report: report.item.round.language)
def feedback_pdf(report: FeedbackReport) -> bytes:
    """Return a frozen report as PDF; the same report gives the same bytes, and its last page says how it is checked."""
    case = report.item.round.case
    feedback = read(report)
    values = {"n": report.item.number, "case": case.diary_case.number if case else feedback.title}
    paper = Paper(
        kind="feedback-report",
        title=gettext("Feedback report"),
        subtitle=f"{feedback.title}, {feedback.subject}",
        buyer=case.buyer.name if case else "",
        on=local_date(report.frozen_at, case.country if case else SWEDEN),
        number=gettext("Feedback %(n)s in %(case)s") % values,
        version=report.version,
        blocks=tuple(_blocks(feedback, report)),
    )
    return typeset(paper, closing=_how_to_check(report))


@written_in(lambda assessed: assessed.language)
def usual_use(assessed: Round) -> str:
    """Return what a report may be used for, as it is proposed in the language of the report."""
    del assessed
    return gettext(
        "The report tells how what was handed in was judged, nothing else. After a contract is signed, version 0 may be used as the "
        "starting point when the parties follow up how the work develops. The points are not a grade of the company."
    )


def proposed_mark(assessed: Round) -> str:
    """Return the mark of what the form proposes that the reports may be used for, as long as nobody has saved anything."""
    return terms_mark(usual_use(assessed), shows_points=assessed.shows_points)


def packed_reports(reports: Sequence[FeedbackReport], archive: IO[bytes]) -> Iterator[int]:
    """Write the reports as PDF into a ZIP, with a list of them as CSV; yield how many are set, after each.

    The same reports give the same bytes: nothing in it is the moment when it was made.
    """
    if not reports:
        return
    rows: list[list[object]] = [
        [
            gettext("Number"),
            gettext("What was judged"),
            gettext("Version"),
            gettext("Frozen"),
            gettext("File"),
            "SHA-256",
        ]
    ]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for done, report in enumerate(reports, start=1):
            on = local_date(report.frozen_at)
            name = f"{report.item.number:03} {file_name(f'{report.item.label} v{report.version}.pdf')}"
            packed.writestr(archive_entry(name, on), feedback_pdf(report))
            rows.append([report.item.number, report.item.label, report.version, on, name, report.sha256])
            yield done
        last = max(local_date(report.frozen_at) for report in reports)
        packed.writestr(archive_entry("rapporter.csv", last), csv_bytes(rows))


def _blocks(feedback: Feedback, report: FeedbackReport) -> Iterator[Block]:
    if report.why:
        yield Note(gettext("Another version, because: %(why)s") % {"why": report.why})
    if feedback.summary:
        yield Lead(feedback.summary)
    for part in feedback.parts:
        yield from _said(part)
    yield Heading(gettext("What the report may be used for"))
    yield Text(feedback.use)
    if feedback.points is not None:
        yield Heading(gettext("Points"))
        yield Table(
            (
                Column(gettext("Criterion"), share=3),
                Column(gettext("Points"), figures=True),
                Column(gettext("At most"), figures=True),
            ),
            [
                *((_scored(part), _number(part.points), _number(part.highest)) for part in feedback.parts),
                (gettext("Sum"), _number(feedback.points), _number(feedback.highest)),
            ],
        )
    if feedback.needed:
        yield Heading(gettext("What was needed"))
        yield Facts([(each.title, needed_in_words(each)) for each in feedback.needed])
    yield Note(gettext("By the quality model %(model)s.") % {"model": feedback.model})


def _said(part: Part) -> Iterator[Block]:
    yield Heading(part.title)
    yield Note(part.question)
    for heading, told in (
        (gettext("Strengths"), part.strengths),
        (gettext("Areas for improvement"), part.improvements),
    ):
        if told:
            yield Heading(heading, level=2)
            yield Bullets(told)
    yield Heading(gettext("The reason for the judgement"), level=2)
    yield Text(part.reason)
    if part.text:
        yield Note(gettext("What was published for these points: %(text)s") % {"text": part.text})


def needed_in_words(needed: Needed) -> str:
    """Say what was needed and whether it was reached: 14 points of at least 12: reached."""
    reached = gettext("reached") if needed.is_met else gettext("not reached")
    if needed.points is None or needed.minimum is None:
        return reached
    values = {"points": points(needed.points), "minimum": _number(needed.minimum), "reached": reached}
    return gettext("%(points)s, at least %(minimum)s needed: %(reached)s") % values


def _how_to_check(report: FeedbackReport) -> list[Block]:
    return [
        Heading(gettext("Check that this document is genuine")),
        Facts(
            [
                (gettext("Version"), str(report.version)),
                (gettext("Frozen"), moment(report.frozen_at)),
                (gettext("By"), report.frozen_by.name),
            ]
        ),
        Code(gettext("Fingerprint of what stands in it (SHA-256)"), report.sha256),
        Text(
            gettext(
                "The same fingerprint stands on the page of the report, and the log holds a fingerprint of all reports that "
                "were frozen together. A single changed letter gives another."
            )
        ),
    ]


def _scored(part: Part) -> str:
    """Return the title of a criterion, with the percentage that its points follow from."""
    return part.title if part.percent is None else f"{part.title} ({percentage(part.percent)})"


def _number(value: Exact | None) -> str:
    return "" if value is None else number(value)
