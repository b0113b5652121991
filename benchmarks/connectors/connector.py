"""The two connectors, and how a platform runs them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.connectors import public_package
from benchmarks.connectors.configuration import config_file
from benchmarks.connectors.process import Cost, measured
from benchmarks.service.service import Service
from source_tiktok_marketing.config import BASE_URL_VARIABLE

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
OTHER_TIME = Path(__file__).with_name("other_time")


@dataclass(frozen=True)
class Connector:
    """A command line, and what it needs to ask the emulator."""

    name: str
    command: tuple[str, ...]
    command_at_service_time: tuple[str, ...]
    """The command line that takes the present from BENCHMARK_NOW."""
    is_ours: bool

    def run(
        self,
        service: Service,
        arguments: Sequence[str],
        output: Path | None = None,
        *,
        at_service_time: bool = False,
    ) -> Cost:
        """Run a command against the service."""
        environment = {BASE_URL_VARIABLE: service.base_url, "PYTHONPATH": ""}  # both packages have the same name
        if not self.is_ours:
            public_package.point_at(service.base_url)
        command = self.command
        if at_service_time:
            command = self.command_at_service_time
            environment["BENCHMARK_NOW"] = service.now.isoformat()
            environment["PYTHONPATH"] = str(ROOT if self.is_ours else OTHER_TIME)
        return measured([*command, *arguments], environment, output)

    def streams(self, service: Service, folder: Path) -> list[Json]:
        """Return the streams that `discover` shows."""
        output = folder / f"{self.name}_discover.jsonl"
        self.run(service, ["discover", "--config", config_file(folder)], output).required()
        for line in output.read_bytes().splitlines():
            message = orjson.loads(line)
            if message["type"] == "CATALOG":
                streams: list[Json] = message["catalog"]["streams"]
                return streams
        raise RuntimeError(f"{self.name} shows no catalog.")


@dataclass(frozen=True)
class Pair:
    """Both connectors, and the folder for their files."""

    ours: Connector
    theirs: Connector
    folder: Path

    def both(self) -> tuple[Connector, Connector]:
        """Return both in the order in which they take turns."""
        return self.ours, self.theirs


def ours() -> Connector:
    """Return this connector."""
    at_service_time = (sys.executable, "-m", "benchmarks.connectors.without_waits")
    return Connector("ours", (sys.executable, str(ROOT / "main.py")), at_service_time, is_ours=True)


def theirs() -> Connector:
    """Return the public package."""
    command = tuple(public_package.command())
    return Connector("theirs", command, command, is_ours=False)
