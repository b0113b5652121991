"""Reads by catalogues whose schemas name some metrics only."""

from collections.abc import Mapping
from typing import Any

import orjson

from integration_tests.emulator.http.request_log import LoggedRequest
from integration_tests.harness.connection import Connection
from integration_tests.harness.output import Json, Run, assert_orderly

TOLD = "those that the catalog names"
"""What a read logs of a stream that it asks for some of its metrics."""


def known(names: list[str]) -> Json:
    """A JSON schema that names these metrics, as platforms store it."""
    properties = {name: {"type": ["null", "string"]} for name in names}
    return {"type": "object", "properties": {"metrics": {"type": ["null", "object"], "properties": properties}}}


def read(connection: Connection, schemas: Mapping[str, Any], state: Any = None, **changes: Any) -> Run:
    """Read the streams by a catalogue that has these schemas."""
    catalog = connection.catalog(*schemas, **changes)
    for entry in catalog["streams"]:
        entry["stream"]["json_schema"] = schemas[entry["stream"]["name"]]
    arguments = connection.read_arguments(*schemas, state=state, **changes)
    run = connection.run([*arguments, "--catalog", connection.file("narrow", catalog)])
    assert_orderly(run)
    return run


def lines(records: list[Json], wanted: list[str] | None = None) -> list[bytes]:
    """The records in an order of their own, with the `wanted` metrics only."""
    kept = [
        record if wanted is None else record | {"metrics": {n: v for n, v in record["metrics"].items() if n in wanted}}
        for record in records
    ]
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in kept)


def metrics_of(request: LoggedRequest) -> list[str]:
    """The metrics that a request asks for."""
    asked: list[str] = request.params.get("metrics") or request.params.get("metrics_fields") or []
    return asked
