"""One corpus, two programs: what the browser's rules say of a bid is what the server's own say of it."""

from __future__ import annotations

import io
import json
import random
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pyrage
import pytest
import typst
from django.utils.translation import gettext
from pypdf import PdfWriter

from rodatraden.cli.answers import read_answers, skeleton
from rodatraden.cli.disk import BadFileError
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.checklist import checklist
from rodatraden.core.evaluation import Assignment, CountingRule, experience
from rodatraden.core.message import Amount, say
from rodatraden.core.numbers import NumberProblem, parse_amount
from rodatraden.core.offer import OfferFile, index_of, price_of
from rodatraden.core.paging import count_pages
from rodatraden.core.sealing.bid import Envelope, open_package
from rodatraden.core.sealing.hand_in import read_hand_in
from rodatraden.core.sealing.holders import Holder, HolderList, Holds, every_pair
from rodatraden.core.sealing.parts import Part
from rodatraden.core.sealing.wraps import check_wraps, peel, read_wraps, wrap
from rodatraden.ui.spoken import SPOKEN
from rodatraden.ui.words import said
from tests.core import test_numbers as numbers
from tests.core import test_paging as paging
from tests.core.evaluation.test_experience import assignments, rows
from tests.core.forms import CV, METHOD, form
from tests.core.sealing.given import in_memory

SEED = 20261130


def cases_of(test):
    """Return the cases that a test of the server's rule is run with."""
    return [case for mark in test.pytestmark if mark.name == "parametrize" for case in mark.args[1]]


def written_out(value):
    """A value of a message as the browser holds it."""
    if isinstance(value, Amount):
        return {"amount": canonical_json(value.value).decode().strip('"')}
    return value if isinstance(value, str | int) else f"{value:,}".replace(",", "\u00a0").replace(".", ",")


def told(message):
    return {"text": message.text, "values": {name: written_out(value) for name, value in message.values.items()}}


AMOUNTS = [
    case[0]
    for test in (
        numbers.test_amounts_are_read_as_people_write_them,
        numbers.test_each_thing_that_can_be_wrong_has_its_own_sentence,
        numbers.test_what_can_be_read_in_two_ways_is_asked_about,
    )
    for case in cases_of(test)
]


def test_amounts_are_read_alike(ask):
    draw = random.Random(SEED)
    drawn = ["".join(draw.choices("0159 .,-krseKR:/hE_½٣\u00a0", k=draw.randint(1, 12))) for _ in range(3000)]
    texts = [*AMOUNTS, *drawn]
    for text, found in zip(texts, ask("amount", texts), strict=True):
        expected = parse_amount(text)
        if isinstance(expected, NumberProblem):
            assert found.get("problem", {}).get("text") == expected.reason.text, text
        else:
            assert found == {"amount": str(expected)}, text


def test_values_are_written_canonically_alike(ask):
    values = [
        {"å": 1, "a": [None, True, '\u2028\x1f\x7f"\\/'], "\ue000": "", "\U0001f600": {"b": -5}},
        [],
        "",
        2**53 - 1,
    ]
    assert ask("canonical", values) == [canonical_json(value).decode() for value in values]


def test_sentences_are_written_out_alike(ask):
    messages = [
        say("The price is {price} kr.", price=Amount(Decimal("1140.5"))),
        say("The price is {price} kr.", price=Amount(Decimal(12_500_000))),
        say("{item} has {pages} pages, at most {most} are read.", item="CV", pages=12_000, most=4),
        say("You have named {names}.", names="Elin {x} & Jonas"),
    ]
    asked = [{"message": told(message), "words": {message.text: gettext(message.text)}} for message in messages]
    assert ask("said", asked) == [said(message) for message in messages]


def filled(bid_form):
    """A whole `anbud.json` as the command line makes it, filled in."""
    root = json.loads(skeleton(bid_form))
    root["krav"][0] |= {"svar": "Ja", "hur": " Se CV, sidan 1. ", "utfästelse": "Vi håller.", "sida i anbudet": "s. 2"}
    root["krav"][1] |= {"utfästelse": "Ett löfte."}
    root["särskilda kontraktsvillkor"]["svar"] = "ja"
    late = {"uppdragsgivare": "B", "från": "2024-01-01", "till": "2024-12-31", "vad som gjordes": "Mer"}
    early = {"uppdragsgivare": "A", "från": "2020-02-29", "till": "2021-01-01", "vad som gjordes": ""}
    root["personer"]["svar"] = [{"namn": "Elin Hagström", "uppdrag": [late, early]}, {"namn": "", "uppdrag": []}]
    root["andra företag"]["svar"] = [
        {"roll": "åberopat", "namn": "Bolag AB", "organisationsnummer": "556000-0000", "gör": "Allt"}
    ]
    root["egen försäkran"] |= {"lämnas": "här", "undertecknare": "Elin", "titel": "VD"}
    for ground in ("brott", "skatter", "andra grunder"):
        root["egen försäkran"][ground]["stämmer"] = "ja"
    root["pris"]["svar"] = "1 140,50 kr" if bid_form.asks.fixed_price is None else "ja"
    return root


def put(place, value):
    """Return a change that writes `value` at a place of the answers."""

    def change(root):
        *steps, last = place
        for step in steps:
            root = root[step]
        root[last] = value

    return change


def test_months_of_experience_are_counted_alike(ask):
    on, draw = date(2026, 5, 4), random.Random(SEED)
    table = [assignments(text.replace("2026-03-05 –", "2026-03-05 – 2026-05-04")) for text, *_ in rows()]
    days = [date(2023, 12, 28) + timedelta(days=number) for number in range(1100)]
    drawn = [[Assignment(*sorted(draw.choices(days, k=2))) for _ in range(draw.randint(0, 4))] for _ in range(2000)]
    short = [date(2024, 1, 31), date(2023, 1, 29), date(2024, 2, 29)]  # what follows them lacks their day
    ends = [[Assignment(first, first + timedelta(days=draw.randint(26, 400)))] for first in short * 50]
    cases = [*table, *drawn, *ends]
    asked = [
        {"assignments": [{"starts_on": str(each.first), "ends_on": str(each.last)} for each in case], "on": str(on)}
        for case in cases
    ]
    for case, found in zip(cases, ask("months", asked), strict=True):
        assert found == experience(case, rule=CountingRule.COMPLETED_MONTHS, counted_on=on).value, case


DECLARED = "egen försäkran"
CHANGES = {
    "as it is": lambda root: None,
    "nothing answered": lambda root: root["krav"][0].update(svar="", hur=""),
    "no": put(["krav", 0, "svar"], "nej"),
    "neither yes nor no": put(["krav", 0, "svar"], "kanske"),
    "a promise that is too long": put(["krav", 1, "utfästelse"], "ö" * 301),
    "a promise of exactly its length, in signs beyond 16 bits": put(["krav", 1, "utfästelse"], "😀" * 300),
    "signs that are not text": put(["krav", 0, "hur"], "a\0b"),
    "terms not accepted": put(["särskilda kontraktsvillkor", "svar"], ""),
    "nobody named": put(["personer", "svar"], []),
    "a person without assignments": put(["personer", "svar", 0, "uppdrag"], []),
    "a person without a name": put(["personer", "svar", 0, "namn"], " "),
    "a day that does not exist": put(["personer", "svar", 0, "uppdrag", 1, "från"], "2021-02-29"),
    "a day in another order": put(["personer", "svar", 0, "uppdrag", 1, "från"], "1/2 2021"),
    "an end before its beginning": put(["personer", "svar", 0, "uppdrag", 1, "till"], "2019-01-01"),
    "an unknown role": put(["andra företag", "svar", 0, "roll"], "vän"),
    "no companies": put(["andra företag", "svar"], []),
    "no declaration": put([DECLARED, "lämnas"], ""),
    "an ESPD": put([DECLARED, "lämnas"], "espd"),
    "a ground that is not explained": put([DECLARED, "skatter", "stämmer"], "nej"),
    "a ground that is explained": lambda root: (
        put([DECLARED, "skatter", "stämmer"], "nej")(root),
        put([DECLARED, "förklaring", "svar"], "En avbetalningsplan.")(root),
    ),
    "nobody signs": put([DECLARED, "undertecknare"], "  "),
    "no price": put(["pris", "svar"], ""),
    "a price that can be read in two ways": put(["pris", "svar"], "1.050"),
    "a price of nothing": put(["pris", "svar"], "0,00"),
}
FORMS = {
    "a price of one's own": form(),
    "a fixed price": form(fixed_price=Decimal("990.50")),
    "nobody to be named": form(names_people=False),
}


def files_of(name, pages):
    items = {"cv": CV, "method": METHOD, "espd": None}
    return [
        OfferFile(uuid4(), items[part], f"{part}.pdf", "application/pdf", 10, "ab" * 32, count)
        for part, count in pages.items()
    ]


FILES = [
    files_of("whole", {"cv": 2, "method": 4}),
    files_of("none", {}),
    files_of("too long", {"cv": 3, "method": 5}),
    files_of("uncounted", {"cv": None, "method": None, "espd": None}),
]


@pytest.mark.parametrize("name", FORMS)
def test_answers_become_the_same_bid_and_the_same_checklist(ask, name):
    bid_form = FORMS[name]
    cases = []
    for number, change in enumerate(CHANGES.values()):
        root = filled(bid_form)
        change(root)
        cases += [(root, files) for files in (FILES if number == 0 else FILES[: 1 + number % 2])]
    asked = [
        {
            "written": root,
            "form": json.loads(bid_form.canonical()),
            "files": index_of(replace(EMPTY, files=tuple(files)))["files"],
        }
        for root, files in cases
    ]
    for (root, files), found in zip(cases, ask("answers", asked), strict=True):
        try:
            offer = read_answers(json.dumps(root, ensure_ascii=True).encode(), bid_form).offer
        except BadFileError:
            assert found["faults"], root
            continue
        offer = replace(offer, files=tuple(files))
        assert found["faults"] == []
        expected = json.loads(canonical_json(index_of(offer)))
        accepted = (expected.pop("accepted_price", None), found["index"].pop("accepted_price", None))
        assert accepted[0] == accepted[1] or Decimal(accepted[0]) == Decimal(accepted[1])
        assert found["index"] == expected
        assert found["price"] == (None if offer.price is None else str(offer.price))
        points = [(str(each.part), each.state, told(each.text)) for each in checklist(bid_form.asks, offer)]
        assert [(each["part"], each["state"], each["message"]) for each in found["points"]] == points


EMPTY = read_answers(skeleton(form()), form()).offer


def packed_pdf():
    """A PDF whose cross-references and page tree lie packed in streams."""
    return bytes(typst.compile(b"#for n in range(12) [Sida #n #pagebreak()]"))


def added_to():
    """A PDF to which pages were added at its end, as programs do that sign and annotate."""
    writer = PdfWriter(io.BytesIO(paging.pdf(3)), incremental=True)
    writer.add_blank_page(595, 842)
    return paging.written(writer)


def files():
    cases = [
        (case[0], case[1])
        for test in (
            paging.test_pages_are_counted_from_the_bytes,
            paging.test_some_files_have_no_pages,
            paging.test_what_cannot_be_taken_is_told,
        )
        for case in cases_of(test)
    ]
    cases += [
        (paging.word(about), "Metod.docx") for (about,) in [(b"<Pages>4</Pages>",), (None,), (b"<Pages>0</Pages>",)]
    ]
    cases += [(paging.real_word(), "Metod.docx"), (paging.word(b" " * (1024 * 1024) + b"<Pages>4</Pages>"), "M.docx")]
    cases += [(paging.word(b"<Pages>4</Pages>", **{f"part{n}": b"" for n in range(5000)}), "Metod.docx")]
    cases += [(packed_pdf(), "Typst.pdf"), (added_to(), "Signerad.pdf"), (paging.pdf(700), "Lång.pdf")]
    cases += [(paging.pdf(3)[:-200], "Avklippt.pdf"), (paging.pdf(2) + b"\0" * 500, "Skräp efter.pdf")]
    cases += [(paging.pdf(3).replace(b"startxref\n", b"startxref\n9"), "Fel plats.pdf")]
    return cases


def test_pages_are_counted_alike(ask):
    cases = files()
    asked = [{"data": b64encode(data).decode(), "name": name} for data, name in cases]
    for (data, name), found in zip(cases, ask("pages", asked), strict=True):
        expected = count_pages(data, name)
        assert (found["kind"], found["counting"], found["pages"]) == (
            expected.kind,
            str(expected.counting),
            expected.pages,
        ), (name, len(data))
        assert found["message"] == told(expected.reason), name


def test_damage_never_breaks_the_counting_and_seldom_gives_another_number_than_the_server_finds(ask):
    draw = random.Random(SEED)
    cases = []
    for sample in (paging.pdf(3), packed_pdf(), added_to(), paging.word(b"<Pages>4</Pages>"), paging.png()):
        for _ in range(20):
            damaged = bytearray(sample)
            for _ in range(draw.randint(1, 6)):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            cases.append(bytes(damaged))
    found = ask("pages", [{"data": b64encode(data).decode(), "name": "Metod"} for data in cases])
    counts = [(there["pages"], count_pages(data, "Metod").pages) for there, data in zip(found, cases, strict=True)]
    differ = [pair for pair in counts if None not in pair and pair[0] != pair[1]]
    assert len(differ) <= len(counts) // 20


def test_every_sentence_that_the_browser_speaks_is_sent_in_swedish(ask):
    sentences = set(SPOKEN)
    assert {gettext(text) for text in sentences}.isdisjoint(sentences)
    found = ask("amount", AMOUNTS) + ask("pages", [{"data": b64encode(d).decode(), "name": n} for d, n in files()])
    spoken = {each["problem"]["text"] for each in found if "problem" in each}
    spoken |= {each["message"]["text"] for each in found if "message" in each}
    for bid_form in FORMS.values():
        asked = []
        for change in CHANGES.values():
            root = filled(bid_form)
            change(root)
            asked.append({"written": root, "form": json.loads(bid_form.canonical()), "files": []})
        for each in ask("answers", asked):
            spoken |= {point["message"]["text"] for point in each["points"]}
            spoken |= {fault["message"]["text"] for fault in each["faults"]}
    assert spoken <= sentences


def shape(sealed):
    """All of an age file that is not drawn: its length, and the words of its header."""
    header = sealed.split(b"\n---")[0].split(b"\n")
    return len(sealed), [(line.split()[:2] if line.startswith(b"->") else len(line)) for line in header]


def test_what_the_browser_seals_two_holders_open(ask):
    secrets = [pyrage.x25519.Identity.generate() for _ in range(3)]
    holders = [Holder(uuid4(), f"Innehavare {n} å", str(each.to_public())) for n, each in enumerate(secrets)]
    layers = {holds: pyrage.x25519.Identity.generate() for holds in Holds}
    bid_form, bid = form(), uuid4()
    listed = HolderList(
        bid_form.tender,
        tuple(holders),
        every_pair(holders),
        {holds: str(layer.to_public()) for holds, layer in layers.items()},
    )
    content = json.loads(canonical_json(index_of(EMPTY)))
    data = [b"%PDF" * 1_500_000, b"", b"liten"]
    (made,) = ask(
        "seal",
        [
            {
                "holders": listed.canonical().decode(),
                "bid": str(bid),
                "content": content,
                "files": [b64encode(each).decode() for each in data],
                "price": "1140.5",
                "form": json.loads(bid_form.canonical()),
            }
        ],
    )
    raw = {
        "format": "rodatraden-manifest-1",
        "tender": bid_form.tender,
        "bid": bid,
        "documents_sha256": bid_form.snapshot_sha256,
        "holders_sha256": listed.sha256,
        "packages": made["packages"],
        "part_size": 4 * 1024 * 1024,
        "made_with": "test",
        "sealed_at": "2026-05-01T08:00:00Z",
        "replaces": None,
    }
    enclosed = {str(holds): made[str(holds)] for holds in Holds}
    (laid,) = ask("handIn", [{"manifest": canonical_json(raw).decode(), "enclosed": enclosed}])
    handed_in = read_hand_in(b64decode(laid))
    manifest = handed_in.manifest
    parts = [b64decode(part) for part in made["parts"]]
    assert len(parts) == 2
    for holds, package in manifest.packages.items():
        wraps = handed_in.packages[holds].wraps
        assert sha256_hex(wraps) == package.wraps_sha256
        found = read_wraps(wraps)
        check_wraps(found, listed)
        ours = wrap(str(pyrage.x25519.Identity.generate()), holders=listed, bid=bid, holds=holds)
        for (first, last), sealed in found.wraps.items():
            opened = {0: sealed, 1: ours.wraps[first, last]}
            for layer in (layers[holds], *(secrets[place(holders, key)] for key in (first, last))):
                assert shape(opened[0]) == shape(opened[1]), "a holder could tell whose program sealed (INV-02)"
                opened = peel(opened, str(layer))
            mine = parts if holds is Holds.BID else []
            scratch = io.BytesIO()
            package_found = open_package(
                package,
                Envelope(bid_form.tender, bid, holds),
                identity=opened[0],
                index=handed_in.packages[holds].index,
                parts=[Part(sha256_hex(part), len(part)) for part in mine],
                stored=[in_memory(part) for part in mine],
                scratch=scratch,
            )
            if holds is Holds.PRICE:
                assert package_found.content == json.loads(
                    canonical_json(price_of(Decimal("1140.50"), currency="SEK", unit="hour"))
                )
            else:
                assert package_found.content == content
                assert [file.read() for file in package_found.files] == data


def place(holders, key: UUID) -> int:
    return [each.key for each in holders].index(key)
