"""The commands of the demonstration: they run in this process, so that they live in the emulator's time."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from integration_tests.demo.tables import Sync
from integration_tests.emulator import Emulator
from source_tiktok_marketing.api.clock import SystemClock
from source_tiktok_marketing.catalog.endpoints import CombinationList
from source_tiktok_marketing.catalog.streams import available_streams
from source_tiktok_marketing.run import main as connector

Json = dict[str, Any]

TIER = "ultimate"
RATE_LIMIT_CODES = (40016, 40100, 40133)
ROWS = available_streams()


class EmulatorClock(SystemClock):
    """The machine's clock, except that it is as late as the emulator says."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._emulator = emulator

    def now(self) -> datetime:
        """The emulator's instant."""
        return self._emulator.clock.now()


def say(text: str = "") -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Demo:
    """One emulator, one configuration, and the files that the commands read and write."""

    def __init__(self, emulator: Emulator, folder: Path, days: int) -> None:
        self._emulator = emulator
        self._folder = folder
        self.start_date = (emulator.clock.now() - timedelta(days=days)).date()
        self.failed: list[str] = []
        self.config: Json = {}

    def path(self, name: str) -> Path:
        """A file of the demo."""
        return self._folder / name

    def write(self, name: str, content: object) -> None:
        """Save `content` as JSON."""
        self.path(name).write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))

    def command(self, *arguments: str, into: str) -> float:
        """Run a command of the connector; returns how long it took."""
        words = [str(self.path(word)) if word.endswith(".json") else word for word in arguments]
        say(f"$ source-tiktok-marketing {' '.join(words)} > {self.path(into)}")
        started = time.monotonic()
        with self.path(into).open("w", encoding="utf-8") as out:
            if connector(words, out, EmulatorClock(self._emulator)) != 0:
                self.failed.append(arguments[0])
        return time.monotonic() - started

    def messages(self, name: str) -> Iterator[Json]:
        """The messages in a file."""
        with self.path(name).open("rb") as lines:
            yield from map(orjson.loads, lines)

    def configure(self) -> None:
        """Everything before the first sync."""
        app = {"app_id": self._emulator.app_id, "secret": self._emulator.secret}
        credentials = {"auth_type": "oauth2.0", "access_token": self._emulator.access_token, **app}
        self.config = {
            "credentials": credentials,
            "start_date": self.start_date.isoformat(),
            "rate_limit_tier": TIER,
        }
        self.write("config.json", self.config)
        self.command("spec", into="spec.jsonl")
        self.command("check", "--config", "config.json", into="check.jsonl")
        *_, answer = self.messages("check.jsonl")
        status = answer.get("connectionStatus", {}).get("status")
        say(f"  {status}")
        if status != "SUCCEEDED":
            self.failed.append("check")
        self.command("discover", "--config", "config.json", into="discover.jsonl")
        streams: list[Json] = next(m["catalog"]["streams"] for m in self.messages("discover.jsonl") if "catalog" in m)
        say(f"  {len(streams)} streams")
        costly = [stream["name"] for stream in streams if isinstance(ROWS[stream["name"]], CombinationList)]
        if costly:
            say(f"  left out, because it takes more than a thousand requests: {', '.join(costly)}")
        selected = [_selected(stream) for stream in streams if stream["name"] not in costly]
        self.write("catalog.json", {"streams": selected})
        incremental = [entry for entry in selected if entry["sync_mode"] == "incremental"]
        self.write("incremental_catalog.json", {"streams": incremental})

    def sync(self, place: str, catalog: str, state: str | None = None) -> Sync:
        """Read the streams of `catalog`, on from `state` if there is one, and save the state it leaves."""
        self._emulator.log.clear()
        going_on = ("--state", state) if state else ()
        messages = f"{place}_sync.jsonl"
        failed_before = len(self.failed)
        seconds = self.command("read", "--config", "config.json", "--catalog", catalog, *going_on, into=messages)
        sync = Sync(len(self.failed) == failed_before, seconds, list(self._emulator.log))
        for message in self.messages(messages):
            sync.take(message)
        self.write(f"{place}_state.json", list(sync.states.values()))
        refused = sum(request.code in RATE_LIMIT_CODES for request in sync.requests)
        say(
            f"  {'complete' if sync.succeeded else 'FAILED'}: {sync.records.total():,} records, "
            f"{len(sync.requests):,} requests, {refused} of them refused for a rate limit, {seconds:.1f} s"
        )
        return sync


def _selected(stream: Json) -> Json:
    """The stream, incremental where it can be, in a configured catalogue."""
    mode = stream["supported_sync_modes"][-1]
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append_dedup"}
