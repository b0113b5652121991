"""One sync, counted: what was asked, the records by stream and advertiser, and the states it left."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from benchmarks.connectors import Connector, Pair, catalog_file, config_file, state_file
from benchmarks.service import Service

Json = dict[str, Any]


@dataclass
class Sync:
    """What came of it."""

    status: int
    requests: list[Json]
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By stream and advertiser, which is empty where the record names none."""
    states: dict[str, Json] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    """What it said of each stream that failed; of the whole sync under an empty name."""

    def by_stream(self, names: Collection[str], advertiser_id: str | None = None) -> Counter[str]:
        """Records a stream, of one advertiser or all."""
        counted: Counter[str] = Counter()
        for (stream, advertiser), number in self.records.items():
            if stream in names and advertiser_id in (None, advertiser):
                counted[stream] += number
        return counted

    def about_advertisers(self) -> int:
        """Requests about one advertiser."""
        return sum("advertiser_id" in request["params"] for request in self.requests)

    def refusals(self) -> dict[str, int]:
        """Requests that were refused, by path and code."""
        return dict(Counter(f"{item['path']} {item['code']}" for item in self.requests if item["code"] != 0))


def synchronise(
    pair: Pair,
    connector: Connector,
    service: Service,
    streams: tuple[list[Json], Collection[str]],
    states: dict[str, Json] | None = None,
    **config: Any,
) -> Sync:
    """Read the streams that are named, on from `states`, at the service's time; `config` as in `config_file`."""
    catalog = catalog_file(pair.folder, *streams, connector.name)
    arguments = ["read", "--config", config_file(pair.folder, **config), "--catalog", catalog]
    if states is not None:
        arguments += ["--state", state_file(pair.folder, list(states.values()))]
    service.clear()
    output = pair.folder / f"{connector.name}_read.jsonl"
    cost = connector.run(service, arguments, output, travels=True)
    result = Sync(cost.status, service.requests())
    _take(output, result)
    output.unlink()
    return result


def _take(output: Path, result: Sync) -> None:
    with output.open("rb") as lines:
        for line in lines:
            message = orjson.loads(line)
            if message["type"] == "RECORD":
                record = message["record"]
                result.records[record["stream"], str(_advertiser(record["data"]))] += 1
            elif message["type"] == "STATE":
                result.states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
            elif message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
                error = message["trace"]["error"]
                stream = error.get("stream_descriptor") or {}
                result.failures.setdefault(stream.get("name", ""), error["message"])


def _advertiser(data: Json) -> Any:
    """The advertiser of a record: its own, or among the dimensions of a report."""
    return data.get("advertiser_id") or data.get("dimensions", {}).get("advertiser_id") or ""
