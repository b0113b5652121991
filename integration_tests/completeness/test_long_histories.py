"""Accounts that are too large for a whole window, year after year: all of their days are read, few of them in vain."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.emulator.reports.query import Query
from integration_tests.expected.days import days_between
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import DAILY, NOW, REPORT
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run

BORN, STOP = "2023-11-01", "2025-06-01"
WINDOWS = 37
"""Of 30 days, from the day before the accounts were made."""

IsTooLarge = Callable[[Query], bool]


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts that are three years old, each with two ads."""
    world = World()
    for _ in range(3):
        advertiser = an_advertiser(timezone="Etc/UTC", created=f"{BORN}T00:00:00Z")
        ad_group = an_ad_group(campaign := a_campaign(advertiser))
        ads = [an_ad(ad_group, share=100, volume=90_000, every_hour=True) for _ in range(2)]
        world.add(advertiser, campaign, ad_group, *ads)
    with Emulator(world, now=NOW) as emulator:
        yield emulator


@pytest.fixture
def connection(connect: Connect, tiktok: Emulator) -> Connection:
    return connect(tiktok, start_date="2023-01-01", rate_limit_tier="basic")


def always(query: Query) -> bool:
    return query.days > 4


def in_winter(query: Query) -> bool:
    """Less is too much while most is sold."""
    return query.days > (4 if query.start is not None and query.start.month in (10, 11, 12, 1) else 12)


def on_one_day(query: Query) -> bool:
    """Because of a single day."""
    first, last = query.start or date.min, query.end or date.max
    return query.days > 7 and first <= date(2024, 11, 28) <= last


def read(connection: Connection, is_too_large: IsTooLarge, **options: Any) -> tuple[Run, list[int]]:
    """Read where so much is too large; return the run, and how many questions were answered and how many refused."""
    connection.tiktok.report_limits.too_large = is_too_large
    connection.tiktok.log.clear()
    run = connection.read(DAILY, **options)
    connection.tiktok.report_limits.too_large = lambda _: False
    asked = connection.tiktok.log.to(REPORT)
    return run, [len([one for one in asked if (one.code == 0) is answered]) for answered in (True, False)]


def assert_same(run: Run, whole: Run) -> None:
    assert run.exit_status == whole.exit_status == 0
    assert once(DAILY, run.records(DAILY)) == once(DAILY, whole.records(DAILY))
    assert run.state(DAILY) == whole.state(DAILY)


@pytest.mark.parametrize("is_too_large", [always, in_winter])
def test_accounts_that_are_always_too_large_are_seldom_refused(
    connection: Connection, is_too_large: IsTooLarge
) -> None:
    """Each day is answered once. Halving each window by itself is refused nearly as often as it is answered."""
    whole = connection.read(DAILY)
    run, (answered, refused) = read(connection, is_too_large)
    told = Counter(
        (one.params["advertiser_id"], day)
        for one in connection.tiktok.log.to(REPORT)
        if one.code == 0
        for day in days_between(*(date.fromisoformat(one.params[end]) for end in ("start_date", "end_date")))
    )

    assert_same(run, whole)
    assert set(told.values()) == {1}
    assert refused * 2 < answered


def test_one_day_that_is_too_large_costs_its_window_only(connection: Connection) -> None:
    whole = connection.read(DAILY)
    run, (answered, refused) = read(connection, on_one_day)

    assert_same(run, whole)
    assert answered - 3 * WINDOWS == refused <= 3 * 2


def test_accounts_that_are_asked_together_are_read_whole(connection: Connection) -> None:
    whole = connection.read(DAILY)
    run, _ = read(connection, always, accounts_per_request=3)

    assert_same(run, whole)


@pytest.mark.parametrize("sync_mode", ["incremental", "full_refresh"])
def test_a_sync_that_breaks_off_among_the_parts_is_gone_on_with(connection: Connection, sync_mode: str) -> None:
    """Its state stands before what it didn't read, in the middle of a window."""
    whole = connection.read(DAILY, sync_mode=sync_mode)
    connection.tiktok.inject(
        Fault(path=REPORT, match=lambda asked: asked["start_date"] >= STOP, code=40002, message="No.", times=None)
    )
    broken, _ = read(connection, always, sync_mode=sync_mode)
    connection.tiktok.clear_faults()
    resumed, _ = read(connection, always, sync_mode=sync_mode, state=broken.last_states)
    stops = broken.cursors(DAILY)
    passed = [
        record
        for record in whole.records(DAILY)
        if record["stat_time_day"][:10] < stops[str(record["advertiser_id"])][:10]
    ]

    assert broken.exit_status == 1
    assert {stop[:10] for stop in stops.values()} <= set(days_between(date(2025, 5, 20), date(2025, 6, 5)))
    assert once(DAILY, passed).keys() <= once(DAILY, broken.records(DAILY)).keys()
    assert once(DAILY, broken.records(DAILY)) | once(DAILY, resumed.records(DAILY)) == once(DAILY, whole.records(DAILY))
    assert resumed.state(DAILY) == whole.state(DAILY)
