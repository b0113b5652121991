"""The generated parts of the page that stands in Airbyte's format."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from source_tiktok_marketing.catalog.streams import available_streams
from unit_tests.generate.catalog import discovered, production
from unit_tests.generate.markdown import code, table

Json = dict[str, Any]
Kind = tuple[str, str | None, str | None]

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
_RELEASE = re.compile(r"^## \[(?P<version>[^\]]+)\] - (?P<date>\S+)\n\n(?P<subject>[^#]+?)\n\n", re.MULTILINE)

_TYPES: Mapping[Kind, tuple[str, str]] = {
    ("string", None, None): ("string", "texts, names, statuses, amounts of reports; ids that aren't numbers"),
    ("string", "date-time", "timestamp_without_timezone"): (
        "timestamp without time zone",
        "times of reports, in the ad account's time zone; most times of objects, in UTC",
    ),
    ("string", "date-time", None): (
        "timestamp with time zone",
        "times of audiences, creative assets, pixels and Spark ads",
    ),
    ("integer", None, None): ("integer", "ids, counts"),
    ("number", None, None): ("number", "rates, prices, amounts of newer reports"),
    ("boolean", None, None): ("boolean", "switches"),
    ("array", None, None): ("array", "lists, such as the countries of an ad group"),
    ("object", None, None): ("object", "the dimensions and metrics of a report, nested settings"),
}
"""What Airbyte makes of a declared JSON type, format and annotation, and what has it."""


def page_stream_table() -> str:
    """Return every stream with what a connection needs to know to select it."""
    in_sandbox = available_streams(is_sandbox=True)
    rows = [
        (
            code(name),
            ", ".join(map(code, row.primary_key)) or "none",
            code(row.cursor_field) if row.cursor_field else "no",
            "yes" if name in in_sandbox else "no",
        )
        for name, row in available_streams().items()
    ]
    return table(("stream", "primary key", "incremental, by", "in the sandbox"), rows)


def data_type_table() -> str:
    """Return the types that occur in the catalogue, in the order of `_TYPES`."""
    found = {kind for stream in discovered(production()).values() for kind in _kinds(stream["json_schema"])}
    if unknown := found - _TYPES.keys():
        raise ValueError(f"Airbyte's type of {sorted(map(str, unknown))} is not stated.")
    rows = [(" ".join(code(part) for part in kind if part), *told) for kind, told in _TYPES.items() if kind in found]
    return table(("declared as", "type in Airbyte", "what has it"), rows)


def _kinds(schema: Json) -> Iterator[Kind]:
    declared = schema["type"]
    (kind,) = {declared} if isinstance(declared, str) else {*declared} - {"null"}
    yield kind, schema.get("format"), schema.get("airbyte_type")
    for inner in schema.get("properties", {}).values():
        yield from _kinds(inner)
    if "items" in schema:
        yield from _kinds(schema["items"])


def changelog_table() -> str:
    """Return a row for each release, with what the changelog says first of it."""
    releases = _RELEASE.finditer(CHANGELOG.read_text(encoding="utf-8"))
    rows = [(release["version"], release["date"], " ".join(release["subject"].split())) for release in releases]
    return table(("version", "date", "subject"), rows)
