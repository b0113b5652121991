"""The stand-in for Flow's adapter treats a connector as the adapter does; here the connector is a script."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.flow.adapter.connector import AdapterError, Command, IdleConnectorError, understood
from integration_tests.flow.adapter.patches import as_instants, document_schema, instants, merged
from integration_tests.flow.adapter.translation import binding, configured_catalog, saved_state
from integration_tests.flow.installed import InstalledAdapter
from integration_tests.flow.runtime import Flow

Json = dict[str, Any]
SCHEMA: Json = {"type": "object", "properties": {"id": {"type": ["null", "string"]}}}
BINDING: Json = {
    "resourceConfig": {"stream": "ads", "syncMode": "incremental"},
    "collection": {"name": "acme/ads", "key": ["/id"], "writeSchema": SCHEMA, "projections": []},
}


def record(stream: str, **data: Any) -> Json:
    return {"type": "RECORD", "record": {"stream": stream, "data": data, "emitted_at": 1}}


def state(stream: str, **content: Any) -> Json:
    told = {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": content}}
    return {"type": "STATE", "state": told}


@pytest.fixture
def scripted(tmp_path: Path) -> Callable[..., Flow]:
    """A capture of a connector that writes the lines given and ends with the status given."""

    def with_lines(*lines: Json | str, status: int = 0) -> Flow:
        told = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        script = tmp_path / "connector.sh"
        script.write_text(f"cat <<'LINES'\n{told}\nLINES\nexit {status}\n")
        return Flow(InstalledAdapter(tmp_path, {}, f'sh "{script}"'), {"_atf_skip_interval": True})

    return with_lines


def test_documents_are_committed_by_the_state_after_them(scripted: Callable[..., Flow]) -> None:
    flow = scripted(record("ads", id="1"), state("ads", day="1"), record("ads", id="2"), status=1)
    life = flow.capture([BINDING])

    assert (life.exit_status, life.documents, life.pending) == (1, 1, 1)
    assert list(flow.collections["acme/ads"].values()) == [{"id": "1"}]
    assert flow.state == {"ads": {"day": "1"}}


def test_a_connector_that_ends_well_without_a_state_commits_nothing_new(scripted: Callable[..., Flow]) -> None:
    """The adapter commits in its place, by a patch that changes nothing."""
    flow = scripted(state("ads", day="1"), record("ads", id="1"))
    life = flow.capture([BINDING])

    assert (life.exit_status, life.documents, life.pending) == (0, 1, 0)
    assert flow.state == {"ads": {"day": "1"}}
    assert "without a state after its last record" in flow.adapter.logged()


@pytest.mark.parametrize(
    "line",
    ["plain text", {"type": "CONTROL", "control": {}}, {"type": "LOG", "log": {"level": "NOTICE", "message": ""}}],
)
def test_a_line_that_is_no_message_is_lost(scripted: Callable[..., Flow], line: Json | str) -> None:
    flow = scripted(line, record("ads", id="1"), state("ads"))

    assert flow.capture([BINDING]).documents == 1
    assert "not understood" in flow.adapter.logged()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (record("campaigns", id="1"), "was not asked for"),
        ({"type": "SPEC", "spec": {"connectionSpecification": {}}}, "can't use a message"),
    ],
)
def test_a_message_that_has_no_place_ends_the_capture(
    scripted: Callable[..., Flow], message: Json, reason: str
) -> None:
    flow = scripted(message, state("ads"))

    assert flow.capture([BINDING]).exit_status == 1
    assert reason in flow.adapter.logged()


def test_only_logs_are_shown(scripted: Callable[..., Flow]) -> None:
    trace = {"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": "told in a trace"}}}
    log = {"type": "LOG", "log": {"level": "FATAL", "message": "told in a log"}}
    flow = scripted(trace, log, status=1)
    flow.capture([BINDING])
    shown = [json.loads(line) for line in flow.adapter.logged().splitlines()]

    assert [line["message"] for line in shown if line["level"] != "debug"] == ["told in a log"]


def test_a_failed_check_is_an_error(scripted: Callable[..., Flow]) -> None:
    flow = scripted({"type": "CONNECTION_STATUS", "connectionStatus": {"status": "FAILED", "message": "no such app"}})

    assert "no such app" in flow.refused(validate={"config": {}, "bindings": [BINDING]})


def test_a_silent_connector_is_ended() -> None:
    command = Command("sleep", ["60"], idle_seconds=0.01)
    command.begin()

    with pytest.raises(IdleConnectorError):
        list(command.messages())
    assert command.exit_status() == -9


def test_a_catalogue_without_sync_modes_is_refused() -> None:
    stream = {"name": "ads", "json_schema": SCHEMA, "supported_sync_modes": []}

    with pytest.raises(AdapterError):
        understood(json.dumps({"type": "CATALOG", "catalog": {"streams": [stream]}}).encode())


def test_a_patch_merges() -> None:
    """As RFC 7396 has it: null removes, lists are replaced."""
    assert merged({"a": {"b": 1, "c": [1]}, "d": 2}, {"a": {"b": None, "c": [2]}}) == {"a": {"c": [2]}, "d": 2}
    assert merged({"a": 1}, {"a": {"b": None}}) == {"a": {}}


def test_a_collection_has_flows_schema() -> None:
    """The key required and never null, no enumeration, no keyword of Airbyte."""
    kind = {"enum": ["A", "B"], "airbyte_hidden": True}
    time = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_without_timezone"}
    schema = {"type": ["null", "object"], "properties": {**SCHEMA["properties"], "kind": kind, "time": time}}
    made = document_schema(schema, ["/id"])

    assert made["required"] == ["id"]
    assert made["type"] == "object"
    assert made["properties"] == {
        "id": {"type": "string"},
        "kind": {"type": "string"},
        "time": {"type": ["null", "string"], "format": "date-time"},
    }
    with pytest.raises(KeyError, match="name"):
        document_schema(schema, ["/name"])


def test_times_are_taken_for_utc() -> None:
    time = {"format": "date-time"}
    schema = {"properties": {"at": time, "rows": {"items": {"properties": {"at": time}}}, "with_zone": time}}
    document = {"at": "2026-11-09 20:00:00", "rows": [{"at": "2026-11-09"}], "with_zone": "2026-11-09T20:00:00+09:00"}
    as_instants(document, instants(schema))

    assert document == {
        "at": "2026-11-09T20:00:00Z",
        "rows": [{"at": "2026-11-09T00:00:00Z"}],
        "with_zone": "2026-11-09T20:00:00+09:00",
    }


def test_a_stream_without_a_cursor_is_read_by_its_key() -> None:
    stream = {"name": "a / b!", "json_schema": SCHEMA, "source_defined_primary_key": [["id"]]}
    offered = binding(stream | {"supported_sync_modes": ["full_refresh"], "default_cursor_field": []})

    assert offered["recommendedName"] == "a/b"
    assert offered["resourceConfig"] == {"stream": "a / b!", "syncMode": "full_refresh", "cursorField": ["id"]}


def test_a_state_is_given_by_stream_where_the_image_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {"ads": {"day": "1"}}
    monkeypatch.delenv("AIRBYTE_TO_FLOW_STATE_FORMAT", raising=False)

    assert saved_state(stored) == stored
    monkeypatch.setenv("AIRBYTE_TO_FLOW_STATE_FORMAT", "per_stream")
    assert saved_state(stored) == [state("ads", day="1")["state"]]


def test_a_catalogue_has_the_collections_schemas_and_keys() -> None:
    made = configured_catalog([BINDING], {"keyBegin": 0, "keyEnd": 0xFFFFFFFF})

    assert made["estuary.dev/range"] == {"begin": "00000000", "end": "ffffffff"}
    assert made["streams"][0]["primary_key"] == [["id"]]
    assert made["streams"][0]["stream"]["json_schema"] == SCHEMA
    with pytest.raises(AdapterError):
        configured_catalog([], None)
