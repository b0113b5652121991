"""The two that are compared, and how a platform runs them."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from benchmarks import competitor
from benchmarks.process import Cost, measured
from benchmarks.service import Service
from integration_tests.emulator.http.server import ACCESS_TOKEN, APP_ID, SECRET
from source_tiktok_marketing.config import BASE_URL_VARIABLE

Json = dict[str, Any]

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Connector:
    """A command line, and what it needs to ask the emulator."""

    name: str
    command: tuple[str, ...]
    is_ours: bool
    travelling: tuple[str, ...]
    """The command line that lives at the moment that BENCHMARK_NOW tells."""

    def run(
        self, service: Service, arguments: Sequence[str], output: Path | None = None, *, travels: bool = False
    ) -> Cost:
        """Run any command against the service."""
        environment = {BASE_URL_VARIABLE: service.base_url, "PYTHONPATH": ""}  # both packages have the same name
        if not self.is_ours:
            competitor.point_at(service.base_url)
        if travels:
            environment["BENCHMARK_NOW"] = service.now.isoformat()
            environment["PYTHONPATH"] = str(ROOT if self.is_ours else ROOT / "benchmarks" / "travel")
        return measured([*(self.travelling if travels else self.command), *arguments], environment, output)

    def streams(self, service: Service, folder: Path) -> list[Json]:
        """What it offers."""
        output = folder / f"{self.name}_discover.jsonl"
        self.run(service, ["discover", "--config", config_file(folder)], output).required()
        for line in output.read_bytes().splitlines():
            message = orjson.loads(line)
            if message["type"] == "CATALOG":
                streams: list[Json] = message["catalog"]["streams"]
                return streams
        raise RuntimeError(f"{self.name} shows no catalogue.")


@dataclass(frozen=True)
class Pair:
    """Both, and the folder for their files."""

    ours: Connector
    theirs: Connector
    folder: Path

    def both(self) -> tuple[Connector, Connector]:
        """In the order in which they take turns."""
        return self.ours, self.theirs


def ours() -> Connector:
    """This connector."""
    travelling = (sys.executable, "-m", "benchmarks.hastened")
    return Connector("ours", (sys.executable, str(ROOT / "main.py")), is_ours=True, travelling=travelling)


def theirs() -> Connector:
    """The public package."""
    command = tuple(competitor.command())
    return Connector("theirs", command, is_ours=False, travelling=command)


def config_file(folder: Path, *, start: date | None = None, end: date | None = None, **changes: Any) -> str:
    """Write a configuration that both understand."""
    advertiser = {"advertiser_id": changes.pop("advertiser_id")} if "advertiser_id" in changes else {}
    app = {"auth_type": "oauth2.0", "app_id": APP_ID, "secret": SECRET, "access_token": ACCESS_TOKEN}
    config: Json = {"credentials": app | advertiser, "rate_limit_tier": "ultimate", **changes}
    config |= {"start_date": start.isoformat()} if start else {}
    config |= {"end_date": end.isoformat()} if end else {}
    return _file(folder, "config", config)


def catalog_file(folder: Path, streams: list[Json], names: Collection[str], owner: str) -> str:
    """Write a catalogue of the named streams, incremental where they can be."""
    chosen = [stream for stream in streams if stream["name"] in names]
    entries = [
        {"stream": stream, "sync_mode": stream["supported_sync_modes"][-1], "destination_sync_mode": "append"}
        for stream in chosen
    ]
    return _file(folder, f"{owner}_catalog", {"streams": entries})


def state_file(folder: Path, states: list[Json]) -> str:
    """Write a state."""
    return _file(folder, "state", states)


def _file(folder: Path, name: str, content: object) -> str:
    path = folder / f"{name}.json"
    path.write_bytes(orjson.dumps(content))
    return str(path)
