"""Holds records to the schema that `discover` announces."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]  # with the CDK, without types

from integration_tests.harness.output import Json

FORMATS = FormatChecker(formats=())
"""Times only, and also those without an offset: TikTok writes most so, and Airbyte's own connector passes them on."""


def misfits(stream: Json, records: Iterable[Json]) -> set[str]:
    """What the schema of a stream finds wrong with its records, each finding once.

    A schema that tells nothing but types and times sees no difference between records that are alike in both, so one of
    each is shown to it.
    """
    validator = Draft7Validator(stream["json_schema"], format_checker=FORMATS)
    samples = {types_of(record): record for record in records}
    return {
        f"{error.json_path}: {error.message}" for record in samples.values() for error in validator.iter_errors(record)
    }


def types_of(value: Any) -> str:
    """The types in a record, a text that is a time having one of its own."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{types_of(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({types_of(inner) for inner in value})) + "]"
    return "time" if isinstance(value, str) and _is_time(value) else type(value).__name__


def _is_time(value: object) -> bool:
    try:
        return not isinstance(value, str) or bool(datetime.fromisoformat(value))
    except ValueError:
        return False


FORMATS.checks("date-time")(_is_time)
