"""The emulator in a process of its own."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import orjson

from benchmarks.service.emulator import ACCESS_TOKEN

Json = dict[str, Any]


def present() -> datetime:
    """Return the present moment to the second; the emulator's clock stands still at it while a job runs."""
    return datetime.now(UTC).replace(microsecond=0)


class Service:
    """Serves a world of `worlds` while its context lasts; the arguments are those of `benchmarks.service.serve`."""

    def __init__(self, world: str, now: datetime, *arguments: str) -> None:
        command = [sys.executable, "-m", "benchmarks.service.serve", world, "--now", now.isoformat(), *arguments]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603  fixed words
        self.now = now
        self.base_url = ""

    def __enter__(self) -> Self:
        assert self._process.stderr is not None  # noqa: S101  it was asked for
        self.base_url = self._process.stderr.readline().strip()
        if not self.base_url.startswith("http"):
            self._process.wait()
            raise RuntimeError(f"The emulator did not start: {self.base_url} {self._process.stderr.read()}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def requests(self) -> list[Json]:
        """Return what was asked since the log was cleared, in the order of the answers."""
        log: list[Json] = orjson.loads(self._control("GET", "requests"))
        return log

    def clear(self) -> None:
        """Empty the log of requests."""
        self._control("DELETE", "requests")

    def set_clock(self, moment: datetime) -> None:
        """Stop the clock at `moment`."""
        self.now = moment
        self._control("POST", "clock", {"now": moment.isoformat()})

    def answers(self, requests: Iterable[Json]) -> Iterator[bytes]:
        """Send logged requests again, one after the other on one connection, and return the bodies of the answers."""
        address = urlsplit(self.base_url)
        with closing(HTTPConnection(address.netloc)) as connection:
            for request in requests:
                target = f"{address.path}{request['path']}?{request['query']}"
                connection.request("GET", target, headers={"Access-Token": ACCESS_TOKEN})
                yield connection.getresponse().read()

    def _control(self, method: str, what: str, content: Json | None = None) -> bytes:
        address = f"http://{urlsplit(self.base_url).netloc}/_emulator/{what}"
        body = None if content is None else orjson.dumps(content)
        request = Request(address, data=body, method=method)
        with urlopen(request) as response:  # noqa: S310  loopback
            answer: bytes = response.read()
        return answer
