"""A process that is killed at any byte, told to end, or whose reader is slow: nothing is lost, little is repeated."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, uniform_world
from integration_tests.expected.keys import keyed, once
from integration_tests.harness.accounts import NOW, accounts
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run, parsed

STREAMS = ("ads", "campaigns_reports_daily", "ads_reports_hourly")
TIMES = {"campaigns_reports_daily": "stat_time_day", "ads_reports_hourly": "stat_time_hour"}
DAYS, LOOKBACK = 8, 1
CHAINS, KILLS = 5, 4
MEGABYTE = 1 << 20
STILL, LOOKS, PATIENCE = 1.0, 5, 120
"""Seconds between two looks at a process, how many alike mean that it stands, and how many there are at most."""


@pytest.fixture
def connection(connect: Connect) -> Iterator[Connection]:
    """Three accounts, eight days that are past, every answer a little late."""
    today = datetime.now(UTC).date()
    with Emulator(accounts(3), latency=0.01) as tiktok:
        yield connect(
            tiktok,
            start_date=str(today - timedelta(days=DAYS)),
            end_date=str(today - timedelta(days=1)),
            attribution_window=LOOKBACK,
            report_granularity=1,
        )


def killed(connection: Connection, state: list[dict[str, Any]] | None, after: int) -> Run:
    """A read that is killed once it wrote so many bytes; what it wrote until then may end within a line."""
    with connection.start(connection.read_arguments(*STREAMS, state=state)) as process:
        assert process.stdout is not None
        written = process.stdout.read(after)
        process.kill()
        written += process.stdout.read()
    return Run(process.returncode, parsed(written, connection.secrets, cut_off=True))


def merged(states: list[dict[str, Any]] | None, run: Run) -> list[dict[str, Any]]:
    """The states that a platform keeps: the last of each stream, those of the sync before where there is none."""
    kept = {state["stream"]["stream_descriptor"]["name"]: state for state in [*(states or []), *run.last_states]}
    return list(kept.values())


def cursors(states: list[dict[str, Any]], stream: str) -> dict[str, str]:
    """Where each advertiser stands."""
    found = [state["stream"] for state in states if state["stream"]["stream_descriptor"]["name"] == stream]
    return {
        entry["partition"]["advertiser_id"]: next(iter(entry["cursor"].values()))
        for state in found
        for entry in state["stream_state"]["states"]
    }


def assert_little_repeated(run: Run, states: list[dict[str, Any]]) -> None:
    """No row lies before the cursor that the sync began with, less the lookback."""
    for stream, time_field in TIMES.items():
        for advertiser, cursor in cursors(states, stream).items():
            first = date.fromisoformat(cursor[:10]) - timedelta(days=LOOKBACK)
            days = [one[time_field] for one in run.records(stream) if str(one["advertiser_id"]) == advertiser]
            assert all(date.fromisoformat(day[:10]) >= first for day in days)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, CHAINS))])
def test_kills_at_random_bytes_lose_nothing(connection: Connection, seed: int) -> None:
    """Killed again and again, each time resumed from what a platform would have kept."""
    whole = connection.read(*STREAMS)
    size = sum(len(str(message)) for message in whole.messages)
    dice, runs = Random(seed), []
    states: list[dict[str, Any]] | None = None
    for _ in range(KILLS):
        run = killed(connection, states, after=dice.randrange(size // 2))
        if states:
            assert_little_repeated(run, states)
        runs.append(run)
        states = merged(states, run)
    last = connection.read(*STREAMS, state=states)
    runs.append(last)

    assert last.exit_status == 0
    for stream in STREAMS:
        both = keyed(stream, [record for run in runs for record in run.records(stream)])
        assert both == once(stream, whole.records(stream)), stream
        for run in runs:
            once(stream, run.records(stream))
    assert_little_repeated(last, states or [])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_a_process_told_to_end_at_any_time_ends_cleanly(connection: Connection, seed: int) -> None:
    """Its last line is whole, every stream has its last state and status, and what follows completes it."""
    whole = connection.read(*STREAMS)
    size = sum(len(str(message)) for message in whole.messages)
    with connection.start(connection.read_arguments(*STREAMS), stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        written = process.stdout.read(Random(seed).randrange(size // 3))
        process.send_signal(signal.SIGTERM)
        written += process.stdout.read()
        complaints = process.stderr.read() if process.stderr else b"lost"
    told = Run(process.returncode, parsed(written, connection.secrets))
    resumed = connection.read(*STREAMS, state=told.last_states)

    assert complaints == b""
    assert told.exit_status == 1
    for stream in STREAMS:
        assert told.statuses(stream)[-1] in ("COMPLETE", "INCOMPLETE")
        both = keyed(stream, told.records(stream) + resumed.records(stream))
        assert both == once(stream, whole.records(stream))


@pytest.mark.slow
def test_a_process_told_to_end_again_and_again_ends(connect: Connect) -> None:
    """Whatever it is doing when a signal arrives, be it obeying the one before."""
    with Emulator(accounts(1)) as tiktok:
        tiktok.inject(Fault(path="report/integrated/get/", status=503, headers={"Retry-After": "60"}, times=None))
        connection = connect(tiktok, start_date="2026-11-08")
        arguments = connection.read_arguments(*STREAMS)
        for _ in range(5):
            with connection.start(arguments) as process:
                assert process.stdout is not None
                written = process.stdout.readline()
                for _ in range(200):
                    process.send_signal(signal.SIGTERM)
                try:
                    written += process.communicate(timeout=60)[0]
                finally:
                    process.kill()
            run = Run(process.returncode, parsed(written, connection.secrets))

            assert run.exit_status == 1
            assert run.errors


GIGABYTE = 1 << 30


def allow_few_threads() -> None:
    """In a process that is about to start: room for the stacks of five."""
    resource.setrlimit(resource.RLIMIT_STACK, (GIGABYTE, GIGABYTE))
    resource.setrlimit(resource.RLIMIT_AS, (6 * GIGABYTE, 6 * GIGABYTE))


def test_a_system_that_allows_few_threads_makes_a_sync_slower_only(connection: Connection) -> None:
    """TikTok takes its time, so that more threads are wanted than there may be."""
    whole = connection.read(*STREAMS)
    connection.tiktok.inject(Fault(delay=0.1, times=None))
    arguments = connection.read_arguments(*STREAMS)
    with connection.start(arguments, stderr=subprocess.PIPE, preexec_fn=allow_few_threads) as process:
        written, complaints = process.communicate()
    run = Run(process.returncode, parsed(written, connection.secrets))

    assert complaints == b""
    assert [text for text in run.logged("INFO") if "allows no more threads" in text]
    assert run.exit_status == 0
    assert all(once(stream, run.records(stream)) == once(stream, whole.records(stream)) for stream in STREAMS)


@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("arguments", [["read"], ["spec"], ["check", "--config", "nowhere.json"]], ids=" ".join)
def test_a_reader_that_is_gone_is_no_reason_to_complain(
    connection: Connection, arguments: list[str], *, unbuffered: bool
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with connection.start(arguments, unbuffered=unbuffered, stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        complaints = process.communicate()[1]

    assert (process.returncode, complaints) == (1, b"")


def test_a_pipe_that_does_not_wait_gets_everything(connection: Connection) -> None:
    """Some hosts hand one over whose reader is slower than the connector."""
    arguments = connection.read_arguments(*STREAMS)
    expected = connection.run(arguments)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with (
        connection.start(arguments, stdout=writing, stderr=subprocess.PIPE) as process,
        os.fdopen(reading, "rb") as out,
    ):
        os.close(writing)
        written = out.read()
    run = Run(process.returncode, parsed(written, connection.secrets))

    assert run.exit_status == 0
    assert len(run.of("RECORD")) == len(expected.of("RECORD"))


@pytest.mark.parametrize("arguments", [["check", "--config", b"\xff.json"], [b"\xff"]], ids=["config", "command"])
def test_a_command_line_that_is_no_text_is_refused_like_any_other(connection: Connection, arguments: list[str]) -> None:
    with connection.start(arguments, stderr=subprocess.PIPE) as process:
        written, complaints = process.communicate()
    run = Run(process.returncode, parsed(written, connection.secrets))

    assert complaints == b""
    assert run.exit_status == 1
    assert [error["failure_type"] for error in run.errors] == ["config_error"]


def test_a_check_that_is_told_to_end_says_so(connect: Connect) -> None:
    """TikTok is down, the check waits and is ended: no word about an unexpected error."""
    with Emulator(accounts(1)) as tiktok:
        tiktok.inject(Fault(status=503, headers={"Retry-After": "60"}, times=None))
        connection = connect(tiktok)
        arguments = ["check", "--config", connection.file("config", connection.configured())]
        with connection.start(arguments) as process:
            assert process.stdout is not None
            written = process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            written += process.stdout.read()
    run = Run(process.returncode, parsed(written, connection.secrets))

    assert "Unexpected" not in str(run.messages)
    assert run.of("CONNECTION_STATUS") or run.errors


def resident(process: "subprocess.Popen[bytes]") -> float:
    """Megabytes of memory that the process holds."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * 4096 / MEGABYTE


def standing_still(tiktok: Emulator, process: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """Wait until for a while nothing is asked and no memory is taken; return the requests and the megabytes."""
    looks: list[tuple[int, float]] = []
    for _ in range(PATIENCE):
        looks = [*looks[1 - LOOKS :], (len(tiktok.log), resident(process))]
        asked, held = zip(*looks, strict=True)
        if len(looks) == LOOKS and len(set(asked)) == 1 and max(held) - min(held) < 1:
            return looks[-1]
        time.sleep(STILL)
    raise AssertionError(f"It goes on though nobody reads: {looks}")


@pytest.mark.slow
def test_a_slow_reader_makes_no_memory_grow(connect: Connect) -> None:
    """While nobody reads, the process comes to a stand, far from having asked all; without a reader it ends."""
    world = uniform_world(1, 60, "2026-01-01T00:00:00Z")
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-05-01", end_date="2026-11-08")
        with connection.start(connection.read_arguments("ads_reports_hourly")) as process:
            assert process.stdout is not None
            process.stdout.read(20 * MEGABYTE)
            asked, held = standing_still(tiktok, process)
            process.stdout.close()

            assert process.wait(timeout=60) == 1
    days, rows_a_page = 192, 1000
    assert asked < days * 24 * 60 / rows_a_page / 2
    assert held < 300
