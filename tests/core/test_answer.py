"""A rule's answer: yes, or no with a reason."""

from __future__ import annotations

import pytest

from rodatraden.core.answer import YES, Answer, RefusedError, no, require
from rodatraden.core.message import say


def test_yes_is_true_and_lets_through() -> None:
    assert YES
    assert Answer(allowed=True) == YES
    require(YES)


def test_no_is_false_and_keeps_its_reason_place_and_source() -> None:
    answer = no(say("The deadline passed at {at}.", at="12:00"), mend="deadline", source="LOU 11 kap. 8 §")
    assert not answer
    assert answer == Answer(
        allowed=False,
        reason=say("The deadline passed at {at}.", at="12:00"),
        mend="deadline",
        source="LOU 11 kap. 8 §",
    )


def test_a_refused_verb_carries_the_answer_so_that_the_page_can_show_it() -> None:
    answer = no(say("The deadline passed at {at}.", at="12:00"))
    with pytest.raises(RefusedError, match=r"^The deadline passed at 12:00\.$") as refused:
        require(answer)
    assert refused.value.answer is answer
