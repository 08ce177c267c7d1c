"""A supplier's name that looks like markup stands as it is in every document, copy, table, mail and page that names it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import docx
import pytest
from django.urls import reverse

from rodatraden.assessments.documents import feedback_pdf
from rodatraden.assessments.models import FeedbackReport
from rodatraden.records.models import OutboxMail
from tests.contracts.test_languages import KINDS, leaves, made
from tests.factories.awards import make_awarded
from tests.factories.contracts import draw_up
from tests.pdf import flowing

pytestmark = pytest.mark.django_db

SIGNS = r"""& < # $ " > ' \ @a *b* _c_ `d` [e] {f} ${g} </p> &amp; %(h)s {{ i }} {% j %} //k --l"""
NAMES = tuple(f"Bolag {SIGNS} {number} AB" for number in range(1, 5))
WHOLE = re.compile(rf"(?:{'|'.join(map(re.escape, NAMES))})")
NAME_NOBODY = {"procurement-documents", "cancellation-decision", "cancellation-notice"}


def is_whole(text):
    """Whether the name stands there, and nowhere cut, changed or escaped."""
    return len(WHOLE.findall(text)) == text.count("Bolag ") > 0


def test_it_survives_in_every_document_and_mail():
    world, documents = made("sv", suppliers=NAMES)
    assert [bid.supplier.name for bid in world.bids] == list(NAMES)
    named = {data["kind"]: (data, flowing(pdf)) for data, pdf in documents if data["kind"] not in NAME_NOBODY}
    assert set(named) == KINDS - NAME_NOBODY
    for kind, (data, text) in named.items():
        assert is_whole("\n".join(told for _, told in leaves(data))), kind
        assert is_whole(text), kind
    assert is_whole(flowing(feedback_pdf(FeedbackReport.objects.get(item__label=NAMES[0]))))
    assert not [data["kind"] for data, pdf in documents if data["kind"] in NAME_NOBODY and "Bolag " in flowing(pdf)]
    letters = [mail.text for mail in OutboxMail.objects.all() if "Bolag " in mail.text]
    assert len(letters) >= len(NAMES)
    assert [text for text in letters if not is_whole(text)] == []


def shown(answer):
    """What a page, a table or a copy in Word says to whoever reads it."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if data.startswith(b"PK"):
        document = docx.Document(BytesIO(data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(each.text for each in document.paragraphs), *cells])
    text = data.decode()
    return unescape(re.sub(r"<[^>]*>", "", text)) if "html" in answer["Content-Type"] else text.replace('""', '"')


def test_it_survives_on_the_pages_and_in_the_tables_and_copies_before_the_award_falls(client, time_machine):
    world = make_awarded(suppliers=NAMES)
    contract = draw_up(world)
    time_machine.move_to(world.tender.award.decided_at + timedelta(hours=3))
    case = world.procurement.pk
    pages = [
        reverse("bids:list", args=[case]),
        reverse("evaluation:checks", args=[case]),
        reverse("evaluation:outcome", args=[case]),
        reverse("awards:decision", args=[case]),
        reverse("awards:decision_word", args=[case]),
        reverse("awards:notices", args=[case]),
        reverse("contracts:detail", args=[contract.pk]),
        reverse("contracts:word", args=[contract.pk]),
        reverse("publication:tender", args=[world.tender.pk]),
        reverse("publication:results", args=[world.tender.pk]),
    ]
    client.force_login(world.case.officer)
    found = {page: client.get(page) for page in pages}
    assert {page: answer.status_code for page, answer in found.items()} == dict.fromkeys(pages, 200)
    assert [page for page, answer in found.items() if not is_whole(shown(answer))] == []
