"""What Airbyte's catalogues, records and states are in Flow's words, and the other way round."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from integration_tests.flow.adapter import patches
from integration_tests.flow.adapter.connector import AdapterError, log

Json = dict[str, Any]


def binding(stream: Json) -> Json:
    """What Flow discovers of a stream: its collection's key and schema, and how to read it."""
    name = "/".join(filter(None, map(_permitted, stream["name"].split("/"))))
    key = ["/" + "/".join(path) for path in stream.get("source_defined_primary_key") or []]
    own_key = patches.stream_patch(name, ".pk.json")
    key = key if own_key is None else [f"/{field}" for field in own_key]
    incremental = "incremental" in stream.get("supported_sync_modes", ())
    schema = patches.merged(stream["json_schema"], patches.stream_patch(name, ".patch.json") or {})
    resource = {
        "stream": stream["name"],
        "syncMode": "incremental" if incremental else "full_refresh",
        "cursorField": stream.get("default_cursor_field") or [pointer[1:] for pointer in key],
    }
    return {
        "recommendedName": name,
        "resourceConfig": resource,
        "key": key,
        "documentSchema": patches.document_schema(schema, key),
        "disable": False,
    }


def _permitted(chunk: str) -> str:
    return "".join(letter for letter in chunk if letter.isalnum() or letter in "-._")


def saved_state(state: Json) -> Any:
    """The state as the connector reads it: the object as it is stored, or a list of states by stream."""
    if os.environ.get("AIRBYTE_TO_FLOW_STATE_FORMAT") != "per_stream":
        return state
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": value}}
        for name, value in state.items()
    ]


def configured_catalog(bindings: Iterable[Json], key_range: Json | None) -> Json:
    """The configured catalogue: its schemas are those of Flow's collections, its keys are Flow's, too."""
    streams = [
        {
            "sync_mode": resource["syncMode"],
            "destination_sync_mode": "append",
            "cursor_field": resource.get("cursorField"),
            "primary_key": [pointer[1:].split("/") for pointer in collection["key"]],
            "projections": {projection["field"]: projection["ptr"] for projection in collection["projections"]},
            "stream": {
                "name": resource["stream"],
                "namespace": resource.get("namespace"),
                "json_schema": collection["writeSchema"],
                "supported_sync_modes": [resource["syncMode"]],
                "default_cursor_field": None,
                "source_defined_cursor": None,
                "source_defined_primary_key": None,
            },
        }
        for resource, collection in ((bound["resourceConfig"], bound["collection"]) for bound in bindings)
    ]
    if not streams:
        raise AdapterError("the catalogue has no stream")
    ends = key_range and {"begin": f"{key_range['keyBegin']:08x}", "end": f"{key_range['keyEnd']:08x}"}
    return {"streams": streams, "estuary.dev/range": ends}


def captured(messages: Iterable[Json], bindings: list[Json]) -> Iterator[Json]:
    """The responses to a capture: that it is open, then a document for each record, a checkpoint for each state."""
    numbers = {bound["resourceConfig"]["stream"]: number for number, bound in enumerate(bindings)}
    instants = [patches.instants(bound["collection"]["writeSchema"]) for bound in bindings]
    yield {"opened": {}}
    for message in messages:
        if "state" in message:
            yield from _checkpoint(message["state"])
        elif "record" in message:
            stream, document = message["record"]["stream"], message["record"]["data"]
            if stream not in numbers:
                raise AdapterError(f"the connector wrote a record of the stream {stream}, which was not asked for")
            patches.as_instants(document, instants[numbers[stream]])
            yield {"captured": {"binding": numbers[stream], "doc": document}}
        else:
            raise AdapterError(f"a capture can't use a message of the type {message['type']}")


def _checkpoint(state: Json) -> Iterator[Json]:
    """An old state replaces everything that is stored; that of a stream is merged into its place."""
    if state.get("data") is not None:
        yield {"checkpoint": {"state": {"updated": state["data"], "mergePatch": state.get("estuary.dev/merge", False)}}}
    elif "stream" in state:
        name = state["stream"]["stream_descriptor"]["name"]
        patch = {name: state["stream"].get("stream_state")}
        yield {"checkpoint": {"state": {"updated": patch, "mergePatch": True}}}
    else:
        log("WARN", "a global state is of no use to Flow and was dropped")
