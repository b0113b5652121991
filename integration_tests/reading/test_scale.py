"""Thousands of advertisers and hundreds of thousands of rows: bounded memory, and a state of a sane size."""

import io
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import orjson
import pytest

from integration_tests.emulator import Emulator, uniform_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.clocks import HastyClock
from integration_tests.harness.connection import Connect, Connection
from source_tiktok_marketing.run import main

DAILY, HOURLY = "advertisers_reports_daily", "ads_reports_hourly"
ADVERTISERS = 2000


class Counting(io.RawIOBase):
    """An output that keeps nothing but figures and the states."""

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.states: list[bytes] = []
        self.bad: list[bytes] = []

    def writable(self) -> bool:
        """It is written to."""
        return True

    def write(self, block: bytes | memoryview) -> int:  # type: ignore[override]
        """Count what a block of lines holds."""
        for line in bytes(block).splitlines():
            if line.startswith(b'{"type":"RECORD"'):
                self.records[line[:80].split(b'"stream":"')[1].split(b'"')[0].decode()] += 1
            elif line.startswith(b'{"type":"STATE"'):
                self.states.append(line)
            elif b'"ERROR"' in line or b"INCOMPLETE" in line:
                self.bad.append(line)
        return len(block)


@dataclass(frozen=True)
class Outcome:
    """What a read in a process of its own came to."""

    exit_status: int
    records: dict[str, int]
    state_bytes: int
    last_state: bytes
    bad: list[bytes]
    peak_megabytes: float
    seconds: float


def peak_megabytes() -> float:
    """The most memory this process ever held.

    `getrusage` won't do: a process inherits the peak of the one that started it, here that of all tests so far.
    """
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def read_and_report(arguments: Sequence[str], now: str, pipe: Pipe) -> None:
    """Run a read whose waits pass at once, and send back the outcome. Runs in a fresh process."""
    raw, began = Counting(), time.monotonic()
    out = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)  # type: ignore[type-var]
    exit_status = main(arguments, out, HastyClock(lambda: datetime.fromisoformat(now)))
    pipe.send(
        Outcome(
            exit_status=exit_status,
            records=dict(raw.records),
            state_bytes=sum(map(len, raw.states)),
            last_state=max(raw.states[-3:], key=len, default=b"{}"),
            bad=raw.bad,
            peak_megabytes=peak_megabytes(),
            seconds=time.monotonic() - began,
        )
    )


def measured(connection: Connection, *streams: str) -> Outcome:
    """A read in a fresh process, so that its peak memory is its own."""
    arguments = connection.read_arguments(*streams)
    receiver, sender = get_context("spawn").Pipe(duplex=False)
    reader = get_context("spawn").Process(target=read_and_report, args=(arguments, NOW, sender))
    reader.start()
    assert receiver.poll(400), "the read did not end"
    outcome: Outcome = receiver.recv()
    reader.join()
    return outcome


@pytest.fixture(scope="module")
def crowd() -> Iterator[Emulator]:
    """Two thousand advertisers with an ad each."""
    with Emulator(uniform_world(ADVERTISERS, 1, "2026-11-01T00:00:00Z"), now=NOW) as tiktok:
        yield tiktok


@pytest.mark.slow
def test_two_thousand_advertisers_are_read_in_bounded_memory(connect: Connect, crowd: Emulator) -> None:
    """Look-ups take a hundred advertisers each; states don't add up to a multiple of the records."""
    outcome = measured(connect(crowd, start_date="2026-11-09"), "advertisers", "advertiser_ids", DAILY)
    batches = [len(request.params["advertiser_ids"]) for request in crowd.log.to("advertiser/info/")]
    last = orjson.loads(outcome.last_state)["state"]["stream"]["stream_state"]

    assert (outcome.exit_status, outcome.bad) == (0, [])
    assert outcome.records == {"advertisers": ADVERTISERS, "advertiser_ids": ADVERTISERS, DAILY: 2 * ADVERTISERS}
    assert batches == [100] * 20
    assert len(crowd.log.to("report/integrated/get/")) <= 2 * ADVERTISERS
    assert len(last["states"]) >= ADVERTISERS
    assert len(outcome.last_state) < 600 * ADVERTISERS
    assert outcome.state_bytes < 60 * len(outcome.last_state)
    assert outcome.peak_megabytes < 250


@pytest.mark.parametrize("ads", [280, pytest.param(2800, marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_the_rows_of_a_window(connect: Connect, ads: int, sizes: dict[int, float]) -> None:
    """One advertiser with 20,160 rows in a window of three days, then with 201,600 of them."""
    world = uniform_world(1, ads, "2026-10-01T00:00:00Z")
    with Emulator(world, now=NOW) as tiktok:
        outcome = measured(connect(tiktok, start_date="2026-11-06", end_date="2026-11-08"), HOURLY)

    sizes[ads] = outcome.peak_megabytes
    assert (outcome.exit_status, outcome.bad) == (0, [])
    assert outcome.records == {HOURLY: ads * 72}
    assert outcome.peak_megabytes < sizes.get(280, 200) + 60


@pytest.fixture(scope="module")
def sizes() -> dict[int, float]:
    """Peak megabytes by the number of ads."""
    return {}
