"""Which days are asked for: the account's own, from start to end, none twice, none too many."""

from datetime import date, datetime, timedelta

import pytest

from integration_tests.emulator import Emulator, Fault, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.expected.days import asked_days, days_between
from integration_tests.harness.accounts import FINISHED_DAY, NOW
from integration_tests.harness.connection import Connect

STREAM = "campaigns_reports_daily"
LATENCY = timedelta(hours=16)


def an_account(timezone: str = "Etc/UTC", created: str = "2025-01-01T00:00:00Z") -> World:
    """An account with one ad that delivers every hour since the account was created."""
    world = World()
    add_account(world, timezone, created)
    return world


def add_account(world: World, timezone: str, created: str = "2025-01-01T00:00:00Z") -> str:
    """Add such an account and return its id."""
    advertiser = an_advertiser(timezone=timezone, created=created)
    campaign = a_campaign(advertiser)
    ad_group = an_ad_group(campaign)
    world.add(advertiser, campaign, ad_group, an_ad(ad_group, share=100, volume=90_000, every_hour=True))
    return advertiser.id


def spans(tiktok: Emulator, dimension: str = "stat_time_day") -> list[tuple[str, str]]:
    """The distinct stretches that were asked for, in order."""
    requests = tiktok.log.to("report/integrated/get/")
    return sorted(
        {(r.params["start_date"], r.params["end_date"]) for r in requests if dimension in r.params["dimensions"]}
    )


@pytest.mark.parametrize(
    ("now", "auckland", "lisbon", "los_angeles"),
    [
        ("2026-11-10T23:30:00Z", "2026-11-11 12", "2026-11-10 23", "2026-11-10 15"),
        ("2026-11-11T00:30:00Z", "2026-11-11 13", "2026-11-11 00", "2026-11-10 16"),
        ("2026-11-10T11:30:00Z", "2026-11-11 00", "2026-11-10 11", "2026-11-10 03"),
    ],
)
def test_each_account_is_read_up_to_its_own_today(
    connect: Connect, now: str, auckland: str, lisbon: str, los_angeles: str
) -> None:
    """Around midnight three accounts live on different days; the rows of the hour it is there come out."""
    world = World()
    zones = ("Pacific/Auckland", "Europe/Lisbon", "America/Los_Angeles")
    hours = {add_account(world, zone): hour for zone, hour in zip(zones, (auckland, lisbon, los_angeles), strict=True)}
    with Emulator(world, now=now) as tiktok:
        hourly = "advertisers_reports_hourly"
        run = connect(tiktok, start_date="2026-11-09").read(STREAM, hourly)

        for advertiser, hour in hours.items():
            until = date.fromisoformat(hour[:10])
            emitted = {
                record["stat_time_hour"] for record in run.records(hourly) if str(record["advertiser_id"]) == advertiser
            }
            assert asked_days(tiktok, advertiser, "stat_time_day") == days_between(date(2026, 11, 9), until)
            assert asked_days(tiktok, advertiser, "stat_time_hour") == days_between(date(2026, 11, 9), until)
            assert max(emitted) == f"{hour}:00:00"
            finished = datetime.fromisoformat(f"{hour}:00") - LATENCY
            assert run.cursors(STREAM)[advertiser] == str(finished.date())
            assert run.cursors(hourly)[advertiser] == str(finished)


def test_start_and_end_on_the_same_day_is_that_day(connect: Connect) -> None:
    with Emulator(an_account(), now=NOW) as tiktok:
        run = connect(tiktok, start_date="2026-11-03", end_date="2026-11-03").read(STREAM, "ads_reports_hourly")

        assert spans(tiktok) == [("2026-11-03", "2026-11-03")]
        assert [record["stat_time_day"] for record in run.records(STREAM)] == ["2026-11-03 00:00:00"]
        assert len(run.records("ads_reports_hourly")) == 24


def test_a_month_of_31_days_is_asked_in_two_parts(connect: Connect) -> None:
    with Emulator(an_account(), now=NOW) as tiktok:
        run = connect(tiktok, start_date="2026-10-01", end_date="2026-10-31").read(STREAM)

        assert spans(tiktok) == [("2026-10-01", "2026-10-30"), ("2026-10-31", "2026-10-31")]
        assert len(run.records(STREAM)) == 31
        assert set(run.cursors(STREAM).values()) == {"2026-10-31"}


def test_report_granularity_is_the_days_of_a_request(connect: Connect) -> None:
    with Emulator(an_account(), now=NOW) as tiktok:
        connect(tiktok, start_date="2026-10-01", end_date="2026-10-17", report_granularity=7).read(STREAM)

        assert spans(tiktok) == [
            ("2026-10-01", "2026-10-07"),
            ("2026-10-08", "2026-10-14"),
            ("2026-10-15", "2026-10-17"),
        ]


def test_nothing_is_asked_of_the_time_before_an_account_existed(connect: Connect) -> None:
    """But for a day: TikTok tells the moment of creation in UTC and days in the account's zone."""
    with Emulator(an_account("Asia/Tokyo", created="2026-11-09T03:00:00Z"), now=NOW) as tiktok:
        run = connect(tiktok, start_date="2016-09-01").read(STREAM, "ads_reports_hourly")
        (advertiser,) = run.cursors(STREAM)

        assert asked_days(tiktok, advertiser, "stat_time_day") == ["2026-11-08", "2026-11-09", "2026-11-10"]
        assert len(run.records(STREAM)) == 2


def test_an_empty_account_is_read_to_its_end_once(connect: Connect) -> None:
    """No rows still move the cursor, so that the next sync doesn't ask for the whole history again."""
    advertiser = an_advertiser(timezone="Etc/UTC", created="2026-08-01T00:00:00Z")
    with Emulator(World(advertisers=[advertiser]), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-08-15")
        first = connection.read(STREAM, "campaigns")
        tiktok.log.clear()
        second = connection.read(STREAM, "campaigns", state=first.last_states)

        assert first.records(STREAM) == first.records("campaigns") == second.records(STREAM) == []
        assert first.cursors(STREAM) == {advertiser.id: FINISHED_DAY}
        assert spans(tiktok) == [("2026-11-06", "2026-11-10")]


def test_end_date_ends_the_reading_and_a_later_end_date_goes_on(connect: Connect) -> None:
    with Emulator(an_account(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-10-01", attribution_window=1)
        first = connection.read(STREAM, end_date="2026-10-10")
        tiktok.log.clear()
        again = connection.read(STREAM, end_date="2026-10-05", state=first.last_states)
        asked_again = spans(tiktok)
        later = connection.read(STREAM, end_date="2026-10-12", state=again.last_states)

        assert max(record["stat_time_day"] for record in first.records(STREAM)) == "2026-10-10 00:00:00"
        assert asked_again == []
        assert again.state(STREAM) == first.state(STREAM)
        assert spans(tiktok) == [("2026-10-09", "2026-10-12")]
        assert set(later.cursors(STREAM).values()) == {"2026-10-12"}


def test_an_end_date_in_the_future_never_makes_us_ask_for_tomorrow(connect: Connect) -> None:
    with Emulator(an_account(), now=NOW) as tiktok:
        run = connect(tiktok, start_date="2026-11-01", end_date="2027-01-31").read(STREAM)

        assert spans(tiktok) == [("2026-11-01", "2026-11-10")]
        assert set(run.cursors(STREAM).values()) == {FINISHED_DAY}


def test_an_account_whose_zone_tiktok_does_not_tell_misses_no_day(connect: Connect) -> None:
    """Then the furthest day is asked for, and the cursor stands where figures are finished everywhere."""
    world = an_account("Pacific/Auckland")
    world.advertisers[0].row["timezone"] = ""
    with Emulator(world, now="2026-11-10T11:30:00Z") as tiktok:

        def without_zone(data: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
            return {"list": [{**row, "display_timezone": None} for row in data["list"]]}

        tiktok.inject(Fault(path="advertiser/info/", rewrite=without_zone, times=None))
        run = connect(tiktok, start_date="2026-11-08").read(STREAM)

        assert spans(tiktok) == [("2026-11-08", "2026-11-11")]
        assert sorted(record["stat_time_day"][:10] for record in run.records(STREAM)) == days_between(
            date(2026, 11, 8), date(2026, 11, 11)
        )
        assert set(run.cursors(STREAM).values()) == {"2026-11-09"}
