"""A process that ends before its time: killed, told to end, or left by its reader. These run in real time."""

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from integration_tests.emulator import Emulator, Fault, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.expected.keys import keyed
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run, parsed

if TYPE_CHECKING:
    import subprocess

STREAM = "ads_reports_hourly"
REPORT = "report/integrated/get/"
DAYS = 6
SOON = 15.0
"""Seconds in which a process must have ended; the answer that it waits for takes longer."""


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """An account in UTC whose ads deliver in every hour."""
    world = World()
    advertiser = an_advertiser(timezone="Etc/UTC", created="2025-01-01T00:00:00Z")
    campaign = a_campaign(advertiser)
    ad_group = an_ad_group(campaign)
    ads = [an_ad(ad_group, share=100, volume=90_000, every_hour=True) for _ in range(20)]
    world.add(advertiser, campaign, ad_group, *ads)
    with Emulator(world) as emulator:
        yield emulator


@pytest.fixture
def connection(connect: Connect, tiktok: Emulator) -> Connection:
    """Six whole days that are past, so that their rows hold still."""
    today = datetime.now(UTC).date()
    start, end = today - timedelta(days=DAYS), today - timedelta(days=1)
    return connect(tiktok, start_date=str(start), end_date=str(end), attribution_window=0)


def day(connection: Connection, number: int) -> str:
    """The day of that number, from 0."""
    start = datetime.fromisoformat(connection.config["start_date"])
    return str((start + timedelta(days=number)).date())


def stall(tiktok: Emulator, start_date: str) -> None:
    """Let TikTok take a minute for all that is asked of a day."""
    tiktok.inject(Fault(path=REPORT, match={"start_date": start_date}, delay=60, times=None))


def lines_until(process: "subprocess.Popen[bytes]", cursor: str) -> bytes:
    """What the process writes until a state stands at `cursor`."""
    written = b""
    for line in process.stdout or ():
        written += line
        message = orjson.loads(line)
        if message["type"] == "STATE" and f'"{cursor}"' in orjson.dumps(message).decode():
            return written
    pytest.fail("the process ended before it stood there")


def test_after_a_kill_the_last_state_leads_to_every_row(connection: Connection, tiktok: Emulator) -> None:
    """Killed while the fourth day is being read: what it wrote, and what follows from its last state, is everything."""
    stall(tiktok, day(connection, 3))
    whole_arguments = connection.read_arguments(STREAM)
    with connection.start(whole_arguments) as process:
        written = lines_until(process, f"{day(connection, 2)} 23:00:00")
        process.kill()
        written += process.stdout.read() if process.stdout else b""
    killed = Run(process.returncode, parsed(written, connection.secrets, cut_off=True))
    tiktok.clear_faults()
    resumed = connection.read(STREAM, state=killed.last_states)
    whole = connection.read(STREAM)
    both = keyed(STREAM, killed.records(STREAM) + resumed.records(STREAM))

    assert process.returncode == -signal.SIGKILL
    assert set(killed.cursors(STREAM).values()) == {f"{day(connection, 2)} 23:00:00"}
    assert both == keyed(STREAM, whole.records(STREAM))
    assert len(both) == 20 * 24 * DAYS
    assert len(resumed.records(STREAM)) < len(both)
    assert resumed.state(STREAM) == whole.state(STREAM)


@pytest.mark.parametrize("unbuffered", [False, True], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_told_to_end_says_what_it_did_not_read(
    connection: Connection, tiktok: Emulator, number: signal.Signals, *, unbuffered: bool
) -> None:
    """It ends although TikTok owes it an answer, red, with a state from which nothing is lost.

    Its reader is slow, so the signal comes in the middle of a line; unbuffered as most images run Python, or not.
    """
    stall(tiktok, day(connection, 3))
    with connection.start(connection.read_arguments(STREAM), unbuffered=unbuffered) as process:
        written = lines_until(process, f"{day(connection, 2)} 23:00:00")
        process.send_signal(number)
        told_at = time.monotonic()
        written += process.stdout.read() if process.stdout else b""
        process.wait(timeout=SOON)
    ended_after = time.monotonic() - told_at
    told = Run(process.returncode, parsed(written, connection.secrets))
    tiktok.clear_faults()
    resumed = connection.read(STREAM, state=told.last_states)
    both = keyed(STREAM, told.records(STREAM) + resumed.records(STREAM))

    assert ended_after < SOON
    assert told.exit_status == 1
    assert told.statuses(STREAM) == ["STARTED", "RUNNING", "INCOMPLETE"]
    assert told.errors
    assert set(told.cursors(STREAM).values()) == {f"{day(connection, 2)} 23:00:00"}
    assert len(both) == 20 * 24 * DAYS


def test_a_process_that_nobody_listens_to_ends(connection: Connection, tiktok: Emulator, tmp_path: Path) -> None:
    """Soon, red, and without a traceback."""
    stall(tiktok, day(connection, 5))
    with (tmp_path / "stderr").open("wb") as complaints:
        process = connection.start(connection.read_arguments(STREAM), stderr=complaints)
        with process:
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.close()

            assert process.wait(timeout=SOON) == 1
    assert b"Traceback" not in (tmp_path / "stderr").read_bytes()


def test_a_process_writes_what_main_writes(connection: Connection) -> None:
    """The whole of it on standard output, nothing on standard error."""
    arguments = connection.read_arguments("advertisers", "ads", STREAM)
    in_process = connection.run(arguments)
    with connection.start(arguments, stderr=-1) as process:
        written, complaints = process.communicate(timeout=60)
    run = Run(process.returncode, parsed(written, connection.secrets))

    assert (run.exit_status, complaints) == (0, b"")
    for stream in ("advertisers", "ads", STREAM):
        assert keyed(stream, run.records(stream)) == keyed(stream, in_process.records(stream))
        assert run.state(stream) == in_process.state(stream)
