"""The words of JSON Schema that the schema of the case file uses, read literally; an unknown word is an error."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
COMMENTS = {"$schema", "title", "description", "$defs"}


def is_valid(value: Any, rule: Any, whole: dict[str, Any]) -> bool:
    """Return whether `value` keeps to `rule`, which is true, false or an object of the schema `whole`."""
    if isinstance(rule, bool):
        return rule
    return all(_holds(word, wanted, value, rule, whole) for word, wanted in rule.items() if word not in COMMENTS)


def _holds(word: str, wanted: Any, value: Any, rule: dict[str, Any], whole: dict[str, Any]) -> bool:  # noqa: C901, PLR0911 -- one flat match
    match word:
        case "$ref":
            return is_valid(value, whole["$defs"][wanted.removeprefix("#/$defs/")], whole)
        case "anyOf":
            return any(is_valid(value, each, whole) for each in wanted)
        case "type":
            return TYPES[wanted](value)
        case "const":
            return type(value) is not bool and value == wanted
        case "enum":
            return isinstance(value, str) and value in wanted
        case "required":
            return not isinstance(value, dict) or set(wanted) <= set(value)
        case "properties":
            return not isinstance(value, dict) or all(
                is_valid(each, wanted[key], whole) for key, each in value.items() if key in wanted
            )
        case "additionalProperties":
            known = rule.get("properties", {})
            return not isinstance(value, dict) or all(
                is_valid(each, wanted, whole) for key, each in value.items() if key not in known
            )
        case "items":
            return not isinstance(value, list) or all(is_valid(each, wanted, whole) for each in value)
        case "pattern":
            return not isinstance(value, str) or re.search(wanted, value) is not None
        case "minLength" | "minItems":
            return not isinstance(value, str | list) or len(value) >= wanted
        case "maxLength" | "maxItems":
            return not isinstance(value, str | list) or len(value) <= wanted
    raise ValueError(word)
