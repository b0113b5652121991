"""A second process for the pages of large reports, so that a sync can keep two processors busy.

Decoding, joining and encoding pages is most of what a large sync computes, and the interpreter's lock lets one thread
at a time do it. The second process (`page_desk`) does the same with some of the pages. It is started when pages have
met here a few times, which those of a small sync don't. Should it end early, everything is done here again.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from math import ceil
from pathlib import Path
from struct import Struct
from typing import Any

import msgspec

from source_tiktok_marketing.streams.report_rows import ReportRows
from source_tiktok_marketing.streams.wire import Decode, Decoded, Describe, Encode, Forget, Part, Request, Wire

logger = logging.getLogger("airbyte")

_PROGRAM = "source_tiktok_marketing.streams.page_desk"
_MEETINGS = 5
"""So many pages must have arrived while another was being worked on before the second process is worth its start."""
_MOST_BATCHES = 2
"""There at once: one that is worked on and one that waits, lest the second process wait."""
_LONGEST_SILENCE = 60
"""Seconds after which the second process, which answers in hundredths of one, counts as lost."""
_TIME = Struct("@ll")
"""A time as the system knows it: seconds and microseconds."""
_LONGEST_FAREWELL = 5.0
"""Seconds that the second process has to end by itself."""


_PROCESSOR_LIMIT = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux tells of a container's share: microseconds of processors granted, or "max", and in how many."""


def processors(limit: Path = _PROCESSOR_LIMIT) -> int:
    """How many processors this process can keep busy, of which the file `limit` may grant only a share."""
    granted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = map(int, limit.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return granted  # no such limit
    return min(granted, max(1, ceil(quota / period)))


_answers = msgspec.msgpack.Decoder(Decoded | None)


class Ended(Exception):  # noqa: N818  not an error: the work is done here instead
    """The second process is not there, or not any more."""


@dataclass(slots=True, eq=False)
class Batch:
    """The parts of one page, which are worked on in one place."""

    number: int
    is_elsewhere: bool
    places: int = 0
    """Those that were given to pages."""
    held: dict[int, weakref.ref[Any]] = field(default_factory=dict)
    """What stands here for the pages that the second process holds, by place. They are let go when it is gone."""

    def unwanted(self) -> list[int]:
        """Places of pages that nobody can ask for any more. Each is told once."""
        gone = [place for place, page in self.held.items() if page() is None]
        for place in gone:
            del self.held[place]
        return gone


class SecondProcess:
    """Starts it when it is worth it, and talks to it. Safe to share between threads."""

    def __init__(self, processors: int, meetings: int = _MEETINGS, patience: int = _LONGEST_SILENCE) -> None:
        """Prepare; it is never started with one of `processors`, else after so many `meetings` of pages.

        It is done without after as many seconds of silence as there is `patience`.
        """
        self._is_of_use = processors > 1 and os.name == "posix" and bool(sys.executable)
        self._meetings_left = meetings
        self._patience = patience
        self._numbers = count()
        self._here = 0
        self._there = 0
        self._counting = threading.Lock()
        self._known: dict[int, ReportRows] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: Wire | None = None
        self._is_lost = False
        self._sending = threading.Lock()
        self._answered = threading.Event()
        """Whether the last request was answered."""
        self._answered.set()

    def begin(self) -> Batch:
        """Take up a page that has arrived. The caller says when it is `done`."""
        with self._counting:
            number = next(self._numbers)
            if self._wire is not None and not self._is_lost and self._there < _MOST_BATCHES:
                self._there += 1
                return Batch(number, is_elsewhere=True)
            self._meetings_left -= self._here > 0
            self._here += 1
            if self._is_of_use and self._meetings_left <= 0:
                self._is_of_use = False  # once: if it ends early, it would do so again
                self._start()
            return Batch(number, is_elsewhere=False)

    def done(self, batch: Batch) -> None:
        """Let go of a page."""
        with self._counting:
            self._there -= batch.is_elsewhere
            self._here -= not batch.is_elsewhere
        if batch.held:
            with self._sending, suppress(Ended):
                self._send(Forget(batch.number))

    def decode(self, rows: ReportRows, batch: Batch, place: int, body: bytes) -> Decoded | None:
        """What the second process found in a page, kept at a `place` of a batch; None if unforeseen. Raises `Ended`."""
        request = Decode(id(rows), batch.number, place, batch.unwanted())
        decoded: Decoded | None = _answers.decode(self._ask(rows, request, body))
        return decoded

    def encode(
        self, rows: ReportRows, batch: Batch, whole: int, parts: Sequence[Part], about: Mapping[str, str]
    ) -> bytes:
        """The lines of a page's records, joined with other `parts` of its batch, which is used up. Raises `Ended`."""
        batch.held.clear()
        return self._ask(rows, Encode(id(rows), batch.number, whole, parts, about))

    def close(self) -> None:
        """End it."""
        with self._counting:
            self._is_of_use = False
        self._hang_up()
        if self._process is not None:
            try:
                self._process.wait(_LONGEST_FAREWELL)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _start(self) -> None:
        try:
            self._wire = self._started()
        except OSError as error:
            logger.info("No second process can be started, so one does all the work: %s.", error)

    def _started(self) -> Wire:
        """Start it, and return the wire to it. Raises `OSError`."""
        ours, theirs = socket.socketpair()
        with theirs, ExitStack() as unless_started:
            unless_started.enter_context(ours)
            for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                ours.setsockopt(socket.SOL_SOCKET, direction, _TIME.pack(self._patience, 0))
            self._process = subprocess.Popen(  # noqa: S603  the connector's own program
                [sys.executable, "-P", "-m", _PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            unless_started.pop_all()
        logger.info("Pages meet, so a second process (%d) works on some of them.", self._process.pid)
        return Wire(ours)

    def _ask(self, rows: ReportRows, request: Request, *attached: bytes) -> bytes:
        """The answer to a request about rows, which are described in the first.

        Answers come in the order of the requests. While one is awaited others are sent, lest the second process wait.
        """
        answered = threading.Event()
        with self._sending:
            if id(rows) not in self._known:
                self._send(Describe(id(rows), rows.arguments))
                self._known[id(rows)] = rows
            self._send(request, *attached)
            before, self._answered = self._answered, answered
        before.wait()
        try:
            return self._used().receive()
        except (OSError, EOFError) as error:
            raise self._lost() from error
        finally:
            answered.set()

    def _send(self, request: Request, *attached: bytes) -> None:
        try:
            self._used().send(msgspec.msgpack.encode(request), *attached)
        except OSError as error:
            raise self._lost() from error

    def _used(self) -> Wire:
        if self._wire is None or self._is_lost:
            raise Ended
        return self._wire

    def _lost(self) -> Ended:
        if not self._is_lost:
            logger.info("The second process has ended, so one does all the work.")
        self._hang_up()
        return Ended()

    def _hang_up(self) -> None:
        self._is_lost = True
        if self._wire is not None:
            self._wire.hang_up()
