"""Reports: no window is passed over, no half of a sum is dropped, and what is missing holds the cursor back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, World, an_advertiser, an_item
from integration_tests.expected.keys import keyed
from integration_tests.harness.accounts import DAILY, NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect

LIFETIME = "advertisers_audience_reports_lifetime"
HOURLY = "campaigns_reports_hourly"
PRODUCT = "gmv_max_product_campaign_reports_daily"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


def test_a_report_without_time_is_never_halved(connect: Connect, tiktok: Emulator) -> None:
    """Its halves have the same keys, so half of the spend would be taken for a repetition."""
    connection = connect(tiktok)
    calm = connection.read(LIFETIME)
    tiktok.inject(Fault(path=REPORT, code=40067))
    run = connection.read(LIFETIME)

    assert run.exit_status == 0
    assert keyed(LIFETIME, run.records(LIFETIME)) == keyed(LIFETIME, calm.records(LIFETIME))
    assert len({asked.params["start_date"] for asked in tiktok.log.to(REPORT)}) == 1


def test_a_report_without_time_that_stays_too_large_fails_for_the_time_being(
    connect: Connect, tiktok: Emulator
) -> None:
    tiktok.inject(Fault(path=REPORT, code=40067, times=None))
    run = connect(tiktok).read(LIFETIME)

    assert run.statuses(LIFETIME)[-1] == "INCOMPLETE"
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}


def test_a_single_day_that_is_too_large_fails_for_the_time_being(connect: Connect, tiktok: Emulator) -> None:
    """It is TikTok's limit, and may pass; the state stays before the day."""
    first, second = ids(tiktok)
    stream = "advertisers_reports_daily"
    tiktok.inject(
        Fault(path=REPORT, match={"advertiser_id": first, "start_date": "2026-11-09"}, code=40067, times=None)
    )
    connection = connect(tiktok, start_date="2026-11-08", end_date="2026-11-09", report_granularity=1)
    run = connection.read(stream)

    assert run.statuses(stream)[-1] == "INCOMPLETE"
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}
    assert run.cursors(stream) == {first: "2026-11-08", second: "2026-11-09"}


@pytest.mark.parametrize(("stream", "hours"), [(DAILY, 16), (HOURLY, 16), ("ads_audience_reports_daily", 16)])
@pytest.mark.parametrize("window", [0, 3])
def test_figures_that_arrive_late_are_read_by_a_later_sync(
    connect: Connect, tiktok: Emulator, stream: str, hours: int, window: int
) -> None:
    """Syncs early in the day, without lookback: each day comes out whole in the end."""
    tiktok.report_limits.latency = timedelta(hours=hours)
    tiktok.clock.move(hours=-11)  # one o'clock at night
    connection = connect(tiktok, start_date="2026-11-08", attribution_window=window)
    run = connection.read(stream)
    merged = keyed(stream, run.records(stream))
    for _ in range(3):
        tiktok.clock.move(days=1)
        run = connection.read(stream, state=run.last_states)
        merged |= keyed(stream, run.records(stream))
    whole = connection.read(stream)

    assert whole.records(stream)
    assert {key: row["metrics"]["spend"] for key, row in merged.items()} == {
        key: row["metrics"]["spend"] for key, row in keyed(stream, whole.records(stream)).items()
    }


def refusing(tiktok: Emulator, metric: str, advertiser: str, *, after: int = 0, times: int | None = None) -> None:
    """Let TikTok refuse `metric` of one account."""

    def is_refused(asked: dict[str, Any]) -> bool:
        return metric in asked["metrics"] and asked["advertiser_id"] == advertiser

    message = f"Please correct the information. Invalid metric fields: ['{metric}']. "
    tiktok.inject(Fault(path=REPORT, match=is_refused, code=40002, message=message, times=times, after=after))


def test_a_metric_refused_for_one_account_is_read_of_the_others(connect: Connect, tiktok: Emulator) -> None:
    first, second = ids(tiktok)
    refusing(tiktok, "likes", first)
    run = connect(tiktok, start_date="2026-08-01").read(DAILY)
    told = {
        account: {"likes" in row["metrics"] for row in run.records(DAILY) if str(row["advertiser_id"]) == account}
        for account in (first, second)
    }

    assert run.exit_status == 0
    assert told == {first: {False}, second: {True}}
    assert [warning for warning in run.logged("WARN") if "likes" in warning and first in warning]


@pytest.mark.parametrize("times", [1, None], ids=["once", "from-then-on"])
def test_a_metric_refused_after_it_was_answered_is_not_given_up(
    connect: Connect, tiktok: Emulator, times: int | None
) -> None:
    """That may pass: it is asked again, and where it doesn't the cursor stays before rows without the metric."""
    first, _ = ids(tiktok)
    connection = connect(tiktok, start_date="2026-08-01", report_granularity=10)
    refusing(tiktok, "likes", first, after=4, times=times)
    run = connection.read(DAILY)

    if times:
        assert {"likes" in row["metrics"] for row in run.records(DAILY)} == {True}
        assert run.exit_status == 0
    else:
        assert run.statuses(DAILY)[-1] == "INCOMPLETE"
        assert {error["failure_type"] for error in run.errors} == {"transient_error"}
        assert run.cursors(DAILY).get(first, "") < "2026-11-01"
        assert run.records(DAILY)[-1]["metrics"]["spend"]


def test_a_store_that_is_refused_a_status_costs_the_others_none(connect: Connect) -> None:
    """Deleted campaigns of the other stores and accounts are asked for as before."""
    advertisers = [an_advertiser(timezone="Etc/UTC", created="2026-10-01T00:00:00Z") for _ in range(2)]
    world = World(advertisers)
    stores = [f"7412{number}" for number in range(4)]
    for store, advertiser in zip(stores, advertisers * 2, strict=True):
        world.add(
            an_item("gmv_max/store/list/", advertiser, store_id=store, is_gmv_max_available=True),
            an_item("gmv_max/campaign/get/", advertiser, store_id=store, created="2026-10-02T00:00:00Z"),
        )
    path = "gmv_max/report/get/"
    with Emulator(world, now=NOW) as tiktok:

        def is_refused(asked: dict[str, Any]) -> bool:
            return bool(asked["store_ids"] == [stores[0]] and "campaign_statuses" in asked["filtering"])

        tiktok.inject(Fault(path=path, match=is_refused, code=40002, message="Invalid status.", times=None))
        run = connect(tiktok, start_date="2026-11-01").read(PRODUCT)
        accepted = {
            asked.params["store_ids"][0]: "campaign_statuses" in asked.params["filtering"]
            for asked in tiktok.log.to(path)
            if asked.code == 0
        }

        assert run.exit_status == 0
        assert accepted == {stores[0]: False, **dict.fromkeys(stores[1:], True)}


def test_a_combination_refused_for_one_account_is_asked_of_the_next(connect: Connect, tiktok: Emulator) -> None:
    """Unless TikTok says that the combination itself does not exist."""
    first, second = ids(tiktok)
    path = "pixel/instant_page/event/"
    connection = connect(tiktok)
    calm = connection.read("pixel_instant_page_events")

    def is_refused(asked: dict[str, Any]) -> bool:
        return bool(asked["advertiser_id"] == first and asked["objective_type"] == "TRAFFIC")

    tiktok.inject(Fault(path=path, match=is_refused, code=40002, message="Not for this account.", times=None))
    tiktok.log.clear()
    run = connection.read("pixel_instant_page_events")
    asked = {
        account: {r.params["objective_type"] for r in tiktok.log.to(path) if r.params["advertiser_id"] == account}
        for account in (first, second)
    }

    assert "TRAFFIC" in asked[second]
    assert [row for row in run.records("pixel_instant_page_events") if row["advertiser_id"] == second] == [
        row for row in calm.records("pixel_instant_page_events") if row["advertiser_id"] == second
    ]


def test_a_metric_refused_before_another_window_answers_it_is_not_given_up(connect: Connect, tiktok: Emulator) -> None:
    """A single refusal passes, whichever comes first."""
    first, _ = ids(tiktok)
    slow = {"advertiser_id": first, "start_date": "2026-11-08"}

    def is_refused(asked: dict[str, Any]) -> bool:
        return bool(
            "likes" in asked["metrics"] and asked["advertiser_id"] == first and asked["start_date"] == "2026-11-09"
        )

    message = "Invalid metric fields: ['likes']. "
    tiktok.inject(Fault(path=REPORT, match=slow, delay=1.0, times=None))
    tiktok.inject(Fault(path=REPORT, match=is_refused, code=40002, message=message, times=1))
    run = connect(tiktok, start_date="2026-11-08", report_granularity=1).read(DAILY)
    told = {"likes" in row["metrics"] for row in run.records(DAILY) if str(row["advertiser_id"]) == first}

    assert run.statuses(DAILY)[-1] == "INCOMPLETE" or told == {True}
