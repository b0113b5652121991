"""A world of accounts alike, for tests in which one of them meets what the others don't."""

from typing import Any

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser

NOW = "2026-11-10T12:00:00Z"
FINISHED_HOUR = "2026-11-09 20:00:00"
FINISHED_DAY = FINISHED_HOUR[:10]
"""The newest hour and day at NOW, in UTC, whose figures TikTok can have finished: they take 16 hours."""
REPORT, ADS = "report/integrated/get/", "ad/get/"
DAILY, HOURLY = "ads_reports_daily", "campaigns_reports_hourly"


def accounts(number: int) -> World:
    """A world of accounts alike, each with an ad that delivers in every hour."""
    world = World()
    for _ in range(number):
        advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        campaign = a_campaign(advertiser)
        ad_group = an_ad_group(campaign)
        world.add(advertiser, campaign, ad_group, an_ad(ad_group, share=100, volume=90_000, every_hour=True))
    return world


def ids(tiktok: Emulator) -> list[str]:
    """The ids of its advertisers."""
    return [advertiser.id for advertiser in tiktok.world.advertisers]


def advertisers_of(records: list[dict[str, Any]]) -> set[str]:
    """The advertisers that records are about."""
    return {str(record["advertiser_id"]) for record in records}
