"""Windows in which an account delivered nothing are asked of its own report, once for all others that are read."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.expected.days import days_between
from integration_tests.expected.keys import once
from integration_tests.expected.report_names import REPORTS
from integration_tests.harness.accounts import NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json
from integration_tests.idle.accounts import (
    SETTLED,
    START,
    TODAY,
    active_days,
    equal,
    hours,
    is_daily,
    is_hourly,
    is_of_account,
    of_zeros,
    seldom_delivering,
    without_rows,
)
from integration_tests.several_accounts.worlds import crowd

WINDOWED = tuple(name for name in REPORTS if name.endswith(("_hourly", "_daily")))
HOURLY = ("ads_reports_hourly", "ad_groups_reports_by_country_hourly", "campaigns_reports_hourly")
DAILY = ("ads_reports_daily", "campaigns_reports_daily", "ads_audience_reports_daily")
NEVER = {"skip_idle_days": "never"}


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with seldom_delivering() as emulator:
        yield emulator


def asked(tiktok: Emulator) -> int:
    """How many reports TikTok was asked for."""
    return len(tiktok.log.to(REPORT))


def start_dates(tiktok: Emulator, advertiser: str, dimension: str) -> Counter[str]:
    """How often reports of an account about an object were asked for, by the day on which they begin."""
    return Counter(
        request.params["start_date"]
        for request in tiktok.log.to(REPORT)
        if request.params["advertiser_id"] == advertiser and dimension in request.params["dimensions"]
    )


@pytest.mark.parametrize("options", [{}, {"accounts_per_request": 5}], ids=["each alone", "together"])
@pytest.mark.parametrize("sync_mode", ["incremental", "full_refresh"])
def test_what_is_read_is_the_same_with_fewer_requests(
    connect: Connect, tiktok: Emulator, sync_mode: str, options: Json
) -> None:
    connection = connect(tiktok, start_date="2026-09-20", **options)
    whole = connection.read(*WINDOWED, sync_mode=sync_mode, **NEVER)
    asked_for_whole = asked(tiktok)
    tiktok.log.clear()
    run = connection.read(*WINDOWED, sync_mode=sync_mode)

    assert equal(run, whole)
    assert set(run.streams) == set(WINDOWED)
    assert run.logged("WARN") == []
    assert asked(tiktok) < asked_for_whole * 0.5


def test_a_day_is_left_out_only_if_the_account_has_no_hour_of_it(connect: Connect, tiktok: Emulator) -> None:
    """Its own report is asked by hour once, for all streams, on just the days of which its daily one has no row.

    Each stream asks its own report of one such day, too.
    """
    connect(tiktok, start_date=str(START)).read(*HOURLY)
    unsettled = days_between(SETTLED + timedelta(days=1), TODAY)

    for advertiser in ids(tiktok):
        active = active_days(tiktok, advertiser)
        idle = [day for day in days_between(START, SETTLED) if day not in active]
        own = Counter(
            request.params["start_date"]
            for request in tiktok.log.to(REPORT)
            if request.params["advertiser_id"] == advertiser
            and is_of_account(request.params)
            and is_hourly(request.params)
        )
        assert own == Counter(idle)
        for dimension, streams in (("ad_id", 1), ("adgroup_id", 1), ("campaign_id", 1)):
            found = start_dates(tiktok, advertiser, dimension)
            found.subtract(dict.fromkeys({*active, *unsettled}, streams))
            tried = +found
            assert -found == Counter()
            assert tried.total() == streams
            assert set(tried) < set(idle)


def test_the_answer_serves_the_stream_of_the_account_too(connect: Connect, tiktok: Emulator) -> None:
    """Days without a row cost one request, whether or not the account's own stream is read."""
    connect(tiktok, start_date=str(START)).read("advertisers_reports_hourly", "ads_reports_hourly")
    idle = ids(tiktok)[2]

    found = start_dates(tiktok, idle, "stat_time_hour")
    assert {day: found[day] for day in days_between(SETTLED + timedelta(days=1), TODAY)} == dict.fromkeys(
        days_between(SETTLED + timedelta(days=1), TODAY), 2
    )
    assert sum(found[day] for day in days_between(START, SETTLED)) == len(days_between(START, SETTLED)) + 2


def test_windows_of_daily_reports_are_left_out(connect: Connect, tiktok: Emulator) -> None:
    """The account that never delivered is asked once a window, the last one excepted, which may still change.

    Each stream asks its own report of one window beside the last.
    """
    connect(tiktok, start_date=str(START)).read(*DAILY)
    never = ids(tiktok)[2]
    last = "2026-10-30"

    assert start_dates(tiktok, never, "advertiser_id") == {"2026-08-01": 1, "2026-08-31": 1, "2026-09-30": 1}
    for dimension, streams in (("ad_id", 2), ("campaign_id", 1)):
        found = start_dates(tiktok, never, dimension)
        assert found[last] == streams
        assert found.total() == 2 * streams


@pytest.mark.parametrize("together", [1, 5])
def test_many_accounts_of_which_half_are_idle(connect: Connect, together: int) -> None:
    """All threads wait for each other's answers, and none for ever."""
    world = crowd(20)
    silent = {advertiser.id for advertiser in world.advertisers[::2]}
    world.ads[:] = [ad for ad in world.ads if ad.advertiser_id not in silent]
    world.touch()
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-01-01", accounts_per_request=together)
        whole = connection.read(*DAILY, **NEVER)
        asked_for_whole = asked(tiktok)
        tiktok.log.clear()
        run = connection.read(*DAILY)

        assert equal(run, whole)
        assert asked(tiktok) < asked_for_whole * 0.8


def test_an_account_that_delivers_costs_hardly_more(connect: Connect) -> None:
    """Its own report is asked until it is known to deliver: once."""
    with Emulator(accounts(1), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-01-01")
        whole = connection.read(*DAILY, **NEVER)
        asked_for_whole = asked(tiktok)
        tiktok.log.clear()
        run = connection.read(*DAILY)

        assert equal(run, whole)
        assert asked(tiktok) == asked_for_whole + 1


def test_one_stream_alone_is_read_as_ever(connect: Connect, tiktok: Emulator) -> None:
    """To ask the account first would save nothing."""
    connect(tiktok, start_date=str(START)).read("ads_reports_hourly", "ads_reports_daily")

    assert hours(tiktok) == 3 * ((TODAY - START).days + 1)
    assert not any(is_of_account(request.params) for request in tiktok.log.to(REPORT))


def test_days_whose_figures_may_change_are_always_asked(connect: Connect, tiktok: Emulator) -> None:
    """A sync every day reads no others, so it asks no account first."""
    connection = connect(tiktok, start_date=str(START), attribution_window=28)
    first = connection.read(*HOURLY, *DAILY)
    unsettled = days_between(SETTLED - timedelta(days=24), TODAY)
    assert all(start_dates(tiktok, each, "campaign_id").keys() >= set(unsettled) for each in ids(tiktok))
    tiktok.log.clear()
    tiktok.clock.move(days=1)
    connection.read(*HOURLY, *DAILY, state=first.last_states)

    assert hours(tiktok) == 3 * len(HOURLY) * (len(unsettled) + 1)
    assert not any(is_of_account(request.params) for request in tiktok.log.to(REPORT))


def test_figures_that_arrive_late_are_not_taken_for_idle(connect: Connect, tiktok: Emulator) -> None:
    """Pauses of more than a week, after which some days have settled and others have not."""
    names = [*HOURLY, *DAILY]
    tiktok.report_limits.latency = timedelta(hours=16)
    connection = connect(tiktok, start_date=str(START), attribution_window=0)
    runs = [connection.read(*names)]
    for pause in (9, 231, 700):
        tiktok.clock.move(hours=pause)
        runs.append(connection.read(*names, state=runs[-1].last_states))
    whole = connection.read(*names, **NEVER)

    for name in names:
        read = {key for run in runs for key in once(name, run.records(name))}
        assert read == set(once(name, whole.records(name)))
        assert runs[-1].cursors(name) == whole.cursors(name)


def is_hourly_of_account(question: Json) -> bool:
    return is_of_account(question) and is_hourly(question)


@pytest.mark.parametrize("rewrite", [without_rows, of_zeros])
def test_a_daily_report_that_tells_too_little_costs_no_row(
    connect: Connect, tiktok: Emulator, rewrite: Callable[[Any], Any]
) -> None:
    """The hours of the account itself contradict it, day by day."""
    connection = connect(tiktok, start_date=str(START))
    whole = connection.read(*HOURLY, **NEVER)
    tiktok.inject(Fault(path=REPORT, match=is_daily, rewrite=rewrite, times=None))

    assert equal(connection.read(*HOURLY), whole)


@pytest.mark.parametrize("together", [1, 5])
def test_an_account_whose_own_report_lacks_everything_costs_no_row(connect: Connect, together: int) -> None:
    """The streams' own reports contradict it, and everything is read, with a warning."""
    with seldom_delivering((100, None), (100, None)) as tiktok:
        connection = connect(tiktok, start_date=str(START), accounts_per_request=together)
        whole = connection.read(*HOURLY, *DAILY, **NEVER)
        tiktok.inject(Fault(path=REPORT, match=is_of_account, rewrite=without_rows, times=None))
        run = connection.read(*HOURLY, *DAILY)
        told = run.logged("WARN")

        assert equal(run, whole)
        assert all(
            any(name in warning and f"every window of advertiser {id_} is read" in warning for warning in told)
            for name in (*HOURLY, *DAILY)
            for id_ in ids(tiktok)
        )


def test_an_account_with_rows_of_zeros_is_not_idle(connect: Connect) -> None:
    """Where TikTok sends such rows of an account, it may send them of its ads."""
    with seldom_delivering((100, None)) as tiktok:
        connection = connect(tiktok, start_date=str(START))
        whole = connection.read(*HOURLY, *DAILY, **NEVER)
        tiktok.inject(Fault(path=REPORT, match=is_of_account, rewrite=of_zeros, times=None))
        run = connection.read(*HOURLY, *DAILY)

        assert equal(run, whole)


@pytest.mark.parametrize("match", [is_daily, is_hourly_of_account, is_of_account])
@pytest.mark.parametrize(
    "fault",
    [
        {"code": 40002, "message": "Invalid metric fields: ['spend']. "},
        {"code": 40002, "message": "No."},
        {"code": 40067, "message": "The query is too large."},
        {"code": 40001, "message": "No permission."},
        {"code": 50000, "message": "Try again."},
        {"rewrite": lambda _: {}},
        {"rewrite": lambda data: {**data, "list": [{"dimensions": {}, "metrics": {}} for _ in data["list"] or [1]]}},
    ],
)
def test_an_account_whose_own_report_can_not_be_read_is_read_whole(
    connect: Connect, tiktok: Emulator, match: Callable[[Json], bool], fault: Json
) -> None:
    connection = connect(tiktok, start_date=str(START))
    whole = connection.read(*HOURLY, *DAILY, **NEVER)
    tiktok.inject(Fault(path=REPORT, match=match, times=None, **fault))

    assert equal(connection.read(*HOURLY, *DAILY), whole)
