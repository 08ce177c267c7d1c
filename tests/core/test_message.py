"""Sentences with values that are put in where the reader is known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.message import Amount, Message, say


def test_a_message_keeps_sentence_and_values_apart() -> None:
    message = say("At most {most} hours, {name}.", most=Decimal("7.5"), name="Åsa {x}")
    assert (message.text, dict(message.values)) == (
        "At most {most} hours, {name}.",
        {"most": Decimal("7.5"), "name": "Åsa {x}"},
    )
    assert str(message) == "At most 7.5 hours, Åsa {x}."


def test_messages_with_the_same_content_are_equal() -> None:
    assert say("A {x}", x=1) == Message("A {x}", {"x": 1})
    assert say("A {x}", x=1) != say("A {x}", x=2)


def test_a_value_may_be_called_text() -> None:
    assert str(say("“{text}” is no number.", text="1,0,0")) == "“1,0,0” is no number."


def test_values_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        say("A {x}", x=1).values["x"] = 2  # type: ignore[index]


def test_an_amount_is_its_bare_number_until_the_reader_is_known() -> None:
    assert str(say("The price is {price} kr.", price=Amount(Decimal("1050.5")))) == "The price is 1050.5 kr."
