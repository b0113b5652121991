"""Reports that are too large are refused or cut, as the limits say."""

import json
from typing import Any

import requests

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import ask


def test_more_objects_than_the_limit_are_cut_to_the_newest_and_id_filters_bring_the_rest() -> None:
    advertiser = an_advertiser()
    campaign = a_campaign(advertiser)
    group = an_ad_group(campaign)
    ads = [an_ad(group, share=100) for _ in range(5)]
    world = World([advertiser], [campaign], [group], ads)
    wish = {"advertiser_id": advertiser.id, "report_type": "BASIC", "data_level": "AUCTION_AD"}
    lists: dict[str, Any] = {
        "dimensions": ["ad_id"],
        "metrics": ["clicks"],
        "start_date": "2026-11-08",
        "end_date": "2026-11-08",
    }
    older = {"field_name": "ad_ids", "filter_type": "IN", "filter_value": json.dumps([ads[0].id, ads[1].id])}
    with Emulator(world, now=NOW) as emulator:
        emulator.report_limits.most_objects = 3
        plain = {name: json.dumps(value) if isinstance(value, list) else value for name, value in lists.items()}
        headers = {"Access-Token": emulator.access_token}
        reply = requests.get(f"{emulator.base_url}report/integrated/get/", wish | plain, headers=headers, timeout=5)
        rest = emulator.report_rows(**wish, **lists, filtering=[older])

    assert "20k" in reply.headers["X-Tt-Ads-Throttle"]
    assert [row["dimensions"]["ad_id"] for row in reply.json()["data"]["list"]] == [ad.id for ad in ads[:1:-1]]
    assert [row["dimensions"]["ad_id"] for row in rest] == [ads[1].id, ads[0].id]


def test_a_report_that_is_called_too_large_is_refused_and_a_smaller_one_is_not() -> None:
    """The limit decides on the query: its level, its days, its filters."""
    advertiser = an_advertiser()
    wish: dict[str, Any] = {"report_type": "BASIC", "metrics": ["clicks"], "start_date": "2026-11-01"}
    days = {"advertiser_id": advertiser.id, "data_level": "AUCTION_AD", "dimensions": ["ad_id", "stat_time_day"]}
    campaigns = {"data_level": "AUCTION_CAMPAIGN", "dimensions": ["campaign_id", "stat_time_day"]}
    with Emulator(World([advertiser]), now=NOW) as emulator:
        emulator.report_limits.too_large = lambda query: query.level == "ad" and query.days > 7
        codes = [
            ask(emulator, "report/integrated/get/", **(wish | days | change))["code"]
            for change in (
                {"end_date": "2026-11-08"},
                {"end_date": "2026-11-07"},
                {"end_date": "2026-11-08", **campaigns},
                {"query_lifetime": True, "dimensions": ["ad_id"]},
            )
        ]

    assert codes == [40067, 0, 0, 40067]
