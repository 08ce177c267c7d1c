"""Criteria and points: each fault with a case that has it and one that nearly has."""

from __future__ import annotations

from typing import Any

from rodatraden.core.evaluation.lint import Severity
from tests.core.evaluation.lint.cases import case_of, check, combination, criterion, documents, found

METHOD = {"label": "Metod", "as": "score", "criterion": "metod"}
CASE = {"label": "Case", "as": "score", "criterion": "case"}
MUST = {"label": "Erfarenhet", "as": "must", "about": "tid", "level": "24 månader"}


def asked(*rows: dict[str, Any]) -> Any:
    return case_of("seed-000", documents(asked=list(rows)))


def test_inv_09_what_gives_points_has_points_in_the_model() -> None:
    extra = {"label": "Meriterande", "as": "score"}
    remark = check("scored_without_points", asked(METHOD, CASE, extra), asked(METHOD, CASE, {**extra, "as": "term"}))
    assert (remark.severity, remark.field) == (Severity.ERROR, "case.documents.asked[2]")
    assert found("scored_without_points", asked(METHOD, CASE, {**extra, "criterion": "okänt"}))


def test_inv_09_what_the_model_gives_points_for_is_asked_for() -> None:
    remark = check("points_without_criterion", asked(METHOD), asked(METHOD, CASE))
    assert (remark.severity, remark.field) == (Severity.ERROR, "case.model.criteria[1]")
    assert found("points_without_criterion", asked()) == []


def test_two_criteria_with_one_sum_of_points() -> None:
    remark = check(
        "shared_points", asked(METHOD, CASE, {**METHOD, "label": "Plan"}), asked(METHOD, CASE, {"label": "Plan", "as": "must", "criterion": "metod"})
    )  # fmt: skip
    assert str(remark.text) == "Metod, Plan share 10 points. Nobody knows what each of them weighs."


def test_points_that_decide_nothing() -> None:
    def lowest(value: dict[str, Any]) -> None:
        value["model"]["combination"] = {"method": "lowest_price"}

    def alone(**changed: Any) -> Any:
        return lambda value: value["model"].update({"gates": [], "tie_rule": "none", **changed})

    remark = check(
        "points_without_effect",
        case_of("seed-000", lowest, alone()),
        case_of("seed-000", lowest, alone(gates=[{"minimum": "12"}])),
    )
    assert remark.severity is Severity.ERROR
    assert remark.example is not None
    (tried,) = remark.example.tried
    assert len({result.value for result in tried.outcome.results}) == 1
    assert found("points_without_effect", case_of("seed-000", lowest, alone(tie_rule="higher_quality"))) == []


def test_a_criterion_that_gives_all_the_same() -> None:
    def table(*points: str) -> list[dict[str, str]]:
        return [{"from": "0", "below": "5", "points": points[0]}, {"from": "5", "points": points[1]}]

    target = combination(target="15")
    total = lambda value: value["model"].update(total="15", gates=[])  # noqa: E731 -- a change
    remark = check(
        "dead_criterion",
        case_of("seed-000", criterion(1, table=table("5", "5")), target, total),
        case_of("seed-000", criterion(1, table=table("4", "5")), target, total),
    )
    assert remark.example is not None
    (tried,) = remark.example.tried
    assert len({result.value for result in tried.outcome.results}) == 1
    assert tried.bids[0].scores != tried.bids[1].scores


def test_steps_that_rise_and_fall() -> None:
    def table(middle: str) -> list[dict[str, str]]:
        return [
            {"from": "0", "below": "4", "points": "0"},
            {"from": "4", "below": "8", "points": middle},
            {"from": "8", "points": "10"},
        ]

    remark = check(
        "steps_not_monotone",
        case_of("seed-000", criterion(0, table=[*table("10")[:2], {"from": "8", "points": "5"}])),
        case_of("seed-000", criterion(0, table=table("10"))),
    )
    assert (remark.severity, dict(remark.text.values)) == (Severity.ERROR, {"criterion": "Metod", "low": 4, "high": 8})
    assert remark.example is not None
    a, b = sorted(remark.example.tried[0].outcome.results, key=lambda result: result.key)
    assert (a.points, b.points) == (20, 15)


def test_steps_that_only_fall_are_a_choice() -> None:
    falling = [{"from": "0", "below": "5", "points": "10"}, {"from": "5", "points": "0"}]
    assert found("steps_not_monotone", case_of("seed-000", criterion(0, table=falling))) == []


def test_more_points_that_are_worth_nothing() -> None:
    fixed = {
        "curve": "between",
        "reference": {"kind": "fixed", "amount": "700"},
        "to": {"kind": "fixed", "amount": "1700"},
    }
    coarse = [{"where": "quality_share", "decimals": "0", "way": "half_up"}]
    remark = check(
        "more_is_worth_less",
        case_of(
            "06-absolute-linear", combination(price_points=fixed), lambda value: value["model"].update(roundings=coarse)
        ),
        case_of("06-absolute-linear", combination(price_points=fixed)),
    )
    assert remark.example is not None
    a, b = sorted(remark.example.tried[0].outcome.results, key=lambda result: result.key)
    assert a.value == b.value
    assert a.points != b.points


def test_must_and_score_on_the_same_fact() -> None:
    score = {**METHOD, "about": "tid"}
    remark = check("must_and_score", asked(score, CASE, MUST), asked({**score, "beyond": True}, CASE, MUST))
    assert remark.severity is Severity.WARNING
    without_level = {key: value for key, value in MUST.items() if key != "level"}
    assert found("must_and_score", asked({**score, "beyond": True}, CASE, without_level))
    assert found("must_and_score", asked({**score, "about": "annat"}, CASE, MUST)) == []


def test_a_must_without_level() -> None:
    check("must_without_level", asked(METHOD, CASE, {"label": "Erfarenhet", "as": "must"}), asked(METHOD, CASE, MUST))


def test_what_does_nothing() -> None:
    check(
        "neither_must_nor_score",
        asked(METHOD, CASE, {"label": "Profil"}),
        asked(METHOD, CASE, {"label": "Profil", "as": "term"}),
    )
