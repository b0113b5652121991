"""Flow's side of a capture: asks the adapter, keeps collections and the state, and starts it again whenever it ends."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # comes with the CDK, without types

from integration_tests.flow.adapter.patches import merged

if TYPE_CHECKING:
    import subprocess

Json = dict[str, Any]
_LOOK_SECONDS = 0.05
ALL_KEYS = {"keyBegin": 0, "keyEnd": 0xFFFFFFFF}


class Adapter(Protocol):
    """How the adapter is started and ended: as a process of this machine, or in a container."""

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it; requests go to its standard input, responses come from its standard output."""

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End it at once, with the connector."""

    def logged(self) -> str:
        """What it has logged so far."""


@dataclass
class Life:
    """One life of a capture's process: how it ended, if it was not killed, and what it did."""

    exit_status: int | None
    documents: int
    checkpoints: int
    pending: int
    """Documents after the last checkpoint, which Flow drops."""


@dataclass
class Flow:
    """One capture as Flow's control plane has configured it."""

    adapter: Adapter
    config: Json
    state: Json = field(default_factory=dict)
    collections: dict[str, dict[str, Json]] = field(default_factory=dict)
    """The documents of each collection by key: the newest of each."""

    def ask(self, **request: Any) -> Json:
        """The response to one request; its end is one in good order."""
        with self.adapter.start() as process:
            written, _ = process.communicate(json.dumps(request).encode() + b"\n")
        assert process.returncode == 0, self.adapter.logged()
        response: Json = json.loads(written)
        return response

    def refused(self, **request: Any) -> str:
        """What the adapter logs about a request that it gives no response to."""
        with self.adapter.start() as process:
            written, _ = process.communicate(json.dumps(request).encode() + b"\n")
        assert process.returncode != 0
        assert written == b""
        return self.adapter.logged()

    def discovered(self) -> list[Json]:
        """The bindings that the connector offers."""
        found: list[Json] = self.ask(discover={"connectorType": "IMAGE", "config": self.config})["discovered"][
            "bindings"
        ]
        return found

    def bindings(self, *names: str) -> list[Json]:
        """The bindings of the named streams, each with a collection as Flow makes it from what was discovered."""
        return [
            {
                "resourceConfig": offered["resourceConfig"],
                "collection": {
                    "name": f"acme/{offered['recommendedName']}",
                    "key": offered["key"],
                    "writeSchema": offered["documentSchema"],
                    "projections": [{"field": key.removeprefix("/"), "ptr": key} for key in offered["key"]],
                },
            }
            for offered in self.discovered()
            if offered["resourceConfig"]["stream"] in names
        ]

    def validated(self, bindings: list[Json]) -> list[list[str]]:
        """The resource paths of a capture that the connector accepts."""
        response = self.ask(validate={"connectorType": "IMAGE", "config": self.config, "bindings": bindings})
        return [accepted["resourcePath"] for accepted in response["validated"]["bindings"]]

    def capture(self, bindings: list[Json], *, kill_after: int | None = None, wait_for: str = "") -> Life:
        """Run the capture from the stored state to its end, or kill it after so many checkpoints, and a word logged."""
        life = Life(None, 0, 0, 0)
        capture = {"config": self.config, "bindings": bindings}
        request = {"open": {"capture": capture, "range": ALL_KEYS, "state": self.state}}
        with self.adapter.start() as process:
            assert process.stdin is not None
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            for _ in self._commits(process, bindings, life):
                if life.checkpoints == kill_after:
                    while wait_for not in self.adapter.logged():
                        assert process.poll() is None, self.adapter.logged()
                        time.sleep(_LOOK_SECONDS)
                    self.adapter.kill(process)
                    return life
            process.stdin.close()
            life.exit_status = process.wait()
        return life

    def _commits(self, process: "subprocess.Popen[bytes]", bindings: list[Json], life: Life) -> Iterator[None]:
        """Take what is captured, transaction by transaction: documents count from the next checkpoint on."""
        assert process.stdout is not None
        responses = map(json.loads, process.stdout)
        assert next(responses, None) == {"opened": {}}, self.adapter.logged()
        collections = [binding["collection"] for binding in bindings]
        validators = [Draft202012Validator(collection["writeSchema"]) for collection in collections]
        transaction: list[tuple[int, Json]] = []
        for response in responses:
            if "captured" in response:
                number, document = response["captured"]["binding"], response["captured"]["doc"]
                validators[number].validate(document)
                transaction.append((number, document))
            else:
                for number, document in transaction:
                    self._reduce(collections[number], document)
                life.documents += len(transaction)
                transaction.clear()
                self._save(**response["checkpoint"]["state"])
                life.checkpoints += 1
                yield
            life.pending = len(transaction)

    def _reduce(self, collection: Json, document: Json) -> None:
        key = json.dumps([document[pointer.removeprefix("/")] for pointer in collection["key"]])
        self.collections.setdefault(collection["name"], {})[key] = document

    def _save(self, updated: Json, mergePatch: bool) -> None:  # noqa: N803, FBT001  Flow's name for it
        self.state = merged(self.state, updated) if mergePatch else updated
