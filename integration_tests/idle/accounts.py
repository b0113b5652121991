"""Accounts that deliver now and then, and what TikTok was asked about them."""

from datetime import date

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.expected.days import days_between
from integration_tests.harness.accounts import NOW, REPORT
from integration_tests.harness.output import Json, Run

START, TODAY = date(2026, 8, 1), date(2026, 11, 10)
SETTLED = date(2026, 11, 5)
"""The last day before the three of the lookback window and those of which figures may not have arrived."""
NOW_AND_THEN = ((20, None), (100, "2026-08-15T00:00:00Z"), (0, None))
"""Shares of the days that ads deliver on, and when they stop."""


def seldom_delivering(*ads: tuple[int, str | None]) -> Emulator:
    """An account for each of the `ads`: by default one that delivered on some days, one for a fortnight, one never."""
    world = World()
    for number, (share, stops) in enumerate(ads or NOW_AND_THEN):
        advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        campaign = a_campaign(advertiser)
        ad_group = an_ad_group(campaign)
        # Its id decides on which days it delivers.
        ad = an_ad(ad_group, id=f"178000000000000000{number}", share=share, volume=90_000, stops=stops)
        world.add(advertiser, campaign, ad_group, ad)
    return Emulator(world, now=NOW)


def is_of_account(asked: Json) -> bool:
    """Whether a question is about a whole account."""
    return bool(asked["data_level"] == "AUCTION_ADVERTISER" and len(asked["dimensions"]) == 2)


def is_daily(asked: Json) -> bool:
    """Whether a question is the daily one about a whole account."""
    return is_of_account(asked) and "stat_time_day" in asked["dimensions"]


def is_hourly(asked: Json) -> bool:
    """Whether a question is about hours."""
    return "stat_time_hour" in asked["dimensions"]


def hours(tiktok: Emulator) -> int:
    """How many questions by hour TikTok was asked."""
    return sum(is_hourly(request.params) for request in tiktok.log.to(REPORT))


def active_days(tiktok: Emulator, advertiser: str) -> list[str]:
    """The days on which an account delivered."""
    question: Json = {"report_type": "BASIC", "data_level": "AUCTION_ADVERTISER", "metrics": ["spend"]}
    hour = "stat_time_hour"
    return [
        day
        for day in days_between(START, TODAY)
        if tiktok.report_rows(
            **question, advertiser_id=advertiser, dimensions=["advertiser_id", hour], start_date=day, end_date=day
        )
    ]


def equal(run: Run, other: Run) -> bool:
    """Whether two runs emitted the same records and ended in the same states."""
    assert run.exit_status == other.exit_status == 0
    assert set(run.streams) == set(other.streams)
    return all(
        sorted(run.records(name), key=repr) == sorted(other.records(name), key=repr)
        and run.cursors(name) == other.cursors(name)
        for name in run.streams
    )


def without_rows(data: Json) -> Json:
    """An answer without its rows."""
    return {"list": [], "page_info": data["page_info"] | {"total_number": 0, "total_page": 0}}


def of_zeros(data: Json) -> Json:
    """An answer whose figures are all zero."""
    rows = [{**row, "metrics": dict.fromkeys(row["metrics"], "0")} for row in data["list"]]
    return {**data, "list": rows}
