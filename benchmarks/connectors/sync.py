"""One sync, counted: what was asked and how long it took, the records by stream and advertiser, the states it left."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from benchmarks.connectors.configuration import catalog_file, config_file, state_file
from benchmarks.connectors.connector import Connector, Pair
from benchmarks.service.request_log import refused
from benchmarks.service.service import Service

Json = dict[str, Any]

MESSAGE_CHARACTERS = 160
"""How much of an error message is kept and shown; the compared package joins megabytes of them into one."""
_OBJECTS = ("ad_id", "adgroup_id", "campaign_id", "advertiser_id")
_TIMES = ("stat_time_day", "stat_time_hour")


@dataclass
class Failure:
    """The first error message of a stream, shortened, and the number of its errors."""

    message: str
    count: int = 1

    @classmethod
    def of(cls, message: str) -> "Failure":
        """Keep the beginning of a message."""
        text = " ".join(message[: 2 * MESSAGE_CHARACTERS].split())
        return cls(text if len(text) <= MESSAGE_CHARACTERS else f"{text[: MESSAGE_CHARACTERS - 1]}…")


@dataclass
class Sync:
    """The outcome of a sync."""

    status: int
    requests: list[Json]
    wall: float
    """Seconds from the start of the process to its end."""
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By stream and advertiser, which is empty where the record names none."""
    content: Counter[str] = field(default_factory=Counter)
    """A sum over the records of each stream, which is the same for the same records in whatever order."""
    spend: dict[tuple[str, ...], Decimal] = field(default_factory=dict)
    """Of each row of a report: its stream, object and time."""
    states: dict[str, Json] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    """The errors of each stream that failed, and those of the whole sync under an empty name."""

    def by_stream(self, names: Collection[str], advertiser_id: str | None = None) -> Counter[str]:
        """Return the number of records of each stream, of one advertiser or all."""
        counted: Counter[str] = Counter()
        for (stream, advertiser), number in self.records.items():
            if stream in names and advertiser_id in (None, advertiser):
                counted[stream] += number
        return counted

    def unlike(self, other: "Sync", names: Collection[str]) -> dict[str, list[int]]:
        """Return the streams of which the two have other records, and how many each has."""
        ours, others = self.by_stream(names), other.by_stream(names)
        return {name: [ours[name], others[name]] for name in names if self.content[name] != other.content[name]}

    def outcome(self) -> Json:
        """Return how it ended: a sync that failed asks less than one that does its work."""
        return {"status": self.status, "failures": self.failures, "refusals": refused(self.requests)}

    def about_advertisers(self) -> int:
        """Return the number of requests about one advertiser."""
        return sum("advertiser_id" in request["params"] for request in self.requests)


def synchronise(
    pair: Pair,
    connector: Connector,
    service: Service,
    streams: tuple[list[Json], Collection[str]],
    states: dict[str, Json] | None = None,
    *,
    at_service_time: bool = True,
    **config: Any,
) -> Sync:
    """Read the named streams, on from `states`; `config` is that of `config_file`.

    At the service's time ours doesn't wait, so how long it takes is told by a sync at the real time only.
    """
    catalog = catalog_file(pair.folder, *streams, connector.name)
    arguments = ["read", "--config", config_file(pair.folder, **config), "--catalog", catalog]
    if states is not None:
        arguments += ["--state", state_file(pair.folder, list(states.values()))]
    service.clear()
    output = pair.folder / f"{connector.name}_read.jsonl"
    cost = connector.run(service, arguments, output, at_service_time=at_service_time)
    result = Sync(cost.status, service.requests(), cost.wall)
    _take(output, result)
    output.unlink()
    return result


def _take(output: Path, result: Sync) -> None:
    with output.open("rb") as lines:
        for line in lines:
            message = orjson.loads(line)
            if message["type"] == "RECORD":
                _take_record(message["record"], result)
            elif message["type"] == "STATE":
                result.states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
            elif message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
                _take_error(message["trace"]["error"], result.failures)


def _take_record(record: Json, result: Sync) -> None:
    """Count a record, and keep the spend of a row of a report."""
    stream, data = record["stream"], record["data"]
    result.records[stream, str(_advertiser(data))] += 1
    result.content[stream] += hash(orjson.dumps(data, option=orjson.OPT_SORT_KEYS))
    dimensions, spend = data.get("dimensions"), data.get("metrics", {}).get("spend")
    if dimensions and spend is not None:
        about = [str(dimensions[name]) for name in (*_OBJECTS, *_TIMES) if name in dimensions]
        result.spend[stream, *about] = Decimal(str(spend))


def _take_error(error: Json, failures: dict[str, Failure]) -> None:
    """Count an error of a stream, or keep its message if it is the first."""
    name = (error.get("stream_descriptor") or {}).get("name", "")
    if name in failures:
        failures[name].count += 1
    else:
        failures[name] = Failure.of(error["message"])


def _advertiser(data: Json) -> Any:
    """Return the advertiser of a record: its own, or the one among the dimensions of a report."""
    return data.get("advertiser_id") or data.get("dimensions", {}).get("advertiser_id") or ""
