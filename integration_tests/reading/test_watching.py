"""What a sync says of itself: a plan at the beginning, how far it is, and a summary for programs at the end."""

import os
import pty
import re
import select
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import orjson
import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.harness.accounts import ADS, DAILY, HOURLY, NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect, Connection, QuickClock
from integration_tests.harness.output import Json, Run, assert_orderly, parsed

if TYPE_CHECKING:
    import subprocess

START = "2026-10-01"
DAYS = 41


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts alike."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


def watched(connection: Connection, *streams: str, speed: float = 200) -> Run:
    """A read on a clock that is faster than the machine's."""
    run = connection.run(connection.read_arguments(*streams), QuickClock(connection.tiktok, speed))
    assert_orderly(run)
    return run


def told(run: Run, beginning: str) -> list[str]:
    """The lines of the log that begin so."""
    return [line for line in run.logged("INFO") if line.startswith(beginning)]


def summary(run: Run) -> Json:
    """The summary for programs."""
    (line,) = told(run, "Summary: {")
    whole: Json = orjson.loads(line.removeprefix("Summary: "))
    return whole


def test_a_sync_begins_with_its_plan(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok, start_date=START).read(HOURLY, DAILY)

    assert told(run, "Plan: ") == [
        (
            f"Plan: 2 streams of 2 ad accounts: about {2 * DAYS + 2 * 2 + 2} requests. "
            "The rate limit tier ultimate lets through 45.2 a second: 0.0 minutes."
        ),
        f"Plan: the costliest streams are {HOURLY} {2 * DAYS}, {DAILY} 4 requests.",
    ]
    assert len(list(tiktok.log)) == 2 * DAYS + 2 * 2 + 2


def test_a_long_sync_tells_how_far_it_is(connect: Connect, tiktok: Emulator) -> None:
    """At nine requests a second it takes a minute and more."""
    run = watched(connect(tiktok, start_date="2026-05-01", rate_limit_tier="basic"), HOURLY)
    shares = [int(line.split()[1].removesuffix("%")) for line in told(run, "Progress: ")]

    assert run.exit_status == 0
    assert shares
    assert shares == sorted(shares)
    assert all("a second of 9.1 that the rate limit lets through" in line for line in told(run, "Progress: "))


def test_streams_tell_when_they_begin_and_end(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok, start_date="2026-11-08").read(HOURLY, DAILY)

    for stream in (HOURLY, DAILY):
        assert told(run, f"Stream {stream} ")[:2] == [
            f"Stream {stream} begins.",
            f"Stream {stream} is complete: {len(run.records(stream))} records.",
        ]


def test_estimates_end_with_the_truth(connect: Connect, tiktok: Emulator) -> None:
    """Only estimates of streams: platforms refuse a sync that mixes them with one of the whole."""
    run = watched(connect(tiktok, start_date="2026-05-01", rate_limit_tier="basic"), HOURLY)
    estimates = [trace["estimate"] for trace in run.of("TRACE") if trace["type"] == "ESTIMATE"]

    assert {(estimate["name"], estimate["type"]) for estimate in estimates} == {(HOURLY, "STREAM")}
    assert estimates[-1]["row_estimate"] == len(run.records(HOURLY))
    assert all(estimate["byte_estimate"] > 100 * estimate["row_estimate"] for estimate in estimates)


@pytest.mark.parametrize(
    ("code", "times", "waiting"),
    [
        (40100, 14, r"Waiting for TikTok's rate limit of the developer app, for \d+ s"),
        (40133, 6, r"Waiting for TikTok's rate limit of ad account {}, for \d+ s"),
        (50002, 6, r"Waiting for the repetition of what failed for ad account {}"),
    ],
)
def test_what_is_waited_for_is_told(connect: Connect, tiktok: Emulator, code: int, times: int, waiting: str) -> None:
    """A limited app, a limited account, an account that TikTok fails to answer about."""
    broken = ids(tiktok)[0]
    tiktok.inject(Fault(path=ADS, match={"advertiser_id": broken}, code=code, times=times))
    run = watched(connect(tiktok, rate_limit_tier="ultimate"), "ads", speed=100)

    assert any(re.search(waiting.format(broken), line) for line in told(run, "Progress: "))


def test_the_summary_has_every_stream_and_account(connect: Connect, tiktok: Emulator) -> None:
    """Records, requests and days; what was looked up is of no stream."""
    run = connect(tiktok, start_date=START).read(HOURLY, "ads", "regions")
    whole = summary(run)
    streams = {entry["stream"]: entry for entry in whole["streams"]}
    asked = Counter((request.path, request.params.get("advertiser_id")) for request in tiktok.log)

    assert whole["requests"] == len(list(tiktok.log))
    assert whole["records"] == sum(len(run.records(stream)) for stream in run.streams)
    assert whole["left_out"] == []
    for account in ids(tiktok):
        (part,) = [entry for entry in streams[HOURLY]["accounts"] if entry["advertiser_id"] == account]
        records = [record for record in run.records(HOURLY) if str(record["advertiser_id"]) == account]
        assert (part["records"], part["requests"]) == (len(records), asked[REPORT, account]) == (len(records), DAYS)
        assert (part["first_day"], part["last_day"]) == (START, "2026-11-10")
        (part,) = [entry for entry in streams["ads"]["accounts"] if entry["advertiser_id"] == account]
        assert part["requests"] == asked[ADS, account]
        assert "first_day" not in part
    assert streams["regions"]["requests"] == 1
    assert all(entry["complete"] for entry in whole["streams"])


def test_the_summary_tells_what_was_left_out_and_why(connect: Connect, tiktok: Emulator) -> None:
    broken = ids(tiktok)[0]
    tiktok.inject(Fault(path=ADS, match={"advertiser_id": broken}, code=40001, message="No permission.", times=None))
    whole = summary(connect(tiktok).read("ads", "campaigns"))
    (reason,) = whole["left_out"]
    (ads,) = [entry for entry in whole["streams"] if entry["stream"] == "ads"]

    assert "No permission." in reason["reason"]
    assert (reason["code"], reason["streams"], reason["advertiser_ids"]) == (40001, ["ads"], [broken])
    assert ads["accounts_left_out"] == 1


def test_the_summary_tells_what_failed(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path=ADS, code=40002, message="Not like this.", times=None))
    whole = summary(connect(tiktok).read("ads", "campaigns"))
    streams = {entry["stream"]: entry for entry in whole["streams"]}

    assert "Not like this." in streams["ads"]["failure"]
    assert streams["campaigns"]["complete"] is True


@pytest.mark.parametrize("options", [[], ["--no-progress"]])
def test_a_terminal_shows_the_progress(connect: Connect, options: list[str]) -> None:
    """On standard error, unless it is switched off; the messages are the same."""
    with Emulator(accounts(2)) as tiktok:
        start = str(date.today() - timedelta(days=12))  # noqa: DTZ011  any day will do
        connection = connect(tiktok, start_date=start, rate_limit_tier="basic")
        terminal, ours = pty.openpty()
        with connection.start([*connection.read_arguments(HOURLY), *options], stderr=ours) as process:
            os.close(ours)
            written, shown = everything(process, terminal)
        os.close(terminal)
        run = Run(process.returncode, parsed(written, connection.secrets))
        assert_orderly(run)

    assert run.exit_status == 0
    assert ("records" in shown) == (HOURLY in shown) == (not options)
    assert "\x1b[?25l" not in shown


def everything(process: "subprocess.Popen[bytes]", terminal: int) -> tuple[bytes, str]:
    """What a process writes to its output and to a terminal."""
    assert process.stdout is not None
    written, shown, waiting = b"", b"", {process.stdout.fileno(), terminal}
    ends_at = time.monotonic() + 100
    while waiting and time.monotonic() < ends_at:
        for ready in select.select(list(waiting), [], [], 1.0)[0]:
            try:
                content = os.read(ready, 1 << 16)
            except OSError:  # how a terminal ends
                content = b""
            if not content:
                waiting.discard(ready)
            elif ready == terminal:
                shown += content
            else:
                written += content
    process.wait(10)
    return written, shown.decode()
