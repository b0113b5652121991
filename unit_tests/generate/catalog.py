"""The golden file of the catalogue: everything that `discover` answers, each declaration of a field once.

A line of its `fields` tells the streams, what they declare, and the paths of the fields so declared: `metrics.spend`,
`placements[]` for the items of an array, `$` for the record itself. Only reports share lines, so that a metric more or
less changes one line.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from source_tiktok_marketing.api.clock import SystemClock
from source_tiktok_marketing.protocol import Redactor
from source_tiktok_marketing.run import messages

Json = dict[str, Any]

RECORD = "$"
_STEP = re.compile(r"\[\]|[^.\[\]]+")


def production(**more: Any) -> Json:
    """Return a configuration with production credentials."""
    credentials = {"auth_type": "oauth2.0", "app_id": "7012", "secret": "a-secret", "access_token": "a-token"}
    return {"credentials": credentials, **more}


def sandbox(**more: Any) -> Json:
    """Return a configuration with sandbox credentials."""
    credentials = {"auth_type": "sandbox_access_token", "advertiser_id": "7012", "access_token": "a-token"}
    return {"credentials": credentials, **more}


def discovered(raw_config: Json) -> dict[str, Json]:
    """Return the streams that `discover` answers, by name."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_bytes(orjson.dumps(raw_config))
        (line,) = messages(["discover", "--config", str(path)], SystemClock(), Redactor())
    return {stream["name"]: stream for stream in orjson.loads(line)["catalog"]["streams"]}


def catalog_text(streams: Mapping[str, Json]) -> str:
    """Return the golden file of `streams`."""
    declaring: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, stream in streams.items():
        is_report = "metrics" in stream["json_schema"]["properties"]
        for path, declaration in _declarations(stream["json_schema"], ""):
            shared_by = "all" if path == RECORD else "reports" if is_report else name
            declaring[shared_by, path, json.dumps(declaration, sort_keys=True)].append(name)
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (_, path, declared), names in declaring.items():
        rows[" ".join(names), declared].append(path)
    return (
        '{"streams": {\n'
        + ",\n".join(f"{json.dumps(name)}: {json.dumps(_outside_the_schema(s))}" for name, s in streams.items())
        + '\n}, "fields": [\n'
        + ",\n".join(
            f'["{names}", {declared}, "{" ".join(sorted(paths))}"]' for (names, declared), paths in rows.items()
        )
        + "\n]}\n"
    )


def catalog_of(golden: Json) -> dict[str, Json]:
    """Return the streams that a golden file holds, by name."""
    schemas: dict[str, Json] = {name: {} for name in golden["streams"]}
    for names, declared, paths in golden["fields"]:
        for name in names.split():
            for path in paths.split():
                _at(schemas[name], path).update(declared)
    return {name: {**stream, "name": name, "json_schema": schemas[name]} for name, stream in golden["streams"].items()}


def _at(schema: Json, path: str) -> Json:
    """Return the part of `schema` that declares what is at `path`, made if it isn't there yet."""
    for step in () if path == RECORD else _STEP.findall(path):
        inner = schema.setdefault("items" if step == "[]" else "properties", {})
        schema = inner if step == "[]" else inner.setdefault(step, {})
    return schema


def _declarations(schema: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Return the path of every field and what is declared of it, without what is declared of the fields within."""
    yield path or RECORD, {key: value for key, value in schema.items() if key not in ("properties", "items")}
    for name, declared in schema.get("properties", {}).items():
        yield from _declarations(declared, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from _declarations(schema["items"], f"{path}[]")


def _outside_the_schema(stream: Json) -> Json:
    return {key: value for key, value in stream.items() if key not in ("name", "json_schema")}
