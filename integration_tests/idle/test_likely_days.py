"""Days on which an account delivered nothing are not asked by hour, if the option says so and TikTok bears it out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, World, an_advertiser
from integration_tests.expected.days import asked_days, days_between
from integration_tests.expected.keys import once
from integration_tests.expected.report_names import REPORTS
from integration_tests.harness.accounts import NOW, REPORT, ids
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
    of_zeros,
    seldom_delivering,
    without_rows,
)

HOURLY = "ads_reports_hourly"
ALL_HOURLY = tuple(name for name in REPORTS if name.endswith("_hourly"))
LIKELY = {"skip_idle_days": "if_likely"}
CUSTOM: list[Json] = [
    {"name": "few", "granularity": "hour", "level": "ad", "metrics": ["spend", "subscribe", "vta_app_install"]},
    {
        "name": "some",
        "granularity": "hour",
        "level": "campaign",
        "metrics": ["basic"],
        "filters": [{"field": "campaign_status", "values": ["STATUS_ALL"]}],
    },
]


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with seldom_delivering() as emulator:
        yield emulator


@pytest.mark.parametrize("sync_mode", ["incremental", "full_refresh"])
def test_what_is_read_is_the_same_with_fewer_requests(connect: Connect, tiktok: Emulator, sync_mode: str) -> None:
    names = (*ALL_HOURLY, *(f"custom_{report['name']}" for report in CUSTOM))
    connection = connect(tiktok, start_date=str(START), custom_reports=CUSTOM)
    whole = connection.read(*names, sync_mode=sync_mode, skip_idle_days="never")
    asked_for_whole = hours(tiktok)
    tiktok.log.clear()
    run = connection.read(*names, sync_mode=sync_mode, **LIKELY)

    assert set(run.streams) == set(names)
    assert equal(run, whole)
    assert all(run.records(name) for name in names)
    assert run.logged("WARN") == []
    assert asked_for_whole == len(names) * 3 * ((TODAY - START).days + 1)
    assert hours(tiktok) < asked_for_whole * 0.3


def test_only_active_days_and_a_few_to_be_sure_are_asked(connect: Connect, tiktok: Emulator) -> None:
    """The first idle day of each block of 30 days, and the 1st, 2nd, 4th, 8th … of all."""
    run = connect(tiktok, start_date=str(START)).read(HOURLY, **LIKELY)
    daily = [request.params for request in tiktok.log.to(REPORT) if is_daily(request.params)]
    unsettled = days_between(SETTLED + timedelta(days=1), TODAY)

    for advertiser in ids(tiktok):
        asked, active = asked_days(tiktok, advertiser, "stat_time_hour"), active_days(tiktok, advertiser)
        idle = [day for day in days_between(START, SETTLED) if day not in active]
        tried = {idle[number - 1] for number in (1, 2, 4, 8, 16, 32, 64) if number <= len(idle)}
        for block in range(4):
            first, last = (str(START + timedelta(days=30 * (block + number))) for number in (0, 1))
            tried |= {min((day for day in idle if first <= day < last), default=idle[0])}

        assert asked == sorted({*active, *tried, *unsettled})
        assert [
            (asked["start_date"], asked["end_date"]) for asked in daily if asked["advertiser_id"] == advertiser
        ] == [
            ("2026-08-01", "2026-08-30"),
            ("2026-08-31", "2026-09-29"),
            ("2026-09-30", "2026-10-29"),
            ("2026-10-30", "2026-11-10"),
        ]
        assert f"advertiser {advertiser}, {len(idle)} delivered nothing" in " ".join(run.logged("INFO"))


def test_streams_ask_for_the_daily_report_once(connect: Connect, tiktok: Emulator) -> None:
    names = [name for name in ALL_HOURLY if "by_country" not in name]
    connect(tiktok, start_date=str(START)).read(*names, **LIKELY)
    daily = [request for request in tiktok.log.to(REPORT) if is_daily(request.params)]

    assert len(names) > 5
    assert len(daily) == 3 * 4
    assert {request.code for request in daily} == {0}


@pytest.mark.parametrize(("value", "choice"), [(True, "if_likely"), (False, "never")])
def test_the_option_may_be_a_boolean(connect: Connect, tiktok: Emulator, value: object, choice: str) -> None:
    """True is the boldest choice, false none."""
    connection = connect(tiktok, start_date=str(START))
    connection.read(HOURLY, skip_idle_days=choice)
    chosen = hours(tiktok)
    tiktok.log.clear()
    connection.read(HOURLY, skip_idle_days=value)

    assert hours(tiktok) == chosen
    assert (chosen < 3 * ((TODAY - START).days + 1)) == (value is True)


def test_days_whose_figures_may_move_are_always_asked(connect: Connect, tiktok: Emulator) -> None:
    """A sync every day reads no other days, so it asks for no daily report either."""
    connection = connect(tiktok, start_date=str(START), attribution_window=28, **LIKELY)
    first = connection.read(HOURLY)
    unsettled = days_between(SETTLED - timedelta(days=24), TODAY)
    assert all(asked_days(tiktok, each, "stat_time_hour")[-len(unsettled) :] == unsettled for each in ids(tiktok))
    tiktok.log.clear()
    tiktok.clock.move(days=1)
    second = connection.read(HOURLY, state=first.last_states)

    assert second.exit_status == 0
    assert hours(tiktok) == len(tiktok.log.to(REPORT)) == 3 * (len(unsettled) + 1)


def test_figures_that_arrive_late_are_not_taken_for_idle_days(connect: Connect, tiktok: Emulator) -> None:
    """Pauses of more than a week, after which some days have settled and others have not."""
    names = [HOURLY, "ads_reports_by_country_hourly"]
    tiktok.report_limits.latency = timedelta(hours=16)
    connection = connect(tiktok, start_date=str(START), attribution_window=0)
    runs = [connection.read(*names, **LIKELY)]
    for pause in (9, 231, 300):
        tiktok.clock.move(hours=pause)
        runs.append(connection.read(*names, **LIKELY, state=runs[-1].last_states))
    whole = connection.read(*names, skip_idle_days="never")

    for name in names:
        read = {key for run in runs for key in once(name, run.records(name))}
        assert read == set(once(name, whole.records(name)))
        assert runs[-1].cursors(name) == whole.cursors(name)


@pytest.mark.parametrize("rewrite", [without_rows, of_zeros])
def test_a_daily_report_that_tells_too_little_costs_no_row(
    connect: Connect, tiktok: Emulator, rewrite: Callable[[Any], Any]
) -> None:
    """An account whose daily report tells nothing of days that have hours."""
    first, second, third = ids(tiktok)
    connection = connect(tiktok, start_date=str(START))
    whole = connection.read(HOURLY, "campaigns_reports_hourly", skip_idle_days="never")

    def is_wrong(asked: Json) -> bool:
        return is_daily(asked) and asked["advertiser_id"] == first

    tiktok.inject(Fault(path=REPORT, match=is_wrong, rewrite=rewrite, times=None))
    tiktok.log.clear()
    run = connection.read(HOURLY, "campaigns_reports_hourly", **LIKELY)
    told = run.logged("WARN")

    assert equal(run, whole)
    assert len(told) == 2
    assert all(f"every day of advertiser {first} is asked by hour" in warning for warning in told)
    assert {warning.partition(":")[0] for warning in told} == {HOURLY, "campaigns_reports_hourly"}
    assert len(asked_days(tiktok, second, "stat_time_hour")) < len(days_between(START, TODAY)) / 2
    assert len(asked_days(tiktok, third, "stat_time_hour")) < len(days_between(START, TODAY)) / 4


@pytest.mark.parametrize(
    "fault",
    [
        {"code": 40002, "message": "Invalid metric fields: ['spend']. "},
        {"code": 40002, "message": "No."},
        {"code": 40067, "message": "The query is too large."},
        {"code": 40001, "message": "No permission."},
        {"rewrite": lambda _: {}},
        {"rewrite": lambda data: {**data, "list": [{"dimensions": {}, "metrics": {}} for _ in data["list"]]}},
    ],
)
def test_a_daily_report_that_can_not_be_read_costs_no_row(connect: Connect, tiktok: Emulator, fault: Json) -> None:
    connection = connect(tiktok, start_date=str(START))
    whole = connection.read(HOURLY, skip_idle_days="never")
    tiktok.inject(Fault(path=REPORT, match=is_daily, times=None, **fault))
    tiktok.log.clear()
    run = connection.read(HOURLY, **LIKELY)
    first, *_ = ids(tiktok)

    assert equal(run, whole)
    assert run.logged("WARN") == []
    assert asked_days(tiktok, first, "stat_time_hour") == days_between(START, TODAY)
    assert f"every day of advertiser {first} is asked by hour" in " ".join(run.logged("INFO"))


def test_hours_of_idle_days_that_come_as_rows_of_zeros_are_read(connect: Connect, tiktok: Emulator) -> None:
    """What TikTok sends is emitted, with and without the option."""
    first, *_ = ids(tiktok)
    ad = next(ad.id for ad in tiktok.world.ads if ad.advertiser_id == first)
    for day in set(days_between(START, TODAY)) - set(active_days(tiktok, first)):

        def is_of_the_day(asked: Json, day: str = day) -> bool:
            return is_hourly(asked) and (asked["advertiser_id"], asked["start_date"]) == (first, day)

        def zeros(data: Json, day: str = day) -> Json:
            rows = [
                {"dimensions": {"ad_id": ad, "stat_time_hour": f"{day} {hour:02}:00:00"}, "metrics": {"spend": "0.00"}}
                for hour in range(24)
            ]
            return {"list": rows, "page_info": data["page_info"] | {"total_number": 24, "total_page": 1}}

        tiktok.inject(Fault(path=REPORT, match=is_of_the_day, rewrite=zeros, times=None))
    connection = connect(tiktok, start_date=str(START))
    whole = connection.read(HOURLY, skip_idle_days="never")
    run = connection.read(HOURLY, **LIKELY)
    (told,) = run.logged("WARN")

    assert equal(run, whole)
    assert len(run.records(HOURLY)) > 24 * 80
    assert f"advertiser {first} " in told


def test_reports_by_audience_or_event_are_read_day_by_day(connect: Connect, tiktok: Emulator) -> None:
    """What a breakdown counts may happen on days without delivery."""
    reports = [
        {"name": "events", "granularity": "hour", "breakdowns": ["ad_type"], "metrics": ["spend"], "level": "ad"}
    ]
    connection = connect(tiktok, start_date=str(START), custom_reports=reports)
    run = connection.read("custom_events", **LIKELY)

    assert run.exit_status == 0
    assert hours(tiktok) == 3 * ((TODAY - START).days + 1)


def test_the_sandbox_is_asked_for_every_day(connect: Connect) -> None:
    """It has no report of the whole account."""
    advertiser = an_advertiser(timezone="Etc/UTC", created="2020-12-01T00:00:00Z")
    with Emulator(World([advertiser]), now=NOW, sandbox=True) as tiktok:
        credentials = {
            "auth_type": "sandbox_access_token",
            "advertiser_id": advertiser.id,
            "access_token": tiktok.access_token,
        }
        connection = connect(tiktok, credentials=credentials, start_date="2020-12-08", end_date="2020-12-19")
        run = connection.read(HOURLY, **LIKELY)

        assert run.exit_status == 0
        assert hours(tiktok) == len(tiktok.log.to(REPORT)) == 12
