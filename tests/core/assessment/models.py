"""Quality models for tests: the worked example of the page, and any model that hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.assessment.quality_model import Area, Criterion, Kind, QualityModel, Unit

PERCENT = Scale(Decimal(0), Decimal(100), Decimal(10))


def in_percent(key: str, maximum: int, weight: int = 1, kind: Kind = Kind.APPROACH) -> Criterion:
    return Criterion(
        key,
        key.capitalize(),
        f"Hur gör ni för att {key}?",
        PERCENT,
        Decimal(maximum),
        Unit.PERCENT,
        kind,
        Decimal(weight),
    )


def example() -> QualityModel:
    """Return the model of docs/rules/quality_model.md."""
    forty = Scale(Decimal(0), Decimal(40))
    return QualityModel(
        "Exempel",
        (
            Area("a", "Del A", (in_percent("planera", 100), in_percent("göra", 50, weight=2))),
            Area("b", "Del B", (Criterion("följa upp", "Följa upp", "Hur följer ni upp?", forty, Decimal(40)),)),
            Area("c", "Del C", (in_percent("utfall", 300, kind=Kind.RESULT),)),
        ),
    )


def without(model: QualityModel, key: str) -> QualityModel:
    """Return the model with one part left out."""
    return replace(model, areas=tuple(replace(a, is_left_out=a.is_left_out or a.key == key) for a in model.areas))


_words = (
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(str.strip).map(str.strip)
)
_worth = st.decimals("0.01", 5000, places=2)


@st.composite
def criteria(draw: st.DrawFn, key: str) -> Criterion:
    unit = draw(st.sampled_from(Unit))
    if unit is Unit.PERCENT:
        lowest, highest, step = 0, 100, draw(st.sampled_from([1, 5, 10, 20]))
    else:
        step = draw(st.integers(1, 5))
        lowest = draw(st.integers(0, 3))
        highest = lowest + step * draw(st.integers(1, 10))
    begins = draw(st.sets(st.integers(1, (highest - lowest) // step), max_size=3)) if draw(st.booleans()) else None
    scale = Scale(Decimal(lowest), Decimal(highest), Decimal(step))
    if begins is not None:
        texts = [(Decimal(lowest + step * n), draw(_words)) for n in sorted({0, *begins})]
        scale = Scale.from_texts(texts, Decimal(highest), Decimal(step))
    return Criterion(
        key=key,
        title=draw(_words),
        question=draw(_words | st.just("")),
        scale=scale,
        maximum=draw(_worth) if unit is Unit.PERCENT else Decimal(highest),
        unit=unit,
        kind=draw(st.sampled_from(Kind)),
        weight=draw(_worth | st.just(Decimal(1))),
        evidence=draw(_words | st.just("")),
    )


@st.composite
def models(draw: st.DrawFn) -> QualityModel:
    """Draw a model with up to four parts; it may lack what is needed before anybody judges by it."""
    areas = []
    for n in range(draw(st.integers(0, 4))):
        held = tuple(draw(criteria(f"{n}.{m}")) for m in range(draw(st.integers(0, 3))))
        areas.append(Area(f"del{n}", draw(_words), held, draw(_words | st.just("")), draw(st.booleans())))
    return QualityModel(
        title=draw(_words),
        areas=tuple(areas),
        introduction=draw(_words | st.just("")),
        source=draw(_words | st.just("")),
        scores_results=draw(st.booleans()),
        renormalised_to=draw(st.none() | _worth),
    )


@st.composite
def judged(draw: st.DrawFn) -> tuple[QualityModel, dict[str, Decimal]]:
    """Draw a model that can be judged by, with a score on every criterion, also where it counts nowhere."""
    model = draw(models().filter(lambda model: bool(model.scored)))
    return model, {each.key: draw(st.sampled_from(each.scale.values)) for each in model.criteria}
