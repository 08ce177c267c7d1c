"""The checklist: what stops a bid, what warns, and what may be left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from rodatraden.core.bid_form import Asks
from rodatraden.core.checklist import checklist, missing, warnings
from rodatraden.core.offer import (
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
    Offer,
    OfferFile,
    PromiseText,
    Reply,
)
from tests.core.forms import form

ASKS = form().asks
CV, METHOD = ASKS.items
DECLARED = Declaration(
    how=DeclarationHow.HERE,
    no_crime=True,
    taxes_paid=True,
    no_other_ground=True,
    signatory="Elin",
    signatory_title="VD",
)


def file(item=None, pages=1):
    return OfferFile(uuid4(), item.id if item else None, "a.pdf", "application/pdf", 1, "", pages)


def whole(**changed):
    offer = Offer(
        replies={row.id: Reply(is_met=True) for row in ASKS.musts},
        promises={row.id: PromiseText("Vi lovar") for row in ASKS.requirements},
        people=(CvPerson("Elin", (CvEntry("Kund", date(2020, 1, 1), date(2024, 1, 1)),)),),
        declaration=DECLARED,
        files=(file(CV), file(METHOD)),
        accepts_terms=True,
        price=Decimal(900),
    )
    return replace(offer, **changed)


def said(points):
    return [str(point.text) for point in points]


def test_a_whole_bid_lacks_nothing_and_warns_of_nothing():
    assert (missing(ASKS, whole()), warnings(ASKS, whole())) == ((), ())
    assert {point.state for point in checklist(ASKS, whole())} == {"yes"}


def test_an_empty_bid_lacks_everything_that_must_be_there():
    assert said(missing(ASKS, Offer())) == [
        "Upload CV.",
        "Upload Metodbeskrivning.",
        "Answer whether you meet K1 Erfarenhet.",
        "Accept the special contract terms.",
        "Name who does the work.",
        "Fill in the price.",
        "Fill in the self-declaration.",
    ]


@pytest.mark.parametrize(("pages", "states"), [(2, ["yes"]), (3, ["warning"]), (None, ["warning"])])
def test_more_pages_than_are_read_warn_and_so_do_pages_that_cannot_be_counted(pages, states):
    files = (file(CV, pages), file(METHOD))
    assert [point.state for point in checklist(ASKS, whole(files=files)) if "CV" in str(point.text)] == states


def test_pages_are_counted_over_all_files_of_a_part():
    files = (file(CV), file(CV), file(CV), file(METHOD))
    assert said(warnings(ASKS, whole(files=files))) == ["CV has 3 pages, at most 2 are read."]


def test_more_pages_stop_where_the_documents_say_that_such_a_bid_is_rejected():
    (point,) = missing(ASKS, whole(files=(file(CV), file(METHOD, 5))))
    assert "Shorten it." in str(point.text)


def test_an_item_that_may_be_left_out_stops_nothing():
    asks = Asks((replace(CV, is_required=False), METHOD), ASKS.requirements, None, names_people=True)
    assert missing(asks, whole(files=(file(METHOD),))) == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"people": (CvPerson("Elin"),)}, "Elin has no earlier assignments in the CV."),
        (
            {"declaration": replace(DECLARED, taxes_paid=False, explanation="Avbetalningsplan")},
            "You state a ground for exclusion. The buyer asks you about it before anything is decided.",
        ),
        (
            {"replies": {row.id: Reply(is_met=False) for row in ASKS.musts}},
            "You say that you do not meet K1 Erfarenhet. Such a bid is rejected.",
        ),
    ],
)
def test_what_should_be_known_warns(changed, sentence):
    assert said(warnings(ASKS, whole(**changed))) == [sentence]


@pytest.mark.parametrize(
    ("declaration", "is_missing"),
    [
        (Declaration(), True),
        (replace(DECLARED, no_crime=None), True),
        (replace(DECLARED, signatory=" "), True),
        (replace(DECLARED, no_other_ground=False), True),
        (Declaration(how=DeclarationHow.ESPD), True),
        (DECLARED, False),
    ],
)
def test_the_self_declaration_is_whole_or_missing(declaration, is_missing):
    assert bool(missing(ASKS, whole(declaration=declaration))) is is_missing


def test_an_espd_is_enough():
    offer = whole(declaration=Declaration(how=DeclarationHow.ESPD))
    assert missing(ASKS, replace(offer, files=(*offer.files, file()))) == ()


def test_nobody_is_asked_for_by_name_where_the_documents_do_not_tie_the_work_to_a_person():
    assert missing(replace(ASKS, names_people=False), whole(people=())) == ()


@pytest.mark.parametrize(
    ("accepted", "sentences"),
    [
        (None, ["Accept the fixed price of 900 kr."]),
        (Decimal(800), ["The fixed price has changed from 800 kr to 900 kr. Accept the new one."]),
        (Decimal(900), []),
    ],
)
def test_a_fixed_price_is_accepted_as_it_stands(accepted, sentences):
    asks = form(fixed_price=Decimal(900)).asks
    assert said(missing(asks, whole(price=None, accepted_price=accepted))) == sentences


def test_promises_and_terms_that_are_not_asked_for_may_be_left_out():
    asks = replace(ASKS, requirements=ASKS.musts)
    offer = whole(promises={}, accepts_terms=False)
    assert missing(asks, offer) == ()
    assert "You have not written any promise. A promise may be left out." in said(checklist(asks, offer))
