from rodatraden.core.evaluation.workbook.columns import bid_columns, sheet_name
from tests.core.evaluation.worked import read


def fields(name: str) -> list[str]:
    return [column.field for column in bid_columns(read(name).lots[0].model)]


def test_the_columns_are_the_fields_of_the_case_file() -> None:
    assert fields("seed-000") == ["key", "name", "price", "scores.metod", "scores.case", "not_qualified"]
    assert fields("24-price-lines-currency") == [
        "key", "name", "prices.konsult", "prices.utbildning", "currency", "not_qualified",
    ]  # fmt: skip
    assert "price" not in fields("05-quality-only")


def test_lots_have_a_sheet_each() -> None:
    assert [sheet_name("Anbud", read("25-lots"), n) for n in range(2)] == ["Anbud 1", "Anbud 2"]
    assert sheet_name("Anbud", read("seed-000"), 0) == "Anbud"
