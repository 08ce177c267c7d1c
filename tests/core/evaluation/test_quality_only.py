import pytest

from rodatraden.core.evaluation import ModelError, QualityOnly
from tests.core.evaluation.worked import check_page, outcome


def test_the_worked_example_of_the_page() -> None:
    check_page("quality_only.md")


def test_no_price_is_asked_for() -> None:
    assert {result.price for result in outcome("05-quality-only").results} == {None}
    assert str(outcome("05-quality-only").steps[-1].text) == "Anbud B has the most evaluation points."


def test_it_states_nothing() -> None:
    assert QualityOnly.from_json(QualityOnly().to_json(), "c") == QualityOnly()
    with pytest.raises(ModelError) as refused:
        QualityOnly.from_json({"method": "quality_only", "price": "1"}, "c")
    assert refused.value.field == "c.price"
