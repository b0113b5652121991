"""Runs the connector as a platform does, in process or as a process, against an emulator."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from integration_tests.emulator import Emulator
from integration_tests.harness.clocks import HastyClock
from integration_tests.harness.output import Json, Run, assert_orderly, parsed
from source_tiktok_marketing.run import main

ROOT = Path(__file__).parents[2]
BASE_URL_VARIABLE = "TIKTOK_API_BASE_URL"
_OFFERED: dict[bytes, bytes] = {}
"""What `discover` shows for a configuration: it asks TikTok nothing, so tests of other commands need it once."""


class EmulatedClock(HastyClock):
    """Lives in the emulator's time."""

    def __init__(self, tiktok: Emulator) -> None:
        super().__init__(tiktok.clock.now)


class MovingClock(EmulatedClock):
    """Moves the emulator's time by each wait, for tests in which TikTok is at work meanwhile."""

    def __init__(self, tiktok: Emulator) -> None:
        super().__init__(tiktok)
        self._clock = tiktok.clock

    def sleep(self, seconds: float) -> None:
        """Let the emulator's time pass."""
        self._clock.move(seconds=max(seconds, 0))
        super().sleep(seconds)


class QuickClock(EmulatedClock):
    """A clock on which a second lasts a few milliseconds, for tests in which waits happen side by side."""

    def __init__(self, tiktok: Emulator, speed: float) -> None:
        super().__init__(tiktok)
        self._speed = speed
        self.began = self.monotonic()

    def monotonic(self) -> float:
        """Quick seconds."""
        return time.monotonic() * self._speed

    def sleep(self, seconds: float) -> None:
        """Wait quickly."""
        if self._stop.wait(max(seconds, 0) / self._speed):
            super().sleep(0)

    @property
    def elapsed(self) -> float:
        """Seconds since the clock was made."""
        return self.monotonic() - self.began


@dataclass
class Connection:
    """A configured connector in front of an emulator, with its files in a folder of its own."""

    tiktok: Emulator
    folder: Path
    config: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def configured(self, **changes: Any) -> Json:
        """The configuration of the emulator's app, with `changes`."""
        credentials = {
            "auth_type": "oauth2.0",
            "app_id": self.tiktok.app_id,
            "secret": self.tiktok.secret,
            "access_token": self.tiktok.access_token,
        }
        return {"credentials": credentials, "rate_limit_tier": "ultimate", **self.config, **changes}

    def check(self, **changes: Any) -> Run:
        """Run `check`."""
        return self.run(["check", "--config", self.file("config", self.configured(**changes))])

    def discover(self, **changes: Any) -> list[Json]:
        """The streams that `discover` shows."""
        run = self.run(["discover", "--config", self.file("config", self.configured(**changes))])
        (catalog,) = run.of("CATALOG")
        streams: list[Json] = catalog["streams"]
        return streams

    def catalog(self, *names: str, sync_mode: str = "incremental", **changes: Any) -> Json:
        """A configured catalogue of the named streams, or all; full refresh where a stream knows nothing else."""
        streams = self._offered(**changes)
        return {
            "streams": [
                {
                    "stream": stream,
                    "sync_mode": sync_mode if sync_mode in stream["supported_sync_modes"] else "full_refresh",
                    "destination_sync_mode": "append",
                }
                for stream in streams
                if not names or stream["name"] in names
            ]
        }

    def _offered(self, **changes: Any) -> list[Json]:
        """Return what `discover` shows, as a copy of its own."""
        key = orjson.dumps(self.configured(**changes), option=orjson.OPT_SORT_KEYS)
        if key not in _OFFERED:
            _OFFERED[key] = orjson.dumps(self.discover(**changes))
        streams: list[Json] = orjson.loads(_OFFERED[key])
        return streams

    def read(self, *names: str, state: Any = None, sync_mode: str = "incremental", **changes: Any) -> Run:
        """Run `read` over the named streams, or all."""
        run = self.run(self.read_arguments(*names, state=state, sync_mode=sync_mode, **changes))
        assert_orderly(run)
        return run

    def read_arguments(
        self, *names: str, state: Any = None, sync_mode: str = "incremental", **changes: Any
    ) -> list[str]:
        """The command line of a read, its files written."""
        catalog = self.catalog(*names, sync_mode=sync_mode, **changes)
        saved = [] if state is None else ["--state", self.file("state", state)]
        config = self.file("config", self.configured(**changes))
        return ["read", "--config", config, "--catalog", self.file("catalog", catalog), *saved]

    def run(self, arguments: Sequence[str], clock: HastyClock | None = None) -> Run:
        """Run any command line in this process, on a clock that never waits unless another is given."""
        out, clock = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), clock or EmulatedClock(self.tiktok)
        exit_status = main(arguments, out, clock)
        written: bytes = out.buffer.getvalue()
        return Run(exit_status, parsed(written, self.secrets), clock.waited)

    def start(
        self,
        arguments: Sequence[str | bytes],
        *,
        unbuffered: bool = False,
        stdout: int = subprocess.PIPE,
        **options: Any,
    ) -> "subprocess.Popen[bytes]":
        """Start any command line as a process of its own, which lives in real time.

        `unbuffered`: as most images run Python.
        """
        environment = os.environ | {BASE_URL_VARIABLE: self.tiktok.base_url}
        environment["PYTHONUNBUFFERED"] = "1" if unbuffered else ""
        command = [sys.executable, str(ROOT / "main.py"), *arguments]
        return subprocess.Popen(command, stdout=stdout, env=environment, cwd=ROOT, **options)  # noqa: S603

    def file(self, name: str, content: Any) -> str:
        """Write a file of JSON, or of the bytes given, and return its path."""
        path = self.folder / f"{name}.json"
        path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        return str(path)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may not occur in any output."""
        return self.tiktok.access_token, self.tiktok.secret, self.tiktok.app_id


Connect = Callable[..., Connection]
"""The fixture `connect`: takes an emulator and the configuration."""
