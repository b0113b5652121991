"""Answers Flow's requests with what the connector says, one command for each."""

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from integration_tests.flow.adapter import patches
from integration_tests.flow.adapter.connector import AdapterError, Command, IdleConnectorError, log
from integration_tests.flow.adapter.translation import binding, captured, configured_catalog, saved_state

Json = dict[str, Any]

PROTOCOL = 3032023
_FILES = ("config", "catalog", "state")
_ARGUMENTS = {
    "spec": ["spec"],
    "discover": ["discover", "--config", "{config}"],
    "validate": ["check", "--config", "{config}"],
    "apply": ["spec"],
    "open": ["read", "--config", "{config}", "--catalog", "{catalog}", "--state", "{state}"],
}
_RESOURCE_SCHEMA = {
    "type": "object",
    "required": ["stream", "syncMode"],
    "properties": {
        "stream": {"type": "string"},
        "namespace": {"type": ["string", "null"]},
        "syncMode": {"enum": ["incremental", "full_refresh"]},
        "cursorField": {"type": ["array", "null"], "items": {"type": "string"}},
    },
}


class Session:
    """One life of the adapter: requests come in, responses go out, until a capture has ended or no more is asked."""

    def __init__(self, entrypoint: str, folder: Path, respond: Callable[[Json], None]) -> None:
        self._entrypoint = entrypoint
        self._files = {name: folder / f"{name}.json" for name in _FILES}
        self._respond = respond

    def serve(self, requests: Iterable[str]) -> int:
        """Answer until the end; the exit status is the connector's where that failed."""
        for line in requests:
            request: Json = json.loads(line)
            operation = next((name for name in _ARGUMENTS if name in request), None)
            if operation is None:
                raise AdapterError(f"unknown operation: {sorted(request)}")
            content = request[operation]
            paths = {name: str(path) for name, path in self._files.items()}
            command = Command(self._entrypoint, [word.format(**paths) for word in _ARGUMENTS[operation]])
            try:
                status = getattr(self, f"_{operation}")(command, content)
            finally:
                command.kill()
            if status != 0 or operation == "open":
                return int(status)
        return 0

    def _write(self, name: str, content: Any) -> None:
        self._files[name].write_text(json.dumps(content), encoding="utf-8")

    def _spec(self, command: Command, _: Json) -> int:
        command.begin()
        spec = command.answer("spec")
        schema = patches.merged(spec["connectionSpecification"], patches.patch("spec.patch.json") or {})
        url = (patches.patch("documentation_url.patch.json") or {}).get("documentation_url")
        told = {
            "protocol": PROTOCOL,
            "configSchema": patches.without_airbyte_keywords(schema),
            "resourceConfigSchema": _RESOURCE_SCHEMA,
            "documentationUrl": url or spec.get("documentationUrl", ""),
            "oauth2": patches.patch("oauth2.patch.json") or spec.get("authSpecification"),
            "resourcePathPointers": ["/namespace", "/stream"],
        }
        self._respond({"spec": told})
        return command.exit_status()

    def _discover(self, command: Command, request: Json) -> int:
        self._write("config", request["config"])
        command.begin()
        omitted = patches.patch("omitted_streams.json") or ()
        bindings = [binding(stream) for stream in command.answer("catalog")["streams"] if stream["name"] not in omitted]
        self._respond({"discovered": {"bindings": bindings}})
        return command.exit_status()

    def _validate(self, command: Command, request: Json) -> int:
        self._write("config", request["config"])
        command.begin()
        answer = command.answer("connectionStatus")
        if answer["status"] != "SUCCEEDED":
            raise AdapterError(answer.get("message", ""))
        resources = [binding["resourceConfig"] for binding in request["bindings"]]
        paths = [[*filter(None, [resource.get("namespace")]), resource["stream"]] for resource in resources]
        self._respond({"validated": {"bindings": [{"resourcePath": path} for path in paths]}})
        return command.exit_status()

    def _apply(self, command: Command, _: Json) -> int:
        command.begin()
        command.answer("spec")
        self._respond({"applied": {}})
        return command.exit_status()

    def _open(self, command: Command, request: Json) -> int:
        started = time.monotonic()
        capture = request["capture"]
        self._write("state", saved_state(request.get("state", {})))
        self._write("config", capture["config"])
        self._write("catalog", configured_catalog(capture["bindings"], request.get("range")))
        command.begin()
        pending = False
        try:
            for response in captured(command.messages(), capture["bindings"]):
                self._respond(response)
                pending = "checkpoint" not in response
        except IdleConnectorError:
            log("WARN", "the connector was idle for an hour and is started again")
            return 0
        status = command.exit_status()
        if status == 0:
            if pending:
                log("WARN", "the connector ended without a state after its last record")
                self._respond({"checkpoint": {"state": {"updated": {}, "mergePatch": True}}})
            _wait_for_interval(capture["config"], started)
        return status


def _wait_for_interval(config: Json, started: float) -> None:
    """Keep the process alive until its interval is over, since Flow starts it again as soon as it ends."""
    minutes = patches.patch("run_interval_minutes.json")
    if minutes is None or config.get("_atf_skip_interval") is True:
        return
    left = max(0.0, 60 * minutes - (time.monotonic() - started))
    log("DEBUG", f"sleeping for {left:.0f} seconds")
    time.sleep(left)
