"""Every document in the language of its procurement: nothing left in another, the same figures, and its language told."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import pytest
from babel.dates import get_day_names, get_month_names
from babel.messages.pofile import read_po
from django.db import transaction
from pypdf import PdfReader

import rodatraden
from rodatraden.assessments.actions import freeze_feedback, write_feedback
from rodatraden.assessments.documents import feedback_pdf
from rodatraden.assessments.models import FeedbackReport
from rodatraden.assessments.queries import latest_consensus
from rodatraden.awards.actions import cancel_published
from rodatraden.awards.models import Notification, Revocation
from rodatraden.bids.documents import receipt_paper
from rodatraden.bids.models import Opening
from rodatraden.core.canonical import read_canonical
from rodatraden.core.evaluation import PercentageAddition, QualityOnly
from rodatraden.evaluation.models import RequirementCheck
from rodatraden.evaluation.queries import round_of
from rodatraden.procurements.models import Procurement
from rodatraden.publication.documents import as_word
from rodatraden.records.models import DiaryDocument
from rodatraden.records.queries import read_bytes
from rodatraden.tenders.queries import contents_of, latest_snapshot
from rodatraden.ui.documents import typeset
from tests.factories.awards import REASONS, WITHOUT_PROOF, make_awarded, revoke
from tests.factories.contracts import draw_up
from tests.factories.evaluation import SUPPLIERS
from tests.factories.tenders import ADDITION
from tests.pdf import flowing
from tests.pdf_standards import faults

pytestmark = pytest.mark.django_db

KINDS = {
    "procurement-documents",
    "opening-list",
    "evaluation-protocol",
    "award-decision",
    "award-notification",
    "contract",
    "award-revocation",
    "cancellation-decision",
    "cancellation-notice",
    "bid-receipt",
}
TELL_OF_THE_LOG = {"opening-list", "bid-receipt"}
LANGUAGES = [*Procurement.Language.values]
NO_WORDS = re.compile(r"[0-9a-f]{16,}|[0-9a-f-]{36}|rodatraden-\S+|https?://\S+")
"""Fingerprints, keys and addresses: another world has others, and they are in no language."""
PART = re.compile(r"%\(\w+\)[sd]|\{\w+\}|\n")
LONG_ENOUGH = 12
WORD = re.compile(r"[^\W\d_]{4,}")
NAMES = "Officer Director Opener Evaluator Elin Hagström test clock byte"
"""Names of the factories, and what Django calls a byte."""


def made(language, weighing=ADDITION, suppliers=SUPPLIERS):
    """Issue every kind of document in a procurement that ends badly: pairs of what is printed, as data, and the PDF."""
    world = make_awarded(language=language, weighing=weighing, suppliers=suppliers)
    at = world.tender.award.decided_at + timedelta(hours=2)
    assessed = round_of(world.fresh_tender())
    write_feedback(assessed=assessed, summaries={}, shows_points=True, use="X", by=world.case.officer, at=at)
    freeze_feedback(assessed=assessed, by=world.case.officer, at=at)
    contract = draw_up(world)
    revoke(world)
    cancel_published(
        tender=world.fresh_tender(),
        reason="X",
        delegation="4.3",
        is_announced_anew=True,
        by=world.case.decider,
        at=at + timedelta(days=2),
    )
    found = []
    for document in DiaryDocument.objects.filter(version__isnull=False).order_by("serial"):
        data = next(
            told
            for attached in document.attachments.order_by("serial")
            if (told := read_canonical(read_bytes(attached.file))).get("format") == "rodatraden-paper-1"
        )
        found.append((data, read_bytes(document.file)))
    receipt = receipt_paper(contract.bid.submission)
    return world, [*found, (read_canonical(receipt.data), typeset(receipt))]


def leaves(told):
    """Yield every text of a paper with its place, but for what names the paper to machines."""
    match told:
        case dict():
            for key, value in told.items():
                if key not in {"format", "kind", "language", "number", "on"}:
                    yield from ((f"{key}.{place}", text) for place, text in leaves(value))
        case list():
            for at, value in enumerate(told):
                yield from ((f"{at}.{place}", text) for place, text in leaves(value))
        case str():
            yield "", told


@cache
def spoken(language):
    """Return what is said in a language anywhere: its catalogues, or the code itself, in parts between the values."""
    said = set()
    into = "sv" if language == "en" else language
    for path in Path(rodatraden.__file__).parent.glob(f"*/locale/{into}/LC_MESSAGES/django.po"):
        for message in read_po(BytesIO(path.read_bytes()), locale=into):
            texts = message.id if language == "en" else message.string
            for text in (texts,) if isinstance(texts, str) else texts:
                said |= {part.strip(" .,:;()") for part in PART.split(text.lower())}
    return frozenset(said)


def said_only_in(language, other):
    """Return what is said in `language` and never in `other`, if it is long enough to be known again."""
    own = "\n".join(spoken(other))
    return {part for part in spoken(language) if len(part) >= LONG_ENOUGH and part not in own}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_document_is_wholly_in_its_language_and_says_so_to_those_who_listen(language):
    world, documents = made(language)
    assert {data["kind"] for data, _ in documents} == KINDS
    others = {part for other in LANGUAGES if other != language for part in said_only_in(other, language)}
    written = written_by_people(world).lower()
    foreign = {part for part in others if part not in written}
    known = words_of(language) | set(WORD.findall(written))
    assert len(foreign) > len(others) - 100 > 0
    for data, pdf in documents:
        reader = PdfReader(BytesIO(pdf))
        root = reader.trailer["/Root"]
        assert (data["language"], root["/Lang"]) == (language, language)
        assert faults(pdf) == [], data["kind"]
        texts = [text.lower() for _, text in leaves(data)]
        assert not [(part, text) for text in texts for part in foreign if part in text], data["kind"]
        shown = flowing(pdf).lower()
        assert not [part for part in foreign if part in shown], data["kind"]
        assert not unknown_words(texts, known), data["kind"]
    told = [text.lower() for text in proposed_texts(world)]
    assert not [(part, text) for text in told for part in foreign if part in text]
    assert not unknown_words(told, known)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "sv"])
@pytest.mark.parametrize("weighing", [PercentageAddition(Decimal(5), Decimal(20)), QualityOnly()])
def test_other_ways_to_weigh_are_told_in_the_language_too(language, weighing):
    world, documents = made(language, weighing)
    written = written_by_people(world).lower()
    known = words_of(language) | set(WORD.findall(written))
    for data, _ in documents:
        assert not unknown_words([text.lower() for _, text in leaves(data)], known), data["kind"]


def text_of_word(data):
    """Return what stands in a Word file, in paragraphs and in tables."""
    document = docx.Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def unknown_words(texts, known):
    """Return the words that are neither said in the language nor written by people."""
    return {word for text in texts for word in WORD.findall(NO_WORDS.sub("", text)) if word not in known}


def words_of(language):
    """Return the words of a language: ours, and those of dates and sizes."""
    dates = {
        name
        for width in ("wide",)
        for names in (get_month_names, get_day_names)
        for name in names(width, locale=language).values()
    }
    return set(WORD.findall(" ".join([*spoken(language), *dates, NAMES]).lower()))


def written_by_people(world):
    """What the factories have typed, which is translated by nobody: documents, names, reasons."""
    tender = world.fresh_tender()
    reasons = [consensus.reason for consensus in latest_consensus(round_of(tender)).values()]
    checks = RequirementCheck.objects.filter(bid__tender=tender)
    return "\n".join(
        [
            latest_snapshot(tender).canonical,
            REASONS,
            WITHOUT_PROOF,
            tender.procurement.buyer.name,
            *(bid.supplier.name for bid in world.bids),
            *(file.file.name for bid in world.bids for file in bid.files.all()),
            *(promise.text + promise.page_reference for bid in world.bids for promise in bid.promises.all()),
            *(f"{check.evidence}\n{check.reason}" for check in checks),
            *(Revocation.objects.get().reason, Revocation.objects.get().delegation),
            *reasons,
        ]
    )


def proposed_texts(world):
    """What is not issued as it is: proposals, the mail that is the notice, feedback, and the documents in Word."""
    notification = Notification.objects.order_by("pk").first()
    world.tender = world.fresh_tender()
    report = FeedbackReport.objects.order_by("pk").first()
    snapshot = latest_snapshot(world.tender)
    assert contents_of(snapshot)
    return [
        notification.standstill_text,
        notification.reasons,
        notification.mail.text,
        flowing(feedback_pdf(report)),
        text_of_word(as_word(snapshot)),
    ]


def test_the_same_figures_stand_in_every_language():
    """A day, a sum or a number of points that is written another way is still the same."""
    counted, of_log = [], []
    for language in LANGUAGES:
        with transaction.atomic():
            world, documents = made(language)
            counted.append(
                {
                    (n, data["kind"], place): figures(text)
                    for n, (data, _) in enumerate(documents)
                    for place, text in leaves(data)
                }
            )
            of_log.append(places_in_the_log(world))
            transaction.set_rollback(True)
    first = counted[0]
    # Only what is a place in the log in every language: one world's place may be any other figure, say 256.
    places = {
        key
        for key in first
        if key[1] in TELL_OF_THE_LOG
        and all(each.get(key) in numbers for each, numbers in zip(counted, of_log, strict=True))
    }
    assert places
    for each in counted[1:]:
        assert {key: each[key] for key in each if key not in places} == {
            key: first[key] for key in first if key not in places
        }


def places_in_the_log(world):
    """Return the numbers by which a receipt and the opening are found in the log; they go on from what was before."""
    opened = json.loads(Opening.objects.get(tender=world.tender).protocol)
    receipts = [json.loads(bid.submission.receipt) for bid in world.bids]
    return {str(opened["ledger"]["size"]), *(str(receipt["ledger"]["index"]) for receipt in receipts)}


def figures(text):
    """Return the digits of a text, without those of fingerprints."""
    return re.sub(r"\D", "", NO_WORDS.sub("", text))
