"""Questions that are too large for TikTok are asked in parts: by days, then by campaigns, ad groups and ads."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import orjson
import pytest

from integration_tests.emulator import (
    Emulator,
    Fault,
    LoggedRequest,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    seeded_world,
)
from integration_tests.emulator import an_advertiser as an_account
from integration_tests.expected.days import days_between
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import FINISHED_DAY, NOW
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Run

REPORT = "report/integrated/get/"
DAILY, HOURLY = "ads_reports_daily", "ads_reports_hourly"
START = "2026-11-01"
FAULTS: list[dict[str, Any]] = [
    {"code": 40067, "message": "The query is too large."},
    {"headers": {"X-Tt-Ads-Throttle": "Number of ad ids is equal or more than 20k"}},
]


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts alike: two campaigns of two ad groups of two ads, all of which deliver in each hour."""
    world = World()
    for _ in range(2):
        advertiser = an_account(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        world.add(advertiser)
        for _ in range(2):
            campaign = a_campaign(advertiser)
            world.add(campaign)
            for _ in range(2):
                ad_group = an_ad_group(campaign)
                ads = [an_ad(ad_group, share=100, volume=90_000, every_hour=True) for _ in range(2)]
                world.add(ad_group, *ads)
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def ads_asked(world: World, params: dict[str, Any]) -> set[str]:
    """The ads that a report question is about, by its ids."""
    wish = {item["field_name"]: orjson.loads(item["filter_value"]) for item in params.get("filtering", [])}
    return {
        ad.id
        for ad in world.ads
        if ad.advertiser_id == params["advertiser_id"]
        and all(
            ad.row[f"{kind}_id"] in wish[f"{kind}_ids"]
            for kind in ("campaign", "adgroup", "ad")
            if f"{kind}_ids" in wish
        )
    }


def days_asked(params: dict[str, Any]) -> list[str]:
    return days_between(date.fromisoformat(params["start_date"]), date.fromisoformat(params["end_date"]))


def more_than(world: World, days: int, ads: int) -> Callable[[dict[str, Any]], bool]:
    return lambda params: len(days_asked(params)) > days or len(ads_asked(world, params)) > ads


def answered(tiktok: Emulator, refused: Callable[[dict[str, Any]], bool]) -> list[LoggedRequest]:
    """The report questions whose answers were of use."""
    return [request for request in tiktok.log.to(REPORT) if request.code == 0 and not refused(request.params)]


def assert_nothing_twice(tiktok: Emulator, refused: Callable[[dict[str, Any]], bool]) -> None:
    """No question is repeated, and no two useful answers tell of the same ad on the same day."""
    questions = [(request.path, request.query) for request in tiktok.log]
    told = [
        (str(request.params["metrics"]), ad, day)
        for request in answered(tiktok, refused)
        for day in days_asked(request.params)
        for ad in ads_asked(tiktok.world, request.params)
    ]

    assert len(set(questions)) == len(questions)
    assert len(set(told)) == len(told)


def assert_states_follow_records(run: Run, name: str, whole: Run) -> None:
    """No state stands beyond what was emitted before it."""
    time, form = ("stat_time_day", 10) if name == DAILY else ("stat_time_hour", 19)
    expected = {(str(record["advertiser_id"]), record["ad_id"], record[time]) for record in whole.records(name)}
    emitted: set[tuple[str, int, str]] = set()
    for message in run.messages:
        if message["type"] == "RECORD":
            record = message["record"]["data"]
            emitted.add((str(record["advertiser_id"]), record["ad_id"], record[time]))
        elif message["type"] == "STATE":
            for entry in message["state"]["stream"]["stream_state"]["states"]:
                cursor, owner = entry["cursor"][time], entry["partition"]["advertiser_id"]
                due = {key for key in expected if key[0] == owner and key[2][:form] <= cursor}

                assert due <= emitted


@pytest.mark.parametrize("fault", FAULTS, ids=["code", "header"])
@pytest.mark.parametrize(
    ("days", "ads"), [(4, 8), (1, 8), (1, 4), (1, 2), (1, 1)], ids=["days", "a-day", "campaigns", "ad-groups", "ads"]
)
def test_a_window_is_divided_until_tiktok_answers(
    connect: Connect, tiktok: Emulator, days: int, ads: int, fault: dict[str, Any]
) -> None:
    """The parts together are the whole, what was answered is not asked again, and the state keeps up."""
    connection = connect(tiktok, start_date=START)
    whole = connection.read(DAILY)
    tiktok.log.clear()
    refused = more_than(tiktok.world, days, ads)
    tiktok.inject(Fault(path=REPORT, match=refused, times=None, **fault))
    run = connection.read(DAILY)

    assert run.exit_status == 0
    assert once(DAILY, run.records(DAILY)) == once(DAILY, whole.records(DAILY))
    assert run.state(DAILY) == whole.state(DAILY)
    assert_nothing_twice(tiktok, refused)
    assert_states_follow_records(run, DAILY, whole)


def test_a_window_of_more_rows_than_can_be_remembered_is_halved(connect: Connect, tiktok: Emulator) -> None:
    """Only its first page is asked for; every row comes out once all the same."""
    connection = connect(tiktok, start_date=START)
    whole = connection.read(DAILY)
    tiktok.log.clear()

    def is_wide(params: dict[str, Any]) -> bool:
        return len(days_asked(params)) > 3

    def announce_many(data: dict[str, Any]) -> dict[str, Any]:
        return data | {"page_info": data["page_info"] | {"total_number": 60_000, "total_page": 60}}

    tiktok.inject(Fault(path=REPORT, match=is_wide, rewrite=announce_many, times=None))
    run = connection.read(DAILY)
    pages = [int(request.params["page"]) for request in tiktok.log.to(REPORT) if is_wide(request.params)]

    assert run.exit_status == 0
    assert once(DAILY, run.records(DAILY)) == once(DAILY, whole.records(DAILY))
    assert run.state(DAILY) == whole.state(DAILY)
    assert set(pages) == {1}


def test_the_state_moves_on_after_each_part(connect: Connect, tiktok: Emulator) -> None:
    """A sync that ends in the middle of a divided window goes on behind the days it has."""
    connection = connect(tiktok, start_date=START)
    tiktok.inject(Fault(path=REPORT, match=more_than(tiktok.world, 2, 8), code=40067, times=None))
    run = connection.read(DAILY)
    stops = {
        entry["cursor"]["stat_time_day"]
        for state in run.of("STATE")
        for entry in state["stream"]["stream_state"]["states"]
    }

    assert len(stops - {"2026-11-10"}) >= 3


@pytest.mark.timeout(60)
def test_many_windows_that_are_too_large_at_once_are_all_divided(connect: Connect, tiktok: Emulator) -> None:
    """All days of an account are divided by the same campaigns, which are looked up once."""
    connection = connect(tiktok, start_date=START)
    whole = connection.read(HOURLY)
    tiktok.log.clear()
    refused = more_than(tiktok.world, 1, 4)
    tiktok.inject(Fault(path=REPORT, match=refused, code=40067, times=None))
    run = connection.read(HOURLY)

    assert run.exit_status == 0
    assert once(HOURLY, run.records(HOURLY)) == once(HOURLY, whole.records(HOURLY))
    assert_nothing_twice(tiktok, refused)


def test_what_was_promoted_in_the_app_is_asked_by_ids_too(connect: Connect) -> None:
    """TikTok lists such campaigns only when they are asked for alone; its reports hold them like all others."""
    world = World([advertiser := an_account(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")])
    for origin in ("TT_ADS_PLATFORM", "PROMOTE"):
        campaign = a_campaign(advertiser, system_origin=origin)
        ad_group = an_ad_group(campaign)
        world.add(campaign, ad_group, an_ad(ad_group, share=100, volume=90_000, every_hour=True))
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START)
        whole = connection.read(DAILY, "campaigns")
        refused = more_than(world, 1, 1)
        tiktok.inject(Fault(path=REPORT, match=refused, code=40067, times=None))
        run = connection.read(DAILY, "campaigns")

        assert run.exit_status == 0
        assert once(DAILY, run.records(DAILY)) == once(DAILY, whole.records(DAILY))
        assert {str(record["ad_id"]) for record in run.records(DAILY)} == {ad.id for ad in world.ads}
        assert len(run.records("campaigns")) == 1


def test_more_objects_than_tiktok_reports_at_once_are_asked_by_ids(connect: Connect, tiktok: Emulator) -> None:
    """TikTok leaves out the older ones and tells so in a header only."""
    connection = connect(tiktok, start_date=START)
    names = (DAILY, "ads_reports_by_country_daily", "ads_audience_reports_daily")
    whole = connection.read(*names)
    tiktok.report_limits.most_objects = 3
    tiktok.world.touch()
    run = connection.read(*names)

    assert run.exit_status == 0
    for name in names:
        assert len(run.records(name)) == len(whole.records(name))
        assert sorted(map(orjson.dumps, run.records(name))) == sorted(map(orjson.dumps, whole.records(name)))


def test_one_ad_that_is_too_large_for_one_day_fails_its_stream_loudly(connect: Connect, tiktok: Emulator) -> None:
    """The state stands before that day; the other account and the other streams are complete."""
    first, second = (advertiser.id for advertiser in tiktok.world.advertisers)
    stubborn = tiktok.world.ads[2].id

    def too_large(params: dict[str, Any]) -> bool:
        about_it = params["dimensions"] == ["ad_id", "stat_time_day"] and "2026-11-06" in days_asked(params)
        return about_it and stubborn in ads_asked(tiktok.world, params)

    tiktok.inject(Fault(path=REPORT, match=too_large, code=40067, message="Too large, still.", times=None))
    run = connect(tiktok, start_date=START).read(DAILY, "campaigns_reports_daily", "ads")
    told = run.errors[0]["message"]
    covered = {(record["advertiser_id"], record["stat_time_day"][:10]) for record in run.records(DAILY)}

    assert run.exit_status == 1
    assert run.statuses(DAILY)[-1] == "INCOMPLETE"
    assert {run.statuses(name)[-1] for name in ("campaigns_reports_daily", "ads")} == {"COMPLETE"}
    assert run.cursors(DAILY) == {first: "2026-11-05", second: FINISHED_DAY}
    assert run.errors[0]["failure_type"] == "transient_error"
    assert all((int(second), day) in covered for day in days_between(date(2026, 11, 1), date(2026, 11, 10)))
    assert all(part in told for part in ("40067", "Too large, still.", first, "2026-11-06"))


@pytest.mark.parametrize("days", [3, 0], ids=["divisible", "indivisible"])
def test_gmv_max_reports_are_divided_by_days_only(connect: Connect, days: int) -> None:
    """TikTok takes no ids of ordinary campaigns here: a single day that stays too large fails."""
    name, path = "gmv_max_product_campaign_reports_daily", "gmv_max/report/get/"
    with Emulator(seeded_world(1), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START)
        whole = connection.read(name)
        tiktok.log.clear()
        tiktok.inject(Fault(path=path, match=lambda asked: len(days_asked(asked)) > days, code=40067, times=None))
        run = connection.read(name)
        questions = [request.query for request in tiktok.log.to(path)]

        assert tiktok.log.to("campaign/get/") == []
        # A question that can't be divided is asked three times, any other once.
        assert set(Counter(questions).values()) <= ({1} if days else {1, 3})
        if days:
            assert run.exit_status == 0
            assert sorted(map(orjson.dumps, run.records(name))) == sorted(map(orjson.dumps, whole.records(name)))
            assert run.state(name) == whole.state(name)
        else:
            assert run.exit_status == 1
            assert run.statuses(name)[-1] == "INCOMPLETE"
            assert "40067" in run.errors[0]["message"]
