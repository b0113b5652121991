"""The emulator in a process of its own."""

import subprocess
import sys
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import orjson

from integration_tests.emulator.http.server import ACCESS_TOKEN

Json = dict[str, Any]


class Service:
    """Serves a world of `worlds` while its context lasts; the arguments are those of `benchmarks.served`."""

    def __init__(self, world: str, now: datetime, *arguments: str) -> None:
        command = [sys.executable, "-m", "benchmarks.served", world, "--now", now.isoformat(), *arguments]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603
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
        """What was asked since the log was cleared, in the order of the answers."""
        log: list[Json] = orjson.loads(self._control("GET", "requests"))
        return log

    def clear(self) -> None:
        """Forget what was asked."""
        self._control("DELETE", "requests")

    def set_clock(self, moment: datetime) -> None:
        """Stop the clock at `moment`."""
        self.now = moment
        self._control("POST", "clock", {"now": moment.isoformat()})

    def page(self, path: str, query: str) -> bytes:
        """The answer to a question that was asked before."""
        request = Request(f"{self.base_url}{path}?{query}", headers={"Access-Token": ACCESS_TOKEN})  # noqa: S310
        return _body(request)

    def _control(self, method: str, what: str, content: Json | None = None) -> bytes:
        address = f"http://{urlsplit(self.base_url).netloc}/_emulator/{what}"
        body = None if content is None else orjson.dumps(content)
        return _body(Request(address, data=body, method=method))


def _body(request: Request) -> bytes:
    with urlopen(request) as response:  # noqa: S310  loopback
        body: bytes = response.read()
    return body
