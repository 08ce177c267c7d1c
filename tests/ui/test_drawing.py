from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest

from rodatraden.core.message import say
from rodatraden.core.thread import Gap, Link, Node, NodeState, Phase, Station, join
from rodatraden.ui.drawing import ceiling_meter, day_strip, mini_thread, tell, tell_rows, thread_map
from rodatraden.ui.drawing.shapes import cut
from rodatraden.ui.styleguide import example_thread

WHOLE = ["whole"] * 6


def draw(states):
    found = mini_thread(states)
    return [(stroke.css, stroke.d) for stroke in found.strokes], [(dot.x, dot.css) for dot in found.dots]


def test_a_whole_small_thread_is_five_lines_between_six_filled_knots():
    strokes, dots = draw(WHOLE)
    assert strokes == [("", f"M{x} 9H{x + 16}") for x in (10, 34, 58, 82, 106)]
    assert dots == [(x, "on") for x in (6, 30, 54, 78, 102, 126)]


def test_what_comes_later_is_dotted_and_grey():
    strokes, dots = draw(["whole", "planned", "later", "coming", "later", "later"])
    assert [css for css, _ in strokes] == ["", "fram", "fram", "fram", "fram"]
    assert [css for _, css in dots] == ["on", "on", "fram", "fram", "fram", "fram"]


def test_after_a_break_nothing_is_red():
    strokes, dots = draw(["whole", "whole", "broken", "beyond", "beyond", "beyond"])
    assert strokes == [("", "M10 9H26"), ("", "M33 9H36"), ("frans", "M36 9q5 0 7-6M36 9q4 0 8-1M36 9q4 0 6 5")]
    assert [css for _, css in dots] == ["on", "on", "fram", "fram", "fram", "fram"]


def test_a_station_that_is_passed_has_a_line_and_no_knot():
    strokes, dots = draw(["whole", "whole", "passed", "whole", "whole", "whole"])
    assert [x for x, _ in dots] == [6, 30, 78, 102, 126]
    assert ("", "M34 9H58") in strokes
    assert ("", "M58 9H74") in strokes


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("kort", 10, "kort"),
        ("precis tio", 10, "precis tio"),
        ("Tilltro i tre led", 14, "Tilltro i…"),
        ("Närvaro, kontinuitet", 12, "Närvaro…"),
        ("Ettlångtord", 5, "Ettl…"),
    ],
)
def test_texts_are_cut_at_a_word(text, room, expected):
    assert cut(text, room) == expected
    assert len(expected) <= room


def told(thread):
    return tell(thread, tell_rows(thread))


def node(label, station, state=NodeState.STANDING, gaps=(), note=None):
    return Node(station, UUID(int=int.from_bytes(label.encode())), label, f"text {label}", state, gaps, note)


def make(chains, special=(), stage=Phase.DOCUMENTS):
    stations = {
        "B": Station.NEED,
        "K": Station.REQUIREMENT,
        "U": Station.PROMISE,
        "V": Station.TERM,
        "F": Station.CHECK,
        "R": Station.RESULT,
    }
    instead = {each.label: each for each in special}
    labels = dict.fromkeys(label for chain in chains for label in chain.split())
    nodes = [instead.get(label, node(label, stations[label[0]])) for label in labels]
    ids = {each.label: each.id for each in nodes}
    pairs = [pair for chain in chains for pair in zip(chain.split(), chain.split()[1:], strict=False)]
    return join(nodes, [Link(ids[a], ids[b]) for a, b in dict.fromkeys(pairs)], stage=stage)


def test_needs_never_overlap_and_all_is_within_the_picture():
    chains = [f"B{need} K{need}{row}" for need in range(1, 8) for row in range(1 if need % 2 else 5)]
    drawn = thread_map(make(chains))
    tops = [box.y for box in drawn.needs]
    assert all(below - above >= 70 for above, below in pairwise(tops))
    assert min(tops) >= 34
    assert max(box.y + box.height for box in (*drawn.needs, *drawn.rows)) <= drawn.height


def test_many_needs_with_one_requirement_still_fit():
    drawn = thread_map(make([f"B{need} K1" for need in range(1, 9)]))
    tops = [box.y for box in drawn.needs]
    assert tops == sorted(tops)
    assert tops[0] >= 34
    assert drawn.height >= tops[-1] + 54


def test_requirements_stand_beside_their_needs():
    drawn = thread_map(make(["B1 K3", "B2 K1", "B3 K2"]))
    assert [box.code for box in drawn.rows] == ["K3", "K1", "K2"]


def test_what_looks_alike_is_one_stroke():
    drawn = thread_map(make(["B1 K1", "B1 K2", "B2 K3"], stage=Phase.BIDS))
    assert [(stroke.css, stroke.d.count("M")) for stroke in drawn.strokes] == [("", 3), ("fram", 12)]


def test_an_empty_thread_is_an_empty_picture():
    drawn = thread_map(make([]))
    assert (list(drawn.needs), list(drawn.rows), list(drawn.strokes)) == ([], [], [])


def test_every_break_is_frayed_and_explained():
    drawn = thread_map(example_thread())
    assert [stroke.d.count("q9 0 13-10") for stroke in drawn.strokes if stroke.css == "frans"] == [2]
    assert [label.text for label in drawn.labels] == ["Poängen finns inte i modellen.", "Ingen följer upp K9."]


def test_a_break_before_the_result_is_explained_below_the_line():
    thread = make(["B1 K1 U1 V1 F1"], stage=Phase.FOLLOW_UP)
    (label,) = thread_map(thread).labels
    assert (label.text, label.anchor, label.x) == ("Uppföljningen av K1 saknar resultat.", "end", 1120)


def test_a_struck_requirement_keeps_its_box_and_has_no_thread():
    struck = node("K1", Station.REQUIREMENT, NodeState.STRUCK, note=say("The deadline has passed."))
    drawn = thread_map(make(["B1 K1"], [struck]))
    assert [box.struck for box in drawn.rows] == [True]
    assert list(drawn.strokes) == []
    assert [row.words for need in told(make(["B1 K1"], [struck])) for row in need.rows] == ["Tiden har gått ut."]


@pytest.mark.parametrize(
    ("chain", "stage", "expected"),
    [
        ("B1 K1", Phase.BIDS, "Hel till kravet"),
        ("B1 K1", Phase.DOCUMENTS, "Hel till planerad uppföljning"),
        ("B1 K1 U1", Phase.EVALUATION, "Hel till utfästelsen"),
        ("B1 K1 U1 V1", Phase.CONTRACT, "Hel till avtalsvillkoret"),
        ("B1 K1 U1 V1 F1 R1", Phase.FOLLOW_UP, "Hel till resultatet"),
        ("B1 K1 U1", Phase.CONTRACT, "Brister före avtalsvillkoret. K1 finns inte i avtalet."),
        ("K1", Phase.DOCUMENTS, "Brister före behovet. K1 svarar inte mot något behov."),
    ],
)
def test_the_thread_in_words(chain, stage, expected):
    (need,) = told(make([chain], stage=stage))
    assert [row.words for row in need.rows] == [expected]


def test_the_table_says_what_stands_at_each_station():
    (need,) = told(make(["B1 K1 U1"], stage=Phase.CONTRACT))
    assert need.rows[0].cells == (
        ("Utfästelse", "U1"),
        ("Avtalsvillkor", "saknas"),
        ("Uppföljning", "–"),
        ("Resultat", "–"),
    )
    (need,) = told(make(["B1 K1 V1"], stage=Phase.CONTRACT))
    assert [text for _, text in need.rows[0].cells] == ["behövs inte", "V1", "senare", "senare"]


def test_requirements_without_a_need_come_last():
    needs = told(make(["B1 K1", "K2"]))
    assert [(need.label, [row.label for row in need.rows]) for need in needs] == [("B1", ["K1"]), ("", ["K2"])]


def test_a_need_says_what_it_lacks():
    gap = (Gap(Station.CHECK, say("The deadline has passed.")),)
    (need,) = told(make(["B1 K1"], [node("K1", Station.REQUIREMENT, gaps=gap)]))
    assert need.words == "Behovet B1 har ingen hel tråd."


def test_the_standstill_is_drawn_from_the_sending_to_the_first_day_of_a_contract():
    """Seed 000 of the design: day ten is midsommarafton, so Monday 22 June is the last barred day (INV-19)."""
    strip = day_strip(
        sent_on=date(2026, 6, 9),
        last_barred_on=date(2026, 6, 22),
        signing_on=date(2026, 6, 23),
        today=date(2026, 6, 12),
    )
    assert [day.number for day in strip.days] == list(range(9, 24))
    assert [day.kind for day in strip.days] == ["sant", *["sparrdag"] * 13, "fri"]
    assert [day.weekday for day in strip.days[:3]] == ["tis", "ons", "tors"]
    assert [day.number for day in strip.days if day.today] == [12]
    assert [label.text for label in strip.labels] == ["Sänt", "Sista spärrdag", "I dag", "Avtal tidigast"]
    assert strip.title.replace("\u00a0", " ") == (
        "Avtalsspärren går från tisdag 9 juni 2026 till måndag 22 juni 2026. "
        "Avtal får tecknas tidigast tisdag 23 juni 2026."
    )


def test_on_the_first_day_of_a_contract_today_is_said_once():
    day = date(2026, 6, 23)
    strip = day_strip(sent_on=date(2026, 6, 22), last_barred_on=date(2026, 6, 22), signing_on=day, today=day)
    assert [label.text for label in strip.labels] == ["Sänt", "I dag"]


def test_the_ceiling_shows_what_is_ordered_delivered_and_drafted():
    meter = ceiling_meter(
        limit=Decimal(1000),
        ordered=Decimal(250),
        delivered=Decimal(100),
        drafted=Decimal(50),
        warnings=[Decimal("0.7")],
    )
    assert [(bar.css, bar.x, bar.width) for bar in meter.bars] == [
        ("spar", 0, 1040),
        ("avrop", 0, 260),
        ("fakt", 0, 104),
        ("utkast", 260, 52),
    ]
    assert [(label.text, round(label.x)) for label in meter.labels] == [("70\u00a0%", 728)]
    assert [text.replace("\u00a0", " ") for text, _, _ in meter.legend] == [
        "Levererat 100 kr",
        "Avropat, inte levererat 150 kr",
        "Det här avropet 50 kr",
    ]
    assert (
        meter.title.replace("\u00a0", " ")
        == "Av takvärdet 1 000 kr är 250 kr avropat (25,0 %), varav 100 kr är levererat."
    )


def test_a_draft_above_the_ceiling_never_leaves_the_meter():
    meter = ceiling_meter(limit=Decimal(1000), ordered=Decimal(1000), delivered=Decimal(0), drafted=Decimal(500))
    assert max(bar.x + bar.width for bar in meter.bars) <= 1041
