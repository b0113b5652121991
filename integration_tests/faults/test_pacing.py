"""The request budget end to end: limits are kept, found, waited out and shared. Some of these live in real time."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.harness.accounts import ADS, NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect, Connection, EmulatedClock, QuickClock
from integration_tests.harness.output import Json, Run, parsed
from source_tiktok_marketing.run import main

HOURLY = "campaigns_reports_hourly"
BY_HOUR = ("campaigns_reports_hourly", "ad_groups_reports_hourly", "advertisers_reports_hourly")
RESTRICTED = "Your developer app is temporarily restricted. Too many requests."


def read(connection: Connection, clock: EmulatedClock, *streams: str, **changes: str) -> Run:
    """A read on a clock of the test's own."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    exit_status = main(connection.read_arguments(*streams, **changes), out, clock)
    return Run(exit_status, parsed(out.buffer.getvalue(), connection.secrets))


def days_ago(number: int) -> str:
    """A day before today."""
    return str(datetime.now(UTC).date() - timedelta(days=number))


def process(connection: Connection, tier: str, days: int) -> Run:
    """A read in a process of its own, in real time."""
    arguments = connection.read_arguments(*BY_HOUR, start_date=days_ago(days), rate_limit_tier=tier)
    with connection.start(arguments) as reader:
        written, _ = reader.communicate(timeout=100)
    return Run(reader.returncode, parsed(written, connection.secrets))


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts, at a fixed time and without limits."""
    with Emulator(accounts(3), now=NOW) as emulator:
        yield emulator


@pytest.mark.slow
def test_a_steady_sync_of_the_right_tier_is_never_refused(connect: Connect) -> None:
    """As fast as the tier allows, and not much slower. A machine that stalls may bring two requests together."""
    with Emulator(accounts(3), tier="basic") as limited:
        run = process(connect(limited), "basic", days=16)
        asked = limited.log.to(REPORT)

    assert run.exit_status == 0
    assert [request.code for request in asked].count(40100) <= 2
    assert len(asked) >= 150
    assert len(asked) / (asked[-1].at - asked[0].at) > 5


@pytest.mark.slow
def test_a_tier_that_is_configured_too_high_finds_the_limit(connect: Connect) -> None:
    """Configured for 30 requests a second, granted 10: everything comes out, and refusals become rare."""
    with Emulator(accounts(3), tier="basic") as limited:
        run = process(connect(limited), "premium", days=12)
        asked = limited.log.to(REPORT)
    refused = [request.at - asked[0].at for request in asked if request.code == 40100]
    late = [at for at in refused if at > 8]

    assert run.exit_status == 0
    assert {status for stream in BY_HOUR for status in run.statuses(stream)[-1:]} == {"COMPLETE"}
    assert refused
    assert len(refused) < len(asked) / 3
    assert len(late) <= 6


@pytest.mark.parametrize("code", [40100, pytest.param(40016, marks=pytest.mark.slow)])
def test_a_restricted_app_is_waited_out(connect: Connect, tiktok: Emulator, code: int) -> None:
    """Ten minutes of refusals: a line of log for each pause, the states again, few requests, then every row."""
    clock = QuickClock(tiktok, speed=120)
    connection = connect(tiktok, start_date="2026-11-06")
    calm = connection.read(HOURLY)
    tiktok.log.clear()
    restricted = Fault(path=REPORT, match=lambda _: 2 < clock.elapsed < 600, code=code, message=RESTRICTED, times=None)
    tiktok.inject(restricted)
    run = read(connection, clock, HOURLY)
    refused = [request for request in tiktok.log.to(REPORT) if request.code == code]
    pauses = [line for line in run.logged("INFO") if "All requests pause" in line]

    assert run.exit_status == 0
    assert clock.elapsed > 600
    assert len(run.records(HOURLY)) == len(calm.records(HOURLY))
    assert run.cursors(HOURLY) == calm.cursors(HOURLY)
    assert 8 <= len(pauses) < 40
    assert len(pauses) <= len(refused) < 80


@pytest.mark.slow
def test_a_restriction_in_the_middle_lets_the_host_see_life(connect: Connect, tiktok: Emulator) -> None:
    """States that stand still are emitted again while nothing else can be."""
    clock = QuickClock(tiktok, speed=120)
    tiktok.inject(Fault(path=ADS, match=lambda _: clock.elapsed < 900, code=40100, message=RESTRICTED, times=None))
    run = read(connect(tiktok, start_date="2026-11-10"), clock, "ads")
    states = [state["stream"]["stream_state"] for state in run.of("STATE")]

    assert run.exit_status == 0
    assert len(run.records("ads")) == 3
    assert states[:2] == [{"use_global_cursor": False, "states": [], "lookback_window": 0}] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "seconds", "most"),
    [({"code": 40133, "message": "Too many requests for the advertiser."}, 900, 150), ({"status": 500}, 200, 400)],
    ids=["limited", "failing"],
)
def test_an_advertiser_that_must_wait_slows_only_itself(
    connect: Connect, tiktok: Emulator, fault: Json, seconds: float, most: int
) -> None:
    """The others' two months of hours are read before the first answer about it arrives: no thread waits in line."""
    clock = QuickClock(tiktok, speed=60 if seconds > 300 else 20)
    slow = ids(tiktok)[0]
    tiktok.inject(
        Fault(
            path=REPORT,
            match=lambda asked: asked["advertiser_id"] == slow and clock.elapsed < seconds,
            times=None,
            **fault,
        )
    )
    run = read(connect(tiktok, start_date="2026-09-12"), clock, HOURLY)
    asked = tiktok.log.to(REPORT)
    answered = [request.params["advertiser_id"] for request in asked if request.rows]

    assert run.exit_status == 0
    assert {answered.count(one) for one in ids(tiktok)} == {60}
    assert slow not in answered[:120]
    assert len(asked) - len(answered) < most
