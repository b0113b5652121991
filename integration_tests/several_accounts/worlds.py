"""Worlds of many accounts in several time zones, and what a sync of them brings."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson

from integration_tests.emulator import Emulator, LoggedRequest, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.accounts import REPORT
from integration_tests.harness.output import Run

ZONES = ("Pacific/Auckland", "Asia/Kolkata", "Etc/UTC", "Europe/Lisbon", "America/Los_Angeles")
DAILY = "ads_reports_daily"
STREAMS = (
    DAILY,
    "ads_reports_hourly",
    "campaigns_reports_lifetime",
    "advertisers_reports_daily",
    "campaigns_audience_reports_by_country_daily",
    "ad_group_audience_reports_by_device_brand_total",
)
"""A report of each sort: by day, by hour, over the whole life, of the account itself, by audience, without time."""


def crowd(
    number: int, zones: Iterable[str] = ZONES, *, created: Iterable[str] = ("2026-01-01T00:00:00Z",), ads: int = 2
) -> World:
    """A world of small accounts, the zones and days of creation in turn, each with ads that deliver in every hour."""
    world, in_zones, born = World(), list(zones), list(created)
    for place in range(number):
        advertiser = an_advertiser(timezone=in_zones[place % len(in_zones)], created=born[place % len(born)])
        campaign = a_campaign(advertiser)
        ad_group = an_ad_group(campaign)
        world.add(advertiser, campaign, ad_group)
        for _ in range(ads):
            world.add(an_ad(ad_group, share=100, volume=90_000, every_hour=True))
    return world


def lines(run: Run, stream: str) -> Counter[bytes]:
    """The records of a stream as they were written, in any order."""
    return Counter(map(orjson.dumps, run.records(stream)))


def in_any_order(records: Iterable[Any]) -> Counter[bytes]:
    """Records, and their fields, in any order."""
    return Counter(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


def joint(tiktok: Emulator) -> list[LoggedRequest]:
    """The report requests that were about several accounts."""
    return [request for request in tiktok.log.to(REPORT) if "advertiser_ids" in request.params]


def states(run: Run) -> dict[str, Any]:
    """The last state of each stream, its partitions in the order of the accounts."""
    return {
        state["stream"]["stream_descriptor"]["name"]: {
            name: sorted(value, key=orjson.dumps) if isinstance(value, list) else value
            for name, value in state["stream"]["stream_state"].items()
        }
        for state in run.last_states
    }
