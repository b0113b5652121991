"""What a command wrote, as typed messages, and the rules of the protocol that every output is held to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from airbyte_cdk.models import AirbyteMessageSerializer

Json = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What one command wrote, message by message, and how it ended."""

    exit_status: int
    messages: list[Json]
    waited: float = 0.0

    def of(self, kind: str) -> list[Json]:
        """The contents of the messages of one type, in order."""
        return list(self._contents[kind])

    @cached_property
    def _contents(self) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = defaultdict(list)
        for message in self.messages:
            found[message["type"]].append(message[_CONTENT[message["type"]]])
        return found

    @property
    def streams(self) -> list[str]:
        """The names of the streams that records came from."""
        return list(self._records)

    def records(self, stream: str) -> list[Json]:
        """The data of a stream's records, in order."""
        return self._records.get(stream, [])

    @cached_property
    def _records(self) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = defaultdict(list)
        for record in self.of("RECORD"):
            found[record["stream"]].append(record["data"])
        return dict(found)

    @property
    def last_states(self) -> list[Json]:
        """The last state of each stream, as a platform hands it to the next sync."""
        return list({state["stream"]["stream_descriptor"]["name"]: state for state in self.of("STATE")}.values())

    def state(self, stream: str) -> Json:
        """The last state of a stream."""
        return stream_state(self.last_states, stream)

    def cursors(self, stream: str) -> dict[str, str]:
        """Where each advertiser of a report stream stands."""
        return {
            entry["partition"]["advertiser_id"]: next(iter(entry["cursor"].values()))
            for entry in self.state(stream)["states"]
        }

    def statuses(self, stream: str) -> list[str]:
        """The statuses of a stream, in order."""
        return [
            trace["stream_status"]["status"]
            for trace in self.of("TRACE")
            if trace["type"] == "STREAM_STATUS" and trace["stream_status"]["stream_descriptor"]["name"] == stream
        ]

    @property
    def errors(self) -> list[Json]:
        """The contents of the error traces."""
        return [trace["error"] for trace in self.of("TRACE") if trace["type"] == "ERROR"]

    def logged(self, level: str) -> list[str]:
        """The log messages of a level."""
        return [log["message"] for log in self.of("LOG") if log["level"] == level]

    @property
    def verdict(self) -> tuple[str, str]:
        """Status and message of a check."""
        (status,) = self.of("CONNECTION_STATUS")
        return status["status"], status.get("message", "")


_CONTENT = {
    "RECORD": "record",
    "STATE": "state",
    "TRACE": "trace",
    "LOG": "log",
    "SPEC": "spec",
    "CATALOG": "catalog",
    "CONNECTION_STATUS": "connectionStatus",
}


def stream_state(states: Iterable[Json], stream: str) -> Json:
    """The state of one stream in a list of state messages."""
    (found,) = [state["stream"] for state in states if state["stream"]["stream_descriptor"]["name"] == stream]
    state: Json = found["stream_state"]
    return state


def parsed(written: bytes, secrets: Iterable[str] = (), *, cut_off: bool = False) -> list[Json]:
    """The messages of an output; every line is a message as the CDK defines it and none shows a secret.

    The last line of an output that was `cut_off` may be incomplete.
    """
    lines = written.split(b"\n")
    rest = lines.pop()
    assert cut_off or rest == b""
    for secret in secrets:
        assert secret.encode() not in written
    messages: list[Json] = [orjson.loads(line) for line in lines]
    for message in messages:
        AirbyteMessageSerializer.load(message)
    return messages


def assert_orderly(run: Run) -> None:
    """Hold a read to the protocol: statuses in order, a state after the last record, counts that add up."""
    names = {state["stream"]["stream_descriptor"]["name"] for state in run.of("STATE")} | set(run.streams)
    happened = _sequences(run.messages)
    for name in names:
        told = run.statuses(name)
        running = ["RUNNING"] if run.records(name) else []

        assert told[:-1] == ["STARTED", *running]
        assert told[-1] in ("COMPLETE", "INCOMPLETE")
        assert happened[name][-2:] == ["STATE", told[-1]]
        assert _counted(run, name) == len(run.records(name))
    complete = all(run.statuses(name)[-1] == "COMPLETE" for name in names)

    assert run.exit_status == (0 if complete and not run.errors else 1)


def _counted(run: Run, name: str) -> float:
    states = [state for state in run.of("STATE") if state["stream"]["stream_descriptor"]["name"] == name]
    return sum(float(state["sourceStats"]["recordCount"]) for state in states)


def _sequences(messages: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What happened to each stream, errors left out: "RECORD", "STATE" or the status."""
    seen: dict[str, list[str]] = defaultdict(list)
    for message in messages:
        match message:
            case {"type": "RECORD", "record": {"stream": stream}}:
                seen[stream].append("RECORD")
            case {"type": "STATE", "state": {"stream": {"stream_descriptor": {"name": stream}}}}:
                seen[stream].append("STATE")
            case {"trace": {"stream_status": {"stream_descriptor": {"name": stream}, "status": status}}}:
                seen[stream].append(status)
    return seen
