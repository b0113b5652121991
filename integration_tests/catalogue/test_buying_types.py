"""Campaigns of every buying type are reported, and accounts that refuse to be asked for them are read all the same."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from integration_tests.emulator import (
    Emulator,
    Fault,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    uniform_world,
)
from integration_tests.expected.days import days_between
from integration_tests.expected.keys import once
from integration_tests.expected.report_names import LEVELS
from integration_tests.harness.accounts import NOW, REPORT, advertisers_of, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json, Run

START, END = "2026-11-01", "2026-11-09"
DAILY = "ads_reports_daily"
AUDIENCE = "campaigns_audience_reports_by_platform_daily"
BUYING_TYPES = ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts alike, each with an ad of every buying type that delivers in every hour."""
    world = World()
    for _ in range(3):
        advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        world.add(advertiser)
        for buying_type in BUYING_TYPES:
            campaign = a_campaign(advertiser, buying_type=buying_type)
            ad_group = an_ad_group(campaign)
            world.add(campaign, ad_group, an_ad(ad_group, share=100, volume=90_000, every_hour=True))
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def filters_of(asked: Json) -> dict[str, list[str]]:
    """The values that a report question filters by."""
    return {item["field_name"]: orjson.loads(item["filter_value"]) for item in asked.get("filtering", [])}


def refusing(tiktok: Emulator, advertiser: str, code: int = 40002, **match: str) -> None:
    """Let TikTok refuse questions for buying types of an account that also `match` other parameters."""

    def is_refused(asked: Json) -> bool:
        wanted = match | {"advertiser_id": advertiser}
        return "buying_type" in filters_of(asked) and all(asked[name] == value for name, value in wanted.items())

    message = "filtering: buying_type is not supported for this advertiser."
    tiktok.inject(Fault(path=REPORT, match=is_refused, code=code, message=message, times=None))


def spend(records: list[Json]) -> Decimal:
    return sum((Decimal(record["metrics"]["spend"]) for record in records), Decimal())


def of(account: str, records: list[Json]) -> list[Json]:
    return [record for record in records if str(record["advertiser_id"]) == account]


def told_of(account: str, run: Run, code: int = 40002) -> Counter[str]:
    """How many warnings each stream gives of an account's buying types."""
    told = [warning for warning in run.logged("WARN") if "buying_type" in warning]
    assert all(str(code) in warning for warning in told)
    return Counter(warning.partition(":")[0] for warning in told if account in warning)


def test_all_levels_of_an_account_sum_to_the_same_spend(connect: Connect, tiktok: Emulator) -> None:
    """TikTok reports what TopView spent below the account only if its buying type is asked for."""
    streams = [f"{stem}_reports_daily" for stem in LEVELS]
    audience = [f"{stem}_audience_reports_by_platform_daily" for stem in ("ads", "ad_group", "campaigns")]
    run = connect(tiktok, start_date=START, end_date=END).read(*streams, *audience)
    sums = {name: {account: spend(of(account, run.records(name))) for account in ids(tiktok)} for name in run.streams}
    asked = tiktok.log.to(REPORT)

    assert run.exit_status == 0
    assert sums.keys() == {*streams, *audience}
    assert all(found == sums["advertisers_reports_daily"] for found in sums.values())
    assert all(total > 0 for total in sums["advertisers_reports_daily"].values())
    assert {request.code for request in asked} == {0}
    assert run.logged("WARN") == []
    for request in asked:
        wanted = None if request.params["data_level"] == "AUCTION_ADVERTISER" else list(BUYING_TYPES)
        assert filters_of(request.params).get("buying_type") == wanted


@pytest.mark.parametrize("days", [1, 30], ids=["many-windows", "one-window"])
def test_an_account_that_refuses_buying_types_is_read_without_them(
    connect: Connect, tiktok: Emulator, days: int
) -> None:
    """It has the rows it had before there was the filter, and is warned about once a stream; the others have all."""
    first, *others = ids(tiktok)
    connection = connect(tiktok, start_date=START, end_date=END, report_granularity=days)
    calm = connection.read(DAILY, AUDIENCE)
    refusing(tiktok, first)
    tiktok.log.clear()
    run = connection.read(DAILY, AUDIENCE)
    world = tiktok.world
    (campaign,) = {
        campaign.id
        for campaign in world.campaigns
        if campaign.advertiser_id == first and campaign.buying_type == "RESERVATION_TOP_VIEW"
    }
    (ad,) = {ad.id for ad in world.ads if ad.row["campaign_id"] == campaign}

    assert run.exit_status == 0
    for name, level, topview in ((DAILY, "ad_id", ad), (AUDIENCE, "campaign_id", campaign)):
        kept = [record for record in calm.records(name) if record[level] != int(topview)]
        assert once(name, run.records(name)) == once(name, kept)
        assert len(of(first, kept)) < len(of(others[0], kept)) == len(of(others[1], kept))
    assert told_of(first, run) == {DAILY: 1, AUDIENCE: 1}
    assert all(not told_of(account, run) for account in others)
    assert {name: run.cursors(name) for name in run.streams} == {name: calm.cursors(name) for name in run.streams}


@pytest.mark.parametrize("code", [40000, 40001, 40006, 40118, 40125])
def test_a_filter_may_be_refused_with_any_code_that_does_not_pass(
    connect: Connect, tiktok: Emulator, code: int
) -> None:
    """Reservation may be a matter of permission; the account is read without it, not left out."""
    first, *_ = ids(tiktok)
    refusing(tiktok, first, code)
    run = connect(tiktok, start_date=START, end_date=END).read(DAILY)

    assert run.exit_status == 0
    assert run.statuses(DAILY)[-1] == "COMPLETE"
    assert len(of(first, run.records(DAILY))) == 9 * 2
    assert told_of(first, run, code) == {DAILY: 1}


def test_what_an_account_refused_is_not_asked_of_it_again_in_the_run(connect: Connect, tiktok: Emulator) -> None:
    """Only windows that were asked for at the same time find out by themselves."""
    first, *_ = ids(tiktok)
    refusing(tiktok, first)
    days = 300
    run = connect(tiktok, start_date="2026-01-01", report_granularity=1).read(DAILY)
    asked = [request for request in tiktok.log.to(REPORT) if request.params["advertiser_id"] == first]
    refused = [request for request in asked if request.code == 40002]
    answered = [request.params["start_date"] for request in asked if request.code == 0]

    assert run.exit_status == 0
    assert sorted(answered) == days_between(date(2026, 1, 1), date(2026, 11, 10))
    assert len(answered) > days
    assert 0 < len(refused) < days / 10
    assert told_of(first, run) == {DAILY: 1}


def test_a_refusal_of_another_kind_fails_as_ever(connect: Connect, tiktok: Emulator) -> None:
    """Asked without the filter, TikTok still refuses: that wasn't what it refused."""
    first, *others = ids(tiktok)
    message = "Conflict occurs. The input params including metrics and dimensions have no relation."
    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": first}, code=40002, message=message, times=None))
    run = connect(tiktok, start_date=START, end_date=END).read(DAILY)

    assert run.exit_status == 1
    assert run.statuses(DAILY)[-1] == "INCOMPLETE"
    assert {error["failure_type"] for error in run.errors} == {"system_error"}
    assert [error for error in run.errors if message in error["message"]]
    assert advertisers_of(run.records(DAILY)) == set(others)
    assert told_of(first, run) == {}


def test_buying_types_that_were_answered_before_are_not_given_up(connect: Connect) -> None:
    """A refusal in the middle of a list is no reason to leave TopView out of the rest: the cursor stays before it."""
    with Emulator(uniform_world(1, 43), now=NOW) as tiktok:
        (first,) = ids(tiktok)
        refusing(tiktok, first, page="2")
        run = connect(tiktok, start_date=END, end_date=END).read("ads_reports_hourly")

        assert run.exit_status == 1
        assert run.statuses("ads_reports_hourly")[-1] == "INCOMPLETE"
        assert run.cursors("ads_reports_hourly") == {}
        assert all("buying_type" in filters_of(request.params) for request in tiktok.log.to(REPORT))
        assert told_of(first, run) == {}


def test_a_report_of_topview_that_is_too_large_is_divided_by_ids(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date=START, end_date=END)
    whole = connection.read(DAILY)

    def is_too_large(asked: Json) -> bool:
        return asked["start_date"] != asked["end_date"] or len(filters_of(asked).get("campaign_ids", "all")) > 1

    tiktok.inject(Fault(path=REPORT, match=is_too_large, code=40067, times=None))
    run = connection.read(DAILY)

    assert run.exit_status == 0
    assert once(DAILY, run.records(DAILY)) == once(DAILY, whole.records(DAILY))
    assert {record["ad_id"] for record in run.records(DAILY)} == {int(ad.id) for ad in tiktok.world.ads}


def test_a_refused_filter_and_a_refused_metric_are_both_done_without(connect: Connect, tiktok: Emulator) -> None:
    """Whichever TikTok names first, the rows come without the metric and without TopView."""
    first, *_ = ids(tiktok)
    refusing(tiktok, first)

    def has_likes(asked: dict[str, Any]) -> bool:
        return "likes" in asked["metrics"] and asked["advertiser_id"] == first

    message = "Invalid metric fields: ['likes']. "
    tiktok.inject(Fault(path=REPORT, match=has_likes, code=40002, message=message, times=None))
    run = connect(tiktok, start_date=START, end_date=END).read(DAILY)
    records = of(first, run.records(DAILY))

    assert run.exit_status == 0
    assert {"likes" in record["metrics"] for record in records} == {False}
    assert len(records) == 9 * 2
    assert told_of(first, run) == {DAILY: 1}


def test_the_sandbox_is_not_asked_for_buying_types(connect: Connect) -> None:
    """It has mocked figures and no reservation, and skips what it doesn't know with codes of its own."""
    advertiser = an_advertiser(timezone="Etc/UTC", created="2020-12-01T00:00:00Z")
    campaign = a_campaign(advertiser)
    ad_group = an_ad_group(campaign)
    world = World([advertiser], [campaign], [ad_group], [an_ad(ad_group, share=100, volume=90_000)])
    with Emulator(world, now=NOW, sandbox=True) as tiktok:
        token = tiktok.access_token
        credentials = {"auth_type": "sandbox_access_token", "advertiser_id": advertiser.id, "access_token": token}
        run = connect(tiktok, credentials=credentials, start_date="2020-12-08", end_date="2020-12-19").read(DAILY)

        assert run.exit_status == 0
        assert len(run.records(DAILY)) == 12
        assert all("buying_type" not in filters_of(request.params) for request in tiktok.log.to(REPORT))
