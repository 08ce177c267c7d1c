"""The files of a quality model: the templates that come with the program, JSON in and out, the schema for machines."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from rodatraden.core.assessment.model_workbook import Misread, Understood
from rodatraden.core.assessment.quality_model import LARGEST, ROOT, model_of, read_model
from rodatraden.core.evaluation.case import read_json
from rodatraden.core.evaluation.reading import ModelError
from rodatraden.core.message import say

if TYPE_CHECKING:
    from rodatraden.core.assessment.quality_model import QualityModel

TEMPLATES = ("systematik",)
"""Names of the templates, each a file in `templates`: our own words, free to use and change."""


@cache
def template(name: str) -> QualityModel:
    """Return a template by its name.

    Raises:
        KeyError: there is none of that name.
    """
    if name not in TEMPLATES:
        raise KeyError(name)
    file = resources.files(__package__) / "templates" / f"{name}.json"
    return model_of(json.loads(file.read_text(encoding="utf-8")))


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of the model's file."""
    file = resources.files(__package__) / "quality_model.schema.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def write_model_json(model: QualityModel) -> bytes:
    """Return the model as a JSON file that people can read; its hash is that of the canonical form, not of this file."""
    return (json.dumps(json.loads(model.canonical), ensure_ascii=False, indent=1) + "\n").encode()


def read_model_json(data: bytes) -> Understood:
    """Return the model in a JSON file, or all that is wrong in it, each fault by its field."""
    if len(data) > LARGEST:
        reason = say("The file has {size} bytes. It can have at most {most}.", size=len(data), most=LARGEST)
        return Understood(None, (Misread(ROOT, "", reason),))
    try:
        found = read_model(read_json(data))
    except ModelError as error:
        return Understood(None, (_misread(error),))
    return Understood(found.model, tuple(_misread(fault) for fault in found.faults))


def _misread(fault: ModelError) -> Misread:
    place = ROOT if fault.field == "case" else fault.field  # the reader of JSON calls every file a case
    return Misread(place, "" if fault.value == "None" else fault.value.strip("'"), fault.reason)
