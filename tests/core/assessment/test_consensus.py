import pytest

from rodatraden.core.assessment import completeness

ASKED = [(bid, criterion) for bid in ("a", "b", "c", "d") for criterion in ("method", "case")]


def test_one_cell_left_is_named() -> None:
    found = completeness(ASKED, [cell for cell in ASKED if cell != ("b", "method")])
    assert str(found.summary) == "7 of 8 consensus scores are set."
    assert (found.is_complete, found.missing) == (False, (("b", "method"),))


def test_all_cells_set_is_complete_in_any_order() -> None:
    assert completeness(ASKED, reversed(ASKED)).is_complete


def test_nothing_asked_for_is_nothing_agreed_on() -> None:
    assert not completeness([], []).is_complete


@pytest.mark.parametrize("decided", [[("a", "price")], [("a", "case"), ("a", "case")]])
def test_inv_09_no_score_on_what_was_never_asked_for(decided: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="decided"):
        completeness(ASKED, decided)
